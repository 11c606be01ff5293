#include "services/orders/return.hpp"

#include <algorithm>

namespace tally::orders {
namespace {

Money smaller(const Money& a, const Money& b) { return a.units() < b.units() ? a : b; }

/// What is left of the order's total. Of one order all money has one currency and scale.
Money refundable(const Order& order) {
    const Money& total = order.created.total;
    return total.minus(refund_for_returns(order)).value_or(Money(0, total.scale(), total.currency()));
}

/// At most `limit`: what is beyond counting is beyond any limit.
Money price_of(const std::vector<ReturnedLine>& lines, const Money& limit) {
    Money sum(0, limit.scale(), limit.currency());
    for (const ReturnedLine& line : lines) {
        const auto amount = line.unit_price.times(line.quantity);
        const auto more = amount ? sum.plus(*amount) : amount;
        if (!more) return limit;
        sum = *more;
    }
    return smaller(sum, limit);
}

ReturnOutcome outcome_of(const std::vector<ReturnLine>& lines) {
    const auto is_matched = [](const ReturnLine& line) { return line.matched == line.quantity.value(); };
    if (std::ranges::all_of(lines, is_matched)) return ReturnOutcome::matched;
    const auto is_unmatched = [](const ReturnLine& line) { return line.matched == 0; };
    return std::ranges::all_of(lines, is_unmatched) ? ReturnOutcome::unmatched : ReturnOutcome::partly_matched;
}

}  // namespace

void Return::apply(const ReturnReceived& event) {
    is_received = true;
    received = event;
}

std::expected<void, Rejection> check(const Return& known, const NewReturn& wanted) {
    if (known.is_received)
        return std::unexpected(
            Rejection{"return-exists", "there is another return " + wanted.return_id.text() + " with other content"});
    if (wanted.lines.empty()) return std::unexpected(Rejection{"return-empty", "a return has at least one line"});
    return {};
}

bool is_same(const Return& known, const NewReturn& wanted) {
    const ReturnReceived& was = known.received;
    return known.is_received && was.return_id == wanted.return_id && was.customer == wanted.customer &&
           was.order == wanted.order && was.returned_at == wanted.returned_at &&
           std::ranges::equal(was.lines, wanted.lines, [](const ReturnLine& line, const ReturnItem& item) {
               return line.sku == item.sku && line.quantity == item.quantity;
           });
}

ReturnMatcher::ReturnMatcher(NewReturn wanted, Timestamp returned_at)
    : wanted_(std::move(wanted)), returned_at_(returned_at) {
    for (const ReturnItem& item : wanted_.lines) missing_[item.sku] += item.quantity.value();
}

bool ReturnMatcher::may_be_from(const Order& order, Timestamp placed_at) const {
    if (!order.is_completed || placed_at >= returned_at_) return false;
    if (wanted_.customer && order.created.customer != wanted_.customer) return false;
    if (wanted_.order) return order.created.order == *wanted_.order;
    return wanted_.customer.has_value();
}

void ReturnMatcher::match(const Order& order, Timestamp placed_at) {
    if (!may_be_from(order, placed_at)) return;
    if (std::ranges::find(returned_, order.created.order, &OrderReturned::order) != returned_.end()) return;
    const std::vector<OrderLine>& lines = order.created.lines;
    const std::vector<std::int64_t> back = pieces_back(order);
    OrderReturned returned{.order = order.created.order, .return_id = wanted_.return_id, .lines = {}, .refund = {}};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto missing = missing_.find(lines[i].sku);
        if (missing == missing_.end()) continue;
        const std::int64_t pieces = std::min(missing->second, lines[i].quantity.value() - back[i]);
        if (pieces <= 0) continue;
        returned.lines.push_back({lines[i].sku, pieces, lines[i].unit_price, lines[i].stocked});
        missing->second -= pieces;
        if (missing->second == 0) missing_.erase(missing);
    }
    if (returned.lines.empty()) return;
    returned.refund = price_of(returned.lines, refundable(order));
    returned_.push_back(std::move(returned));
}

ReturnReceived ReturnMatcher::received() const {
    ReturnReceived received{.return_id = wanted_.return_id,
                            .customer = wanted_.customer,
                            .order = wanted_.order,
                            .returned_at = wanted_.returned_at,
                            .outcome = {},
                            .lines = {},
                            .refunds = {}};
    // Of one code the last lines are those that nothing was found for.
    std::map<Sku, std::int64_t> missing = missing_;
    for (auto item = wanted_.lines.rbegin(); item != wanted_.lines.rend(); ++item) {
        std::int64_t& left = missing[item->sku];
        const std::int64_t here = std::min(left, item->quantity.value());
        left -= here;
        received.lines.push_back({item->sku, item->quantity, item->quantity.value() - here});
    }
    std::ranges::reverse(received.lines);
    received.outcome = outcome_of(received.lines);
    for (const OrderReturned& each : returned_) received.refunds.push_back({each.order, each.refund});
    return received;
}

std::optional<PaymentRefundRequested> refund_of(const OrderReturned& returned) {
    if (returned.refund.units() <= 0) return std::nullopt;
    return PaymentRefundRequested{returned.order, returned.refund, returned.return_id};
}

}  // namespace tally::orders
