#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/payments/payment_list.hpp"
#include "tally/http/page.hpp"

/// Requests and answers of the payments API.
namespace tally::payments {

struct RefundView {
    Uuid request;                 ///< the event that asked for it
    bool undo = false;            ///< of everything that was left
    std::optional<Money> amount;  ///< none: an undo that is not refunded
    std::optional<ReturnId> return_id;
    RefundStatus status = RefundStatus::requested;
};
BOOST_DESCRIBE_STRUCT(RefundView, (), (request, undo, amount, return_id, status))

struct PaymentView {
    OrderId order;
    PaymentStatus status = PaymentStatus::none;
    std::optional<PaymentFailure> reason{};
    std::optional<Money> amount{};
    std::optional<std::string> method{};
    std::optional<std::string> reference{};  ///< the provider's own
    std::optional<Money> captured{};
    std::optional<Money> refunded{};
    std::vector<RefundView> refunds{};
    std::int64_t version = 0;  ///< of the stream; also the ETag
};
BOOST_DESCRIBE_STRUCT(PaymentView, (),
                      (order, status, reason, amount, method, reference, captured, refunded, refunds, version))

struct GetPayment {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(GetPayment, (), (order))

struct ListPayments {
    std::optional<PaymentStatus> status;
    std::optional<Timestamp> from;  ///< requested at or after
    std::optional<Timestamp> to;    ///< requested before
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListPayments, (), (status, from, to, page_size, page_token))

}  // namespace tally::payments
