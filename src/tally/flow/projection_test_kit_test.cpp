#include "tally/flow/projection_test_kit.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "tally/base/sha256.hpp"
#include "tally/event/event_codec.hpp"

namespace tally::accounts {
namespace {

std::uint64_t next_trail(std::uint64_t trail, std::uint64_t mark) { return (trail ^ mark) * 0x100000001B3; }

}  // namespace

void AccountView::apply(const Deposited& event, const Envelope& envelope) {
    account = event.account;
    balance += event.amount;
    trail = next_trail(trail, static_cast<std::uint64_t>(event.amount));
    changed_at = envelope.occurred_at;
}

void AccountView::apply(const Withdrawn& event, const Envelope& envelope) {
    account = event.account;
    balance -= event.amount;
    trail = next_trail(trail, ~static_cast<std::uint64_t>(event.amount));
    changed_at = envelope.occurred_at;
}

void AccountView::apply(const Renamed& event, const Envelope& envelope) {
    account = event.account;
    name = event.name;
    trail = next_trail(trail, event.name.size());
    changed_at = envelope.occurred_at;
}

std::vector<IndexEntry> tally_indexes(const AccountView& view) {
    std::vector<IndexEntry> entries{{"balance", IndexKey().number(view.balance).bytes()}};
    if (view.balance < 0) entries.push_back({"overdrawn", view.account});
    return entries;
}

World::World(std::uint64_t seed)
    : simulation(seed),
      disk(create_memory_disk(simulation.random())),
      store(create_memory_store(simulation.executor(), simulation.clock(), disk)),
      ids_(simulation.clock(), simulation.random()) {}

World::~World() { simulation.run(store->close()); }

void World::reopen(std::shared_ptr<MemoryDisk> from) {
    simulation.run(store->close());
    disk = std::move(from);
    store = create_memory_store(simulation.executor(), simulation.clock(), disk);
}

NewEvent World::raw_event(const std::string& account, std::string type, std::string data) {
    NewEvent event;
    event.envelope.id = ids_.next();
    event.envelope.type = std::move(type);
    event.envelope.correlation = "test";
    event.envelope.actor = "test";
    event.envelope.key = account;
    event.envelope.occurred_at = simulation.clock().now();
    event.data = std::move(data);
    return event;
}

NewEvent World::random_event() {
    Random& random = simulation.random();
    const std::string account = "account-" + std::to_string(random.below(7));
    const auto amount = static_cast<std::int64_t>(100 + random.below(1'000));
    switch (random.below(4)) {
        case 0:
            return event(account, Deposited{account, amount});
        case 1:
            return event(account, Withdrawn{account, amount});
        case 2:
            return event(account, Renamed{account, std::string(random.below(9), 'n')});
        default:
            return event(account, Noted{"nothing to see"});
    }
}

void World::append(NewEvent event) {
    Changes changes;
    changes.appends.push_back({"account-" + event.envelope.key, ExpectedVersion::any(), {}});
    changes.appends.front().events.push_back(std::move(event));
    const auto outcome = run(store->commit(std::move(changes)));
    EXPECT_TRUE(outcome.has_value());
}

Task<void> World::write(std::size_t events) {
    while (events > 0) {
        const std::size_t together = std::min<std::size_t>(events, 1 + simulation.random().below(5));
        Changes changes;
        for (std::size_t i = 0; i < together; ++i) {
            NewEvent event = random_event();
            changes.appends.push_back({"stream-" + event.envelope.id.text(), ExpectedVersion::any(), {}});
            changes.appends.back().events.push_back(std::move(event));
        }
        events -= together;
        const auto outcome = co_await store->commit(std::move(changes));
        EXPECT_TRUE(outcome.has_value());
        if (simulation.random().below(3) == 0) co_await simulation.clock().sleep_for(std::chrono::milliseconds(1));
    }
}

Documents World::naive_fold() {
    LogRead all;
    all.limit = 1'000'000;
    const auto log = run(store->read(std::move(all)));
    std::map<std::string, AccountView> views;
    for (const RecordedEvent& event : *log) {
        if (event.type == "Deposited") {
            const auto content = decode_event<Deposited>(event);
            views[content->account].apply(*content, event.envelope());
        } else if (event.type == "Withdrawn") {
            const auto content = decode_event<Withdrawn>(event);
            views[content->account].apply(*content, event.envelope());
        } else if (event.type == "Renamed") {
            const auto content = decode_event<Renamed>(event);
            views[content->account].apply(*content, event.envelope());
        }
    }
    Documents documents;
    for (const auto& [key, view] : views) documents[key] = encode(view);
    return documents;
}

Documents World::documents(const std::string& collection) {
    DocumentQuery query;
    query.collection = collection;
    query.limit = 1'000'000;
    const auto page = run(store->find(std::move(query)));
    Documents documents;
    for (const Document& document : page->documents) documents[document.key.key] = document.body;
    return documents;
}

Position World::head() { return store->statistics().head; }

void World::steps(std::uint64_t count) {
    while (count-- > 0) simulation.step();
}

Process::Process(World& in, Projection projection, std::size_t batch, Store* store)
    : world(in),
      runner(std::move(projection), {store != nullptr ? *store : *in.store, in.simulation.clock(), *in.metrics}, batch),
      tasks_(in.simulation.executor()) {
    tasks_.spawn("projection", runner.run());
}

Process::~Process() { kill(); }

void Process::kill() { world.simulation.run(tasks_.close()); }

bool Process::settle() {
    const auto settled = [this] {
        const ProjectionStatus status = runner.status();
        return status.position == world.head() && !status.rebuild;
    };
    return world.simulation.run_until(settled, std::chrono::minutes(1));
}

Documents Process::live_documents() { return world.documents(world.run(runner.collection()).value()); }

std::string Process::hash() { return world.run(runner.hash()).value(); }

std::string hash_of(const Documents& documents) {
    Sha256 digest;
    for (const auto& [key, body] : documents) digest.field(key).field(body);
    return to_hex(digest.finish());
}

Projection projection_failing_at_13() {
    Projection projection = make_projection<AccountView>();
    for (Projection::On& on : projection.on) {
        if (on.type != "Withdrawn") continue;
        on.apply = [](std::any& view, const Projection::Change& change, const Envelope& envelope) {
            const auto& event = std::any_cast<const Withdrawn&>(change.event);
            auto& account = std::any_cast<AccountView&>(view);
            account.apply(event, envelope);
            if (event.amount == unlucky_amount) throw std::domain_error("thirteen is not supported");
        };
    }
    return projection;
}

}  // namespace tally::accounts
