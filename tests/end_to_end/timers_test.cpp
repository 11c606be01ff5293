// What an operator does about timers with the real binary.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "tally/flow/timer.hpp"
#include "tally/store/sqlite/sqlite_store.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string expiry = "reservation-expires";

Timer timer(const std::string& type, const std::string& key, const std::string& data) {
    return {.type = type,
            .key = key,
            .due = parse_timestamp("2110-01-01T00:00:00Z").value(),
            .id = {},
            .correlation = "test",
            .causation = {},
            .traceparent = {},
            .attempts = 0,
            .error = {},
            .data = {data}};
}

Task<void> write(Store& store, std::vector<Timer> timers) {
    Changes changes;
    for (const Timer& each : timers)
        changes.documents.push_back({document_key<Timer>(key_of(each)), ExpectedDocument::absent(), put_of(each)});
    EXPECT_TRUE(co_await store.commit(std::move(changes)));
    co_await store.close();
}

void schedule(const std::string& file, std::vector<Timer> timers) {
    boost::asio::io_context loop;
    const auto clock = create_system_clock();
    const auto random = create_system_random();
    SqliteStoreOptions options;
    options.file = file;
    const Executor executor = loop.get_executor();
    auto store = open_sqlite_store(options, {executor, executor, executor}, *clock, *random);
    ASSERT_TRUE(store) << store.error().text;
    boost::asio::co_spawn(loop, write(**store, std::move(timers)), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    });
    loop.run();
}

class Timers : public BinaryTest {
protected:
    void SetUp() override {
        BinaryTest::SetUp();
        (void)serve(path("data"));  // makes the folder
        // No such order: its stock is not held, so that there is nothing to do.
        schedule(path("data/inventory.db"), {timer(expiry, "a", R"({"order":"a"})"),
                                             timer(expiry, "b", R"({"order":"b"})"), timer(expiry, "bad", "{}")});
        server_ = serve(path("data"));
    }
    Ended client(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "timers");
        arguments.insert(arguments.end(), {"--server", server_.url});
        return run(arguments);
    }
    std::size_t count() { return client({"list", "--json"}).json().at("items").as_array().size(); }

    Server server_;
};

TEST_F(Timers, AreListedMovedFiredAndCancelled) {
    EXPECT_THAT(client({"list"}).out, AllOf(HasSubstr(expiry + "/a"), HasSubstr("inventory"), HasSubstr("2110-01-01")));
    EXPECT_EQ(client({"list", "--type", "none"}).out, "no timers\n");

    const Ended moved = client({"move", expiry + "/a", "--due", "2111-01-01T00:00:00Z"});
    EXPECT_EQ(moved.code, 0) << moved.err;
    EXPECT_THAT(moved.out, HasSubstr("due 2111-01-01"));
    EXPECT_EQ(client({"move", expiry + "/a", "--due", "tomorrow"}).code, 2);
    EXPECT_EQ(count(), 3U);

    const Ended fired = client({"fire", expiry + "/a"});
    EXPECT_EQ(fired.code, 0) << fired.err;
    EXPECT_EQ(fired.out, "fired\n");
    EXPECT_EQ(count(), 2U);

    const Ended failed = client({"fire", expiry + "/bad"});
    EXPECT_EQ(failed.code, 1) << failed.err;
    EXPECT_THAT(failed.out, HasSubstr("failed: corrupt: "));

    EXPECT_EQ(client({"cancel", expiry + "/bad"}).out, "cancelled\n");
    EXPECT_EQ(client({"cancel", expiry + "/b", "--service", "inventory", "--json"}).json().at("outcome"), "cancelled");
    EXPECT_EQ(count(), 0U);
    for (const char* verb : {"cancel", "fire"}) {
        const Ended none = client({verb, "none/none"});
        EXPECT_EQ(none.code, 1);
        EXPECT_THAT(none.err, HasSubstr("none/none"));
    }
}

TEST_F(Timers, ResumeTellsHowTheyAre) {
    EXPECT_THAT(client({"resume"}).out, AllOf(HasSubstr("inventory"), HasSubstr("running")));
    const auto one = client({"resume", "--service", "inventory", "--json"}).json();
    EXPECT_EQ(one.at("items").at(0).at("state"), "running");
}

}  // namespace
}  // namespace tally::testing
