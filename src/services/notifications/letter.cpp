#include "services/notifications/letter.hpp"

#include <fmt/format.h>

namespace tally::notifications {
namespace {

using orders::CancelReason;

std::string text_of(const Money& money) { return fmt::format("{} {}", money.decimal(), money.currency().text()); }

std::string_view text_of(CancelReason reason) {
    switch (reason) {
        case CancelReason::out_of_stock:
            return "something that you ordered is out of stock";
        case CancelReason::customer_request:
            return "you asked us to cancel it";
        case CancelReason::reservation_refused:
        case CancelReason::reservation_overdue:
            return "we could not set the goods aside for you";
        case CancelReason::payment_refused:
            return "your payment was not accepted";
        case CancelReason::payment_overdue:
            return "your payment did not arrive in time";
    }
    return "it cannot be carried out";
}

Letter text_about(const NotificationRequested& wanted) {
    const std::string& order = wanted.order.text();
    switch (wanted.kind) {
        case NotificationKind::order_created:
            return {fmt::format("We have your order {}", order),
                    fmt::format("Thank you for your order {}{}.\nWe shall write again when it is confirmed.\n", order,
                                wanted.total ? ", which comes to " + text_of(*wanted.total) : "")};
        case NotificationKind::order_confirmed:
            return {fmt::format("Your order {} is confirmed", order),
                    fmt::format("Your order {} is paid for and everything in it is in stock.\n"
                                "We shall write again when it is on its way.\n",
                                order)};
        case NotificationKind::order_cancelled:
            return {fmt::format("Your order {} is cancelled", order),
                    fmt::format("Your order {} is cancelled: {}.\nYou pay nothing for it.\n", order,
                                text_of(wanted.reason.value_or(CancelReason::customer_request)))};
        case NotificationKind::payment_failed:
            return {fmt::format("The payment for your order {} has failed", order),
                    fmt::format("Your payment for order {} was not accepted, and nothing was taken.\n", order)};
        case NotificationKind::shipment_shipped:
            return {fmt::format("Your order {} is on its way", order),
                    fmt::format("The carrier has the parcel with your order {}.\n{}", order,
                                wanted.tracking ? "Its tracking number is " + wanted.tracking->text() + ".\n" : "")};
    }
    return {};
}

}  // namespace

Letter render(const NotificationRequested& wanted, std::string_view name) {
    Letter letter = text_about(wanted);
    letter.body =
        fmt::format("{},\n\n{}\nYour shop\n", name.empty() ? "Hello" : fmt::format("Dear {}", name), letter.body);
    return letter;
}

}  // namespace tally::notifications
