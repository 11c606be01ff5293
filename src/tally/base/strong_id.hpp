#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "tally/base/error.hpp"

namespace tally {

/// True for 1–128 characters of `A–Z a–z 0–9 . _ ~ : -`: safe in a path, a log line and a stream name.
[[nodiscard]] bool is_id_text(std::string_view text);

/// A name of one kind of thing, which cannot be confused with the name of another: `using OrderId = Id<struct
/// OrderTag>`.
template <class Tag>
class Id {
public:
    Id() = default;

    /// Errors: invalid (see is_id_text).
    [[nodiscard]] static Result<Id> parse(std::string_view text) {
        if (!is_id_text(text))
            return fail(ErrorCode::invalid, "an id has 1 to 128 characters of A-Z a-z 0-9 . _ ~ : -");
        return Id(std::string(text));
    }
    /// For literals and for text that was checked before.
    [[nodiscard]] static Id trusted(std::string text) { return Id(std::move(text)); }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

    static constexpr std::string_view json_pattern = "^[A-Za-z0-9._~:-]{1,128}$";

    friend auto operator<=>(const Id&, const Id&) = default;

private:
    explicit Id(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace tally

template <class Tag>
struct std::hash<tally::Id<Tag>> {
    std::size_t operator()(const tally::Id<Tag>& id) const noexcept { return std::hash<std::string>{}(id.text()); }
};
