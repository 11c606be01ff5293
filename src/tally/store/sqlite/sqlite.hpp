#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tally/base/clock.hpp"
#include "tally/base/error.hpp"
#include "tally/base/sha256.hpp"
#include "tally/base/uuid.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tally::sqlite {

/// One connection to a database file. Threads: one at a time.
class Connection {
public:
    struct Options {
        std::string file;
        std::string vfs;  ///< empty: the system's
        bool create = false;
    };
    /// Errors: io, corrupt.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const Options& options);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Runs statements that return nothing, apart by semicolons.
    [[nodiscard]] Result<void> execute(const std::string& sql);
    /// What a query of one number says; 0 for no row. For start-up.
    [[nodiscard]] Result<std::int64_t> number(const std::string& sql);

    [[nodiscard]] bool in_transaction() const;
    /// Rows inserted, updated and deleted since it was opened, rolled back or not.
    [[nodiscard]] std::uint64_t changes() const;
    [[nodiscard]] std::int64_t last_row() const;

    /// Pages in the write-ahead log, as of this connection's last commit or checkpoint, and those of them that the
    /// database file lacks.
    [[nodiscard]] std::uint64_t wal_pages() const noexcept { return wal_pages_; }
    [[nodiscard]] std::uint64_t wal_pages_due() const noexcept { return wal_pages_ - wal_pages_done_; }
    /// Copies what no reader prevents from the write-ahead log to the database file; waits for nobody.
    [[nodiscard]] Result<void> checkpoint();
    /// Lets the destructor work off and remove the write-ahead log, unless the file is open elsewhere as well.
    void remove_wal_on_close();

    /// True if the last error was a failed flush: nobody knows what is on the disk.
    [[nodiscard]] bool flush_failed() const noexcept;
    /// True unless it is sure that nothing of a COMMIT, which was the last error, is to be found after a crash.
    [[nodiscard]] bool commit_in_doubt() const noexcept;
    /// The failure of the last call, translated and remembered; `code` where the call is not SQLite's last.
    [[nodiscard]] Error error(std::string_view doing, int code = 0);

    [[nodiscard]] sqlite3* handle() const noexcept { return handle_; }
    [[nodiscard]] const std::string& file() const noexcept { return file_; }

private:
    Connection(sqlite3* handle, std::string file);
    static int count_pages(void* self, sqlite3* handle, const char* schema, int pages);

    sqlite3* handle_;
    std::string file_;
    int failure_ = 0;  // extended code of the last error
    std::uint64_t wal_pages_ = 0;
    std::uint64_t wal_pages_done_ = 0;
};

/// A transaction, rolled back when it is destroyed uncommitted.
class Transaction {
public:
    enum class Kind : std::uint8_t { read, write };
    /// Errors: unavailable (another process is writing).
    [[nodiscard]] static Result<Transaction> begin(Connection& connection, Kind kind);
    ~Transaction();
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;

    [[nodiscard]] Result<void> commit();

private:
    explicit Transaction(Connection& connection) : connection_(&connection) {}
    Connection* connection_;
};

/// Bytes that are bound as a BLOB; a bare string_view is bound as TEXT.
struct Blob {
    std::string_view bytes;
};
[[nodiscard]] inline Blob blob(const Uuid& id) { return {{reinterpret_cast<const char*>(id.bytes.data()), 16}}; }
[[nodiscard]] inline Blob blob(const Digest& digest) { return {{reinterpret_cast<const char*>(digest.data()), 32}}; }

/// The columns of the current row, from left to right; the views live until the next row.
class Row {
public:
    explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

    [[nodiscard]] bool next_is_null() const;
    void skip() { ++column_; }
    [[nodiscard]] std::int64_t number();
    [[nodiscard]] std::uint64_t count() { return static_cast<std::uint64_t>(number()); }
    [[nodiscard]] Timestamp time() { return Timestamp(Duration(number())); }
    [[nodiscard]] std::string_view bytes();
    /// False if the column does not have that many bytes.
    [[nodiscard]] bool read(Uuid& id);
    [[nodiscard]] bool read(Digest& digest);

private:
    sqlite3_stmt* statement_;
    int column_ = 0;
};

/// A statement, prepared at its first use and kept. Bound bytes must live until the call returns.
class Statement {
public:
    Statement(Connection& connection, std::string sql);
    ~Statement();
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;

    /// Calls `on_row(Row&)` for each row; it returns Result<void>, and a failure ends the reading.
    template <class OnRow, class... Values>
    [[nodiscard]] Result<void> each(OnRow on_row, const Values&... values) {
        auto bound = bind_all(values...);
        return bound ? rows(on_row) : bound;
    }
    template <class... Values>
    [[nodiscard]] Result<void> run(const Values&... values) {
        return each([](Row&) -> Result<void> { return {}; }, values...);
    }

    /// For a number of parameters known only when the program runs: bind each, then `rows`.
    void bind(int index, std::int64_t value);
    void bind(int index, std::string_view text);
    void bind(int index, Blob bytes);
    [[nodiscard]] Result<void> prepare();
    template <class OnRow>
    [[nodiscard]] Result<void> rows(OnRow on_row) {
        for (;;) {
            auto found = step();
            if (!found) return std::unexpected(std::move(found.error()));
            if (!*found) return {};
            Row row(statement_);
            if (Result<void> good = on_row(row); !good) {
                reset();
                return good;
            }
        }
    }

private:
    template <std::integral Number>
    void bind(int index, Number value) {
        bind(index, static_cast<std::int64_t>(value));
    }
    void bind(int index, const std::string& text) { bind(index, std::string_view(text)); }
    void bind(int index, Timestamp at) { bind(index, std::int64_t{at.time_since_epoch().count()}); }
    template <class T>
    void bind(int index, const std::optional<T>& value) {
        value ? bind(index, *value) : bind_null(index);
    }
    void bind_null(int index);

    template <class... Values>
    [[nodiscard]] Result<void> bind_all(const Values&... values) {
        auto prepared = prepare();
        [[maybe_unused]] int index = 0;
        if (prepared) (bind(++index, values), ...);
        return prepared;
    }
    [[nodiscard]] Result<bool> step();
    void reset();
    void note(int code);

    Connection* connection_;
    std::string sql_;
    sqlite3_stmt* statement_ = nullptr;
    int refused_ = 0;  // why a value could not be bound
};

}  // namespace tally::sqlite
