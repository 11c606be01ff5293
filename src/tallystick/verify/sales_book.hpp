#pragma once

#include <map>
#include <string>
#include <utility>

#include <boost/json/value.hpp>

#include "tallystick/verify/findings.hpp"
#include "tallystick/verify/progress_book.hpp"

namespace tally::verify {

/// The days of sales: folded from what all logs say of orders, and as the shares of analytics say them.
class SalesBook {
public:
    /// True if it is a share of a day. A dead letter of analytics is noted as well.
    bool take(const std::string& service, const Document& document, Findings& findings);
    void take(const std::string& service, const RecordedEvent& event, const boost::json::value& data);
    /// After everything else: where a log is found wrong, or an event is parked, the days prove nothing. What analytics
    /// has not counted yet is in flight.
    void finish(const ProgressBook& progress, Findings& findings) const;

private:
    /// Numbers of orders, and money in the least units that there can be.
    using Figures = std::map<std::string, std::int64_t>;
    struct Order {
        std::string day;  ///< and currency: `2010-12-01/GBP`; empty: it is not created
        Figures figures;
    };
    void compare(Findings& findings) const;

    std::map<std::string, Order> orders_;
    std::map<std::string, Figures> shown_;                     ///< by day and currency
    std::map<std::pair<std::string, int>, Position> counted_;  ///< the last event that counts, by service and shard
    bool has_parked_ = false;
};

}  // namespace tally::verify
