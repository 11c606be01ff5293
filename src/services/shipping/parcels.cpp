// What shipping does about the events of orders, and about what it hears from the carrier.
#include "services/orders/order_events.hpp"
#include "services/shipping/carrier.hpp"
#include "services/shipping/shipping_service.hpp"

namespace tally::shipping {
namespace {

using orders::OrderConfirmed;
using orders::OrderReturned;

void record(const OrderId& order, const CarrierReport& report, Session& session) {
    std::visit([&](const auto& event) { session.record<Shipment>(order, event); }, report);
}

/// Waits for the carrier's next report, which comes half of `transit` after `since`; a parcel that takes no time has
/// all its reports now.
Task<Handled> follow(OrderId order, Timestamp since, Session& session, Duration transit) {
    for (;;) {
        auto shipment = co_await session.load<Shipment>(order);
        if (!shipment) co_return std::unexpected(shipment.error());
        const auto next = next_report(shipment->state, order);
        if (!next) co_return Handled{};
        if (transit > Duration::zero()) {
            session.schedule(order.text(), since + transit / 2, CarrierReports{order});
            co_return Handled{};
        }
        record(order, *next, session);
    }
}

Task<Handled> send(Delivery<OrderConfirmed> confirmed, Session& session, Duration transit) {
    const OrderId& order = confirmed.event.order;
    auto shipment = co_await session.load<Shipment>(order);
    if (!shipment) co_return std::unexpected(shipment.error());
    if (shipment->state.status != ShipmentStatus::none) co_return Handled{};  // sent already
    const TrackingNumber tracking = tracking_number(order);
    std::string method = confirmed.event.shipping_method.value_or("standard");
    if (!takes(method)) co_return fail(ErrorCode::rejected, "the carrier takes no parcel by " + method);
    session.record<Shipment>(order, ShipmentCreated{order, tracking, std::move(method), confirmed.event.recipient});
    session.record<Shipment>(order, ShippingLabelCreated{order, tracking});
    session.record<Shipment>(order, ShipmentShipped{order, tracking});
    co_return co_await follow(order, session.now(), session, transit);
}

Task<Handled> report(Fired<CarrierReports> fired, Session& session, Duration transit) {
    const OrderId& order = fired.timer.order;
    auto shipment = co_await session.load<Shipment>(order);
    if (!shipment) co_return std::unexpected(shipment.error());
    if (const auto next = next_report(shipment->state, order)) record(order, *next, session);
    co_return co_await follow(order, fired.due, session, transit);
}

Task<Handled> come_back(Delivery<OrderReturned> returned, Session& session) {
    const OrderId& order = returned.event.order;
    auto shipment = co_await session.load<Shipment>(order);
    if (!shipment) co_return std::unexpected(shipment.error());
    if (shipment->state.returns.contains(returned.event.return_id)) co_return Handled{};
    const auto event = take_back(shipment->state, order, returned.event.return_id);
    if (!event) co_return fail(ErrorCode::rejected, event.error().detail);
    session.record<Shipment>(order, *event);
    co_return Handled{};
}

}  // namespace

Consumer parcels(Duration transit) {
    Consumer consumer("shipping", "orders.events");
    consumer.on<OrderConfirmed>([transit](Delivery<OrderConfirmed> confirmed, Session& session) {
        return send(std::move(confirmed), session, transit);
    });
    consumer.on<OrderReturned>(&come_back);
    return consumer;
}

TimerHandlers carrier_reports(Duration transit) {
    TimerHandlers timers;
    timers.on<CarrierReports>([transit](Fired<CarrierReports> fired, Session& session) {
        return report(std::move(fired), session, transit);
    });
    return timers;
}

}  // namespace tally::shipping
