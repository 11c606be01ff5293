#pragma once

#include <memory>

#include "services/payments/payment_provider.hpp"

namespace tally::payments {

/// A provider that moves no money. Each answer is a function of the request and the time alone, so it keeps nothing,
/// survives restarts and repeats.
///
/// It behaves as the payment method says:
///
///     sim_decline  declined
///     sim_lose     charged and refunded, but the first answer never arrives; asked again, it says so
///     sim_late     authorised, and captured when `late` has passed since the charge was asked for
///     sim_twice    charged and refunded, and says so twice
///     sim_hold     authorised, and never captured
///     sim_silent   never an answer, whatever is asked
///     any other    charged and refunded at once
[[nodiscard]] std::unique_ptr<PaymentProvider> create_simulated_provider(const Clock& clock, Duration late);

}  // namespace tally::payments
