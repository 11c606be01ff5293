#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "tally/base/money.hpp"

namespace tally::verify {

// Values by JSON pointer (RFC 6901). Null or nothing where there is none, or one of another type.
[[nodiscard]] const boost::json::value* value_at(const boost::json::value& json, std::string_view pointer);
[[nodiscard]] std::optional<std::string> text_at(const boost::json::value& json, std::string_view pointer);
[[nodiscard]] std::optional<std::int64_t> number_at(const boost::json::value& json, std::string_view pointer);
[[nodiscard]] const boost::json::array* list_at(const boost::json::value& json, std::string_view pointer);
/// With all decimals that there can be.
[[nodiscard]] std::optional<Money> money_at(const boost::json::value& json, std::string_view pointer);

}  // namespace tally::verify
