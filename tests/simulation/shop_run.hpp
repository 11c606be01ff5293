#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tally/base/key_ring.hpp"
#include "tally/base/task_group.hpp"
#include "tally/host/host.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/faults.hpp"
#include "tally/testing/simulation.hpp"

namespace tally::testing {

/// What a seed has led to.
struct ShopOutcome {
    std::uint64_t hash = 0;
    std::size_t orders = 0;
    std::size_t restarts = 0;
    std::size_t zombies = 0;
    std::map<std::string, std::uint64_t> faults;
    std::vector<std::string> violations;

    [[nodiscard]] std::uint64_t fault_hits() const;
};

/// One seeded run of the services: customers who repeat what they got no answer to and have themselves erased, crashes
/// that leave only the disks, two instances of everything over one store, stores and subscriptions that fail; then no
/// more faults, and everything must come to rest.
class ShopRun {
public:
    explicit ShopRun(std::uint64_t seed);
    ~ShopRun();
    [[nodiscard]] ShopOutcome run();

private:
    /// One process: a host over stores that it may share with another.
    struct Node {
        std::unique_ptr<Metrics> metrics;
        Config settings;
        std::unique_ptr<Host> host;
    };
    using Stores = std::map<std::string, std::unique_ptr<Store>>;

    void draw_faults();
    void open_stores();
    [[nodiscard]] std::unique_ptr<Node> start_node();
    [[nodiscard]] Task<void> everything();
    [[nodiscard]] Task<void> customer(int number);
    [[nodiscard]] Task<void> supplier(int number);
    [[nodiscard]] Task<void> nemesis();
    [[nodiscard]] Task<void> crash();
    [[nodiscard]] Task<void> zombie();
    [[nodiscard]] Task<void> come_to_rest();
    /// Sends until there is a definite answer, with the same Idempotency-Key.
    [[nodiscard]] Task<int> send(std::string target, std::string body);
    [[nodiscard]] Task<void> pause(int most_ms);

    Simulation simulation_;
    Faults faults_;
    std::unique_ptr<KeyRing> keys_of_persons_;
    std::map<std::string, std::shared_ptr<MemoryDisk>> disks_;
    Stores stores_;
    std::vector<Stores> former_stores_;
    std::vector<std::unique_ptr<Node>> former_nodes_;  // requests to them may still be under way
    std::unique_ptr<Node> node_;
    TaskGroup leaving_;
    ShopOutcome outcome_;
    std::set<std::string> acknowledged_;
    int keys_ = 0;
    int busy_ = 0;
    bool crashes_ = false;
    bool zombies_ = false;
};

/// Looks at the stores from outside, after everything has come to rest, and says what does not hold.
[[nodiscard]] Task<std::vector<std::string>> check_shop(const std::map<std::string, std::unique_ptr<Store>>& stores,
                                                        const std::set<std::string>& acknowledged);
/// True when every order is final, every release is answered and the read model has caught up.
[[nodiscard]] Task<bool> at_rest(const std::map<std::string, std::unique_ptr<Store>>& stores);

}  // namespace tally::testing
