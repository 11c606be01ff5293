#include "tally/store/sqlite/sqlite.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sqlite3.h>

namespace tally::sqlite {
namespace {

constexpr int busy_timeout_ms = 2'000;

struct Meaning {
    ErrorCode code;
    std::string_view advice;
};

/// The system's own error tells a full disk also where SQLite names only the call that failed.
Meaning meaning_of(int code, int system_error) {
    const bool disk_full = system_error == ENOSPC || system_error == EDQUOT;
    switch (code & 0xFF) {
        case SQLITE_FULL:
            return {ErrorCode::disk_full, "free some space: writing goes on by itself"};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {ErrorCode::corrupt, "stop, keep a copy of the data folder and restore a backup"};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {ErrorCode::unavailable, "another process is writing to the file: end it"};
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
            if (disk_full) return {ErrorCode::disk_full, "free some space: writing goes on by itself"};
            return {ErrorCode::io, "look at the disk, and at who may read and write the data folder"};
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return {ErrorCode::io, "look at who may read and write the data folder"};
        case SQLITE_NOMEM:
            return {ErrorCode::unavailable, "not enough memory"};
        case SQLITE_TOOBIG:
            return {ErrorCode::too_large, "over a limit of SQLite"};
        default:
            return {ErrorCode::internal, "this is a bug"};
    }
}

/// As much of a statement as tells which one it is.
std::string_view beginning(std::string_view sql) { return sql.substr(0, std::min<std::size_t>(sql.find('\n'), 48)); }

Error translate(int code, int system_error, std::string_view doing, std::string_view message, std::string_view file) {
    const Meaning meaning = meaning_of(code, system_error);
    std::string text = fmt::format("{}: {} (SQLite error {}), file {}", doing, message, code, file);
    if (system_error != 0) text += fmt::format(" ({})", std::strerror(system_error));
    return {meaning.code, text + "; " + std::string(meaning.advice)};
}

}  // namespace

Connection::Connection(sqlite3* handle, std::string file) : handle_(handle), file_(std::move(file)) {
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, busy_timeout_ms);
    sqlite3_wal_hook(handle_, &Connection::count_pages, this);  // in the place of SQLite's own checkpoints
    // Only the writer checkpoints: with two that do, 3.40 can lose pages when the log starts over.
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
}

Result<std::unique_ptr<Connection>> Connection::open(const Options& options) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (options.create ? SQLITE_OPEN_CREATE : 0);
    sqlite3* handle = nullptr;
    const int code =
        sqlite3_open_v2(options.file.c_str(), &handle, flags, options.vfs.empty() ? nullptr : options.vfs.c_str());
    if (code == SQLITE_OK) return std::unique_ptr<Connection>(new Connection(handle, options.file));
    const Error error = translate(code, handle != nullptr ? sqlite3_system_errno(handle) : 0, "opening",
                                  sqlite3_errstr(code), options.file);
    sqlite3_close(handle);
    return std::unexpected(error);
}

Connection::~Connection() { sqlite3_close_v2(handle_); }

Result<void> Connection::execute(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return std::unexpected(error(beginning(sql)));
}

Result<std::int64_t> Connection::number(const std::string& sql) {
    std::int64_t value = 0;
    const auto take = [&value](Row& row) -> Result<void> {
        value = row.number();
        return {};
    };
    if (auto done = Statement(*this, sql).each(take); !done) return std::unexpected(std::move(done.error()));
    return value;
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
std::uint64_t Connection::changes() const { return static_cast<std::uint64_t>(sqlite3_total_changes64(handle_)); }
std::int64_t Connection::last_row() const { return sqlite3_last_insert_rowid(handle_); }

int Connection::count_pages(void* self, sqlite3*, const char*, int pages) {
    auto& connection = *static_cast<Connection*>(self);
    connection.wal_pages_ = static_cast<std::uint64_t>(pages);
    if (connection.wal_pages_ < connection.wal_pages_done_) connection.wal_pages_done_ = 0;  // the log started over
    return SQLITE_OK;
}

Result<void> Connection::checkpoint() {
    int pages = 0;
    int done = 0;
    const int code = sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_PASSIVE, &pages, &done);
    if (code != SQLITE_OK && code != SQLITE_BUSY) return std::unexpected(error("checkpoint"));
    if (pages >= 0 && done >= 0) {
        wal_pages_ = static_cast<std::uint64_t>(pages);
        wal_pages_done_ = static_cast<std::uint64_t>(done);
    }
    return {};
}

