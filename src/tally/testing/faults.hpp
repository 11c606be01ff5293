#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "tally/base/random.hpp"
#include "tally/bus/bus.hpp"
#include "tally/store/store.hpp"

namespace tally::testing {

/// Which faults a run has, as chances from 0 to 1 of each call, and how often each has hit.
///
/// Lifetime: outlives the stores and buses that draw from it. Threads: one simulation.
struct Faults {
    Random& random;
    Clock& clock;

    double refuse = 0;     ///< a commit fails before anything is written
    double forget = 0;     ///< a commit is written and its answer is lost
    double unread = 0;     ///< a read fails
    double delay = 0;      ///< a call takes up to `longest` more
    double duplicate = 0;  ///< a batch is delivered, and what came before it once more
    Duration longest = std::chrono::milliseconds(200);

    std::map<std::string, std::uint64_t> hits{};

    /// Draws; a hit is counted under `name`.
    [[nodiscard]] bool hit(const char* name, double chance);
    /// No faults from now on.
    void heal() { refuse = forget = unread = delay = duplicate = 0; }
};

/// A store that fails as `faults` says; its errors are retryable, its data are those of `inner`.
[[nodiscard]] std::unique_ptr<Store> create_faulty_store(std::unique_ptr<Store> inner, Faults& faults);

/// Somebody else's store: everything is passed on but `close`, so that several may use it at once.
[[nodiscard]] std::unique_ptr<Store> borrow(Store& store);

/// A bus whose subscriptions deliver late and more than once.
[[nodiscard]] std::unique_ptr<Bus> create_faulty_bus(std::unique_ptr<Bus> inner, Faults& faults);

}  // namespace tally::testing
