// Routes of the shipping service.
#include "services/shipping/carrier.hpp"
#include "services/shipping/shipping_service.hpp"
#include "services/shipping/shipping_views.hpp"
#include "tally/store/newest_first.hpp"

namespace tally::shipping {
namespace {

ShipmentView view(const Shipment& shipment, const OrderId& order, Version version) {
    return {.order = order,
            .tracking = shipment.tracking,
            .method = shipment.method,
            .recipient = shipment.recipient,
            .status = shipment.status,
            .problem = shipment.problem,
            .version = static_cast<std::int64_t>(version)};
}

HttpProblem no_shipment(const OrderId& order) {
    return problem("not-found", "there is no shipment of order " + order.text());
}

Task<Reply<ShipmentView>> get_shipment(GetShipment request, Query& query) {
    auto loaded = co_await query.load<Shipment>(request.order);
    if (!loaded) co_return loaded.error();
    if (loaded->version == 0) co_return no_shipment(request.order);
    co_return Reply(view(loaded->state, request.order, loaded->version)).etag(loaded->version);
}

Task<Reply<Page<ShipmentListEntry>>> list_shipments(ListShipments request, Query& query) {
    IndexKey prefix;
    if (request.status) prefix.number(static_cast<int>(*request.status));
    auto page = co_await query.find<ShipmentListEntry>(newest_first(request.status ? "status" : "time", prefix, {}, {}),
                                                       {request.page_size, request.page_token});
    if (!page) co_return page.error();
    co_return std::move(*page);
}

/// The order's saga gets the answer that it waits for, whoever has found the parcel.
Task<Reply<ShipmentOutcome>> deliver_shipment(DeliverShipment command, Call& call) {
    auto loaded = co_await call.session.load<Shipment>(command.order);
    if (!loaded) co_return loaded.error();
    if (loaded->version == 0) co_return no_shipment(command.order);
    if (auto stale = call.check_version(loaded->version)) co_return *stale;

    auto delivered = deliver(loaded->state, command.order);
    if (!delivered) co_return delivered.error();
    auto origin = co_await call.session.origin<Shipment>(command.order);
    if (!origin) co_return origin.error();
    const Envelope& request = origin->value();
    call.session.record<Shipment>(command.order, *delivered,
                                  {.reply_to = request.causation, .correlation = request.correlation});
    call.session.cancel<CarrierReports>(command.order.text());

    loaded->state.apply(*delivered);
    const Version version = loaded->version + 1;
    const Shipment& shipment = loaded->state;
    co_return Reply(ShipmentOutcome{.order = command.order,
                                    .tracking = shipment.tracking,
                                    .status = shipment.status,
                                    .version = static_cast<std::int64_t>(version)})
        .etag(version);
}

}  // namespace

Routes shipping_routes() {
    Routes routes;
    routes.add(get, "/api/v1/shipments",
               {.summary = "List shipments, latest first", .scope = "shipping:read", .waits_for = "shipment-list"},
               &list_shipments);
    routes.add(get, "/api/v1/shipments/{order}", {.summary = "Show the shipment of an order", .scope = "shipping:read"},
               &get_shipment);
    routes.add(post, "/api/v1/shipments/{order}:deliver",
               {.summary = "Say that the goods are there, such as a parcel that was lost",
                .scope = "shipping:write",
                .idempotent = true,
                .versioned = true,
                .problems = {"shipment-not-open"}},
               &deliver_shipment);
    return routes;
}

}  // namespace tally::shipping
