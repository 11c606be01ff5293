#pragma once

#include <optional>
#include <string>

#include <boost/describe.hpp>

#include "services/values/ids.hpp"
#include "tally/base/money.hpp"
#include "tally/base/strong_id.hpp"
#include "tally/event/envelope.hpp"
#include "tally/event/event_registry.hpp"

/// The contract of the payments service: what it publishes on `payments.events`, keyed by order. An order has one
/// payment. The causation of each event is the request that it answers, however much later.
namespace tally::payments {

/// The event that asked for something. Answers name it, however much later, and are of its correlation.
struct RequestOrigin {
    Uuid event;  ///< also the provider's idempotency key
    CorrelationId correlation;
    friend bool operator==(const RequestOrigin&, const RequestOrigin&) = default;
};
BOOST_DESCRIBE_STRUCT(RequestOrigin, (), (event, correlation))

/// The order is going to be charged; the provider is asked next.
struct PaymentInitiated {
    OrderId order;
    RequestOrigin request;  ///< a PaymentRequested
    Money amount;
    std::string method;
};
BOOST_DESCRIBE_STRUCT(PaymentInitiated, (), (order, request, amount, method))
TALLY_EVENT(PaymentInitiated, "PaymentInitiated", 1, published)

/// The provider will pay; nothing is taken yet.
struct PaymentAuthorized {
    OrderId order;
    Money amount;
    std::string reference;  ///< the provider's own
};
BOOST_DESCRIBE_STRUCT(PaymentAuthorized, (), (order, amount, reference))
TALLY_EVENT(PaymentAuthorized, "PaymentAuthorized", 1, published)

/// The order is charged. It may come after a refund was asked for; then the refund follows.
struct PaymentConfirmed {
    OrderId order;
    Money amount;
    std::string reference;
};
BOOST_DESCRIBE_STRUCT(PaymentConfirmed, (), (order, amount, reference))
TALLY_EVENT(PaymentConfirmed, "PaymentConfirmed", 1, published)

BOOST_DEFINE_ENUM_CLASS(PaymentFailure, declined, undone_before, expired, invalid_amount)

/// Nothing is charged for the order, and nothing will be.
struct PaymentFailed {
    OrderId order;
    PaymentFailure reason = PaymentFailure::declined;
    std::string detail;
};
BOOST_DESCRIBE_STRUCT(PaymentFailed, (), (order, reason, detail))
TALLY_EVENT(PaymentFailed, "PaymentFailed", 1, published)

/// Undone, and there was nothing to give back: never charged, only authorised, or given back already.
struct PaymentVoided {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(PaymentVoided, (), (order))
TALLY_EVENT(PaymentVoided, "PaymentVoided", 1, published)

/// So much of what was charged is given back.
struct PaymentRefunded {
    OrderId order;
    Money amount;
    std::optional<ReturnId> return_id;  ///< the return that it is for
};
BOOST_DESCRIBE_STRUCT(PaymentRefunded, (), (order, amount, return_id))
TALLY_EVENT(PaymentRefunded, "PaymentRefunded", 1, published)

BOOST_DEFINE_ENUM_CLASS(RefundFailure, nothing_charged, more_than_left, invalid_amount, refused)

/// The amount that was asked back is not given back, not even a part of it.
struct PaymentRefundFailed {
    OrderId order;
    Money amount;
    std::optional<ReturnId> return_id;
    RefundFailure reason = RefundFailure::nothing_charged;
    std::string detail;
};
BOOST_DESCRIBE_STRUCT(PaymentRefundFailed, (), (order, amount, return_id, reason, detail))
TALLY_EVENT(PaymentRefundFailed, "PaymentRefundFailed", 1, published)

/// Money was asked back: it is answered when what came before it has its outcome.
struct PaymentRefundInitiated {
    OrderId order;
    RequestOrigin request;        ///< a PaymentRefundRequested
    std::optional<Money> amount;  ///< none: all that is left, and nothing will be charged any more
    std::optional<ReturnId> return_id;
};
BOOST_DESCRIBE_STRUCT(PaymentRefundInitiated, (), (order, request, amount, return_id))
TALLY_EVENT(PaymentRefundInitiated, "PaymentRefundInitiated", 1, internal)

/// The provider has said something again, or too late to matter; nothing changes.
struct PaymentAnswerRepeated {
    OrderId order;
    std::string answer;
};
BOOST_DESCRIBE_STRUCT(PaymentAnswerRepeated, (), (order, answer))
TALLY_EVENT(PaymentAnswerRepeated, "PaymentAnswerRepeated", 1, internal)

using PaymentEvents = EventList<PaymentInitiated, PaymentAuthorized, PaymentConfirmed, PaymentFailed, PaymentVoided,
                                PaymentRefunded, PaymentRefundFailed, PaymentRefundInitiated, PaymentAnswerRepeated>;

}  // namespace tally::payments
