#include "tallystick/verify/read_model_rules.hpp"

namespace tally::verify {
namespace {

using From = Assignment::From;

constexpr Assignment order_list[] = {
    {"OrderCreated", "order", From::member, "/order"},
    {"OrderCreated", "customer", From::member, "/customer"},
    {"OrderCreated", "status", From::literal, "reserving_stock"},
    {"OrderCreated", "placed_at", From::member_or_occurred, "/placed_at"},
    {"OrderCreated", "total", From::member, "/total"},
    {"OrderCreated", "lines", From::count, "/lines"},
    {"OrderConfirmed", "status", From::literal, "confirmed"},
    {"OrderCancelled", "status", From::literal, "cancelled"},
    {"OrderCancelled", "reason", From::member, "/reason"},
};

constexpr ReadModelRule rules[] = {{"orders", "order-list", "/order", order_list}};

}  // namespace

std::span<const ReadModelRule> read_model_rules() { return rules; }

}  // namespace tally::verify
