// Routes of the inventory service.
#include "services/inventory/inventory_service.hpp"
#include "services/inventory/inventory_views.hpp"
#include "services/inventory/reservation.hpp"

namespace tally::inventory {

StockView view(const StockItem& item) { return {item.sku, item.on_hand, item.reserved, item.available()}; }

namespace {

Task<Reply<StockView>> get_stock(GetStock request, Query& query) {
    auto item = co_await query.get<StockItem>(request.sku.text());
    if (!item) co_return item.error();
    if (!*item) co_return problem("not-found", "there has never been any " + request.sku.text());
    co_return view(**item);
}

Task<Reply<Page<StockView>>> list_stock(ListStock request, Query& query) {
    DocumentQuery scarce{.collection = {}, .index = "available"};
    if (request.below) scarce.upper = IndexKey().number(*request.below).bytes();
    auto page = co_await query.list<StockItem>(std::move(scarce), {request.page_size, request.page_token});
    if (!page) co_return page.error();
    Page<StockView> views{.items = {}, .next_page_token = page->next_page_token, .complete = page->complete};
    for (const StockItem& item : page->items) views.items.push_back(view(item));
    co_return views;
}

Task<Reply<StockView>> receive_stock(ReceiveStock command, Call& call) {
    const ReceiptId id = command.receipt.value_or(ReceiptId::trusted(call.new_id().text()));
    auto receipt = co_await call.session.load<Receipt>(id);
    if (!receipt) co_return receipt.error();
    auto found = co_await call.session.get<StockItem>(command.sku.text());
    if (!found) co_return found.error();
    const StockItem before = found->value_or(StockItem{.sku = command.sku, .on_hand = 0, .reserved = 0});

    const Receipt& earlier = receipt->state;
    if (earlier.received) {
        if (earlier.sku == command.sku && earlier.quantity == command.quantity.value())
            co_return Reply(view(before)).status(200);
        co_return Rejection{"receipt-exists", "receipt " + id.text() + " was of " + std::to_string(earlier.quantity) +
                                                  " pieces of " + earlier.sku.text()};
    }
    auto after = receive(before, command.quantity);
    if (!after) co_return after.error();
    call.session.record<Receipt>(id, InventoryRestocked{id, command.sku, command.quantity.value()},
                                 {.key = command.sku.text()});
    call.session.put(command.sku.text(), *after);
    co_return view(*after);
}

}  // namespace

Routes inventory_routes() {
    Routes routes;
    routes.add(get, "/api/v1/stock", {.summary = "List stock, scarcest first", .scope = "inventory:read"}, &list_stock);
    routes.add(get, "/api/v1/stock/{sku}", {.summary = "Show the stock of a code", .scope = "inventory:read"},
               &get_stock);
    routes.add(post, "/api/v1/stock/{sku}:receive",
               {.summary = "Receive goods",
                .scope = "inventory:write",
                .idempotent = true,
                .success = 201,
                .also = {200},
                .problems = {"receipt-exists", "stock-too-much"}},
               &receive_stock);
    return routes;
}

}  // namespace tally::inventory
