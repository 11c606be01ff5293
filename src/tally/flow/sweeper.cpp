#include "tally/flow/sweeper.hpp"

#include "tally/base/log.hpp"

namespace tally {
namespace {

Task<CommitResult> remove_seen(Store& store, std::vector<Document> documents) {
    Changes changes{.appends = {}, .documents = {}, .derived = true};
    for (Document& document : documents)
        changes.documents.push_back(
            {std::move(document.key), ExpectedDocument::revision_is(document.revision), Remove{}});
    return store.commit(std::move(changes));
}

/// True if there may be more.
Task<Result<bool>> sweep_once(Store& store, Timestamp now, std::size_t limit) {
    auto expired = co_await store.expired(now, limit);
    if (!expired) co_return std::unexpected(std::move(expired.error()));
    if (expired->empty()) co_return false;
    const CommitResult together = co_await remove_seen(store, *expired);
    if (together) co_return expired->size() == limit;
    if (const auto* error = std::get_if<Error>(&together.error())) co_return std::unexpected(*error);
    // One of them was written meanwhile, and lives on; it must not keep the others.
    for (Document& document : *expired) {
        const CommitResult alone = co_await remove_seen(store, {std::move(document)});
        if (alone) continue;
        if (const auto* error = std::get_if<Error>(&alone.error())) co_return std::unexpected(*error);
    }
    co_return false;
}

}  // namespace

Task<void> sweep(Store& store, Clock& clock, Duration every, std::size_t per_commit) {
    for (;;) {
        Result<bool> more = true;
        while (more && *more) more = co_await sweep_once(store, clock.now(), per_commit);
        if (!more) log::warning("expired documents were not removed", {{"error", more.error().text}});
        co_await clock.sleep_for(every);
    }
}

}  // namespace tally
