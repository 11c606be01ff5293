#include "tally/flow/past_store.hpp"

#include "tally/flow/stream_fold.hpp"

namespace tally {
namespace {

std::unexpected<Error> refuse(const std::string& what) {
    return fail(ErrorCode::unsupported, what + " in the past, where only streams can be read");
}

}  // namespace

Task<Result<EventBatch>> PastStore::read(StreamRead read) {
    const auto now = co_await store_.read(std::move(read));
    if (!now) co_return std::unexpected(now.error());
    EventBatch past;
    past.scanned_to = now->scanned_to;
    past.head = now->head;
    for (const RecordedEvent& event : *now)
        if (event.position < moment_.before && (event.position <= moment_.known || event.recorded_at <= moment_.until))
            past.add(event);
    co_return past;
}

Task<Result<std::vector<Document>>> PastStore::get(std::vector<DocumentKey> keys) {
    for (const DocumentKey& key : keys)
        if (key.collection != snapshot_key("").collection)
            co_return refuse("a document of " + key.collection + " is asked for");
    co_return std::vector<Document>{};
}

Task<CommitResult> PastStore::commit(Changes) { co_return std::unexpected(refuse("something is written").error()); }
Task<Result<EventBatch>> PastStore::read(LogRead) { co_return refuse("the log is read"); }
Task<Result<DocumentPage>> PastStore::find(DocumentQuery) { co_return refuse("documents are searched"); }
Task<Result<std::vector<Document>>> PastStore::expired(Timestamp, std::size_t) {
    co_return refuse("expired documents are asked for");
}
Task<Result<Position>> PastStore::head_beyond(Position) { co_return refuse("new events are waited for"); }
Task<void> PastStore::close() { co_return; }

}  // namespace tally
