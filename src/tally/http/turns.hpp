#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "tally/base/signal.hpp"

namespace tally::detail {

/// Coroutines of one process that must not run at once, by name. Threads: one loop. Lifetime: outlives its turns.
class Turns {
public:
    /// Held by the one whose turn it is; ends by destruction.
    class Turn {
    public:
        Turn(Turns& turns, std::string name) : turns_(&turns), name_(std::move(name)) {}
        Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)), name_(std::move(other.name_)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn();

    private:
        Turns* turns_;
        std::string name_;
    };

    /// Empty while somebody else has the turn.
    [[nodiscard]] std::optional<Turn> try_take(const std::string& name);
    /// Waits until nobody has it. Those who wait get it in no particular order.
    [[nodiscard]] Task<Turn> take(std::string name);

private:
    std::map<std::string, std::shared_ptr<Signal>> taken_;  // shared with those who wait
};

}  // namespace tally::detail
