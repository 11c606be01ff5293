#include "tallystick/import/order_log.hpp"

namespace tally {

Task<Result<std::size_t>> OrderLog::read_on() {
    const auto events = co_await reader_.next();
    if (!events) co_return std::unexpected(events.error());
    for (const boost::json::value& event : *events) apply(event);
    co_return events->size();
}

bool OrderLog::is_final(const std::string& order) const {
    const auto found = final_.find(order);
    return found != final_.end() && found->second;
}

void OrderLog::apply(const boost::json::value& event) {
    const std::string type = text_at(event, "type");
    const boost::json::value& data = data_of(event);
    if (type == "OrderCreated") {
        ++figures_.placed;
        final_.emplace(text_at(data, "order"), false);
    } else if (type == "OrderCompleted") {
        ++figures_.completed;
        final_[text_at(data, "order")] = true;
    } else if (type == "OrderCancelled") {
        ++figures_.cancelled;
        ++figures_.cancelled_by[text_at(data, "reason")];
        final_[text_at(data, "order")] = true;
    } else if (type == "SagaCompensating") {
        for (const auto& step : list_at(data, "undo"))
            if (step.is_string()) ++figures_.compensations[std::string(step.get_string())];
    } else if (type == "SagaReplyIgnored") {
        const std::string why = text_at(data, "why");
        if (why == "late") ++figures_.late_replies;
        if (why == "duplicate") ++figures_.duplicate_replies;
    } else if (type == "ReturnReceived") {
        ++figures_.returns.accepted;
        for (const auto& line : list_at(data, "lines"))
            ++(number_at(line, "matched") > 0 ? figures_.returns.matched_lines : figures_.returns.unmatched_lines);
    }
}

}  // namespace tally
