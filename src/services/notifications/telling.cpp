#include "services/notifications/telling.hpp"

#include "services/notifications/order_contact.hpp"
#include "services/notifications/sending.hpp"

namespace tally::notifications {

Task<Handled> tell(std::optional<NotificationRequested> news, Session& session) {
    if (!news) co_return Handled{};
    auto contact = co_await session.get<OrderContact>(news->order.text());
    if (!contact) co_return std::unexpected(std::move(contact.error()));
    if (!*contact) co_return Handled{};
    const NotificationId id = news->notification;
    const auto known = co_await session.load<Notification>(id);
    if (!known) co_return std::unexpected(known.error());
    news->recipient = (*contact)->customer;
    const auto requested = request(known->state, std::move(*news));
    if (!requested) co_return Handled{};
    session.record<Notification>(id, *requested, {.key = requested->order.text(), .reply_to = requested->event});
    session.schedule(id.text(), session.now(), SendNotification{id});
    co_return Handled{};
}

}  // namespace tally::notifications
