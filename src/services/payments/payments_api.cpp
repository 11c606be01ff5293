// Routes of the payments service.
#include "services/payments/payments_service.hpp"
#include "services/payments/payments_views.hpp"
#include "tally/store/newest_first.hpp"

namespace tally::payments {
namespace {

PaymentView view(const OrderId& order, const Payment& payment, Version version) {
    PaymentView view{.order = order,
                     .status = payment.status,
                     .reason = payment.failure,
                     .version = static_cast<std::int64_t>(version)};
    if (payment.request) {
        view.amount = payment.amount;
        view.method = payment.method;
        view.captured = payment.captured;
        view.refunded = payment.refunded;
    }
    if (!payment.reference.empty()) view.reference = payment.reference;
    for (const Refund& refund : payment.refunds) {
        const bool amount_known = !refund.everything || refund.status == RefundStatus::refunded;
        view.refunds.push_back({.request = refund.request.event,
                                .undo = refund.everything,
                                .amount = amount_known ? std::optional(refund.amount) : std::nullopt,
                                .return_id = refund.return_id,
                                .status = refund.status});
    }
    return view;
}

Task<Reply<PaymentView>> get_payment(GetPayment request, Query& query) {
    auto loaded = co_await query.load<Payment>(request.order);
    if (!loaded) co_return loaded.error();
    if (loaded->version == 0) co_return problem("not-found", "there is no payment for order " + request.order.text());
    co_return Reply(view(request.order, loaded->state, loaded->version)).etag(loaded->version);
}

/// The index that answers a list best, and the stretch of it that is asked for.
DocumentQuery query_for(const ListPayments& request) {
    IndexKey prefix;
    if (request.status) prefix.number(static_cast<int>(*request.status));
    return newest_first(request.status ? "status" : "time", prefix, request.from, request.to);
}

Task<Reply<Page<PaymentListEntry>>> list_payments(ListPayments request, Query& query) {
    if (request.from && request.to && *request.from > *request.to)
        co_return problem("invalid-request", "`from` is after `to`");
    auto page = co_await query.find<PaymentListEntry>(query_for(request), {request.page_size, request.page_token});
    if (!page) co_return page.error();
    co_return std::move(*page);
}

}  // namespace

Routes payments_routes() {
    Routes routes;
    routes.add(get, "/api/v1/payments",
               {.summary = "List payments, latest first", .scope = "payments:read", .waits_for = "payment-list"},
               &list_payments);
    routes.add(get, "/api/v1/payments/{order}", {.summary = "Show the payment of an order", .scope = "payments:read"},
               &get_payment);
    return routes;
}

}  // namespace tally::payments
