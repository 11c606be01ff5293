// What the events of orders, payments and shipping bring about.
#include "services/notifications/news.hpp"
#include "services/notifications/notifications_service.hpp"
#include "services/notifications/order_contact.hpp"
#include "services/notifications/telling.hpp"

namespace tally::notifications {
namespace {

using orders::OrderCancelled;
using orders::OrderConfirmed;
using orders::OrderCreated;
using payments::PaymentFailed;
using shipping::ShipmentShipped;

template <EventStruct E>
Task<Handled> hear(Delivery<E> news, Session& session) {
    return tell(news_of(news.event, news.envelope.id), session);
}

Task<Handled> meet(Delivery<OrderCreated> order, Session& session) {
    const auto& contact = order.event.contact;
    if (!contact || contact->email.erased()) co_return Handled{};
    const OrderId& id = order.event.order;
    session.put(id.text(), OrderContact{id, {contact->name, contact->email}});
    session.schedule(id.text(), session.now(), EarlierNews{id});
    co_return co_await hear(std::move(order), session);
}

/// For events that hold a copy of the contact where there is one. All others are passed over unread, since nobody is to
/// be told, and of an import's events that is all.
template <EventStruct E, Task<Handled> (*handle)(Delivery<E>, Session&)>
Task<Handled> of_somebody(const RecordedEvent& event, Session& session) {
    if (event.subject.empty()) co_return Handled{};
    auto decoded = decode_event<E>(event);
    if (!decoded) co_return std::unexpected(std::move(decoded.error()));
    co_return co_await handle({std::move(*decoded), event.envelope()}, session);
}

}  // namespace

std::vector<Consumer> listening() {
    Consumer of_orders("notifications", "orders.events");
    of_orders.on(describe_event<OrderCreated>(), &of_somebody<OrderCreated, &meet>);
    of_orders.on(describe_event<OrderConfirmed>(), &of_somebody<OrderConfirmed, &hear<OrderConfirmed>>);
    of_orders.on<OrderCancelled>(&hear<OrderCancelled>);
    Consumer of_payments("notifications", "payments.events");
    of_payments.on<PaymentFailed>(&hear<PaymentFailed>);
    Consumer of_shipping("notifications", "shipping.events");
    of_shipping.on<ShipmentShipped>(&hear<ShipmentShipped>);
    return {std::move(of_orders), std::move(of_payments), std::move(of_shipping)};
}

}  // namespace tally::notifications
