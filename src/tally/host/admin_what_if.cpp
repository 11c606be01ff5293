// What another version of a saga would have decided about the instances that started in a stretch of the log.
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tally/flow/saga_what_if.hpp"
#include "tally/host/admin.hpp"

namespace tally {
namespace {

struct AskWhatIf {
    std::string saga;
    int version = 1;
    std::optional<Timestamp> from;          ///< when instances started; default: the beginning
    std::optional<Timestamp> to;            ///< not this any more; default: now
    std::optional<std::int64_t> page_size;  ///< in instances that are looked at
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(AskWhatIf, (), (saga, version, from, to, page_size, page_token))

struct DecisionView {
    std::string type;
    RawJson data;  ///< without ids
};
BOOST_DESCRIBE_STRUCT(DecisionView, (), (type, data))

struct WhatIfItem {
    std::string id;  ///< of the instance
    SagaVerdict verdict = SagaVerdict::different;
    std::optional<std::string> why{};  ///< it could not be told
    std::optional<SagaInput> input{};  ///< what the two differ about
    std::optional<Uuid> event{};
    std::optional<std::string> type{};  ///< of the event; the step of the deadline; the operator's act
    std::optional<Timestamp> at{};
    std::optional<std::string> was{};       ///< in short
    std::optional<std::string> would_be{};  ///< in short
    std::vector<DecisionView> recorded{};
    std::vector<DecisionView> would_have{};
};
BOOST_DESCRIBE_STRUCT(WhatIfItem, (), (id, verdict, why, input, event, type, at, was, would_be, recorded, would_have))

struct WhatIfPage {
    std::string service;
    std::string saga;
    int version = 1;
    std::vector<WhatIfItem> items{};  ///< `different` and `unknown`
    std::int64_t looked_at = 0;       ///< instances, of this page
    std::int64_t same = 0;
    std::int64_t open = 0;  ///< the same so far
    std::int64_t different = 0;
    std::int64_t unknown = 0;
    std::int64_t scanned_to = 0;  ///< position in the service's log
    std::optional<std::string> next_page_token{};
    bool complete = true;  ///< false: the stretch goes on, on the next page
};
BOOST_DESCRIBE_STRUCT(WhatIfPage, (),
                      (service, saga, version, items, looked_at, same, open, different, unknown, scanned_to,
                       next_page_token, complete))

/// A page that takes longer ends, however little it has: the next one goes on.
constexpr Duration longest_page = std::chrono::seconds(5);
constexpr std::size_t batch_size = 1'000;

std::vector<DecisionView> view(const std::vector<SagaDecision>& decisions) {
    std::vector<DecisionView> shown;
    for (const SagaDecision& decision : decisions)
        shown.push_back({decision.type, RawJson{boost::json::serialize(decision.data)}});
    return shown;
}

void add(WhatIfPage& page, const std::string& instance, SagaComparison compared) {
    ++page.looked_at;
    if (compared.verdict == SagaVerdict::same) ++page.same;
    if (compared.verdict == SagaVerdict::open) ++page.open;
    if (compared.verdict == SagaVerdict::different) ++page.different;
    if (compared.verdict == SagaVerdict::unknown) ++page.unknown;
    if (compared.verdict == SagaVerdict::same || compared.verdict == SagaVerdict::open) return;
    WhatIfItem item{.id = page.saga + "/" + instance, .verdict = compared.verdict};
    if (!compared.why.empty()) item.why = std::move(compared.why);
    if (auto& difference = compared.difference) {
        item.input = difference->input;
        item.event = difference->event;
        item.type = std::move(difference->type);
        item.at = difference->at;
        item.was = std::move(difference->was);
        item.would_be = std::move(difference->would_be);
        item.recorded = view(difference->recorded);
        item.would_have = view(difference->would_have);
    }
    page.items.push_back(std::move(item));
}

/// The last position before what was recorded at `time` or later; times rise with positions.
Task<Result<Position>> position_before(Store& store, Timestamp time) {
    Position low = 0;
    for (Position high = store.statistics().head; low < high;) {
        const Position middle = low + (high - low) / 2;
        const auto event = co_await store.read(LogRead{.after = middle, .limit = 1});
        if (!event) co_return std::unexpected(event.error());
        if (event->empty() || event->events().front().recorded_at >= time)
            high = middle;
        else
            low = event->events().front().position;
    }
    co_return low;
}

/// One page of it.
class WhatIfScan {
public:
    WhatIfScan(RunningService& service, const SagaWhatIf& what_if, const AskWhatIf& wanted, WhatIfPage& page)
        : service_(service),
          what_if_(what_if),
          wanted_(wanted),
          page_(page),
          most_(static_cast<std::int64_t>(PageRequest{wanted.page_size, {}}.size())),
          until_(service.platform->clock.instant() + longest_page) {}

