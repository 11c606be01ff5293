#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "services/inventory/inventory_events.hpp"
#include "services/notifications/notifications_events.hpp"
#include "services/orders/order_events.hpp"
#include "services/payments/payments_events.hpp"
#include "services/shipping/shipping_events.hpp"
#include "tally/flow/dead_letter_edit.hpp"
#include "tally/flow/saga_events.hpp"

namespace tally {

/// The event types of every service, by service.
[[nodiscard]] inline std::vector<std::pair<std::string, std::vector<EventDescription>>> all_events() {
    auto inventory = inventory::ReservationEvents::describe();
    std::ranges::move(inventory::ReceiptEvents::describe(), std::back_inserter(inventory));
    std::ranges::move(inventory::StockEvents::describe(), std::back_inserter(inventory));
    auto orders = orders::OrderEvents::describe();
    std::ranges::move(orders::ReturnEvents::describe(), std::back_inserter(orders));
    std::ranges::move(orders::OrderRequests::describe(), std::back_inserter(orders));
    return {{"orders", std::move(orders)},
            {"inventory", std::move(inventory)},
            {"payments", payments::PaymentEvents::describe()},
            {"shipping", shipping::ShipmentEvents::describe()},
            {"notifications", notifications::NotificationEvents::describe()},
            {"sagas", SagaEvents::describe()},
            {"dead_letters", DeadLetterEvents::describe()}};
}

}  // namespace tally
