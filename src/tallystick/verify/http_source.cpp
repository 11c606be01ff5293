// Events by `after`, documents by page token; only what digests are of is taken byte for byte from the answers.

#include <fmt/format.h>

#include "tally/event/json_reader.hpp"
#include "tallystick/verify/json_fields.hpp"
#include "tallystick/verify/raw_json.hpp"
#include "tallystick/verify/source.hpp"

namespace tally::verify {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr Duration answer_limit = 60s;
constexpr int events_a_page = 200;
constexpr int documents_a_page = 1'000;
constexpr std::int64_t most_shards = 1'024;
const std::string base = "/api/v1/services";

struct Service {
    std::string name;
    ScannedLog log;
    std::vector<std::string> collections;
};

struct State {
    std::vector<Service> services;
    std::string text;  ///< equal where nothing has changed
};

/// A page as it stands in the answer, and its items.
struct RawPage {
    std::string body;
    std::vector<std::string_view> items;
    std::string next;  ///< page token; empty: the last page
};

Error failure_of(const HttpRequest& request, const HttpResponse& response) {
    const auto problem = read_json(response.body);
    const auto detail = problem ? text_at(*problem, "/detail") : std::nullopt;
    const bool is_damage = response.status == 500;
    return {is_damage ? ErrorCode::corrupt : ErrorCode::unavailable,
            fmt::format("the server answers {} to {}: {}", response.status, request.target,
                        detail.value_or("it does not say why"))};
}

std::optional<Uuid> id_at(const json::value& item, std::string_view pointer) {
    const auto id = Uuid::parse(text_at(item, pointer).value_or(""));
    return id ? std::optional(*id) : std::nullopt;
}

std::optional<Timestamp> time_at(const json::value& item, std::string_view pointer) {
    const auto time = parse_timestamp(text_at(item, pointer).value_or(""));
    return time ? std::optional(*time) : std::nullopt;
}

std::uint64_t count_at(const json::value& item, std::string_view pointer) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(number_at(item, pointer).value_or(0), 0));
}

