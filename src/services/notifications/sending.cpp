// How a notification leaves the house.
//
// It is asked for in one commit, handed to its channel after that, and settled in another: a crash in between hands it
// over again, under the same id, which a channel takes for the same.
#include "services/notifications/sending.hpp"

#include "services/notifications/letter.hpp"
#include "services/notifications/mailer.hpp"
#include "services/notifications/notifications_service.hpp"
#include "tally/event/seal.hpp"

namespace tally::notifications {
namespace {

Mail mail_of(const NotificationRequested& wanted, const Addressee& opened, Timestamp asked_at) {
    std::string name = opened.name.plain() != nullptr ? opened.name.plain()->text() : "";
    Letter letter = render(wanted, name);
    return {.id = wanted.notification,
            .date = asked_at,
            .name = std::move(name),
            .address = opened.email.plain()->text(),
            .subject = std::move(letter.subject),
            .body = std::move(letter.body)};
}

/// Opens the address for no longer than it takes. None: delivered.
Task<Result<std::optional<NotificationFailure>>> deliver(NotificationRequested wanted, Timestamp asked_at,
                                                         KeyRing& keys, Mailer& mailer) {
    Addressee recipient = wanted.recipient;
    if (auto opened = co_await open_personal(recipient, keys); !opened) co_return std::unexpected(opened.error());
    if (recipient.email.erased()) co_return NotificationFailure::erased;
    const auto delivered = co_await mailer.deliver(mail_of(wanted, recipient, asked_at));
    if (delivered) co_return std::nullopt;
    if (delivered.error().code == ErrorCode::rejected) co_return NotificationFailure::refused;
    co_return std::unexpected(delivered.error());
}

Task<Handled> send(Fired<SendNotification> fired, Session& session, KeyRing& keys, std::shared_ptr<Mailer> mailer) {
    const NotificationId id = fired.timer.notification;
    const auto loaded = co_await session.load<Notification>(id);
    if (!loaded) co_return std::unexpected(loaded.error());
    const Notification& notification = loaded->state;
    if (notification.status != NotificationStatus::requested) co_return Handled{};
    const auto origin = co_await session.origin<Notification>(id);
    if (!origin) co_return std::unexpected(origin.error());

    const auto outcome = co_await deliver(notification.requested, origin->value().occurred_at, keys, *mailer);
    if (!outcome) co_return std::unexpected(outcome.error());
    const RecordOptions options{.key = notification.requested.order.text(), .reply_to = notification.requested.event};
    if (*outcome)
        session.record<Notification>(id, failed(notification, **outcome).value(), options);
    else
        session.record<Notification>(id, sent(notification).value(), options);
    co_return Handled{};
}

}  // namespace

void add_sending(TimerHandlers& timers, KeyRing& keys, std::shared_ptr<Mailer> mailer) {
    timers.on<SendNotification>([&keys, mailer = std::move(mailer)](Fired<SendNotification> fired, Session& session) {
        return send(std::move(fired), session, keys, mailer);
    });
}

}  // namespace tally::notifications
