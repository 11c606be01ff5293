#include <boost/json.hpp>
#include <fmt/format.h>

#include "tally/flow/dead_letters.hpp"
#include "tally/flow/projection_state.hpp"
#include "tally/flow/saga_list.hpp"
#include "tally/host/admin.hpp"
#include "tally/host/host_state.hpp"

namespace tally {
namespace {

constexpr std::string_view style = R"(
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c;background:#fcfbf8}
h1{margin-bottom:0}h2{margin:2rem 0 .5rem;font-size:1.1rem}p{margin:.3rem 0}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #e4e0d6}
th{font-weight:600;color:#6a6355}a{color:#7a4a00}.ok{color:#1d6b2f}.bad{color:#a11}
)";

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            case '\'':
                safe += "&#39;";
                break;
            default:
                safe.push_back(c);
        }
    }
    return safe;
}

/// A cell: money as `12.340 GBP`, texts as they are, everything else as JSON.
std::string cell(const boost::json::value* value) {
    if (value == nullptr || value->is_null()) return "";
    if (value->is_string()) return std::string(value->get_string());
    if (const auto* object = value->if_object())
        if (object->contains("amount") && object->contains("currency"))
            return cell(object->if_contains("amount")) + " " + cell(object->if_contains("currency"));
    return boost::json::serialize(*value);
}

/// `/api/v1/orders/{order}` with the row's own values.
std::string link_of(std::string link, const boost::json::object& item) {
    for (const auto& [name, value] : item) {
        const std::string parameter = "{" + std::string(name) + "}";
        if (const auto at = link.find(parameter); at != std::string::npos)
            link.replace(at, parameter.size(), percent_encode(cell(&value)));
    }
    return link;
}

std::string row(const FrontTable& table, const boost::json::object& item) {
    std::string html = "<tr>";
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const std::string text = escaped(cell(item.if_contains(table.columns[i])));
        html += i == 0 && !table.link.empty()
                    ? fmt::format("<td><a href=\"{}\">{}</a></td>", escaped(link_of(table.link, item)), text)
                    : "<td>" + text + "</td>";
    }
    return html + "</tr>\n";
}

Task<std::string> table_html(Host::State& state, const FrontTable& table) {
    std::string html = fmt::format("<h2>{}</h2>\n<table><tr>", escaped(table.title));
    for (const std::string& column : table.columns) html += "<th>" + escaped(column) + "</th>";
    html += "</tr>\n";
    HttpRequest request{.method = Method::get, .target = table.path, .headers = {}, .body = {}};
    const HttpResponse response = co_await state.application.handle(std::move(request));
    boost::system::error_code broken;
    const auto page = boost::json::parse(response.body, broken);
    const auto* items = !broken && page.is_object() ? page.get_object().if_contains("items") : nullptr;
    if (response.status == 200 && items != nullptr && items->is_array()) {
        for (const auto& item : items->get_array())
            if (item.is_object()) html += row(table, item.get_object());
    } else {
        html += fmt::format("<tr><td class=bad>not to be had now ({})</td></tr>", response.status);
    }
    co_return html + "</table>\n";
}

/// Whether a collection holds anything; what cannot be read is looked at by following its link.
Task<bool> has_any(Store& store, std::string collection) {
    const auto found = co_await store.find(DocumentQuery{.collection = std::move(collection), .limit = 1});
    co_return !found || !found->documents.empty();
}

/// Of what a service has: events, …; sagas, timers and dead letters where there are any.
Task<std::string> links_of(const RunningService& service) {
    const auto link = [&](std::string_view below, std::string_view text) {
        return fmt::format("<a href=\"{}\">{}</a> ", escaped(admin_path(service, below)), text);
    };
    std::string html =
        link("/events?backward=true", "events") + link("/consumers", "consumers") + link("/projections", "projections");
    for (const auto& projection : service.projections)
        if (projection->name() == collection_of<SagaListEntry> &&
            co_await has_any(*service.store,
                             generation_collection(projection->name(), projection->status().generation)))
            html += link("/sagas", "sagas");
    if (co_await has_any(*service.store, std::string(collection_of<Timer>))) html += link("/timers", "timers");
    if (co_await has_any(*service.store, std::string(collection_of<DeadLetter>)))
        html += link("/dead-letters", "dead letters");
    co_return html;
}

Task<std::string> services_html(const Host::State& state) {
    std::string html = "<h2>Services</h2>\n<table><tr><th>service</th><th></th><th>events</th><th></th></tr>\n";
    for (const auto& service : state.services)
        html += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", escaped(service->manifest.name),
                            escaped(service->manifest.summary), service->store->statistics().head,
                            co_await links_of(*service));
    co_return html + "</table>\n";
}

std::string health_html(const std::vector<std::string>& troubles) {
    if (troubles.empty()) return "<p class=ok>Everything runs.</p>\n";
    std::string html;
    for (const std::string& trouble : troubles) html += "<p class=bad>" + escaped(trouble) + "</p>\n";
    return html;
}

}  // namespace

Task<std::string> front_page(Host::State& state) {
    std::string html = fmt::format(
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8><title>Tallystick</title>"
        "<meta name=viewport content=\"width=device-width\"><style>{}</style></head><body>\n"
        "<h1>Tallystick</h1>\n<p><a href=\"/openapi.json\">API document</a> · <a href=\"/health/ready\">readiness</a> "
        "· <a href=\"/metrics\">metrics</a> · <a href=\"/problems\">problems</a></p>\n",
        style);
    html += health_html(state.troubles());
    html += co_await services_html(state);
    for (const auto& service : state.services)
        for (const FrontTable& table : service->manifest.front_page) html += co_await table_html(state, table);
    co_return html + "</body></html>\n";
}

}  // namespace tally
