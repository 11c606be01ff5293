#pragma once

#include <string>

#include <boost/describe.hpp>

#include "services/values/ids.hpp"
#include "tally/base/clock.hpp"
#include "tally/base/money.hpp"
#include "tally/base/uuid.hpp"

/// What the service and the provider say to each other, as values.
namespace tally::payments {

/// The same key always stands for the same charge, however often it is sent.
struct ChargeRequest {
    Uuid key;
    OrderId order;
    Money amount;
    std::string method;
    Timestamp initiated{};  ///< when the charge was asked for
};

BOOST_DEFINE_ENUM_CLASS(ChargeState, unknown, pending, authorized, captured, declined, released)

/// How a charge stands: `unknown` to the provider, `pending` there, or as it says. The last three are final.
struct ChargeAnswer {
    ChargeState state = ChargeState::unknown;
    Money amount{};           ///< authorised or captured
    std::string reference{};  ///< the provider's own
    std::string detail{};     ///< why it is declined
    int times = 1;            ///< said so often
};

/// The same key always stands for the same refund.
struct RefundRequest {
    Uuid key;
    std::string reference;  ///< of the charge
    Money amount;
    std::string method;
};

BOOST_DEFINE_ENUM_CLASS(RefundState, unknown, pending, refunded, refused)

/// How a refund stands. The last two are final.
struct RefundAnswer {
    RefundState state = RefundState::unknown;
    std::string detail{};  ///< why it is refused
    int times = 1;
};

}  // namespace tally::payments