void Connection::remove_wal_on_close() { sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr); }

bool Connection::flush_failed() const noexcept {
    return failure_ == SQLITE_IOERR_FSYNC || failure_ == SQLITE_IOERR_DIR_FSYNC;
}

bool Connection::commit_in_doubt() const noexcept {
    if (failure_ == SQLITE_IOERR_WRITE || failure_ == SQLITE_IOERR_READ) return false;  // before the commit's last page
    return (failure_ & 0xFF) == SQLITE_IOERR || (failure_ & 0xFF) == SQLITE_NOMEM;
}

Error Connection::error(std::string_view doing, int code) {
    failure_ = code != 0 ? code : sqlite3_extended_errcode(handle_);
    const char* message = code != 0 ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
    return translate(failure_, sqlite3_system_errno(handle_), doing, message, file_);
}

Result<Transaction> Transaction::begin(Connection& connection, Kind kind) {
    auto begun = connection.execute(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
    if (!begun) return std::unexpected(std::move(begun.error()));
    return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
    // SQLite itself rolls back after some errors; a rollback that fails leaves nothing behind either.
    if (connection_ != nullptr && connection_->in_transaction()) std::ignore = connection_->execute("ROLLBACK");
}

Result<void> Transaction::commit() { return connection_->execute("COMMIT"); }

bool Row::next_is_null() const { return sqlite3_column_type(statement_, column_) == SQLITE_NULL; }
std::int64_t Row::number() { return sqlite3_column_int64(statement_, column_++); }

std::string_view Row::bytes() {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column_));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_++));
    return data != nullptr ? std::string_view(data, size) : std::string_view();
}

bool Row::read(Uuid& id) {
    const std::string_view stored = bytes();
    if (stored.size() != id.bytes.size()) return false;
    std::memcpy(id.bytes.data(), stored.data(), stored.size());
    return true;
}

bool Row::read(Digest& digest) {
    const std::string_view stored = bytes();
    if (stored.size() != digest.size()) return false;
    std::memcpy(digest.data(), stored.data(), stored.size());
    return true;
}

Statement::Statement(Connection& connection, std::string sql) : connection_(&connection), sql_(std::move(sql)) {}
Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      sql_(std::move(other.sql_)),
      statement_(std::exchange(other.statement_, nullptr)),
      refused_(other.refused_) {}
Statement::~Statement() { sqlite3_finalize(statement_); }

Result<void> Statement::prepare() {
    if (statement_ != nullptr) return {};
    const int code = sqlite3_prepare_v3(connection_->handle(), sql_.data(), static_cast<int>(sql_.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
    if (code == SQLITE_OK) return {};
    return std::unexpected(connection_->error(beginning(sql_)));
}

void Statement::note(int code) {
    if (code != SQLITE_OK) refused_ = code;
}

void Statement::bind(int index, std::int64_t value) { note(sqlite3_bind_int64(statement_, index, value)); }

void Statement::bind(int index, std::string_view text) {
    const char* data = text.data() != nullptr ? text.data() : "";  // a null pointer would be bound as NULL
    note(sqlite3_bind_text64(statement_, index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind(int index, Blob blob) {
    const char* data = blob.bytes.data() != nullptr ? blob.bytes.data() : "";
    note(sqlite3_bind_blob64(statement_, index, data, blob.bytes.size(), SQLITE_STATIC));
}

void Statement::bind_null(int index) { note(sqlite3_bind_null(statement_, index)); }

Result<bool> Statement::step() {
    const int code = refused_ != 0 ? refused_ : sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    std::optional<Error> failure;
    if (code != SQLITE_DONE) failure = connection_->error(beginning(sql_), refused_);
    reset();
    if (failure) return std::unexpected(std::move(*failure));
    return false;
}

void Statement::reset() {
    sqlite3_reset(statement_);
    refused_ = 0;
}

}  // namespace tally::sqlite
