// Routes of the orders service.
#include "services/orders/orders_service.hpp"
#include "services/orders/orders_views.hpp"
#include "services/orders/timeline.hpp"
#include "tally/store/newest_first.hpp"

namespace tally::orders {

OrderView view(const Order& order, const SagaRun& saga, Version version) {
    const OrderCreated& created = order.created;
    const std::vector<std::int64_t> back = pieces_back(order);
    std::vector<OrderLineView> lines;
    lines.reserve(back.size());
    for (std::size_t i = 0; i < back.size(); ++i) {
        const OrderLine& line = created.lines[i];
        lines.push_back({line.sku, line.description, line.quantity, line.unit_price, line.stocked, back[i]});
    }
    return {.order = created.order,
            .customer = created.customer,
            .status = status_of(order, saga),
            .reason = order.cancelled,
            .placed_at = created.placed_at,
            .country = created.country,
            .lines = std::move(lines),
            .total = created.total,
            .refunded = order.returns.empty() ? std::nullopt : std::optional(refund_for_returns(order)),
            .payment_method = created.payment_method,
            .shipping_method = created.shipping_method,
            .contact = created.contact,
            .version = static_cast<std::int64_t>(version)};
}

namespace {

SagaId saga_of(const OrderId& order) { return {"place-order", order.text()}; }

/// What is shown changes with the order and with its saga, and so does the ETag.
Reply<OrderView> shown(const Loaded<Order>& order, const Loaded<SagaRun>& saga) {
    return Reply(view(order.state, saga.state, order.version)).etag(order.version + saga.version);
}

Reply<OrderOutcome> outcome(const Loaded<Order>& order, const Loaded<SagaRun>& saga) {
    const OrderCreated& created = order.state.created;
    return Reply(OrderOutcome{.order = created.order,
                              .status = status_of(order.state, saga.state),
                              .reason = order.state.cancelled,
                              .total = created.total,
                              .version = static_cast<std::int64_t>(order.version)})
        .etag(order.version + saga.version);
}

HttpProblem no_order(const OrderId& order) { return problem("not-found", "there is no order " + order.text()); }

NewOrder wanted_by(PlaceOrder command, OrderId order) {
    NewOrder wanted{.order = std::move(order),
                    .customer = std::move(command.customer),
                    .placed_at = command.placed_at,
                    .country = std::move(command.country),
                    .lines = {},
                    .payment_method = std::move(command.payment_method),
                    .shipping_method = std::move(command.shipping_method),
                    .contact = {}};
    if (NewContact* contact = command.contact ? &*command.contact : nullptr)
        wanted.contact = Contact{std::move(contact->name), std::move(contact->email), std::move(contact->address)};
    wanted.lines.reserve(command.lines.size());
    for (NewLine& line : command.lines)
        wanted.lines.push_back({.sku = std::move(line.sku),
                                .description = std::move(line.description).value_or(""),
                                .quantity = line.quantity,
                                .unit_price = line.unit_price,
                                .stocked = line.stocked.value_or(true)});
    return wanted;
}

/// Whether the order is there already, with this very content.
Task<Result<bool>> is_placed_so(Order order, const NewOrder& wanted, KeyRing& keys) {
    if (auto opened = co_await open_personal(order.created, keys); !opened)
        co_return std::unexpected(std::move(opened.error()));
    co_return is_same(order, wanted);
}

Task<Reply<OrderOutcome>> place_order(KeyRing& keys, PlaceOrder command, Call& call) {
    const OrderId id = command.order.value_or(OrderId::trusted(call.new_id().text()));
    auto loaded = co_await call.session.load<Order>(id);
    if (!loaded) co_return loaded.error();

    NewOrder wanted = wanted_by(std::move(command), id);
    const std::string location = "/api/v1/orders/" + id.text();
    const auto placed = co_await is_placed_so(loaded->state, wanted, keys);
    if (!placed) co_return placed.error();
    if (*placed) {
        auto saga = co_await call.session.load<SagaRun>(saga_of(id));
        if (!saga) co_return saga.error();
        co_return outcome(*loaded, *saga).location(location).status(200);
    }

    auto created = place(loaded->state, std::move(wanted));
    if (!created) co_return created.error();
    RecordOptions options;
    if (created->contact) options.subject = subject_of(*created);
    call.session.record<Order>(id, *created, std::move(options));

    loaded->state.apply(*created);
    ++loaded->version;
    co_return outcome(*loaded, {}).location(location);
}

Task<Reply<OrderView>> get_order(GetOrder request, Query& query) {
    if (request.version && *request.version < 1) co_return problem("invalid-request", "versions count from 1");
    LoadUntil until{.version = {}, .time = request.at};
    if (request.version) until.version = static_cast<Version>(*request.version);
    auto loaded = co_await query.load<Order>(request.order, until);
    if (!loaded) co_return loaded.error();
    if (loaded->version == 0) co_return no_order(request.order);
    // By the order's version there is no telling how far its saga was.
    if (request.version) co_return shown(*loaded, {});
    auto saga = co_await query.load<SagaRun>(saga_of(request.order), until);
    if (!saga) co_return saga.error();
    co_return shown(*loaded, *saga);
}

Task<Reply<OrderOutcome>> cancel_order(CancelOrder command, Call& call) {
    auto loaded = co_await call.session.load<Order>(command.order);
    if (!loaded) co_return loaded.error();
    if (loaded->version == 0) co_return no_order(command.order);
    auto saga = co_await call.session.load<SagaRun>(saga_of(command.order));
    if (!saga) co_return saga.error();
    if (auto stale = call.check_version(loaded->version + saga->version)) co_return *stale;

    auto wanted = request_cancel(loaded->state);
    if (!wanted) co_return wanted.error();
    // Being undone already, it will be cancelled.
    if (!loaded->state.is_cancel_requested && saga->state.status != SagaStatus::compensating) {
        call.session.record<Order>(command.order, *wanted);
        loaded->state.apply(*wanted);
        ++loaded->version;
    }
    co_return outcome(*loaded, *saga);
}

/// The index that answers a list best, and the stretch of it that is asked for.
DocumentQuery query_for(const ListOrders& request) {
    IndexKey prefix;
    std::string index = "time";
    if (request.customer) {
        index = "customer";
        prefix.text(request.customer->text());
    } else if (request.status) {
        index = "status";
        prefix.number(static_cast<int>(*request.status));
    }
    return newest_first(std::move(index), prefix, request.from, request.to);
}

Task<Reply<Page<OrderListEntry>>> list_orders(ListOrders request, Query& query) {
    if (request.from && request.to && *request.from > *request.to)
        co_return problem("invalid-request", "`from` is after `to`");
    auto page = co_await query.find<OrderListEntry>(query_for(request), {request.page_size, request.page_token});
    if (!page) co_return page.error();
    if (request.customer && request.status)
        std::erase_if(page->items, [&](const OrderListEntry& entry) { return entry.status != *request.status; });
    co_return std::move(*page);
}

}  // namespace

Routes orders_routes(Platform& platform) {
    Routes routes;
    routes.add(
        post, "/api/v1/orders",
        {.summary = "Place an order",
         .scope = "orders:write",
         .idempotent = true,
         .success = 201,
         .also = {200},
         .problems = {"order-empty", "order-price", "order-currency", "order-total", "order-contact", "order-exists"}},
        [&keys = platform.keys](PlaceOrder command, Call& call) {
            return place_order(keys, std::move(command), call);
        });
    routes.add(get, "/api/v1/orders",
               {.summary = "List orders, latest first", .scope = "orders:read", .waits_for = "order-list"},
               &list_orders);
    routes.add(get, "/api/v1/orders/{order}", {.summary = "Show an order, now or as it was", .scope = "orders:read"},
               &get_order);
    routes.add(get, "/api/v1/orders/{order}/state",
               {.summary = "The same: show an order, now or as it was", .scope = "orders:read"}, &get_order);
    routes.add(post, "/api/v1/orders/{order}:cancel",
               {.summary = "Cancel an order that is not confirmed yet; what was begun for it is undone",
                .scope = "orders:write",
                .idempotent = true,
                .versioned = true,
                .success = 202,
                .problems = {"order-not-open"}},
               &cancel_order);
    routes.add(get, "/api/v1/orders/{order}/timeline",
               {.summary = "Everything that the order has brought about, in all services", .scope = "orders:read"},
               [timelines = Timelines(platform.transport)](GetTimeline request, Query& query) {
                   return timelines.of(std::move(request.order), query);
               });
    add_returns(routes);
    return routes;
}

}  // namespace tally::orders
