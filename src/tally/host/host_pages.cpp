// What a host shows beside the typed routes.
#include <boost/json.hpp>

#include "tally/host/host_state.hpp"

namespace tally {
namespace {

HttpResponse json_response(int status, const boost::json::value& body) {
    return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = boost::json::serialize(body)};
}

/// Liveness says only that the loop turns; readiness says what does not run as it should.
HttpResponse health(const std::vector<std::string>& troubles) {
    boost::json::array reasons(troubles.begin(), troubles.end());
    return json_response(troubles.empty() ? 200 : 503,
                         {{"status", troubles.empty() ? "ready" : "not ready"}, {"reasons", std::move(reasons)}});
}

/// Gauges that are read off when somebody asks.
void refresh_metrics(Host::State& state) {
    Metrics& metrics = state.parts.metrics;
    for (const auto& service : state.services) {
        const StoreStatistics statistics = service->store->statistics();
        const Labels labels{{"service", service->manifest.name}};
        const auto set = [&](const std::string& name, const std::string& help, auto value) {
            metrics.gauge(name, help, labels).set(static_cast<double>(value));
        };
        set("event_store_size", "Events in the log", statistics.head);
        set("events_stored_total", "Events stored since start", statistics.events);
        set("store_commits_total", "Commits answered since start", statistics.commits);
        set("store_batches_total", "Transactions since start", statistics.batches);
        set("store_rows_total", "Rows inserted, updated and deleted since start", statistics.rows);
        set("store_flushes_total", "Transactions that waited for the disk since start", statistics.flushes);
        set("store_waiting_commits", "Commits handed over and not yet answered", statistics.waiting);
        for (const auto& projection : service->projections) (void)projection->status();  // sets its gauges
    }
}

boost::json::object view(const ProblemType& type, const Host::State& state) {
    return {{"type", state.options.application.base_url + "/problems/" + std::string(type.slug)},
            {"title", type.title},
            {"status", type.status}};
}

Task<HttpResponse> answer(HttpResponse response) { co_return response; }

Task<HttpResponse> answer_front_page(Host::State& state) {
    HttpResponse page{.status = 200,
                      .headers = {{"Content-Type", "text/html; charset=utf-8"},
                                  {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}},
                      .body = co_await front_page(state)};
    co_return page;
}

HttpResponse metrics_page(Host::State& state) {
    refresh_metrics(state);
    return {.status = 200,
            .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
            .body = state.parts.metrics.expose()};
}

HttpResponse api_document(const Host::State& state) {
    return {.status = 200,
            .headers = {{"Content-Type", "application/json"}},
            .body = state.application.openapi("Tallystick", state.options.version)};
}

/// What `type` of a problem leads to: the whole catalogue, and each kind by itself.
void mount_problems(Host::State& state) {
    boost::json::array all;
    for (const ProblemType& type : state.application.problem_types()) {
        boost::json::value one = view(type, state);
        all.push_back(one);
        state.application.mount_raw(
            get, "/problems/" + std::string(type.slug),
            [body = std::move(one)](const HttpRequest&) { return answer(json_response(200, body)); });
    }
    state.application.mount_raw(
        get, "/problems", [body = std::move(all)](const HttpRequest&) { return answer(json_response(200, body)); });
}

}  // namespace

// The handlers are plain functions: those that have nothing to wait for make their response at once.
void Host::State::mount_pages() {
    application.mount_raw(get, "/", [this](const HttpRequest&) { return answer_front_page(*this); });
    application.mount_raw(get, "/health",
                          [](const HttpRequest&) { return answer(json_response(200, {{"status", "alive"}})); });
    application.mount_raw(get, "/health/ready", [this](const HttpRequest&) { return answer(health(troubles())); });
    application.mount_raw(get, "/metrics", [this](const HttpRequest&) { return answer(metrics_page(*this)); });
    application.mount_raw(get, "/openapi.json", [this](const HttpRequest&) { return answer(api_document(*this)); });
    mount_problems(*this);
}

}  // namespace tally
