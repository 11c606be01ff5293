#pragma once

#include <optional>

#include "services/notifications/notifications_events.hpp"
#include "services/payments/payments_events.hpp"

/// What customers want to hear of. Pure; whom a notification is for is filled in where it is asked for.
namespace tally::notifications {

[[nodiscard]] NotificationRequested news_of(const orders::OrderCreated& event, const EventId& id);
[[nodiscard]] NotificationRequested news_of(const orders::OrderConfirmed& event, const EventId& id);
[[nodiscard]] NotificationRequested news_of(const orders::OrderCancelled& event, const EventId& id);
/// None of a payment that was never tried: its order was cancelled before, and of that the customer hears.
[[nodiscard]] std::optional<NotificationRequested> news_of(const payments::PaymentFailed& event, const EventId& id);
[[nodiscard]] NotificationRequested news_of(const shipping::ShipmentShipped& event, const EventId& id);

}  // namespace tally::notifications
