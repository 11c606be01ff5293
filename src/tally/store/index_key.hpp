#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tally/base/clock.hpp"

namespace tally {

/// Builds the value of an index entry of several parts, so that bytes compare as the parts do.
///
/// Text: its bytes with 0x00 written 00 FF, ended by 00 01; numbers: 8 bytes, big end first, the sign bit flipped.
/// A prefix of the parts is a prefix of the bytes, which makes it the bound of a range (see `upper_bound`).
class IndexKey {
public:
    IndexKey& text(std::string_view part);
    IndexKey& number(std::int64_t part);
    IndexKey& time(Timestamp part);
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
    /// The least value beyond all that begin with these parts: the `upper` of a query. None where nothing lies beyond
    /// (no parts, or only the greatest numbers).
    [[nodiscard]] std::optional<std::string> upper_bound() const;

private:
    std::string bytes_;
};

}  // namespace tally
