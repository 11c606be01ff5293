#pragma once

#include <string>

#include "tally/base/trace_context.hpp"
#include "tally/event/envelope.hpp"
#include "tally/http/principal.hpp"
#include "tally/net/http_message.hpp"

namespace tally::detail {

/// What a request carries along: from the caller's headers where they are sound, made here where not.
struct RequestContext {
    std::string request_id;
    CorrelationId correlation;  ///< X-Correlation-Id, otherwise the trace id
    TraceParent trace;
    Principal principal;

    [[nodiscard]] static RequestContext of(const HttpRequest& request, Random& random, const Uuid& id);
    [[nodiscard]] Cause cause() const { return {correlation, {}, principal.id, trace.text()}; }
};

}  // namespace tally::detail
