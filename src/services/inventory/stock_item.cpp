#include "services/inventory/stock_item.hpp"

namespace tally::inventory {

std::vector<IndexEntry> tally_indexes(const StockItem& item) {
    return {{"available", IndexKey().number(item.available()).text(item.sku.text()).bytes()}};
}

std::expected<std::vector<StockItem>, std::vector<Shortage>> reserve(std::vector<StockItem> stock,
                                                                     std::span<const Item> items) {
    std::vector<Shortage> shortages;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (stock[i].available() < items[i].quantity)
            shortages.push_back({items[i].sku, items[i].quantity, stock[i].available()});
        else
            stock[i].reserved += items[i].quantity;
    }
    if (!shortages.empty()) return std::unexpected(std::move(shortages));
    return stock;
}

std::vector<StockItem> release(std::vector<StockItem> stock, std::span<const Item> items) {
    for (std::size_t i = 0; i < items.size(); ++i) stock[i].reserved -= items[i].quantity;
    return stock;
}

std::vector<StockItem> commit(std::vector<StockItem> stock, std::span<const Item> items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        stock[i].reserved -= items[i].quantity;
        stock[i].on_hand -= items[i].quantity;
    }
    return stock;
}

std::expected<StockItem, Rejection> receive(StockItem item, Quantity quantity) {
    if (__builtin_add_overflow(item.on_hand, quantity.value(), &item.on_hand))
        return std::unexpected(Rejection{"stock-too-much", "there would be more than can be counted"});
    return item;
}

std::expected<std::vector<StockItem>, Rejection> put_back(std::vector<StockItem> stock, std::span<const Item> items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::int64_t quantity = items[i].quantity;
        if (quantity < 1 || __builtin_add_overflow(stock[i].on_hand, quantity, &stock[i].on_hand))
            return std::unexpected(Rejection{"stock-quantity", std::to_string(quantity) + " pieces of " +
                                                                   items[i].sku.text() + " cannot come back"});
    }
    return stock;
}

Alerts alerts(const StockItem& before, const StockItem& after, std::int64_t threshold) {
    Alerts found;
    if (before.available() >= threshold && after.available() < threshold)
        found.low = LowStockAlert{after.sku, after.available(), threshold};
    if (before.available() > 0 && after.available() == 0) found.out = OutOfStockAlert{after.sku};
    return found;
}

}  // namespace tally::inventory