Result<Digest> digest_of(std::string_view hex) {
    Digest digest{};
    const auto nibble = [](char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; };
    if (hex.size() != 2 * digest.size() || hex.find_first_not_of("0123456789abcdef") != std::string_view::npos)
        return fail(ErrorCode::corrupt, "its digest is cut");
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<std::uint8_t>(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    return digest;
}

/// Keeps the texts of an event for as long as it is looked at.
struct ReadEvent {
    std::string type, correlation, actor, key, traceparent, subject, stream;
    RecordedEvent event;
};

std::unique_ptr<ReadEvent> event_of(std::string_view raw) {
    const auto item = read_json(raw, JsonLimits::own_events());
    const auto members = raw_members(raw);
    if (!item || !members || !members->contains("data")) return nullptr;
    const auto id = id_at(*item, "/id");
    const auto occurred_at = time_at(*item, "/occurred_at");
    const auto recorded_at = time_at(*item, "/recorded_at");
    const auto digest = digest_of(text_at(*item, "/content_digest").value_or(""));
    auto read = std::make_unique<ReadEvent>();
    read->event.position = count_at(*item, "/position");
    if (!id || !occurred_at || !recorded_at || !digest) return read;
    const auto take = [&](std::string_view pointer, std::string& to, std::string_view& view) {
        to = text_at(*item, pointer).value_or("");
        view = to;
    };
    RecordedEvent& event = read->event;
    take("/type", read->type, event.type);
    take("/correlation_id", read->correlation, event.correlation);
    take("/actor", read->actor, event.actor);
    take("/key", read->key, event.key);
    take("/traceparent", read->traceparent, event.traceparent);
    take("/subject", read->subject, event.subject);
    take("/stream", read->stream, event.stream);
    event.id = *id;
    event.schema = static_cast<int>(number_at(*item, "/schema").value_or(0));
    event.causation = id_at(*item, "/causation_id");
    event.occurred_at = *occurred_at;
    event.expires_at = time_at(*item, "/expires_at");
    event.data = members->at("data");
    event.version = count_at(*item, "/version");
    event.shard = static_cast<int>(number_at(*item, "/shard").value_or(RecordedEvent::no_shard));
    event.previous = count_at(*item, "/previous");
    event.recorded_at = *recorded_at;
    event.content_digest = *digest;
    return read;
}

Result<Service> service_of(std::string_view raw) {
    const auto item = read_json(raw);
    const auto name = item ? text_at(*item, "/name") : std::nullopt;
    const auto incarnation = item ? id_at(*item, "/incarnation") : std::nullopt;
    const auto shards = item ? number_at(*item, "/shards") : std::nullopt;
    if (!name || !incarnation || !shards || *shards < 1 || *shards > most_shards)
        return fail(ErrorCode::unavailable, "the server does not list its services as it should");
    Service service{.name = *name, .log = {}, .collections = {}};
    service.log.incarnation = *incarnation;
    service.log.head = count_at(*item, "/head");
    service.log.shards = static_cast<int>(*shards);
    if (const auto* collections = list_at(*item, "/collections"))
        for (const auto& collection : *collections) service.collections.push_back(text_at(collection, "").value_or(""));
    return service;
}

std::string documents_target(const std::string& service, const std::string& collection) {
    return fmt::format("{}/{}/documents?collection={}&page_size={}", base, percent_encode(service),
                       percent_encode(collection), documents_a_page);
}

class HttpSource final : public Source {
public:
    explicit HttpSource(HttpClient& client) : client_(client) {}

    Task<Result<std::vector<std::string>>> services() override {
        auto state = co_await read_state();
        if (!state) co_return std::unexpected(std::move(state.error()));
        state_ = std::move(*state);
        std::vector<std::string> names;
        names.reserve(state_.services.size());
        for (const Service& service : state_.services) names.push_back(service.name);
        co_return names;
    }

    Task<Result<bool>> unchanged() override {
        const auto now = co_await read_state();
        if (!now) co_return std::unexpected(now.error());
        co_return now->text == state_.text;
    }

    Task<Result<void>> scan(std::string name, StoreScan& scan) override {
        const auto service = std::ranges::find(state_.services, name, &Service::name);
        scan.log(service->log);
        for (const std::string& collection : service->collections) {
            auto read = co_await scan_collection(name, collection, scan);
            if (!read) co_return read;
        }
        co_return co_await scan_events(name, service->log.head, scan);
    }

private:
    Task<Result<RawPage>> page(std::string target) {
        const HttpRequest request{.method = Method::get,
                                  .target = std::move(target),
                                  .headers = {{"Accept", "application/json"}},
                                  .body = {}};
        auto response = co_await client_.send(request, answer_limit);
        if (!response) co_return std::unexpected(std::move(response.error()));
        if (response->status != 200) co_return std::unexpected(failure_of(request, *response));
        RawPage page{.body = std::move(response->body), .items = {}, .next = {}};
        const auto members = raw_members(page.body);
        if (!members) co_return std::unexpected(members.error());
        const auto items = members->find("items");
        auto elements = raw_elements(items != members->end() ? items->second : "");
        if (!elements) co_return std::unexpected(std::move(elements.error()));
        page.items = std::move(*elements);
        if (const auto next = members->find("next_page_token"); next != members->end() && next->second != "null")
            page.next = next->second.substr(1, next->second.size() - 2);
        co_return page;
    }

    /// The heads of all logs, and how far everybody has got: while these stay, so does all that is read.
    Task<Result<State>> read_state() {
        auto listed = co_await page(base);
        if (!listed) co_return std::unexpected(std::move(listed.error()));
        State state;
        for (const std::string_view raw : listed->items) {
            auto service = service_of(raw);
            if (!service) co_return std::unexpected(std::move(service.error()));
            auto progress = co_await page(documents_target(service->name, "tally.progress"));
            if (!progress) co_return std::unexpected(std::move(progress.error()));
            state.text += std::string(raw) + progress->body;
            state.services.push_back(std::move(*service));
        }
        co_return state;
    }

    Task<Result<void>> scan_collection(std::string service, std::string collection, StoreScan& scan) {
        const std::string target = documents_target(service, collection);
        std::string next;
        do {
            auto found = co_await page(next.empty() ? target : target + "&page_token=" + percent_encode(next));
            if (!found) co_return std::unexpected(std::move(found.error()));
            for (const std::string_view raw : found->items) hand_over(raw, collection, scan);
            next = found->next;
        } while (!next.empty());
        co_return Result<void>{};
    }

    static void hand_over(std::string_view raw, const std::string& collection, StoreScan& scan) {
        const auto item = read_json(raw, JsonLimits::own_events());
        const auto members = raw_members(raw);
        if (!item || !members || !members->contains("body"))
            return scan.unreadable("documents/" + collection, "the server shows something that is no document");
        scan.document({.key = {collection, text_at(*item, "/key").value_or("")},
                       .revision = count_at(*item, "/revision"),
                       .body = std::string(members->at("body")),
                       .expires_at = time_at(*item, "/expires_at")});
    }

    Task<Result<void>> scan_events(std::string service, Position head, StoreScan& scan) {
        Position last = 0;
        while (last < head) {
            auto found =
                co_await page(fmt::format("{}/{}/events?after={}&page_size={}", base, service, last, events_a_page));
            if (!found) co_return std::unexpected(std::move(found.error()));
            if (found->items.empty()) break;
            for (const std::string_view raw : found->items) {
                const auto read = event_of(raw);
                if (!read) co_return fail(ErrorCode::corrupt, "the server shows something that is no event");
                last = std::max(last + 1, read->event.position);
                if (last > head) break;
                if (read->event.stream.empty())
                    scan.unreadable_event(read->event.position, "the server does not show all of it");
                else
                    scan.event(read->event);
            }
        }
        co_return Result<void>{};
    }

    HttpClient& client_;
    State state_;
};

}  // namespace

std::unique_ptr<Source> create_http_source(HttpClient& client) { return std::make_unique<HttpSource>(client); }

}  // namespace tally::verify
