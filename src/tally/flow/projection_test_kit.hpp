#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "tally/base/metrics.hpp"
#include "tally/base/task_group.hpp"
#include "tally/base/uuid.hpp"
#include "tally/flow/projection_runner.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/simulation.hpp"

namespace tally::accounts {

struct Deposited {
    std::string account;
    std::int64_t amount = 0;
};
BOOST_DESCRIBE_STRUCT(Deposited, (), (account, amount))
TALLY_EVENT(Deposited, "Deposited", 1, published)

struct Withdrawn {
    std::string account;
    std::int64_t amount = 0;
};
BOOST_DESCRIBE_STRUCT(Withdrawn, (), (account, amount))
TALLY_EVENT(Withdrawn, "Withdrawn", 1, published)

struct Renamed {
    std::string account;
    std::string name;
};
BOOST_DESCRIBE_STRUCT(Renamed, (), (account, name))
TALLY_EVENT(Renamed, "Renamed", 1, internal)

/// What the view knows nothing of.
struct Noted {
    std::string text;
};
BOOST_DESCRIBE_STRUCT(Noted, (), (text))
TALLY_EVENT(Noted, "Noted", 1, published)

struct AccountView {
    using Events = EventList<Deposited, Withdrawn, Renamed>;
    std::string account;
    std::string name;
    std::int64_t balance = 0;
    std::uint64_t trail = 0;  ///< another one for another order, for a twin and for a gap
    Timestamp changed_at{};

    static std::string key(const Deposited& event) { return event.account; }
    static std::string key(const Withdrawn& event) { return event.account; }
    static std::string key(const Renamed& event) { return event.account; }
    void apply(const Deposited& event, const Envelope& envelope);
    void apply(const Withdrawn& event, const Envelope& envelope);
    void apply(const Renamed& event, const Envelope& envelope);
};
BOOST_DESCRIBE_STRUCT(AccountView, (), (account, name, balance, trail, changed_at))
TALLY_DOCUMENT(AccountView, "accounts")
/// `balance`, and `overdrawn` for those below zero.
[[nodiscard]] std::vector<IndexEntry> tally_indexes(const AccountView& view);

/// Bodies by key.
using Documents = std::map<std::string, std::string>;

/// A store on a seeded simulation, with somebody who writes to it.
class World {
public:
    explicit World(std::uint64_t seed);
    ~World();

    testing::Simulation simulation;
    std::shared_ptr<MemoryDisk> disk;
    std::unique_ptr<Store> store;
    std::unique_ptr<Metrics> metrics = create_metrics();

    /// Closes the store and opens one over `from`, which becomes the disk: a restart, or what a crash has left.
    void reopen(std::shared_ptr<MemoryDisk> from);

    template <EventStruct E>
    [[nodiscard]] NewEvent event(const std::string& account, const E& content) {
        return raw_event(account, std::string(event_type<E>.name), encode(content));
    }
    [[nodiscard]] NewEvent raw_event(const std::string& account, std::string type, std::string data);
    /// Any of the four types, about one of 7 accounts.
    [[nodiscard]] NewEvent random_event();

    /// Commits one event and runs until it is.
    void append(NewEvent event);
    /// Commits so many random events, a few at a time; for spawning.
    [[nodiscard]] Task<void> write(std::size_t events);

    /// The fold of the whole log, written without any of what is tested.
    [[nodiscard]] Documents naive_fold();
    [[nodiscard]] Documents documents(const std::string& collection);
    [[nodiscard]] Position head();
    void steps(std::uint64_t count);

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
};

/// A runner in a process of its own: `kill` ends it wherever it is.
class Process {
public:
    Process(World& world, Projection projection, std::size_t batch = 8, Store* store = nullptr);
    ~Process();
    void kill();

    World& world;
    ProjectionRunner runner;

    /// Runs until the live generation is at the head and no rebuild is at work; false if it does not get there.
    [[nodiscard]] bool settle();
    [[nodiscard]] Documents live_documents();
    [[nodiscard]] std::string hash();

private:
    TaskGroup tasks_;
};

/// SHA-256 over keys and bodies in key order, as ProjectionRunner::hash has it.
[[nodiscard]] std::string hash_of(const Documents& documents);

/// The projection as of a binary with a bug: withdrawing exactly `amount` throws.
[[nodiscard]] Projection projection_failing_at_13();
inline constexpr std::int64_t unlucky_amount = 13;

}  // namespace tally::accounts
