#include "tally/http/request_context.hpp"

#include "tally/base/text.hpp"

namespace tally::detail {

RequestContext RequestContext::of(const HttpRequest& request, Random& random, const Uuid& id) {
    RequestContext context{.request_id = id.text(), .correlation = {}, .trace = {}, .principal = {}};
    const auto sent = request.headers.find("traceparent");
    const auto parent = sent && request.headers.count("traceparent") == 1 ? TraceParent::parse(*sent) : std::nullopt;
    context.trace = parent ? parent->child(random) : TraceParent::start(random);
    const auto correlation = request.headers.find("X-Correlation-Id");
    context.correlation =
        correlation && is_visible_ascii(*correlation, 128) ? std::string(*correlation) : context.trace.trace_id;
    return context;
}

}  // namespace tally::detail
