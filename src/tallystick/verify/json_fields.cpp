#include "tallystick/verify/json_fields.hpp"

namespace tally::verify {

const boost::json::value* value_at(const boost::json::value& json, std::string_view pointer) {
    boost::system::error_code none;
    return json.find_pointer(pointer, none);
}

std::optional<std::string> text_at(const boost::json::value& json, std::string_view pointer) {
    const auto* found = value_at(json, pointer);
    if (found == nullptr || !found->is_string()) return std::nullopt;
    return std::string(found->get_string());
}

std::optional<std::int64_t> number_at(const boost::json::value& json, std::string_view pointer) {
    const auto* found = value_at(json, pointer);
    if (found == nullptr || !found->is_int64()) return std::nullopt;
    return found->get_int64();
}

const boost::json::array* list_at(const boost::json::value& json, std::string_view pointer) {
    const auto* found = value_at(json, pointer);
    return found != nullptr ? found->if_array() : nullptr;
}

std::optional<Money> money_at(const boost::json::value& json, std::string_view pointer) {
    const auto* money = value_at(json, pointer);
    if (money == nullptr) return std::nullopt;
    const auto currency = Currency::parse(text_at(*money, "/currency").value_or(""));
    if (!currency) return std::nullopt;
    const auto amount = Money::parse(text_at(*money, "/amount").value_or(""), Money::max_scale, *currency);
    return amount ? std::optional(*amount) : std::nullopt;
}

}  // namespace tally::verify
