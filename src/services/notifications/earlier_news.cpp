// News that was faster than the order that it is about.
//
// Topics keep no order among each other: of a parcel may be heard before its order, and then nobody is known who wants
// to hear of it. So, once a contact is known, the logs of payments and shipping are asked for what they have of the
// order by then. Whatever is heard later finds the contact: a consumer that has looked for it in vain is refused its
// commit if it has come meanwhile.
#include "services/notifications/news.hpp"
#include "services/notifications/notifications_service.hpp"
#include "services/notifications/order_contact.hpp"
#include "services/notifications/telling.hpp"
#include "tally/host/correlated_events.hpp"

namespace tally::notifications {
namespace {

/// Tells of the event, where it is one of these and of this order: several may share a correlation.
template <EventStruct E>
Task<Handled> retell(const EventView& event, const OrderId& order, Session& session) {
    if (event.type != event_type<E>.name || event.key != order.text()) co_return Handled{};
    RecordedEvent stored;
    stored.id = event.id;
    stored.type = event.type;
    stored.schema = event.schema;
    stored.data = event.data.text;
    const auto decoded = decode_event<E>(stored);
    if (!decoded) co_return std::unexpected(decoded.error());
    co_return co_await tell(news_of(*decoded, event.id), session);
}

template <EventStruct E>
Task<Handled> look_for(std::string service, OrderId order, Session& session, Transport& transport) {
    const auto events = co_await events_of_correlation(transport, service, session.cause().correlation);
    if (!events) co_return std::unexpected(events.error());
    for (const EventView& event : *events)
        if (auto told = co_await retell<E>(event, order, session); !told) co_return told;
    co_return Handled{};
}

Task<Handled> look_back(Fired<EarlierNews> fired, Session& session, Transport& transport) {
    const OrderId& order = fired.timer.order;
    auto told = co_await look_for<payments::PaymentFailed>("payments", order, session, transport);
    if (!told) co_return told;
    co_return co_await look_for<shipping::ShipmentShipped>("shipping", order, session, transport);
}

}  // namespace

void add_earlier_news(TimerHandlers& timers, Transport& transport) {
    timers.on<EarlierNews>([&transport](Fired<EarlierNews> fired, Session& session) {
        return look_back(std::move(fired), session, transport);
    });
}

}  // namespace tally::notifications
