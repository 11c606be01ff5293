#pragma once

#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "services/values/ids.hpp"
#include "services/values/quantity.hpp"
#include "tally/base/strong_id.hpp"
#include "tally/event/event_registry.hpp"

/// The contract of the inventory service: what it publishes on `inventory.events`. The first five are keyed by order,
/// the others by code. Stock moves by InventoryReservationConfirmed, StockReleased and StockCommitted, once an order
/// each, by StockReturned, once a return, and by InventoryRestocked, once a receipt.
namespace tally::inventory {

using ReceiptId = Id<struct ReceiptTag>;

/// All that the order needs is held for it: reserved rises, on_hand stays.
struct InventoryReservationConfirmed {
    OrderId order;
    std::vector<Item> items;
};
BOOST_DESCRIBE_STRUCT(InventoryReservationConfirmed, (), (order, items))
TALLY_EVENT(InventoryReservationConfirmed, "InventoryReservationConfirmed", 1, published)

BOOST_DEFINE_ENUM_CLASS(ReservationFailure, out_of_stock, released_before, expired)

struct Shortage {
    Sku sku;
    std::int64_t requested = 0;
    std::int64_t available = 0;
    friend bool operator==(const Shortage&, const Shortage&) = default;
};
BOOST_DESCRIBE_STRUCT(Shortage, (), (sku, requested, available))

/// Nothing is held for the order, not even what there was enough of.
struct InventoryReservationFailed {
    OrderId order;
    ReservationFailure reason = ReservationFailure::out_of_stock;
    std::vector<Shortage> shortages;
};
BOOST_DESCRIBE_STRUCT(InventoryReservationFailed, (), (order, reason, shortages))
TALLY_EVENT(InventoryReservationFailed, "InventoryReservationFailed", 1, published)

/// What was held for the order is available again; without items where nothing was held.
struct StockReleased {
    OrderId order;
    std::vector<Item> items;
};
BOOST_DESCRIBE_STRUCT(StockReleased, (), (order, items))
TALLY_EVENT(StockReleased, "StockReleased", 1, published)

/// What was held for the order leaves the house: reserved and on_hand fall.
struct StockCommitted {
    OrderId order;
    std::vector<Item> items;
};
BOOST_DESCRIBE_STRUCT(StockCommitted, (), (order, items))
TALLY_EVENT(StockCommitted, "StockCommitted", 1, published)

/// Goods of the order are back on the shelf: on_hand rises.
struct StockReturned {
    OrderId order;
    ReturnId return_id;
    std::vector<Item> items;
};
BOOST_DESCRIBE_STRUCT(StockReturned, (), (order, return_id, items))
TALLY_EVENT(StockReturned, "StockReturned", 1, published)

/// Goods came in: on_hand rises.
struct InventoryRestocked {
    ReceiptId receipt;
    Sku sku;
    std::int64_t quantity = 0;
};
BOOST_DESCRIBE_STRUCT(InventoryRestocked, (), (receipt, sku, quantity))
TALLY_EVENT(InventoryRestocked, "InventoryRestocked", 1, published)

/// What is available has fallen below the threshold.
struct LowStockAlert {
    Sku sku;
    std::int64_t available = 0;
    std::int64_t threshold = 0;
};
BOOST_DESCRIBE_STRUCT(LowStockAlert, (), (sku, available, threshold))
TALLY_EVENT(LowStockAlert, "LowStockAlert", 1, published)

/// Nothing is available any more.
struct OutOfStockAlert {
    Sku sku;
};
BOOST_DESCRIBE_STRUCT(OutOfStockAlert, (), (sku))
TALLY_EVENT(OutOfStockAlert, "OutOfStockAlert", 1, published)

using ReservationEvents =
    EventList<InventoryReservationConfirmed, InventoryReservationFailed, StockReleased, StockCommitted, StockReturned>;
using StockEvents = EventList<LowStockAlert, OutOfStockAlert>;
using ReceiptEvents = EventList<InventoryRestocked>;

}  // namespace tally::inventory
