#pragma once

#include <span>

#include "tally/store/sqlite/head_cache.hpp"
#include "tally/store/sqlite/sqlite_store.hpp"

namespace tally::sqlite {

/// The one connection that writes and checkpoints. Threads: one at a time.
class Writer {
public:
    /// What a batch came to.
    struct Written {
        std::vector<CommitResult> outcomes;
        StoreStatistics added;  ///< `head` is 0 if nothing was written
        std::uint64_t wal_pages_due = 0;
    };

    /// Opens, migrates and checks the file. Errors: see open_sqlite_store.
    [[nodiscard]] static Result<std::unique_ptr<Writer>> open(const SqliteStoreOptions& options, Clock& clock,
                                                              Random& random);

    /// Decides and writes a batch as one transaction; where that fails, one entry at a time, so that only the culprit
    /// fails. Ends the process when a flush fails: what the disk then has is unknown.
    [[nodiscard]] Written write(std::span<const Changes> batch);
    /// Brings the database file up to date as far as readers permit; returns the pages that remain.
    std::uint64_t checkpoint();
    /// Checkpoints, and lets the destructor remove the write-ahead log: one left beside a file that an operator puts in
    /// its place would be applied to that.
    void finish();

    /// As of the opening.
    [[nodiscard]] const LogRow& log() const noexcept { return log_; }

private:
    Writer(std::unique_ptr<Connection> connection, Clock& clock);

    [[nodiscard]] Result<void> check();
    void write_into(Written& written, std::span<const Changes> batch);
    [[nodiscard]] Result<std::vector<CommitResult>> write_once(std::span<const Changes> batch, StoreStatistics& added);
    [[nodiscard]] Result<void> use_flush(bool flush);
    [[nodiscard]] Result<void> write_rows(const Plan& plan, LoadedHeads& loaded);
    [[nodiscard]] Result<void> commit(Transaction& transaction);

    std::unique_ptr<Connection> connection_;
    Clock& clock_;
    LogTable log_table_;
    EventTables events_;
    DocumentTable documents_;
    HeadCache heads_;
    LogRow log_;
    bool flushes_ = true;  // the setting `synchronous` in force
    bool alarmed_ = false;
};

}  // namespace tally::sqlite
