#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include <boost/json/value.hpp>

#include "tally/event/recorded_event.hpp"
#include "tallystick/verify/findings.hpp"
#include "tallystick/verify/order_facts.hpp"

namespace tally::verify {

/// All orders, folded from all logs, in whatever order the logs come.
class OrderBook {
public:
    void take(const std::string& service, const RecordedEvent& event, const boost::json::value& data,
              Findings& findings);
    void finish(Findings& findings) const;

private:
    /// The stocked ones. None where the list, or one of its items, cannot be read.
    [[nodiscard]] std::optional<Items> items_of(const boost::json::value& data, std::string_view pointer);
    [[nodiscard]] static std::string problem_of_total(const boost::json::value& created);

    std::map<std::string, OrderFacts> orders_;
    std::unordered_map<std::string, std::uint32_t> codes_;
};

}  // namespace tally::verify
