#pragma once

#include <set>
#include <vector>

#include "services/inventory/inventory_events.hpp"

namespace tally::inventory {

BOOST_DEFINE_ENUM_CLASS(ReservationStatus, none, held, refused, released, committed)

/// What is held for one order. A request is answered once: asked again, the stream already holds the answer.
///
///     none → held → released        none → refused → released        none → released (nothing will be held any more)
///                 ↘ committed (the goods have left; a release finds nothing to give back)
struct Reservation {
    using Key = OrderId;
    using Events = ReservationEvents;
    static constexpr std::string_view category = "reservation";

    ReservationStatus status = ReservationStatus::none;
    std::vector<Item> items;        ///< that are held
    bool release_answered = false;  ///< once, whatever there was to release
    std::set<ReturnId> returns;     ///< that are back on the shelf

    void apply(const InventoryReservationConfirmed& event) {
        status = ReservationStatus::held;
        items = event.items;
    }
    void apply(const InventoryReservationFailed&) {
        if (status == ReservationStatus::none) status = ReservationStatus::refused;
    }
    void apply(const StockReleased&) {
        if (status != ReservationStatus::committed) status = ReservationStatus::released;
        items.clear();
        release_answered = true;
    }
    void apply(const StockCommitted&) {
        status = ReservationStatus::committed;
        items.clear();
    }
    void apply(const StockReturned& event) { returns.insert(event.return_id); }
};

/// Goods that came in under the sender's own id; received once.
struct Receipt {
    using Key = ReceiptId;
    using Events = ReceiptEvents;
    static constexpr std::string_view category = "receipt";

    bool received = false;
    Sku sku;
    std::int64_t quantity = 0;

    void apply(const InventoryRestocked& event) {
        received = true;
        sku = event.sku;
        quantity = event.quantity;
    }
};

/// The alerts of one code.
struct StockAlerts {
    using Key = Sku;
    using Events = StockEvents;
    static constexpr std::string_view category = "stock";

    void apply(const LowStockAlert&) {}
    void apply(const OutOfStockAlert&) {}
};

}  // namespace tally::inventory
