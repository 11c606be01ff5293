#include "tally/flow/consumer_test_kit.hpp"

#include <gtest/gtest.h>

#include "tally/flow/consumer_progress.hpp"

namespace tally::shelves {
namespace {

Task<Handled> take(World& world, Delivery<Ordered> order, Session& session) {
    const std::int64_t number = order.event.number;
    world.tried.push_back(number);
    if (world.within_handler) co_await world.within_handler();
    auto shelf = co_await session.load<Shelf>(Shelf::Key::trusted(order.event.sku));
    if (!shelf) co_return std::unexpected(shelf.error());
    auto ledger = co_await session.get<Ledger>(order.event.sku);
    if (!ledger) co_return std::unexpected(ledger.error());
    Ledger changed = ledger->value_or(Ledger{});
    changed.numbers.push_back(number);
    session.put(order.event.sku, changed);
    session.record<Shelf>(Shelf::Key::trusted(order.event.sku), Taken{number});
    // Only now, so that there is something to roll back.
    if (world.failing > 0) {
        --world.failing;
        co_return fail(ErrorCode::unavailable, "the dependency is down");
    }
    if (world.throwing.contains(number)) throw std::runtime_error("a bug at " + std::to_string(number));
    if (world.poisonous.contains(number)) co_return fail(ErrorCode::rejected, "poison at " + std::to_string(number));
    co_return Handled{};
}

Task<Handled> count(Delivery<Counted> counted, Session& session) {
    auto ledger = co_await session.get<Ledger>("counted");
    if (!ledger) co_return std::unexpected(ledger.error());
    Ledger changed = ledger->value_or(Ledger{});
    changed.numbers.push_back(counted.event.number);
    session.put("counted", changed);
    co_return Handled{};
}

using Numbers = std::map<std::string, std::vector<std::int64_t>>;

}  // namespace

Task<CommitResult> FrontStore::commit(Changes changes) {
    ++commits_;
    if (refuse_commits > 0) {
        --refuse_commits;
        co_return std::unexpected(refusal);
    }
    if (auto before = before_commit) co_await before();
    if (!crashed()) co_return co_await inner_.commit(std::move(changes));
    if (crash_after && commits_ == crash_at_commit) (void)co_await inner_.commit(std::move(changes));
    co_await never_.wait();
    co_return std::unexpected(refusal);
}

Task<Result<EventBatch>> FrontStore::read(LogRead read) {
    auto all = co_await inner_.read(std::move(read));
    if (!all || hidden.empty()) co_return all;
    EventBatch kept;
    kept.scanned_to = all->scanned_to;
    kept.head = all->head;
    for (const RecordedEvent& event : *all)
        if (!hidden.contains(event.position)) kept.add(event);
    co_return kept;
}

World::World(std::uint64_t seed, int shards)
    : simulation(seed),
      publisher_disk(create_memory_disk(simulation.random())),
      publisher(create_memory_store(simulation.executor(), simulation.clock(), publisher_disk, {.shards = shards})),
      stock(create_memory_store(simulation.executor(), simulation.clock(), create_memory_disk(simulation.random()))),
      ids_(simulation.clock(), simulation.random()) {}

NewEvent World::raw_event(const std::string& key, const EventType& type, std::string data) {
    NewEvent made;
    made.envelope.id = ids_.next();
    made.envelope.type = type.name;
    made.envelope.schema = type.schema;
    made.envelope.correlation = "order-" + made.envelope.id.text();
    made.envelope.actor = "customer:1";
    made.envelope.key = key;
    made.envelope.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    made.envelope.occurred_at = simulation.clock().now();
    made.data = std::move(data);
    made.visibility = type.visibility;
    return made;
}

void World::append(Store& store, std::string stream, NewEvent event) {
    const bool published = event.visibility == Visibility::published;
    Changes changes;
    changes.appends.push_back({std::move(stream), ExpectedVersion::any(), {std::move(event)}});
    const auto committed = run(store.commit(std::move(changes)));
    ASSERT_TRUE(committed);
    if (&store == publisher.get() && published) last_published = committed->events.back().position;
}

Position World::publish(const std::string& sku, std::int64_t number) {
    append(*publisher, "product-" + sku, event(sku, Ordered{sku, number}));
    return head();
}

void World::publish_other(bool internal) {
    append(*publisher, "other", internal ? event("x", Noted{"nobody's business"}) : event("x", Greeted{"x"}));
}

void World::publish_many(std::size_t orders, int skus) {
    for (std::size_t i = 0; i < orders; ++i) {
        const std::string sku = "sku" + std::to_string(simulation.random().below(static_cast<std::uint64_t>(skus)));
        publish(sku, ++numbers_[sku]);
        if (simulation.random().below(4) == 0) publish_other(simulation.random().below(2) == 0);
    }
}

Consumer World::new_consumer() {
    Consumer consumer("stock", "products.events");
    consumer.on<Ordered>(
        [this](Delivery<Ordered> order, Session& session) { return take(*this, std::move(order), session); });
    consumer.on<Counted>(&count);
    return consumer;
}

Numbers World::ordered() {
    Numbers numbers;
    const auto batch = run(publisher->read(LogRead{.limit = 100'000}));
    for (const RecordedEvent& event : *batch)
        if (auto order = decode_event<Ordered>(event)) numbers[order->sku].push_back(order->number);
    return numbers;
}

Numbers World::taken() {
    Numbers numbers;
    const auto batch = run(stock->read(LogRead{.limit = 100'000}));
    for (const RecordedEvent& event : *batch)
        if (auto one = decode_event<Taken>(event)) numbers[std::string(event.key)].push_back(one->number);
    return numbers;
}

Numbers World::ledgers() {
    Numbers numbers;
    const auto page = run(stock->find({.collection = "ledger", .limit = 100'000}));
    for (const Document& document : page->documents)
        numbers[document.key.key] = decode_document<Ledger>(document.key, document.body)->numbers;
    return numbers;
}

void World::expect_each_once() {
    EXPECT_EQ(taken(), ordered());
    EXPECT_EQ(ledgers(), ordered());
}

std::vector<DeadLetter> World::letters() { return run(DeadLetters(*stock).list({}, 10'000))->items; }

Instance::Instance(World& of, ConsumerOptions options, Store* publisher)
    : world(of),
      store(*of.stock),
      bus(create_log_bus({{"products.events", publisher != nullptr ? publisher : of.publisher.get()}})),
      runner(of.new_consumer(),
             {.store = store,
              .bus = *bus,
              .clock = of.simulation.clock(),
              .random = of.simulation.random(),
              .metrics = *of.metrics},
             options),
      tasks_(of.simulation.executor()) {
    tasks_.spawn("consumer", runner.run());
}

void Instance::kill() { world.simulation.run(tasks_.close()); }

bool Instance::settled() const {
    // The log's last published event is done when its shard is: the progress of the others stays at theirs.
    if (status().progress.empty() || status().state != ConsumerStatus::State::running) return false;
    return std::ranges::max(status().progress | std::views::values) >= world.last_published;
}

bool Instance::settle(Duration limit) {
    (void)world.simulation.run_until([this] { return settled() || store.crashed(); }, limit);
    return settled();
}

}  // namespace tally::shelves
