#include "tallystick/verify/stock_book.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tally/event/json_reader.hpp"
#include "tallystick/verify/json_fields.hpp"

namespace tally::verify {
namespace {

/// What an event does to the stock of each item that it names.
struct Movement {
    std::string_view type;
    std::string_view items;  ///< JSON pointer to a list; empty: the event names one item itself
    std::int64_t on_hand;    ///< so many times its quantity is added
    std::int64_t reserved;
};

constexpr std::array<Movement, 5> movements{{
    {"InventoryRestocked", "", +1, 0},
    {"InventoryReservationConfirmed", "/items", 0, +1},
    {"StockReleased", "/items", 0, -1},
    {"StockCommitted", "/items", -1, -1},
    {"StockReturned", "/items", +1, 0},
}};

constexpr std::string_view service_of_stock = "inventory";
constexpr std::string_view collection_of_stock = "stock";

/// Adds `times` (-1, 0 or 1) the quantity; what does not fit 64 bits wraps round, and is then no possible stock.
void move(std::int64_t& pieces, std::int64_t times, std::int64_t quantity) {
    if (times > 0) (void)__builtin_add_overflow(pieces, quantity, &pieces);
    if (times < 0) (void)__builtin_sub_overflow(pieces, quantity, &pieces);
}

std::string subject_of(std::string_view code) { return fmt::format("inventory/documents/stock/{}", code); }

}  // namespace

bool StockBook::take(const std::string& service, const Document& document, Findings& findings) {
    if (service != service_of_stock || document.key.collection != collection_of_stock) return false;
    const auto body = read_json(document.body, JsonLimits::own_events());
    const auto sku = body ? text_at(*body, "/sku") : std::nullopt;
    const auto on_hand = body ? number_at(*body, "/on_hand") : std::nullopt;
    const auto reserved = body ? number_at(*body, "/reserved") : std::nullopt;
    if (sku != document.key.key || !on_hand || !reserved)
        findings.violation(Invariant::rows, subject_of(document.key.key), "it is not a stock item of that code");
    else
        documents_[*sku] = {*on_hand, *reserved};
    return true;
}

void StockBook::take(const std::string& service, const RecordedEvent& event, const boost::json::value& data,
                     Findings& findings) {
    const auto movement = std::ranges::find(movements, event.type, &Movement::type);
    if (service != service_of_stock || movement == movements.end()) return;
    const auto* list = list_at(data, movement->items);
    const std::span<const boost::json::value> items = movement->items.empty() ? std::span(&data, 1)
                                                      : list != nullptr       ? std::span(list->data(), list->size())
                                                                              : std::span<const boost::json::value>();
    for (const auto& item : items) {
        const auto sku = text_at(item, "/sku");
        const auto quantity = number_at(item, "/quantity");
        if (!sku || !quantity) {
            findings.violation(Invariant::rows, fmt::format("{}/events/{}", service, event.position),
                               fmt::format("this {} does not say of what, or how many", event.type));
            continue;
        }
        Moved& moved = moved_[*sku];
        move(moved.stock.on_hand, movement->on_hand, *quantity);
        move(moved.stock.reserved, movement->reserved, *quantity);
        if (moved.stock.is_possible() || moved.impossible || findings.log_is_damaged()) continue;
        moved.impossible = true;
        findings.violation(Invariant::stock, subject_of(*sku),
                           fmt::format("after position {} there are {} in the house and {} held", event.position,
                                       moved.stock.on_hand, moved.stock.reserved));
    }
}

void StockBook::finish(Findings& findings) const {
    findings.checked.stock_items = static_cast<std::int64_t>(documents_.size());
    for (const auto& [code, stock] : documents_) {
        const auto found = moved_.find(code);
        const Moved moved = found != moved_.end() ? found->second : Moved{};
        if (moved.impossible) continue;
        if (!stock.is_possible())
            findings.violation(Invariant::stock, subject_of(code),
                               fmt::format("there are {} in the house and {} held", stock.on_hand, stock.reserved));
        else if (stock != moved.stock)
            findings.violation(Invariant::movements, subject_of(code),
                               fmt::format("it says {} in the house and {} held, its movements make {} and {}",
                                           stock.on_hand, stock.reserved, moved.stock.on_hand, moved.stock.reserved));
    }
    for (const auto& [code, moved] : moved_)
        if (!moved.impossible && !documents_.contains(code))
            findings.violation(Invariant::movements, subject_of(code), "it has movements and no document");
}

}  // namespace tally::verify
