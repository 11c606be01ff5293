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

}  // namespace tally::verify
