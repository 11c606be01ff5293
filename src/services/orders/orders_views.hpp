#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/orders/order_list.hpp"
#include "tally/event/json_reader.hpp"
#include "tally/http/page.hpp"

/// Requests and answers of the orders API.
namespace tally::orders {

struct NewLine {
    Sku sku;
    std::optional<std::string> description;
    Quantity quantity;
    Money unit_price;
    std::optional<bool> stocked;  ///< missing: true
};
BOOST_DESCRIBE_STRUCT(NewLine, (), (sku, description, quantity, unit_price, stocked))

struct NewContact {
    Personal<LabelLine> name;
    Personal<EmailAddress> email;
    Personal<PostalAddress> address;
};
BOOST_DESCRIBE_STRUCT(NewContact, (), (name, email, address))

struct PlaceOrder {
    std::optional<OrderId> order;  ///< the client's own id: placing the same again answers 200
    std::optional<CustomerId> customer;
    std::optional<Timestamp> placed_at;
    std::optional<std::string> country;
    std::vector<NewLine> lines;
    std::optional<std::string> payment_method;   ///< missing: `card`
    std::optional<std::string> shipping_method;  ///< missing: `standard`
    std::optional<NewContact> contact;
};
BOOST_DESCRIBE_STRUCT(PlaceOrder, (),
                      (order, customer, placed_at, country, lines, payment_method, shipping_method, contact))

/// What a command has come to. It may be kept for an Idempotency-Key, so there is nothing personal in it.
struct OrderOutcome {
    OrderId order;
    OrderStatus status = OrderStatus::none;
    std::optional<CancelReason> reason;
    Money total;
    std::int64_t version = 0;  ///< of the order's stream; the ETag covers its saga as well
};
BOOST_DESCRIBE_STRUCT(OrderOutcome, (), (order, status, reason, total, version))

struct OrderLineView {
    Sku sku;
    std::string description;
    Quantity quantity;
    Money unit_price;
    bool stocked = true;
    std::int64_t returned = 0;  ///< pieces that came back
};
BOOST_DESCRIBE_STRUCT(OrderLineView, (), (sku, description, quantity, unit_price, stocked, returned))

struct OrderView {
    OrderId order;
    std::optional<CustomerId> customer;
    OrderStatus status = OrderStatus::none;
    std::optional<CancelReason> reason;
    std::optional<Timestamp> placed_at;
    std::optional<std::string> country;
    std::vector<OrderLineView> lines;
    Money total;
    std::optional<Money> refunded;  ///< for what came back; none: nothing did
    std::optional<std::string> payment_method;
    std::optional<std::string> shipping_method;
    std::optional<Contact> contact;  ///< with nulls for whoever may not see it, and once it is erased
    std::int64_t version = 0;        ///< of the order's stream; the ETag covers its saga as well
};
BOOST_DESCRIBE_STRUCT(OrderView, (),
                      (order, customer, status, reason, placed_at, country, lines, total, refunded, payment_method,
                       shipping_method, contact, version))
[[nodiscard]] OrderView view(const Order& order, const SagaRun& saga, Version version);

struct GetOrder {
    OrderId order;
    std::optional<Timestamp> at;          ///< as it was then
    std::optional<std::int64_t> version;  ///< as it was after this event
};
BOOST_DESCRIBE_STRUCT(GetOrder, (), (order, at, version))

struct ListOrders {
    std::optional<OrderStatus> status;
    std::optional<CustomerId> customer;
    std::optional<Timestamp> from;  ///< placed at or after
    std::optional<Timestamp> to;    ///< placed before
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListOrders, (), (status, customer, from, to, page_size, page_token))

struct CancelOrder {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(CancelOrder, (), (order))

struct GetTimeline {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(GetTimeline, (), (order))

struct TimelineEntry {
    std::string service;
    Uuid event;
    std::string type;
    std::optional<Uuid> causation;
    std::string stream;
    std::int64_t position = 0;
    Timestamp recorded_at{};
    double after_ms = 0;  ///< since the entry before it
    RawJson data;
};
BOOST_DESCRIBE_STRUCT(TimelineEntry, (),
                      (service, event, type, causation, stream, position, recorded_at, after_ms, data))

struct Timeline {
    OrderId order;
    std::string correlation_id;
    std::vector<TimelineEntry> items{};      ///< causes before effects
    bool complete = true;                    ///< false: some service did not answer
    std::vector<std::string> unreachable{};  ///< which
};
BOOST_DESCRIBE_STRUCT(Timeline, (), (order, correlation_id, items, complete, unreachable))

}  // namespace tally::orders
