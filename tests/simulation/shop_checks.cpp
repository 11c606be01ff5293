// The invariants, read off the logs and documents by means of their own: no aggregate, no session, no projection.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "simulation/shop_run.hpp"
#include "tally/base/money.hpp"
#include "tally/store/planner.hpp"

namespace tally::testing {
namespace {

using boost::json::value;

/// What the logs say of one order.
struct OrderFacts {
    int created = 0, requested = 0, released = 0, confirmed = 0, completed = 0, cancelled = 0;  // by orders
    int held = 0, refused = 0, given_back = 0, committed = 0;                                   // by inventory
    int shipped = 0, delivered = 0;                                                             // by shipping
    std::int64_t captured = 0, refunded = 0, captures = 0;                                      // by payments
    bool has_contact = false;                                                                   // not erased
    std::set<Uuid> news;               // that its customer wants to hear of
    std::multiset<Uuid> told;          // by notifications
    std::size_t sent = 0, unsent = 0;  // of those
    [[nodiscard]] bool is_final() const { return completed + cancelled > 0; }
    [[nodiscard]] bool is_quiet() const {
        return is_final() && requested <= held + refused + given_back && (released == 0 || given_back > 0) &&
               confirmed <= committed && confirmed <= delivered && (!has_contact || sent + unsent >= news.size());
    }
};

struct StockFacts {
    std::int64_t on_hand = 0;
    std::int64_t reserved = 0;
};

struct Facts {
    std::map<std::string, OrderFacts> orders;
    std::map<std::string, StockFacts> stock;
    std::vector<std::string> violations;
};

void move_items(Facts& facts, const value& data, int on_hand, int reserved) {
    for (const value& item : data.at("items").as_array()) {
        StockFacts& stock = facts.stock[std::string(item.at("sku").as_string())];
        stock.on_hand += on_hand * item.at("quantity").as_int64();
        stock.reserved += reserved * item.at("quantity").as_int64();
    }
}

std::int64_t units_of(const value& money) {
    return Money::parse(std::string(money.at("amount").as_string()), 3, *Currency::parse("GBP")).value().units();
}

void note_news(OrderFacts& known, const RecordedEvent& event, const value& data) {
    if (event.type == "OrderCreated")
        if (const auto* contact = data.as_object().if_contains("contact"))
            known.has_contact = contact->at("email").is_object();
    const bool is_tried = event.type == "PaymentFailed" && data.at("reason") != "undone_before";
    if (is_tried || event.type == "OrderCreated" || event.type == "OrderConfirmed" || event.type == "OrderCancelled" ||
        event.type == "ShipmentShipped")
        known.news.insert(event.id);
    if (event.type == "NotificationRequested")
        known.told.insert(Uuid::parse(std::string(data.at("event").as_string())).value());
    if (event.type == "NotificationSent") ++known.sent;
    if (event.type == "NotificationFailed") ++known.unsent;
}

void note(Facts& facts, const RecordedEvent& event) {
    const value data = boost::json::parse(event.data);
    if (event.type == "InventoryRestocked") {
        facts.stock[std::string(data.at("sku").as_string())].on_hand += data.at("quantity").as_int64();
        return;
    }
    const auto* order = data.as_object().if_contains("order");
    if (order == nullptr) return;
    OrderFacts& known = facts.orders[std::string(order->as_string())];
    note_news(known, event, data);
    if (event.type == "OrderCreated") ++known.created;
    if (event.type == "InventoryReservationRequested") ++known.requested;
    if (event.type == "InventoryReservationReleased") ++known.released;
    if (event.type == "OrderConfirmed") ++known.confirmed;
    if (event.type == "OrderCompleted") ++known.completed;
    if (event.type == "OrderCancelled") ++known.cancelled;
    if (event.type == "PaymentConfirmed") {
        ++known.captures;
        known.captured += units_of(data.at("amount"));
    }
    if (event.type == "PaymentRefunded") known.refunded += units_of(data.at("amount"));
    if (event.type == "InventoryReservationFailed") ++known.refused;
    if (event.type == "InventoryReservationConfirmed") {
        ++known.held;
        move_items(facts, data, 0, +1);
    }
    if (event.type == "StockReleased") {
        ++known.given_back;
        move_items(facts, data, 0, -1);
    }
    if (event.type == "StockCommitted") {
        ++known.committed;
        move_items(facts, data, -1, -1);
    }
    if (event.type == "ShipmentShipped") ++known.shipped;
    if (event.type == "ShipmentDelivered") ++known.delivered;
}

/// I4 and the chain of deliveries, along one log.
class LogChecker {
public:
    LogChecker(std::string service, int shards, Facts& facts)
        : service_(std::move(service)), shards_(shards), last_(static_cast<std::size_t>(shards)), facts_(facts) {}

