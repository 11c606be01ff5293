#pragma once

#include <optional>
#include <string>

#include "services/inventory/stock_item.hpp"

/// Requests and answers of the inventory API.
namespace tally::inventory {

struct StockView {
    Sku sku;
    std::int64_t on_hand = 0;
    std::int64_t reserved = 0;
    std::int64_t available = 0;
};
BOOST_DESCRIBE_STRUCT(StockView, (), (sku, on_hand, reserved, available))
[[nodiscard]] StockView view(const StockItem& item);

struct GetStock {
    Sku sku;
};
BOOST_DESCRIBE_STRUCT(GetStock, (), (sku))

struct ListStock {
    std::optional<std::int64_t> below;  ///< only with less than this available
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListStock, (), (below, page_size, page_token))

struct ReceiveStock {
    Sku sku;
    std::optional<ReceiptId> receipt;  ///< the sender's own id: receiving the same again answers 200
    Quantity quantity;
};
BOOST_DESCRIBE_STRUCT(ReceiveStock, (), (sku, receipt, quantity))

}  // namespace tally::inventory
