#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tally/base/random.hpp"

namespace tally {

/// The W3C Trace Context `traceparent`: `00-<32 hex>-<16 hex>-<2 hex>`.
struct TraceParent {
    std::string trace_id;      ///< 32 lower-case hex digits, not all zero
    std::string span_id;       ///< 16 lower-case hex digits, not all zero
    std::string flags = "01";  ///< `01` sampled, `00` not: the other bits must not be passed on

    [[nodiscard]] std::string text() const;
    /// Empty for what the recommendation tells to ignore; of a higher version the first 55 characters count.
    [[nodiscard]] static std::optional<TraceParent> parse(std::string_view text);
    [[nodiscard]] static TraceParent start(Random& random);
    /// The same trace, with a new span.
    [[nodiscard]] TraceParent child(Random& random) const;
};

}  // namespace tally
