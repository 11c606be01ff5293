#pragma once

#include <memory>
#include <vector>

#include "tally/base/task.hpp"
#include "tally/store/types.hpp"

namespace tally {

/// One service's database: streams of events, which only grow, and documents.
///
/// Order/guarantee: position order is commit order, without gaps; what a read returns is durable, derived documents
/// excepted; a commit that was answered is found by every later read.
/// Threads: one event loop, the one it was created for. Lifetime: `close` before destruction.
/// Cancellation: a commit that was handed over happens, whether or not its caller still waits.
class Store {
public:
    virtual ~Store() = default;

    /// All of `changes`, or nothing, merged with whatever else waits into one transaction with one flush. Ids decide
    /// first: all events present with equal content → replayed; some present, or other content → conflict on event id.
    /// Then streams, then documents, each entry seeing the accepted ones before it. Errors: overloaded (too much waits
    /// already), invalid (NUL in a name, derived with events, one event id twice, one document twice), too_large,
    /// disk_full, io. A store whose flush fails ends the process: what was not answered may or may not have happened.
    [[nodiscard]] virtual Task<CommitResult> commit(Changes changes) = 0;

    /// An unknown stream is an empty one.
    [[nodiscard]] virtual Task<Result<EventBatch>> read(StreamRead read) = 0;
    [[nodiscard]] virtual Task<Result<EventBatch>> read(LogRead read) = 0;

    /// In the order of `keys`, without those that do not exist.
    [[nodiscard]] virtual Task<Result<std::vector<Document>>> get(std::vector<DocumentKey> keys) = 0;
    [[nodiscard]] virtual Task<Result<DocumentPage>> find(DocumentQuery query) = 0;
    /// Documents of all collections whose time has come, at most `limit`: for the sweeper.
    [[nodiscard]] virtual Task<Result<std::vector<Document>>> expired(Timestamp now, std::size_t limit) = 0;

    /// Returns the log's head as soon as it is beyond `seen`. Errors: cancelled (the store closes).
    [[nodiscard]] virtual Task<Result<Position>> head_beyond(Position seen) = 0;

    /// Names this log's history: a log made anew, or restored, has another one.
    [[nodiscard]] virtual const Uuid& incarnation() const = 0;
    [[nodiscard]] virtual int shards() const = 0;
    [[nodiscard]] virtual StoreStatistics statistics() const = 0;

    /// Answers what waits, then releases files and threads. Later calls fail with `cancelled`.
    [[nodiscard]] virtual Task<void> close() = 0;
};

}  // namespace tally
