#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "services/inventory/inventory_events.hpp"
#include "services/orders/order_events.hpp"

namespace tally {

/// The event types of every service, by service.
[[nodiscard]] inline std::vector<std::pair<std::string, std::vector<EventDescription>>> all_events() {
    auto inventory = inventory::ReservationEvents::describe();
    std::ranges::move(inventory::ReceiptEvents::describe(), std::back_inserter(inventory));
    std::ranges::move(inventory::StockEvents::describe(), std::back_inserter(inventory));
    return {{"orders", orders::OrderEvents::describe()}, {"inventory", std::move(inventory)}};
}

}  // namespace tally
