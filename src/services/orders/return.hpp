#pragma once

#include <expected>
#include <map>
#include <optional>
#include <vector>

#include "services/orders/order.hpp"

namespace tally::orders {

/// Goods that came back: the fold of their stream, which also holds the refunds that were asked for them.
struct Return {
    using Key = ReturnId;
    using Events = ReturnEvents;
    static constexpr std::string_view category = "return";
    static constexpr bool holds_others = true;

    bool is_received = false;
    ReturnReceived received;

    void apply(const ReturnReceived& event);
};

struct ReturnItem {
    Sku sku;
    Quantity quantity;
    friend bool operator==(const ReturnItem&, const ReturnItem&) = default;
};
BOOST_DESCRIBE_STRUCT(ReturnItem, (), (sku, quantity))

/// What a customer sends back; where it was bought is ours to find.
struct NewReturn {
    ReturnId return_id;
    std::optional<CustomerId> customer;
    std::optional<OrderId> order;
    std::optional<Timestamp> returned_at;
    std::vector<ReturnItem> lines;
};

/// `return-empty`, `return-exists` (another return of that id).
[[nodiscard]] std::expected<void, Rejection> check(const Return& known, const NewReturn& wanted);
/// True where `known` is a return of exactly this content, so that receiving it again changes nothing.
[[nodiscard]] bool is_same(const Return& known, const NewReturn& wanted);

/// Finds goods that came back in one order after the other, in the order of calls. Pure.
///
/// They may be from orders that are completed, that were placed before they came back, and that are as the return says:
/// the customer's, the one that it names, or both. Within an order pieces are taken line by line, in the order of
/// lines, at the price of each: never more than were bought and have not come back yet, and never for more money than
/// is left of the order's total. Lines of the return that name one code are served in their order.
class ReturnMatcher {
public:
    ReturnMatcher(NewReturn wanted, Timestamp returned_at);

    /// Nothing is left to be found.
    [[nodiscard]] bool is_done() const noexcept { return missing_.empty(); }
    /// `placed_at` is when the customer says so, or else the order's first event. An order is looked into once.
    void match(const Order& order, Timestamp placed_at);

    /// The return, as far as it is matched.
    [[nodiscard]] ReturnReceived received() const;
    /// What of it is from which order.
    [[nodiscard]] const std::vector<OrderReturned>& returned() const noexcept { return returned_; }

private:
    [[nodiscard]] bool may_be_from(const Order& order, Timestamp placed_at) const;

    NewReturn wanted_;
    Timestamp returned_at_;
    std::map<Sku, std::int64_t> missing_;  ///< pieces still to be found
    std::vector<OrderReturned> returned_;
};

/// None where there is nothing to give back.
[[nodiscard]] std::optional<PaymentRefundRequested> refund_of(const OrderReturned& returned);

}  // namespace tally::orders
