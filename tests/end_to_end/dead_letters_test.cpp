// What an operator does about dead letters with the real binary.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "tally/base/uuid.hpp"
#include "tally/store/sqlite/sqlite_store.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Task<void> write(Store& store, Changes changes) {
    EXPECT_TRUE(co_await store.commit(std::move(changes)));
    co_await store.close();
}

/// Publishes a request for the stock of each order that cannot be read.
void publish(const std::string& file, const std::vector<std::string>& orders) {
    boost::asio::io_context loop;
    const auto clock = create_system_clock();
    const auto random = create_system_random();
    UuidGenerator ids(*clock, *random);
    SqliteStoreOptions options;
    options.file = file;
    const Executor executor = loop.get_executor();
    auto store = open_sqlite_store(options, {executor, executor, executor}, *clock, *random);
    ASSERT_TRUE(store) << store.error().text;
    Changes changes;
    for (const std::string& order : orders) {
        NewEvent event;
        event.envelope.id = ids.next();
        event.envelope.type = "InventoryReservationRequested";
        event.envelope.correlation = "test";
        event.envelope.actor = "test";
        event.envelope.key = order;
        event.envelope.occurred_at = clock->now();
        event.data = "{}";
        changes.appends.push_back({"test-" + order, ExpectedVersion::any(), {std::move(event)}});
    }
    boost::asio::co_spawn(loop, write(**store, std::move(changes)), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    });
    loop.run();
}

class DeadLetters : public BinaryTest {
protected:
    void SetUp() override {
        BinaryTest::SetUp();
        (void)serve(path("data"));  // makes the folder
        publish(path("data/orders.db"), {"a", "b", "c", "d"});
        server_ = serve(path("data"));
        for (int i = 0; i < 1'000 && ids().size() < 4; ++i)
            EXPECT_FALSE(server_.process->wait(Process::Seconds(0.02))) << server_.process->err();
        ASSERT_EQ(ids().size(), 4U);
    }
    Ended client(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "dead-letters");
        arguments.insert(arguments.end(), {"--server", server_.url});
        return run(arguments);
    }
    std::vector<std::string> ids(const std::vector<std::string>& filter = {}) {
        std::vector<std::string> arguments{"list", "--json"};
        arguments.insert(arguments.end(), filter.begin(), filter.end());
        std::vector<std::string> all;
        for (const auto& item : client(arguments).json().at("items").as_array())
            all.emplace_back(item.at("id").as_string());
        return all;
    }
    bool left(std::size_t count) {
        for (int i = 0; i < 500 && ids().size() != count; ++i) (void)server_.process->wait(Process::Seconds(0.02));
        return ids().size() == count;
    }

    Server server_;
};

TEST_F(DeadLetters, AreActedOnByFilterAndOnlyWhereOneIsSaid) {
    TALLY_COVERS("A19.5");
    EXPECT_EQ(ids({"--key", "a"}).size(), 1U);
    EXPECT_EQ(ids({"--consumer", "inventory", "--topic", "orders.events", "--from", "1", "--to", "2"}).size(), 2U);
    EXPECT_EQ(ids({"--until", "2000-01-01T00:00:00Z"}).size(), 0U);
    for (const char* verb : {"redrive", "skip"}) {
        const Ended nothing = client({verb});
        EXPECT_EQ(nothing.code, 2);
        EXPECT_THAT(nothing.err, HasSubstr("--all"));
        EXPECT_EQ(client({verb, ids()[0], "--key", "a"}).code, 2);
        EXPECT_EQ(client({verb, "--from", "1"}).code, 2);
    }
    EXPECT_EQ(client({"redrive", "--key", "a", "--edit", "-"}).code, 2);

    const Ended one = client({"skip", "--key", "a", "--reason", "a test"});
    EXPECT_EQ(one.code, 0) << one.err;
    EXPECT_THAT(one.out, AllOf(HasSubstr("inventory"), HasSubstr("ASKED")));
    EXPECT_TRUE(left(3));
    EXPECT_EQ(client({"skip", "--key", "none"}).out, "no dead letter fits\n");
    const Ended all = client({"skip", "--all", "--service", "inventory", "--json"});
    EXPECT_EQ(all.json().at("items").at(0).at("asked"), 3);
    EXPECT_TRUE(left(0));
}

TEST_F(DeadLetters, ADryRunSaysWhatWouldBeAndChangesNothing) {
    const Ended fails = client({"redrive", "--all", "--dry-run"});
    EXPECT_EQ(fails.code, 1);
    EXPECT_THAT(fails.out, AllOf(HasSubstr("WOULD BE"), HasSubstr("failed"), HasSubstr("/order: missing")));
    const Ended skips = client({"skip", ids()[0], "--dry-run"});
    EXPECT_EQ(skips.code, 0) << skips.err;
    EXPECT_THAT(skips.out, AllOf(HasSubstr("skipped"), Not(HasSubstr("failed"))));
    EXPECT_EQ(client({"redrive", ids()[0], "--dry-run", "--json"}).json().at("dry_run").at("complete"), true);
    EXPECT_EQ(ids().size(), 4U);
}

TEST_F(DeadLetters, OneIsRedrivenWithOtherData) {
    TALLY_COVERS("A03.2");
    const std::string good = write("good.json", R"({"order":"a","items":[{"sku":"MUG","quantity":2}]})");
    const std::string bad = write("bad.json", R"({"order":"a","items":[{"sku":"MUG","quantity":"2"}]})");
    const std::string first = ids({"--key", "a"}).at(0);
    const Ended refused = client({"redrive", first, "--edit", bad});
    EXPECT_EQ(refused.code, 2);
    EXPECT_THAT(refused.err, HasSubstr("/patch/items/0/quantity"));
    EXPECT_EQ(client({"redrive", first, "--edit", path("none.json")}).code, 2);

    const Ended tried = client({"redrive", first, "--edit", good, "--dry-run"});
    EXPECT_EQ(tried.code, 0) << tried.err;
    EXPECT_THAT(tried.out, HasSubstr("1 InventoryReservationFailed in"));
    EXPECT_EQ(ids().size(), 4U);
    const Ended done = client({"redrive", first, "--edit", good, "--reason", "it was empty"});
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_EQ(done.out, "done\n");
    EXPECT_EQ(ids().size(), 3U);
    const Ended log = run({"events", "tail", "--server", server_.url});
    EXPECT_THAT(log.out, AllOf(HasSubstr("DeadLetterEdited"), HasSubstr("InventoryReservationFailed")));
}

}  // namespace
}  // namespace tally::testing
