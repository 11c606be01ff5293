// Routes of the analytics service. A list is of the shares of orders, in the order of their index; what the other
// topics say of the same days is read at once for a whole page.
#include "services/analytics/analytics_service.hpp"
#include "services/analytics/analytics_views.hpp"
#include "tally/store/newest_first.hpp"

namespace tally::analytics {
namespace {

double rate(std::int64_t some, std::int64_t all) {
    return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all);
}

}  // namespace

SalesDayView view(const SalesDay& of, const SalesFigures& figures) {
    const Money nothing(0, figures.placed ? figures.placed->scale() : 0, of.currency);
    return {.day = of.day,
            .currency = of.currency,
            .created = figures.created,
            .paid = figures.paid,
            .confirmed = figures.confirmed,
            .delivered = figures.delivered,
            .cancelled = cancelled_in_all(figures),
            .cancelled_by = figures.cancelled,
            .reservations_refused = figures.reservations_refused,
            .payments_refused = figures.payments_refused,
            .reservation_failure_rate = rate(figures.reservations_refused, figures.created),
            .payment_failure_rate = rate(figures.payments_refused, figures.paid + figures.payments_refused),
            .placed = figures.placed.value_or(nothing),
            .captured = figures.captured.value_or(nothing),
            .refunded = figures.refunded.value_or(nothing)};
}

namespace {

constexpr std::array sources_beside_orders{SalesSource::inventory, SalesSource::payments, SalesSource::shipping};

/// Each share of orders with those of the other topics.
Task<Result<std::vector<SalesDayView>>> sum_up(std::vector<SalesShare> shares, Query& query) {
    std::vector<std::string> keys;
    for (const SalesShare& share : shares)
        for (const SalesSource source : sources_beside_orders) keys.push_back(share_key(share.of, source));
    const auto others = co_await query.get<SalesShare>(std::move(keys));
    if (!others) co_return std::unexpected(others.error());
    std::vector<SalesDayView> views;
    auto other = others->begin();
    for (SalesShare& share : shares) {
        Result<SalesFigures> sum = std::move(share.figures);
        for (std::size_t n = sources_beside_orders.size(); n > 0; --n, ++other)
            if (sum && *other) sum = plus(std::move(*sum), (*other)->figures);
        if (!sum) co_return std::unexpected(std::move(sum.error()));
        views.push_back(view(share.of, *sum));
    }
    co_return views;
}

Task<Reply<Page<SalesDayView>>> page_of(DocumentQuery days, PageRequest wanted, Query& query) {
    auto shares = co_await query.list<SalesShare>(std::move(days), std::move(wanted));
    if (!shares) co_return shares.error();
    auto views = co_await sum_up(std::move(shares->items), query);
    if (!views) co_return views.error();
    co_return Page<SalesDayView>{.items = std::move(*views), .next_page_token = std::move(shares->next_page_token)};
}

DocumentQuery query_for(const ListSalesDays& request) {
    IndexKey prefix;
    if (request.currency) prefix.text(request.currency->text());
    const auto begin_of = [](const std::optional<Day>& day) { return day.transform(&Day::begin); };
    DocumentQuery query =
        newest_first(request.currency ? "currency" : "day", prefix, begin_of(request.from), begin_of(request.to));
    query.backward = request.backward.value_or(false);
    return query;
}

Task<Reply<Page<SalesDayView>>> list_days(ListSalesDays request, Query& query) {
    if (request.from && request.to && *request.from > *request.to)
        co_return problem("invalid-request", "`from` is after `to`");
    co_return co_await page_of(query_for(request), {request.page_size, request.page_token}, query);
}

/// There are fewer currencies than a page has room for.
Task<Reply<Page<SalesDayView>>> get_day(GetSalesDay request, Query& query) {
    const ListSalesDays that_day{.from = request.day, .to = request.day.next()};
    co_return co_await page_of(query_for(that_day), {.page_size = PageRequest::max_size, .page_token = {}}, query);
}

}  // namespace

Routes analytics_routes() {
    Routes routes;
    routes.add(get, "/api/v1/sales/days",
               {.summary = "What became of the orders of each day, by currency", .scope = "analytics:read"},
               &list_days);
    routes.add(get, "/api/v1/sales/days/{day}",
               {.summary = "What became of the orders of a day, by currency", .scope = "analytics:read"}, &get_day);
    return routes;
}

}  // namespace tally::analytics
