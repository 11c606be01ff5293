#pragma once

#include "services/payments/provider_messages.hpp"
#include "tally/base/error.hpp"
#include "tally/base/task.hpp"

namespace tally::payments {

/// Who moves the money: the seam to a bank or a payment company.
///
/// Every call may be repeated under its key and has its effect once. Errors that are retryable say that no answer came:
/// what was asked for may have happened or not, which `charge_status` and `refund_status` then tell. Others are
/// nobody's answer but a fault of the call. Threads: one loop. Lifetime: outlives the service.
class PaymentProvider {
public:
    virtual ~PaymentProvider() = default;

    /// Has the amount promised: authorized, declined or pending.
    [[nodiscard]] virtual Task<Result<ChargeAnswer>> authorize(ChargeRequest request) = 0;
    /// Takes what is authorised: captured, declined or pending.
    [[nodiscard]] virtual Task<Result<ChargeAnswer>> capture(ChargeRequest request) = 0;
    /// Gives up what is authorised, and whatever may still arrive under the key: released; captured where it is too
    /// late.
    [[nodiscard]] virtual Task<Result<ChargeAnswer>> release(ChargeRequest request) = 0;
    [[nodiscard]] virtual Task<Result<ChargeAnswer>> charge_status(ChargeRequest request) = 0;

    /// Gives back a part of what was captured, or all of it.
    [[nodiscard]] virtual Task<Result<RefundAnswer>> refund(RefundRequest request) = 0;
    [[nodiscard]] virtual Task<Result<RefundAnswer>> refund_status(RefundRequest request) = 0;
};

}  // namespace tally::payments
