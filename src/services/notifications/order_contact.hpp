#pragma once

#include <boost/describe.hpp>

#include "services/notifications/notifications_events.hpp"
#include "tally/flow/document_type.hpp"
#include "tally/flow/timer.hpp"

namespace tally::notifications {

/// Who wants to hear of an order: a copy of what the order has sealed. An order that names nobody has none.
struct OrderContact {
    OrderId order;
    Addressee customer;
};
BOOST_DESCRIBE_STRUCT(OrderContact, (), (order, customer))
TALLY_DOCUMENT(OrderContact, "order-contacts")

/// What was heard of the order before its contact was known is to be looked for.
struct EarlierNews {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(EarlierNews, (), (order))
TALLY_TIMER(EarlierNews, "earlier-news")

}  // namespace tally::notifications
