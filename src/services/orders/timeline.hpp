#pragma once

#include "services/orders/orders_views.hpp"
#include "tally/http/routes.hpp"
#include "tally/http/transport.hpp"

namespace tally::orders {

/// Asks every service for the events of an order's correlation and puts them in causal order.
///
/// Lifetime: the transport outlives it.
class Timelines {
public:
    explicit Timelines(Transport& transport) : transport_(&transport) {}
    [[nodiscard]] Task<Reply<Timeline>> of(OrderId order, Query& query) const;

private:
    Transport* transport_;
};

/// Causes before effects, otherwise by time, then by service and position; sets `after_ms`. Pure.
void put_in_causal_order(std::vector<TimelineEntry>& entries);

}  // namespace tally::orders
