#include "tallystick/import/order_log.hpp"

#include <fmt/format.h>

namespace tally {

Task<Result<std::size_t>> OrderLog::read_on() {
    auto page = co_await api_.get_json(
        "orders", fmt::format("/api/v1/services/orders/events?after={}&page_size={}", position_, page_size));
    if (!page) co_return std::unexpected(std::move(page.error()));
    const boost::json::array& events = items_of(*page);
    for (const boost::json::value& event : events) apply(event);
    co_return events.size();
}

bool OrderLog::is_final(const std::string& order) const {
    const auto found = final_.find(order);
    return found != final_.end() && found->second;
}

void OrderLog::apply(const boost::json::value& event) {
    position_ = number_at(event, "position");
    const std::string type = text_at(event, "type");
    const boost::json::value* data = event.is_object() ? event.get_object().if_contains("data") : nullptr;
    if (data == nullptr) return;
    if (type == "OrderCreated") {
        ++figures_.placed;
        final_.emplace(text_at(*data, "order"), false);
    } else if (type == "OrderCompleted") {
        ++figures_.completed;
        final_[text_at(*data, "order")] = true;
    } else if (type == "OrderCancelled") {
        ++figures_.cancelled;
        ++figures_.cancelled_by[text_at(*data, "reason")];
        final_[text_at(*data, "order")] = true;
    }
}

}  // namespace tally
