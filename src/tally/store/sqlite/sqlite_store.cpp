// Commits go through the group commit to the writer's executor, one batch at a time; reads go straight to the reader's.
// Checkpoints are made on the writer's executor in quiet moments; where none comes, after so many pages all the same.

#include "tally/store/sqlite/sqlite_store.hpp"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include "tally/base/blocking.hpp"
#include "tally/base/log.hpp"
#include "tally/base/signal.hpp"
#include "tally/store/group_commit.hpp"
#include "tally/store/planner.hpp"
#include "tally/store/sqlite/document_reader.hpp"
#include "tally/store/sqlite/event_reader.hpp"
#include "tally/store/sqlite/writer.hpp"

namespace tally {
namespace {

using sqlite::Connection;
using sqlite::DocumentReader;
using sqlite::EventReader;
using sqlite::Writer;

constexpr std::uint64_t pages_worth_a_checkpoint = 1'000;
constexpr std::uint64_t most_pages = 16'384;  // 64 MiB
constexpr Duration quiet = std::chrono::milliseconds(5);

const Error closed_error{ErrorCode::cancelled, "the store is closed"};
const Error limit_error{ErrorCode::invalid, "the limit must be at least 1"};

/// The reader's connection with its statements.
struct Reader {
    explicit Reader(std::unique_ptr<Connection> opened)
        : connection(std::move(opened)), events(*connection), documents(*connection) {}

    std::unique_ptr<Connection> connection;
    EventReader events;
    DocumentReader documents;
};

Result<std::unique_ptr<Reader>> open_reader(const SqliteStoreOptions& options) {
    auto connection = Connection::open({.file = options.file, .vfs = options.vfs});
    if (!connection) return std::unexpected(std::move(connection.error()));
    auto set = (*connection)
                   ->execute(fmt::format("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;"
                                         "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
                                         "PRAGMA cache_size = -{}",
                                         options.page_cache_kib));
    if (!set) return std::unexpected(std::move(set.error()));
    return std::make_unique<Reader>(std::move(*connection));
}

/// What calls hold on to, so that a store may be destroyed while the last of them leaves. All but `writer` and `reader`
/// belong to the loop.
struct Core {
    Core(SqliteExecutors on, Clock& time, std::unique_ptr<Writer> writing, std::unique_ptr<Reader> reading)
        : executors(std::move(on)), clock(time), writer(std::move(writing)), reader(std::move(reading)) {
        incarnation = writer->log().incarnation;
        shards = static_cast<int>(writer->log().shard_heads.size());
        counts.head = writer->log().head;
    }

    SqliteExecutors executors;
    Clock& clock;
    std::unique_ptr<Writer> writer;  // only on the writer's executor
    std::unique_ptr<Reader> reader;  // only on the reader's executor
    Uuid incarnation;
    int shards = 0;
    StoreStatistics counts;
    Signal grown;
    bool closing = false;
    bool released = false;

