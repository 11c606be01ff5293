#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "tally/base/error.hpp"

namespace tally {

/// A stock-keeping code: 1–64 printable ASCII characters without a blank at either end. Codes compare in upper case, so
/// that is how they are kept.
class Sku {
public:
    Sku() = default;

    /// Errors: invalid.
    [[nodiscard]] static Result<Sku> parse(std::string_view text);
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    static constexpr std::string_view json_pattern = "^[!-~]([ -~]{0,62}[!-~])?$";

    friend auto operator<=>(const Sku&, const Sku&) = default;

private:
    explicit Sku(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace tally
