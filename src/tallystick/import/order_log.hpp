#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "tallystick/import/log_reader.hpp"

namespace tally {

/// What the log of the orders service says: which orders there are, how each has ended, what their sagas went through,
/// and what came back. It is read once, from its first event on, so that the figures are those of all that is stored.
class OrderLog {
public:
    struct Returns {
        std::uint64_t accepted = 0;
        std::uint64_t matched_lines = 0;    ///< of which something was found in an order
        std::uint64_t unmatched_lines = 0;  ///< of which nothing was
    };
    struct Figures {
        std::uint64_t placed = 0;
        std::uint64_t completed = 0;
        std::uint64_t cancelled = 0;
        std::map<std::string, std::uint64_t> cancelled_by;   ///< by reason
        std::map<std::string, std::uint64_t> compensations;  ///< by step: how often it was undone
        std::uint64_t late_replies = 0;
        std::uint64_t duplicate_replies = 0;
        Returns returns{};
    };

    /// Lifetime: `api` outlives it.
    explicit OrderLog(Api& api) : reader_(api, "orders") {}

    /// Reads on by at most a page; how many events that were. Errors: those of LogReader::next.
    [[nodiscard]] Task<Result<std::size_t>> read_on();

    /// Seen as completed or cancelled.
    [[nodiscard]] bool is_final(const std::string& order) const;
    [[nodiscard]] const Figures& figures() const noexcept { return figures_; }

    /// Takes in one event of a page.
    void apply(const boost::json::value& event);

private:
    LogReader reader_;
    std::unordered_map<std::string, bool> final_;  // by order
    Figures figures_;
};

}  // namespace tally
