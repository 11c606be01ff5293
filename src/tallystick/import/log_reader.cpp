#include "tallystick/import/log_reader.hpp"

#include <fmt/format.h>

namespace tally {

Task<Result<boost::json::array>> LogReader::next() {
    auto page = co_await api_.get_json(
        service_, fmt::format("/api/v1/services/{}/events?after={}&page_size={}", service_, position_, page_size));
    if (!page) co_return std::unexpected(std::move(page.error()));
    boost::json::array events = items_of(*page);
    if (!events.empty()) position_ = number_at(events.back(), "position");
    co_return events;
}

const boost::json::value& data_of(const boost::json::value& event) {
    static const boost::json::value none;
    const auto* data = event.is_object() ? event.get_object().if_contains("data") : nullptr;
    return data == nullptr ? none : *data;
}

}  // namespace tally
