// Routes of returns. A return is matched with orders that a read model proposes and the session loads: the latest
// first, and no more of them than it takes to find everything.
#include "services/orders/order_list.hpp"
#include "services/orders/orders_service.hpp"
#include "services/orders/returns_views.hpp"
#include "tally/store/newest_first.hpp"

namespace tally::orders {
namespace {

Reply<ReturnView> shown(const ReturnReceived& received, Version version) {
    return Reply(ReturnView{.return_id = received.return_id,
                            .customer = received.customer,
                            .order = received.order,
                            .returned_at = received.returned_at,
                            .outcome = received.outcome,
                            .lines = received.lines,
                            .refunds = received.refunds})
        .etag(version);
}

NewReturn wanted_by(ReceiveReturn command, ReturnId id) {
    return {.return_id = std::move(id),
            .customer = std::move(command.customer),
            .order = std::move(command.order),
            .returned_at = command.returned_at,
            .lines = std::move(command.lines)};
}

Task<Result<void>> match_order(OrderId id, ReturnMatcher& matcher, Session& session) {
    const auto order = co_await session.load<Order>(id);
    if (!order) co_return std::unexpected(order.error());
    if (!order->state.is_completed) co_return Result<void>{};
    std::optional<Timestamp> placed_at = order->state.created.placed_at;
    if (!placed_at) {
        const auto origin = co_await session.origin<Order>(id);
        if (!origin) co_return std::unexpected(origin.error());
        placed_at = (*origin)->occurred_at;
    }
    matcher.match(order->state, *placed_at);
    co_return Result<void>{};
}

/// Those of one time in the order of their ids, the greatest first.
Task<Result<void>> match_orders_of(CustomerId customer, Timestamp before, ReturnMatcher& matcher, Call& call) {
    DocumentQuery query = newest_first("customer", IndexKey().text(customer.text()), {}, before);
    do {
        auto page = co_await call.candidates<OrderListEntry>(query);
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const auto& item : page->items) {
            if (matcher.is_done()) co_return Result<void>{};
            if (item.view.status != OrderStatus::completed) continue;
            auto matched = co_await match_order(item.view.order, matcher, call.session);
            if (!matched) co_return matched;
        }
        query.after = std::move(page->next);
    } while (!query.after.empty());
    co_return Result<void>{};
}

/// The return, what came back of each order, and the requests to give its money back. The return's version then.
Version record(const ReturnReceived& received, const std::vector<OrderReturned>& returned, Session& session) {
    Version version = 1;
    session.record<Return>(received.return_id, received);
    for (const OrderReturned& each : returned) {
        session.record<Order>(each.order, each);
        const auto refund = refund_of(each);
        if (!refund) continue;
        session.record<Return>(received.return_id, *refund, {.key = each.order.text()});
        ++version;
    }
    return version;
}

Task<Reply<ReturnView>> receive_return(ReceiveReturn command, Call& call) {
    const ReturnId id = command.return_id.value_or(ReturnId::trusted(call.new_id().text()));
    const auto known = co_await call.session.load<Return>(id);
    if (!known) co_return known.error();
    const NewReturn wanted = wanted_by(std::move(command), id);
    const std::string location = "/api/v1/returns/" + id.text();
    if (is_same(known->state, wanted))
        co_return shown(known->state.received, known->version).location(location).status(200);
    if (auto good = check(known->state, wanted); !good) co_return good.error();

    const Timestamp returned_at = wanted.returned_at.value_or(call.now);
    ReturnMatcher matcher(wanted, returned_at);
    Result<void> matched;
    if (wanted.order)
        matched = co_await match_order(*wanted.order, matcher, call.session);
    else if (wanted.customer)
        matched = co_await match_orders_of(*wanted.customer, returned_at, matcher, call);
    if (!matched) co_return matched.error();
    const ReturnReceived received = matcher.received();
    const Version version = record(received, matcher.returned(), call.session);
    co_return shown(received, version).location(location);
}

Task<Reply<ReturnView>> get_return(GetReturn request, Query& query) {
    auto loaded = co_await query.load<Return>(request.return_id);
    if (!loaded) co_return loaded.error();
    if (loaded->version == 0) co_return problem("not-found", "there is no return " + request.return_id.text());
    co_return shown(loaded->state.received, loaded->version);
}

/// The index that answers a list best, and the stretch of it that is asked for.
DocumentQuery query_for(const ListReturns& request) {
    IndexKey prefix;
    std::string index = "time";
    if (request.customer) {
        index = "customer";
        prefix.text(request.customer->text());
    } else if (request.outcome) {
        index = "outcome";
        prefix.number(static_cast<int>(*request.outcome));
    }
    return newest_first(std::move(index), prefix, request.from, request.to);
}

Task<Reply<Page<ReturnListEntry>>> list_returns(ListReturns request, Query& query) {
    if (request.from && request.to && *request.from > *request.to)
        co_return problem("invalid-request", "`from` is after `to`");
    auto page = co_await query.find<ReturnListEntry>(query_for(request), {request.page_size, request.page_token});
    if (!page) co_return page.error();
    if (request.customer && request.outcome)
        std::erase_if(page->items, [&](const ReturnListEntry& entry) { return entry.outcome != *request.outcome; });
    co_return std::move(*page);
}

Task<Reply<Page<OrderReturnView>>> list_returns_of_order(GetReturnsOfOrder request, Query& query) {
    const auto order = co_await query.load<Order>(request.order);
    if (!order) co_return order.error();
    if (order->version == 0) co_return problem("not-found", "there is no order " + request.order.text());
    Page<OrderReturnView> page;
    for (const OrderReturned& each : order->state.returns)
        page.items.push_back({each.return_id, each.lines, each.refund});
    co_return page;
}

}  // namespace

void add_returns(Routes& routes) {
    routes.add(post, "/api/v1/returns",
               {.summary = "Take goods back: they are looked for in the customer's completed orders, the latest first",
                .scope = "orders:write",
                .idempotent = true,
                .success = 201,
                .also = {200},
                .problems = {"return-empty", "return-exists"}},
               &receive_return);
    routes.add(get, "/api/v1/returns",
               {.summary = "List returns, latest first", .scope = "orders:read", .waits_for = "return-list"},
               &list_returns);
    routes.add(get, "/api/v1/returns/{return_id}", {.summary = "Show a return", .scope = "orders:read"}, &get_return);
    routes.add(get, "/api/v1/orders/{order}/returns", {.summary = "What came back of an order", .scope = "orders:read"},
               &list_returns_of_order);
}

}  // namespace tally::orders