    void see(const RecordedEvent& event) {
        expect(event.position == ++position_, event, "I4: positions have a gap");
        expect(event.version == ++versions_[std::string(event.stream)], event, "I4: versions have a gap");
        expect(ids_.insert(event.id).second, event, "I3: an event id stands twice");
        if (event.shard == RecordedEvent::no_shard) return;  // internal
        const int shard = shard_of(event.key, shards_);
        expect(event.shard == shard, event, "chain: another shard than the key's");
        expect(event.previous == last_[static_cast<std::size_t>(shard)], event, "chain: a wrong link");
        last_[static_cast<std::size_t>(shard)] = event.position;
    }

private:
    void expect(bool holds, const RecordedEvent& event, const char* what) {
        if (!holds) facts_.violations.push_back(fmt::format("{} at {}:{}", what, service_, event.position));
    }

    std::string service_;
    int shards_;
    std::vector<Position> last_;
    Facts& facts_;
    Position position_ = 0;
    std::map<std::string, Version> versions_;
    std::set<EventId> ids_;
};

Task<void> scan(const std::string& service, Store& store, Facts& facts) {
    LogChecker checker(service, store.shards(), facts);
    for (Position after = 0;;) {
        auto batch = co_await store.read(LogRead{.after = after, .limit = 1'000});
        if (!batch) {
            facts.violations.push_back(service + " cannot be read: " + batch.error().text);
            co_return;
        }
        for (const RecordedEvent& event : *batch) {
            checker.see(event);
            note(facts, event);
        }
        after = batch->scanned_to;
        if (after >= batch->head || batch->empty()) co_return;
    }
}

Task<Facts> facts_of(const std::map<std::string, std::unique_ptr<Store>>& stores) {
    Facts facts;
    for (const auto& [service, store] : stores) co_await scan(service, *store, facts);
    co_return facts;
}

Task<std::vector<Document>> all_documents(Store& store, std::string collection) {
    auto page = co_await store.find(DocumentQuery{.collection = std::move(collection), .limit = 100'000});
    co_return page ? std::move(page->documents) : std::vector<Document>{};
}

/// The statuses that the live generation of a read model shows, by order.
Task<std::map<std::string, std::string>> listed(Store& store, std::string list) {
    std::map<std::string, std::string> statuses;
    for (const Document& document : co_await all_documents(store, list + ".g1"))
        statuses[document.key.key] = boost::json::parse(document.body).at("status").as_string();
    co_return statuses;
}

/// Of all days together.
using Sales = std::map<std::string, std::int64_t>;

Sales sales_of(const Facts& facts) {
    Sales sales;
    for (const auto& [id, order] : facts.orders) {
        sales["created"] += order.created;
        sales["confirmed"] += order.confirmed;
        sales["cancelled"] += order.cancelled;
        sales["delivered"] += order.delivered;
        sales["reservations_refused"] += order.refused;
        sales["paid"] += order.captures;
        sales["captured"] += order.captured;
        sales["refunded"] += order.refunded;
    }
    return sales;
}

/// The same as the shares of analytics say them.
Task<Sales> sales_shown(Store& store) {
    Sales sales;
    for (const Document& share : co_await all_documents(store, "sales-days")) {
        const value body = boost::json::parse(share.body);
        const auto& figures = body.at("figures").as_object();
        for (const char* number : {"created", "confirmed", "delivered", "reservations_refused", "paid"})
            sales[number] += figures.at(number).as_int64();
        for (const auto& [reason, orders] : figures.at("cancelled").as_object())
            sales["cancelled"] += orders.as_int64();
        for (const char* money : {"captured", "refunded"})
            if (const value* amount = figures.if_contains(money)) sales[money] += units_of(*amount);
    }
    co_return sales;
}

std::string status_of(const OrderFacts& order) {
    return order.completed > 0 ? "completed" : order.cancelled > 0 ? "cancelled" : "open";
}

void check_order(const std::string& id, const OrderFacts& order, std::vector<std::string>& violations) {
    const auto expect = [&](bool holds, const char* what) {
        if (!holds) violations.push_back(fmt::format("{}: order {}", what, id));
    };
    expect(order.created == 1 && order.requested == 1, "I3: created and requested once");
    expect(order.completed + order.cancelled == 1 && order.completed == order.confirmed, "I10: ends once");
    expect(order.captures <= 1, "I8: charged once");
    expect(order.completed == 0 || (order.captures == 1 && order.refunded == 0), "I8: completed and paid");
    expect(order.cancelled == 0 || order.refunded == order.captured, "I8: cancelled with nothing charged");
    expect(order.held <= 1 && order.given_back <= 1 && order.refused <= 1, "I3: answered once");
    expect(order.committed == order.confirmed, "I9: the stock of confirmed orders has left, once, and no other");
    expect(order.shipped == order.confirmed && order.delivered == order.confirmed,
           "I10: confirmed orders are sent and delivered once, and no others");
    expect(std::ranges::equal(order.told, order.has_contact ? order.news : std::set<Uuid>()),
           "E06.6: told once of each event, where somebody wants to hear of it");
    expect(order.sent + order.unsent == order.told.size(), "E06.6: a notification is sent or given up, once");
    if (order.confirmed > 0) expect(order.held == 1 && order.given_back == 0, "I10: confirmed with everything held");
    if (order.cancelled > 0) expect(order.held == 0 || order.given_back == 1, "I10: cancelled with nothing held");
}

}  // namespace

Task<bool> at_rest(const std::map<std::string, std::unique_ptr<Store>>& stores) {
    const Facts facts = co_await facts_of(stores);
    const auto shown = co_await listed(*stores.at("orders"), "order-list");
    Sales counted = co_await sales_shown(*stores.at("analytics"));
    for (const auto& [figure, number] : sales_of(facts))
        if (counted[figure] < number) co_return false;
    const auto sent = co_await listed(*stores.at("shipping"), "shipment-list");
    for (const auto& [id, order] : facts.orders) {
        const auto status = shown.find(id);
        if (!order.is_quiet() || status == shown.end() || status->second != status_of(order)) co_return false;
        if (order.delivered > 0 && (!sent.contains(id) || sent.at(id) != "delivered")) co_return false;
    }
    co_return true;
}

Task<std::vector<std::string>> check_shop(const std::map<std::string, std::unique_ptr<Store>>& stores,
                                          const std::set<std::string>& acknowledged) {
    Facts facts = co_await facts_of(stores);
    std::vector<std::string> violations = std::move(facts.violations);
    for (const std::string& order : acknowledged)
        if (!facts.orders.contains(order)) violations.push_back("I1: the acknowledged order " + order + " is lost");
    for (const auto& [id, order] : facts.orders) check_order(id, order, violations);

    for (const Document& document : co_await all_documents(*stores.at("inventory"), "stock")) {
        const value body = boost::json::parse(document.body);
        const StockFacts& moved = facts.stock[document.key.key];
        const std::int64_t on_hand = body.at("on_hand").as_int64();
        const std::int64_t reserved = body.at("reserved").as_int64();
        if (reserved < 0 || reserved > on_hand) violations.push_back("I9: oversold " + document.key.key);
        if (on_hand != moved.on_hand || reserved != moved.reserved)
            violations.push_back("I9: the stock of " + document.key.key + " is not the sum of its movements");
    }
    for (const auto& [id, status] : co_await listed(*stores.at("orders"), "order-list"))
        if (status != status_of(facts.orders[id])) violations.push_back("I11: the list shows " + id + " as " + status);
    for (const auto& [id, status] : co_await listed(*stores.at("shipping"), "shipment-list"))
        if (facts.orders[id].delivered != 1 || status != "delivered")
            violations.push_back("I11: the list shows the shipment of " + id + " as " + status);
    Sales counted = co_await sales_shown(*stores.at("analytics"));
    for (const auto& [figure, number] : sales_of(facts))
        if (counted[figure] != number)
            violations.push_back(fmt::format("I3: {} counts as {}, and is {}", figure, counted[figure], number));
    for (const auto& [service, store] : stores)
        for (const Document& letter : co_await all_documents(*store, "tally.dead_letters"))
            violations.push_back("I16: parked without poison: " + letter.key.key);
    co_return violations;
}

}  // namespace tally::testing
