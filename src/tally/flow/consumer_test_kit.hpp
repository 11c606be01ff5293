#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "tally/base/signal.hpp"
#include "tally/base/task_group.hpp"
#include "tally/bus/log/log_bus.hpp"
#include "tally/flow/consumer_runner.hpp"
#include "tally/flow/dead_letters.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/store/planner.hpp"
#include "tally/testing/simulation.hpp"
#include "tally/testing/store_decorator.hpp"

namespace tally::shelves {

/// What the publisher says: the n-th order of a product.
struct Ordered {
    std::string sku;
    std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(Ordered, (), (sku, number))
TALLY_EVENT(Ordered, "Ordered", 1, published)

/// Published, and the consumer has no handler for it.
struct Greeted {
    std::string sku;
};
BOOST_DESCRIBE_STRUCT(Greeted, (), (sku))
TALLY_EVENT(Greeted, "Greeted", 1, published)

/// Its effect is a document, and no event.
struct Counted {
    std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(Counted, (), (number))
TALLY_EVENT(Counted, "Counted", 1, published)

struct Noted {
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Noted, (), (text))
TALLY_EVENT(Noted, "Noted", 1, internal)

/// What the consumer makes of it.
struct Taken {
    std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(Taken, (), (number))
TALLY_EVENT(Taken, "Taken", 1, published)

struct Shelf {
    using Key = Id<struct ShelfTag>;
    using Events = EventList<Taken>;
    static constexpr std::string_view category = "shelf";
    std::vector<std::int64_t> numbers;
    void apply(const Taken& event) { numbers.push_back(event.number); }
};

struct Ledger {
    std::vector<std::int64_t> numbers;
};
BOOST_DESCRIBE_STRUCT(Ledger, (), (numbers))
TALLY_DOCUMENT(Ledger, "ledger")

/// A store in front of another, which can crash at a commit and lose an event of the log.
class FrontStore final : public testing::StoreDecorator {
public:
    using StoreDecorator::read;
    using StoreDecorator::StoreDecorator;

    int crash_at_commit = 0;   ///< counted from 1; from then on no commit is answered
    bool crash_after = false;  ///< after writing it, or before
    int refuse_commits = 0;    ///< so many are answered with `refusal`
    Error refusal{ErrorCode::unavailable, "the store is away"};
    std::set<Position> hidden;  ///< positions that no read of the log returns
    std::function<Task<void>()> before_commit;
    [[nodiscard]] bool crashed() const noexcept { return crash_at_commit > 0 && commits_ >= crash_at_commit; }
    [[nodiscard]] int commits() const noexcept { return commits_; }

    Task<CommitResult> commit(Changes changes) override;
    Task<Result<EventBatch>> read(LogRead read) override;

private:
    int commits_ = 0;
    Signal never_;
};

/// A publisher, a consuming service, and a bus between them.
class World {
public:
    explicit World(std::uint64_t seed, int shards = 4);

    testing::Simulation simulation;
    std::unique_ptr<Metrics> metrics = create_metrics();
    std::shared_ptr<MemoryDisk> publisher_disk;
    std::unique_ptr<Store> publisher;
    std::unique_ptr<Store> stock;

    // What the handler does before its effect.
    std::set<std::int64_t> poisonous;  ///< numbers that it refuses
    std::set<std::int64_t> throwing;   ///< numbers at which it throws
    int failing = 0;                   ///< so many times it says that it is unavailable, whatever the event
    std::vector<std::int64_t> tried;   ///< numbers of all attempts
    std::function<Task<void>()> within_handler;

    /// Appends to the publisher's log.
    Position publish(const std::string& sku, std::int64_t number);
    void publish_other(bool internal);
    /// So many orders, over so many products, with other events between them.
    void publish_many(std::size_t orders, int skus);
    void append(Store& store, std::string stream, NewEvent event);
    template <EventStruct E>
    [[nodiscard]] NewEvent event(const std::string& key, const E& content) {
        return raw_event(key, event_type<E>, encode(content));
    }
    [[nodiscard]] NewEvent raw_event(const std::string& key, const EventType& type, std::string data);

    [[nodiscard]] Consumer new_consumer();

    /// Numbers by product, as published; as the consumer's events have them; as its documents have them.
    [[nodiscard]] std::map<std::string, std::vector<std::int64_t>> ordered();
    [[nodiscard]] std::map<std::string, std::vector<std::int64_t>> taken();
    [[nodiscard]] std::map<std::string, std::vector<std::int64_t>> ledgers();
    void expect_each_once();

    [[nodiscard]] std::vector<DeadLetter> letters();
    Position last_published = 0;
    [[nodiscard]] Position head() { return publisher->statistics().head; }

    template <class T>
    [[nodiscard]] T run(Task<T> task) {
        std::optional<T> result;
        simulation.run(keep(std::move(task), result));
        return std::move(*result);
    }

private:
    template <class T>
    static Task<void> keep(Task<T> task, std::optional<T>& result) {
        result.emplace(co_await std::move(task));
    }
    UuidGenerator ids_;
    std::map<std::string, std::int64_t> numbers_;
};

/// One instance of the consumer; `kill` ends it wherever it is.
class Instance {
public:
    explicit Instance(World& world, ConsumerOptions options = {}, Store* publisher = nullptr);
    ~Instance() { kill(); }
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;
    void kill();

    World& world;
    FrontStore store;
    std::unique_ptr<Bus> bus;
    ConsumerRunner runner;

    [[nodiscard]] const ConsumerStatus& status() const { return runner.status(); }
    /// Runs until everything published is handled, dropped or parked; false if it does not get there.
    [[nodiscard]] bool settle(Duration limit = std::chrono::minutes(10));
    [[nodiscard]] bool settled() const;

private:
    TaskGroup tasks_;
};

}  // namespace tally::shelves
