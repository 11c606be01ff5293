// A batch: BEGIN IMMEDIATE; heads; plan; rows; the log row; COMMIT, which flushes the write-ahead log where
// synchronous = FULL and does not where it is NORMAL. The setting cannot change within a transaction, so it goes by
// what the batch holds, not by what of it is accepted.

#include "tally/store/sqlite/writer.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "tally/base/log.hpp"
#include "tally/store/sqlite/schema.hpp"

namespace tally::sqlite {
namespace {

/// 256 MiB: more than that stays behind only if a reader keeps an old snapshot.
constexpr std::uint64_t alarming_pages = 65'536;

/// journal_size_limit: overwriting a log costs less than growing it anew.
std::string settings(const SqliteStoreOptions& options) {
    return fmt::format(
        "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = -1; PRAGMA temp_store = MEMORY;"
        "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
        "PRAGMA cache_size = -{}",
        options.page_cache_kib);
}

Result<void> use_wal(Connection& connection) {
    bool wal = false;
    const auto take = [&wal](Row& row) -> Result<void> {
        wal = row.bytes() == "wal";
        return {};
    };
    if (auto done = Statement(connection, "PRAGMA journal_mode = WAL").each(take); !done) return done;
    if (wal) return {};
    return fail(ErrorCode::io, fmt::format("{}: this file system has no shared memory for a write-ahead log: choose a "
                                           "local data folder",
                                           connection.file()));
}

[[noreturn]] void die(const Error& error) {
    log::error("a flush failed, so that nobody knows what is on the disk; the process ends and recovers at its start",
               {{"error", error.text}});
    log::flush();
    std::abort();
}

}  // namespace

Result<std::unique_ptr<Writer>> Writer::open(const SqliteStoreOptions& options, Clock& clock, Random& random) {
    auto connection = Connection::open({.file = options.file, .vfs = options.vfs, .create = true});
    if (!connection) return std::unexpected(std::move(connection.error()));
    auto ready = (*connection)->execute(settings(options));
    if (ready) ready = use_wal(**connection);
    if (ready) ready = migrate(**connection, options.shards, random);
    if (!ready) return std::unexpected(std::move(ready.error()));

    std::unique_ptr<Writer> writer(new Writer(std::move(*connection), clock));
    if (auto good = writer->check(); !good) return std::unexpected(std::move(good.error()));
    return writer;
}

Writer::Writer(std::unique_ptr<Connection> connection, Clock& clock)
    : connection_(std::move(connection)),
      clock_(clock),
      log_table_(*connection_),
      events_(*connection_),
      documents_(*connection_),
      heads_(*connection_) {}

Result<void> Writer::check() {
    auto log = log_table_.load();
    if (!log) return std::unexpected(std::move(log.error()));
    const auto last = events_.last();
    if (!last) return std::unexpected(last.error());
    if (*last != log->head)
        return fail(ErrorCode::corrupt, fmt::format("{}: the log row says that the head is {}, and the last event is "
                                                    "at {}; restore a backup",
                                                    connection_->file(), log->head, *last));
    log_ = std::move(*log);
    return {};
}

Writer::Written Writer::write(std::span<const Changes> batch) {
    Written written;
    written.outcomes.reserve(batch.size());
    write_into(written, batch);
    written.wal_pages_due = connection_->wal_pages_due();
    return written;
}

void Writer::write_into(Written& written, std::span<const Changes> batch) {
    auto outcomes = write_once(batch, written.added);
    if (outcomes) {
        std::ranges::move(*outcomes, std::back_inserter(written.outcomes));
        return;
    }
    if (connection_->flush_failed()) die(outcomes.error());
    heads_.forget();
    const bool one_by_one = batch.size() > 1 && outcomes.error().code != ErrorCode::unavailable;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (one_by_one)
            write_into(written, batch.subspan(i, 1));
        else
            written.outcomes.emplace_back(std::unexpected(outcomes.error()));
    }
}

Result<std::vector<CommitResult>> Writer::write_once(std::span<const Changes> batch, StoreStatistics& added) {
    const auto failed = [](auto& result) { return std::unexpected(std::move(result.error())); };
    const std::uint64_t rows_before = connection_->changes();
    const bool flush = std::ranges::any_of(batch, [](const Changes& changes) { return !changes.derived; });
    if (auto set = use_flush(flush); !set) return failed(set);
    auto transaction = Transaction::begin(*connection_, Transaction::Kind::write);
    if (!transaction) return failed(transaction);
    auto loaded = heads_.load(touched(batch), events_, documents_);
    if (!loaded) return failed(loaded);
    const Revision revision_before = loaded->heads.revision;
    Plan planned = plan(batch, std::move(loaded->heads));

    added.commits += batch.size();
    added.batches += 1;
    // A document that came and went within the batch has no row, but has used its revisions.
    if (planned.events.empty() && planned.documents.empty() && planned.after.revision == revision_before)
        return std::move(planned.outcomes);
    if (auto done = write_rows(planned, *loaded); !done) return failed(done);
    if (auto done = commit(*transaction); !done) return failed(done);

    heads_.keep(planned.after, loaded->streams);
    added.head = planned.after.head;
    added.flushes += flush ? 1 : 0;
    added.events += planned.events.size();
    added.rows += connection_->changes() - rows_before;
    return std::move(planned.outcomes);
}

Result<void> Writer::use_flush(bool flush) {
    if (flush == flushes_) return {};
    auto done = connection_->execute(flush ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    if (done) flushes_ = flush;
    return done;
}

Result<void> Writer::write_rows(const Plan& plan, LoadedHeads& loaded) {
    const Timestamp now = clock_.now();
    for (const PlannedEvent& event : plan.events) {
        auto [stream, fresh] = loaded.streams.try_emplace(*event.stream, 0);
        if (fresh) {
            auto id = events_.add_stream(*event.stream);
            if (!id) return std::unexpected(std::move(id.error()));
            stream->second = *id;
        }
        if (auto done = events_.add(event, stream->second, now); !done) return done;
    }
    for (const PlannedDocument& document : plan.documents) {
        const auto stored = loaded.documents.find(*document.key);
        auto done = documents_.write(document, stored == loaded.documents.end() ? nullptr : &stored->second);
        if (!done) return done;
    }
    return log_table_.update(plan.after.head, plan.after.revision, plan.after.shard_heads);
}

Result<void> Writer::commit(Transaction& transaction) {
    auto done = transaction.commit();
    if (!done && connection_->commit_in_doubt()) die(done.error());
    return done;
}

std::uint64_t Writer::checkpoint() {
    auto done = connection_->checkpoint();
    if (!done && connection_->flush_failed()) die(done.error());
    const std::uint64_t due = connection_->wal_pages_due();
    const bool alarming = !done || due > alarming_pages;
    if (alarming && !alarmed_)
        log::warning("the write-ahead log cannot be worked off",
                     {{"pages", due}, {"error", done ? "a reader keeps an old snapshot" : done.error().text}});
    alarmed_ = alarming;
    return due;
}

void Writer::finish() {
    checkpoint();
    connection_->remove_wal_on_close();
}

}  // namespace tally::sqlite
