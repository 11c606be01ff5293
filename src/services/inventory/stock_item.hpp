#pragma once

#include <expected>
#include <span>
#include <vector>

#include "services/inventory/inventory_events.hpp"
#include "tally/base/rejection.hpp"
#include "tally/flow/document_type.hpp"

namespace tally::inventory {

/// What there is of one code. Invariant: 0 ≤ reserved ≤ on_hand; both equal the sums of the code's movements.
struct StockItem {
    Sku sku;
    std::int64_t on_hand = 0;   ///< pieces in the house
    std::int64_t reserved = 0;  ///< of these, held for orders

    [[nodiscard]] std::int64_t available() const noexcept { return on_hand - reserved; }
};
BOOST_DESCRIBE_STRUCT(StockItem, (), (sku, on_hand, reserved))
TALLY_DOCUMENT(StockItem, "stock")
/// `available`: what is scarce comes first.
[[nodiscard]] std::vector<IndexEntry> tally_indexes(const StockItem& item);

/// All items, or none: what each shortage is. `stock` holds the item of each entry of `items`, in the same order.
[[nodiscard]] std::expected<std::vector<StockItem>, std::vector<Shortage>> reserve(std::vector<StockItem> stock,
                                                                                   std::span<const Item> items);
/// Gives back what was reserved.
[[nodiscard]] std::vector<StockItem> release(std::vector<StockItem> stock, std::span<const Item> items);
/// Takes what was reserved out of the house.
[[nodiscard]] std::vector<StockItem> commit(std::vector<StockItem> stock, std::span<const Item> items);

/// `stock-too-much`: more than can be counted.
[[nodiscard]] std::expected<StockItem, Rejection> receive(StockItem item, Quantity quantity);
/// `stock-quantity`: not a number of pieces that can come back.
[[nodiscard]] std::expected<std::vector<StockItem>, Rejection> put_back(std::vector<StockItem> stock,
                                                                        std::span<const Item> items);

/// The alerts that a change brings about: at the moment of falling below, not for as long as it is low.
struct Alerts {
    std::optional<LowStockAlert> low;
    std::optional<OutOfStockAlert> out;
};
[[nodiscard]] Alerts alerts(const StockItem& before, const StockItem& after, std::int64_t threshold);

}  // namespace tally::inventory