    /// From the position after `last` on; the stretch is at its end where `page.complete`.
    Task<Result<void>> run(Position last) {
        for (page_.complete = false; !page_.complete && !is_full();) {
            const auto batch = co_await service_.store->read(LogRead{.after = last, .limit = batch_size});
            if (!batch) co_return std::unexpected(batch.error());
            for (const RecordedEvent& event : *batch) {
                if (wanted_.to && event.recorded_at >= *wanted_.to) page_.complete = true;
                if (page_.complete || is_full()) break;
                if (auto looked = co_await look_at(event); !looked) co_return looked;
                last = event.position;
            }
            if (batch->size() < batch_size && (batch->empty() || last == batch->events().back().position))
                page_.complete = true;
            page_.scanned_to = static_cast<std::int64_t>(last);
        }
        co_return Result<void>{};
    }

private:
    [[nodiscard]] bool is_full() const {
        return page_.looked_at >= most_ || service_.platform->clock.instant() >= until_;
    }

    Task<Result<void>> look_at(const RecordedEvent& event) {
        if (event.type != event_type<SagaStarted>.name) co_return Result<void>{};
        auto started = decode_event<SagaStarted>(event);
        if (!started) co_return std::unexpected(std::move(started.error()));
        if (started->saga == wanted_.saga) add(page_, started->instance, co_await what_if_.look_at(started->instance));
        co_return Result<void>{};
    }

    RunningService& service_;
    const SagaWhatIf& what_if_;
    const AskWhatIf& wanted_;
    WhatIfPage& page_;
    std::int64_t most_;
    Instant until_;
};

HttpProblem unknown_version(const RunningService& service, const AskWhatIf& wanted) {
    const std::vector<int> versions = service.sagas.versions(wanted.saga);
    if (!versions.empty())
        return problem("not-found", fmt::format("saga {} has no version {} in this binary; it has {}", wanted.saga,
                                                wanted.version, fmt::join(versions, ", ")));
    const std::string there_are =
        service.sagas.names().empty() ? "has none" : fmt::format("has {}", fmt::join(service.sagas.names(), ", "));
    return problem("not-found",
                   fmt::format("there is no saga {}: {} {}", wanted.saga, service.manifest.name, there_are));
}

Task<Reply<WhatIfPage>> what_if(RunningService& service, const RunningServices& all, AskWhatIf wanted, Query& query) {
    const SagaDefinition* definition = service.sagas.find(wanted.saga, wanted.version);
    if (definition == nullptr) co_return unknown_version(service, wanted);
    const auto place = start_of(query, {wanted.page_size, wanted.page_token}, {});
    if (!place) co_return place.error();
    Result<Position> last = *place;
    if (!wanted.page_token && wanted.from) last = co_await position_before(*service.store, *wanted.from);
    if (!last) co_return last.error();
    SagaWhatIf::Parts parts{*service.store, {}, service.sagas, query.now};
    for (const auto& each : all) parts.logs.push_back(each->store.get());
    WhatIfPage page{.service = service.manifest.name, .saga = wanted.saga, .version = wanted.version};
    const SagaWhatIf compared(std::move(parts), *definition);
    WhatIfScan scan(service, compared, wanted, page);
    if (auto done = co_await scan.run(*last); !done) co_return done.error();
    if (!page.complete) page.next_page_token = query.token_for(std::to_string(page.scanned_to));
    co_return page;
}

}  // namespace

void add_what_if_routes(Routes& routes, RunningService& service, const RunningServices& all) {
    routes.add(
        get, admin_path(service, "/sagas/{saga}:what-if"),
        {.summary = "Where another version of a saga would have decided otherwise",
         .scope = "operator:read",
         .tag = "sagas"},
        [&service, &all](AskWhatIf wanted, Query& query) { return what_if(service, all, std::move(wanted), query); });
}

}  // namespace tally