    std::size_t at_work = 0;  // reads, and checkpoints
    bool writing = false;
    bool tidying = false;        // a checkpoint waits for a quiet moment
    bool checkpointing = false;  // one is being made
    std::uint64_t wal_pages_due = 0;
    Signal changed;  // of at_work, released
};
using Shared = std::shared_ptr<Core>;

/// Counts as work, for `close` to wait for.
class AtWork {
public:
    explicit AtWork(Shared core) : core_(std::move(core)) { ++core_->at_work; }
    AtWork(const AtWork&) = delete;
    AtWork& operator=(const AtWork&) = delete;
    ~AtWork() {
        --core_->at_work;
        core_->changed.notify_all();
    }

private:
    Shared core_;
};

Task<void> checkpoint(Shared core) {
    if (core->checkpointing) co_return;
    const AtWork work(core);
    core->checkpointing = true;
    core->wal_pages_due = co_await run_on(core->executors.writer, [core] { return core->writer->checkpoint(); });
    core->checkpointing = false;
}

Task<void> checkpoint_when_quiet(Shared core) {
    if (core->tidying) co_return;
    const AtWork work(core);
    core->tidying = true;
    bool busy = true;
    while (busy && !core->closing && core->wal_pages_due >= pages_worth_a_checkpoint) {
        const std::uint64_t batches = core->counts.batches;
        co_await core->clock.sleep_for(quiet);
        busy = core->writing || core->counts.batches != batches;
    }
    core->tidying = false;
    if (!busy) co_await checkpoint(core);
}

/// Not the caller's own doing: a batch must not wait for it.
void start(const Shared& core, Task<void> task) {
    boost::asio::co_spawn(core->executors.loop, std::move(task), [core](const std::exception_ptr& failure) {
        if (failure && !is_cancellation(failure)) log::error("a checkpoint ended by an exception");
    });
}

Task<std::vector<CommitResult>> write_batch(Shared core, std::vector<Changes> batch) {
    core->writing = true;
    Writer::Written written = co_await run_on(
        core->executors.writer, [core, entries = std::move(batch)] { return core->writer->write(entries); });
    core->writing = false;

    StoreStatistics& counts = core->counts;
    counts.commits += written.added.commits;
    counts.batches += written.added.batches;
    counts.flushes += written.added.flushes;
    counts.events += written.added.events;
    counts.rows += written.added.rows;
    counts.head = std::max(counts.head, written.added.head);
    if (written.added.events > 0) core->grown.notify_all();
    core->wal_pages_due = written.wal_pages_due;
    if (core->wal_pages_due >= most_pages)
        start(core, checkpoint(core));
    else if (core->wal_pages_due >= pages_worth_a_checkpoint)
        start(core, checkpoint_when_quiet(core));
    co_return std::move(written.outcomes);
}

/// Runs `call(Reader&)`, which returns a Result, on the reader's executor.
template <class Call>
Task<std::invoke_result_t<Call&, Reader&>> read(Shared core, Call call) {
    if (core->closing) co_return std::unexpected(closed_error);
    const AtWork work(core);
    co_return co_await run_on(core->executors.reader,
                              [core, inner = std::move(call)]() mutable { return inner(*core->reader); });
}

template <class Read>
Task<Result<EventBatch>> read_events(Shared core, Read what) {
    if (what.limit == 0) co_return std::unexpected(limit_error);
    co_return co_await read(std::move(core),
                            [wanted = std::move(what)](Reader& from) { return from.events.read(wanted); });
}

Task<Result<DocumentPage>> find_documents(Shared core, DocumentQuery query) {
    if (query.limit == 0) co_return std::unexpected(limit_error);
    co_return co_await read(std::move(core),
                            [wanted = std::move(query)](Reader& from) { return from.documents.find(wanted); });
}

Task<Result<std::vector<Document>>> expired_documents(Shared core, Timestamp now, std::size_t limit) {
    if (limit == 0) co_return std::unexpected(limit_error);
    co_return co_await read(std::move(core), [now, limit](Reader& from) { return from.documents.expired(now, limit); });
}

Task<Result<Position>> wait_for_head(Shared core, Position seen) {
    while (!core->closing && core->counts.head <= seen) co_await core->grown.wait();
    if (core->closing) co_return std::unexpected(closed_error);
    co_return core->counts.head;
}

Task<void> release(Shared core) {
    if (!std::exchange(core->closing, true)) {
        core->grown.notify_all();
        while (core->at_work > 0) co_await core->changed.wait();
        co_await run_on(core->executors.reader, [core] { core->reader.reset(); });
        co_await run_on(core->executors.writer, [core] {
            core->writer->finish();
            core->writer.reset();
        });
        core->released = true;
        core->changed.notify_all();
    }
    while (!core->released) co_await core->changed.wait();
}

class SqliteStore final : public Store {
public:
    SqliteStore(Shared core, const SqliteStoreOptions& options)
        : core_(std::move(core)),
          commits_(core_->executors.loop, {.max_batch = options.max_batch, .high_water = options.high_water},
                   [shared = core_](std::vector<Changes> batch) { return write_batch(shared, std::move(batch)); }) {}

    Task<CommitResult> commit(Changes changes) override {
        if (auto good = check(changes); !good) co_return std::unexpected(std::move(good.error()));
        co_return co_await commits_.commit(std::move(changes));
    }

    Task<Result<EventBatch>> read(StreamRead what) override { return read_events(core_, std::move(what)); }
    Task<Result<EventBatch>> read(LogRead what) override { return read_events(core_, std::move(what)); }
    Task<Result<std::vector<Document>>> get(std::vector<DocumentKey> keys) override {
        return tally::read(core_, [wanted = std::move(keys)](Reader& from) { return from.documents.get(wanted); });
    }
    Task<Result<DocumentPage>> find(DocumentQuery query) override { return find_documents(core_, std::move(query)); }
    Task<Result<std::vector<Document>>> expired(Timestamp now, std::size_t limit) override {
        return expired_documents(core_, now, limit);
    }
    Task<Result<Position>> head_beyond(Position seen) override { return wait_for_head(core_, seen); }

    const Uuid& incarnation() const override { return core_->incarnation; }
    int shards() const override { return core_->shards; }
    StoreStatistics statistics() const override {
        StoreStatistics counts = core_->counts;
        counts.waiting = commits_.waiting();
        return counts;
    }

    Task<void> close() override {
        co_await commits_.close();
        co_await release(core_);
    }

private:
    Shared core_;
    GroupCommit commits_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const SqliteStoreOptions& options, SqliteExecutors executors,
                                                 Clock& clock, Random& random) {
    auto writer = Writer::open(options, clock, random);
    if (!writer) return std::unexpected(std::move(writer.error()));
    auto reader = open_reader(options);
    if (!reader) return std::unexpected(std::move(reader.error()));
    auto core = std::make_shared<Core>(std::move(executors), clock, std::move(*writer), std::move(*reader));
    return std::make_unique<SqliteStore>(std::move(core), options);
}

}  // namespace tally
