#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

#include "tally/base/clock.hpp"
#include "tally/base/money.hpp"
#include "tally/event/recorded_event.hpp"
#include "tallystick/verify/findings.hpp"

namespace tally::verify {

/// What came back of what was bought, folded from the log of orders, and what payments gave back for it.
class ReturnBook {
public:
    void take(const std::string& service, const RecordedEvent& event, const boost::json::value& data,
              Findings& findings);
    void finish(Findings& findings) const;

private:
    struct Purchase {
        std::vector<std::pair<std::uint32_t, std::int64_t>> left;  ///< pieces by code and price, sorted
        std::optional<Money> money_left;                           ///< with all decimals that there can be
        std::optional<std::string> customer;
        Timestamp placed_at{};
        std::string problem;  ///< the first that was met
    };
    /// The money of one order for one return, as each of those says who speak of it.
    struct Refund {
        std::optional<Money> of_return, of_order, asked, given;
        bool answered = false;
        bool repeated = false;  ///< somebody has said it twice
        std::string problem;    ///< the first that was met
    };
    struct Return {
        int received = 0;
        std::map<std::string, std::int64_t> unexplained;  ///< pieces by code: found as it says, less those of orders
        std::optional<std::string> customer;
        Timestamp returned_at{};
        std::map<std::string, Refund> refunds;  ///< by order
        std::string problem;                    ///< the first that was met
    };

    void create(const RecordedEvent& event, const boost::json::value& data);
    // False where it cannot be read.
    [[nodiscard]] bool take_back(const boost::json::value& data);
    [[nodiscard]] bool receive(const RecordedEvent& event, const boost::json::value& data);
    [[nodiscard]] bool pay(std::string_view type, const boost::json::value& data);
    /// Of a line's code and price; none where they cannot be read.
    [[nodiscard]] std::optional<std::uint32_t> kind_of(const boost::json::value& line);

    /// What is wrong; empty: nothing.
    [[nodiscard]] std::string problem_of_goods(const Return& each) const;
    [[nodiscard]] static std::string problem_of(const Refund& refund);

    std::map<std::string, Purchase> purchases_;
    std::map<std::string, Return> returns_;
    std::unordered_map<std::string, std::uint32_t> kinds_;
};

}  // namespace tally::verify
