#pragma once

#include <memory>

#include "services/payments/payment_provider.hpp"
#include "tally/host/service.hpp"

namespace tally::payments {

/// The payments service: charges orders and gives money back, by the simulated provider.
[[nodiscard]] Manifest payments_service(Platform& platform);
[[nodiscard]] std::vector<Setting> payments_settings();
/// By another provider; shared, since the copies of a manifest's handlers all have it.
[[nodiscard]] Manifest payments_service(std::shared_ptr<PaymentProvider> provider);

// Its parts, each in a file of its own.
[[nodiscard]] Routes payments_routes();
[[nodiscard]] Consumer payment_requests();
[[nodiscard]] TimerHandlers provider_calls(std::shared_ptr<PaymentProvider> provider);

}  // namespace tally::payments
