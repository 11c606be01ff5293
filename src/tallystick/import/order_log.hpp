#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include <boost/json/value.hpp>

#include "tallystick/api/api.hpp"

namespace tally {

/// What the log of the orders service says: which orders there are, and how each has ended. It is read once, from its
/// first event on, so that the figures are those of all that is stored.
class OrderLog {
public:
    struct Figures {
        std::uint64_t placed = 0;
        std::uint64_t completed = 0;
        std::uint64_t cancelled = 0;
        std::map<std::string, std::uint64_t> cancelled_by;  ///< by reason
    };

    /// Lifetime: `api` outlives it.
    explicit OrderLog(Api& api) : api_(api) {}

    /// Reads on by at most a page; how many events that were. Errors: those of Api::get_json.
    [[nodiscard]] Task<Result<std::size_t>> read_on();
    static constexpr std::size_t page_size = 1'000;

    /// Seen as completed or cancelled.
    [[nodiscard]] bool is_final(const std::string& order) const;
    [[nodiscard]] const Figures& figures() const noexcept { return figures_; }

    /// Takes in one event of a page.
    void apply(const boost::json::value& event);

private:
    Api& api_;
    std::int64_t position_ = 0;
    std::unordered_map<std::string, bool> final_;  // by order
    Figures figures_;
};

}  // namespace tally
