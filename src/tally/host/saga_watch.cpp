#include "tally/host/saga_watch.hpp"

#include <fmt/format.h>

#include "tally/flow/saga_list.hpp"
#include "tally/host/running_service.hpp"

namespace tally {
namespace {

using Missing = std::vector<MissingSagaVersion>;

constexpr std::size_t most = 1'000;

/// Skips from version to version, so that its cost is the number of those, not of instances.
Task<Result<Missing>> find_missing(const RunningService& service, const ProjectionRunner& list) {
    const ReadModelReader<SagaListEntry> open(*service.store, list);
    Missing missing;
    for (std::optional<std::string> from = ""; from;) {
        auto next = co_await open.find(DocumentQuery{.index = "version", .lower = *from, .limit = 1});
        if (!next) co_return std::unexpected(std::move(next.error()));
        if (next->items.empty()) break;
        const SagaListEntry& entry = next->items.front().view;
        const IndexKey version = IndexKey().text(entry.saga).number(entry.version);
        from = version.upper_bound();
        if (service.sagas.find(entry.saga, entry.version) != nullptr) continue;
        const auto all = co_await open.find(
            DocumentQuery{.index = "version", .lower = version.bytes(), .upper = from, .limit = most});
        if (!all) co_return std::unexpected(all.error());
        missing.push_back(
            {entry.saga, entry.version, static_cast<std::int64_t>(all->items.size()), !all->next.empty()});
    }
    co_return missing;
}

}  // namespace

std::vector<std::string> SagaWatch::troubles() const {
    std::vector<std::string> found;
    if (unknown) found.push_back("under which versions its sagas run is not known: " + *unknown);
    for (const MissingSagaVersion& each : missing)
        found.push_back(
            fmt::format("saga {}: {}{} open under version {}, which this binary does not have: start one that has it",
                        each.saga, each.instances, each.or_more ? " or more" : "", each.version));
    return found;
}

Task<void> watch_sagas(RunningService& service, Clock& clock, Duration every) {
    const auto list = std::ranges::find_if(
        service.projections, [](const auto& each) { return each->name() == collection_of<SagaListEntry>; });
    for (;;) {
        auto missing = co_await find_missing(service, **list);
        service.saga_watch = missing ? SagaWatch{.unknown = {}, .missing = std::move(*missing)}
                                     : SagaWatch{.unknown = missing.error().text, .missing = {}};
        co_await clock.sleep_for(every);
    }
}

}  // namespace tally
