#include "services/payments/payments_service.hpp"

#include "services/payments/payment_list.hpp"
#include "services/payments/simulated_provider.hpp"

namespace tally::payments {

std::vector<Setting> payments_settings() {
    return {{"payments.sim_late_ms", Setting::Kind::duration_ms, "5000",
             "after which the simulated provider charges an order that is paid by `sim_late`"}};
}

Manifest payments_service(Platform& platform) {
    return payments_service(
        create_simulated_provider(platform.clock, platform.settings.duration("payments.sim_late_ms")));
}

Manifest payments_service(std::shared_ptr<PaymentProvider> provider) {
    return {.name = "payments",
            .summary = "Charges orders, and gives money back",
            .events = PaymentEvents::describe(),
            .routes = payments_routes(),
            .consumers = {payment_requests()},
            .projections = {make_projection<PaymentListEntry>()},
            .timers = provider_calls(std::move(provider)),
            .collections = {{"payment-list", {"time", "status"}}},
            .front_page = {{"Latest payments",
                            "/api/v1/payments?page_size=10",
                            {"order", "status", "amount", "refunded", "method"},
                            "/api/v1/payments/{order}"}}};
}

}  // namespace tally::payments
