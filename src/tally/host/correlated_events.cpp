#include "tally/host/correlated_events.hpp"

#include "tally/event/codec.hpp"
#include "tally/http/page.hpp"

namespace tally {

Task<Result<std::vector<EventView>>> events_of_correlation(Transport& transport, std::string service,
                                                           std::string correlation) {
    std::vector<EventView> events;
    std::string token;
    do {
        HttpRequest request{.method = Method::get,
                            .target = "/api/v1/services/" + service +
                                      "/events?page_size=1000&correlation_id=" + percent_encode(correlation) +
                                      (token.empty() ? "" : "&page_token=" + percent_encode(token)),
                            .headers = {{"X-Correlation-Id", correlation}},
                            .body = {}};
        auto response = co_await transport.send(service, std::move(request));
        if (!response) co_return std::unexpected(std::move(response.error()));
        const auto no_page = fail(ErrorCode::unavailable, "the service " + service + " does not tell its events");
        if (response->status != 200) co_return no_page;
        auto page = decode<Page<EventView>>(response->body, UnknownFields::ignored, JsonLimits::own_events());
        if (!page) co_return no_page;
        std::ranges::move(page->items, std::back_inserter(events));
        token = page->next_page_token.value_or("");
    } while (!token.empty());
    co_return events;
}

}  // namespace tally
