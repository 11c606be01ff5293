// Events a second through a SQLite store, at 1, 64 and 512 concurrent callers, each appending one event of 260 bytes
// with its expected version to a stream of its own; beside it the same statements straight through SQLite, at the same
// mean batch, in the same run; then the log is read back, each event checked. What is compared is the ratio: a flush
// costs between 0.1 and 4 ms, by the hour.
//
//     bench_store [seconds a measurement, 3] [folder, the system's one for temporary files]

#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>
#include <sqlite3.h>

#include "tally/base/log.hpp"
#include "tally/base/uuid.hpp"
#include "tally/store/planner.hpp"
#include "tally/store/sqlite/sqlite_store.hpp"

namespace tally {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t event_bytes = 260;
constexpr std::size_t streams_a_caller = 8;

struct Rate {
    double events = 0;  ///< a second
    double batch = 0;   ///< mean
    double read = 0;    ///< events a second, when the log is read from its beginning
};

struct Surroundings {
    std::unique_ptr<Clock> clock = create_system_clock();
    std::unique_ptr<Random> random = create_seeded_random(1);
    UuidGenerator ids{*clock, *random};
    Duration duration{};
    fs::path folder;

    [[nodiscard]] NewEvent event(const std::string& stream) {
        NewEvent made;
        made.envelope.id = ids.next();
        made.envelope.type = "OrderCreated";
        made.envelope.correlation = made.envelope.id.text();
        made.envelope.actor = "customer:17850";
        made.envelope.key = stream;
        made.envelope.occurred_at = clock->now();
        made.data = std::string(event_bytes, 'x');
        return made;
    }
};

class StoreRun {
public:
    StoreRun(Surroundings& around, std::size_t callers) : around_(around) {
        SqliteStoreOptions options;
        options.file = around.folder / fmt::format("store-{}.db", callers);
        auto opened = open_sqlite_store(options, {loop_.get_executor(), writer_.get_executor(), reader_.get_executor()},
                                        *around.clock, *around.random);
        if (!opened) throw std::runtime_error(opened.error().text);
        store_ = std::move(*opened);
        end_ = around.clock->instant() + around.duration;
        for (std::size_t i = 0; i < callers; ++i) start(append_until_end(*this, i));
    }

    Rate run() {
        const Instant begin = around_.clock->instant();
        loop_.run();
        const auto seconds = std::chrono::duration<double>(around_.clock->instant() - begin).count();
        const StoreStatistics counts = store_->statistics();
        loop_.restart();
        double read = 0;
        start(read_all(*this, read));
        loop_.run();
        const auto events = static_cast<double>(counts.events);
        return {events / seconds, events / static_cast<double>(counts.batches), read};
    }

private:
    void start(Task<void> task) {
        boost::asio::co_spawn(loop_, std::move(task), [](const std::exception_ptr& failure) {
            if (failure) std::rethrow_exception(failure);
        });
    }

    static Task<void> append_until_end(StoreRun& run, std::size_t caller) {
        for (std::size_t i = 0; run.around_.clock->instant() < run.end_; ++i) {
            const std::string stream = fmt::format("order-{}-{}", caller, i % streams_a_caller);
            Changes changes;
            changes.appends.push_back(
                {stream, ExpectedVersion::exactly(i / streams_a_caller), {run.around_.event(stream)}});
            if (!co_await run.store_->commit(std::move(changes))) throw std::runtime_error("a commit failed");
        }
    }

    static Task<void> read_all(StoreRun& run, double& rate) {
        const Instant begin = run.around_.clock->instant();
        Position after = 0;
        for (bool more = true; more;) {
            const auto batch = co_await run.store_->read(LogRead{.after = after, .limit = 1'000});
            if (!batch) throw std::runtime_error(batch.error().text);
            after = batch->scanned_to;
            more = after < batch->head;
        }
        const auto seconds = std::chrono::duration<double>(run.around_.clock->instant() - begin).count();
        rate = static_cast<double>(after) / seconds;
        co_await run.store_->close();
    }

    Surroundings& around_;
    boost::asio::io_context loop_{1};
    boost::asio::thread_pool writer_{1};
    boost::asio::thread_pool reader_{1};
    std::unique_ptr<Store> store_;
    Instant end_{};
};

/// What the store sends to SQLite, without all else: the look-ups, the rows, the log row, one transaction a batch.
class RawRun {
public:
    RawRun(Surroundings& around, std::size_t callers, std::size_t batch) : around_(around), batch_(batch) {
        const fs::path model = around.folder / fmt::format("store-{}.db", callers);
        const fs::path file = around.folder / fmt::format("raw-{}.db", callers);
        check(sqlite3_open(file.c_str(), &handle_));
        execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;");
        copy_schema(model);
        execute("INSERT INTO log VALUES (1, zeroblob(16), 0, 0, zeroblob(64))");
        find_id_ = prepare("SELECT position, version, content_digest FROM events WHERE event_id = ?");
        add_stream_ = prepare("INSERT INTO streams(name) VALUES (?)");
        add_ = prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        update_ = prepare("UPDATE log SET head = ?, revision = 0, shard_heads = zeroblob(64)");
        streams_.resize(callers * streams_a_caller);
    }
    RawRun(const RawRun&) = delete;
    RawRun& operator=(const RawRun&) = delete;
    ~RawRun() {
        for (sqlite3_stmt* statement : {find_id_, add_stream_, add_, update_}) sqlite3_finalize(statement);
        sqlite3_close(handle_);
    }

    Rate run() {
        const Instant begin = around_.clock->instant();
        while (around_.clock->instant() - begin < around_.duration) write_batch();
        const auto seconds = std::chrono::duration<double>(around_.clock->instant() - begin).count();
        return {static_cast<double>(position_) / seconds, static_cast<double>(batch_), 0};
    }

private:
    struct Stream {
        sqlite3_int64 id = 0;
        Version version = 0;
    };

    void check(int code) const {
        if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
            throw std::runtime_error(sqlite3_errmsg(handle_));
    }
    void execute(const char* sql) const { check(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr)); }
    [[nodiscard]] sqlite3_stmt* prepare(const char* sql) const {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
        return statement;
    }
    void copy_schema(const fs::path& model) const {
        execute(fmt::format("ATTACH '{}' AS model", model.string()).c_str());
        sqlite3_stmt* all = prepare("SELECT sql FROM model.sqlite_schema WHERE sql IS NOT NULL");
        std::vector<std::string> parts;
        while (sqlite3_step(all) == SQLITE_ROW)
            parts.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(all, 0)));
        sqlite3_finalize(all);
        execute("DETACH model");
        for (const std::string& part : parts) execute(part.c_str());
    }
    void step(sqlite3_stmt* statement) const {
        check(sqlite3_step(statement));
        check(sqlite3_reset(statement));
    }

    void write_batch() {
        execute("BEGIN IMMEDIATE");
        std::vector<NewEvent> events;
        for (std::size_t i = 0; i < batch_; ++i) {
            names_.resize(batch_);
            names_[i] = (position_ + i) % streams_.size();
            events.push_back(around_.event(fmt::format("order-{}", names_[i])));
            bind_blob(find_id_, 1, events.back().envelope.id.bytes.data(), 16);
            step(find_id_);
        }
        for (std::size_t i = 0; i < batch_; ++i) add(events[i], streams_[names_[i]]);
        sqlite3_bind_int64(update_, 1, static_cast<sqlite3_int64>(position_));
        step(update_);
        execute("COMMIT");
    }

    static void bind_blob(sqlite3_stmt* statement, int index, const void* bytes, int size) {
        sqlite3_bind_blob(statement, index, bytes, size, SQLITE_STATIC);
    }
    static void bind_text(sqlite3_stmt* statement, int index, const std::string& text) {
        sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }

    void add(const NewEvent& event, Stream& stream) {
        const Envelope& envelope = event.envelope;
        if (stream.id == 0) {
            bind_text(add_stream_, 1, envelope.key);
            step(add_stream_);
            stream.id = sqlite3_last_insert_rowid(handle_);
        }
        const Digest digest{};
        sqlite3_bind_int64(add_, 1, static_cast<sqlite3_int64>(++position_));
        bind_blob(add_, 2, envelope.id.bytes.data(), 16);
        sqlite3_bind_int64(add_, 3, stream.id);
        sqlite3_bind_int64(add_, 4, static_cast<sqlite3_int64>(++stream.version));
        bind_blob(add_, 5, digest.data(), 32);
        sqlite3_bind_int64(add_, 6, envelope.occurred_at.time_since_epoch().count());
        sqlite3_bind_int64(add_, 7, 1);
        sqlite3_bind_int64(add_, 8, 1);
        bind_text(add_, 9, envelope.type);
        sqlite3_bind_int64(add_, 10, envelope.schema);
        bind_text(add_, 11, envelope.correlation);
        bind_text(add_, 13, envelope.actor);
        bind_text(add_, 14, envelope.key);
        sqlite3_bind_int64(add_, 15, envelope.occurred_at.time_since_epoch().count());
        bind_text(add_, 17, envelope.traceparent);
        bind_text(add_, 18, envelope.subject);
        bind_blob(add_, 19, event.data.data(), static_cast<int>(event.data.size()));
        step(add_);
    }

    Surroundings& around_;
    std::size_t batch_;
    sqlite3* handle_ = nullptr;
    sqlite3_stmt* find_id_ = nullptr;
    sqlite3_stmt* add_stream_ = nullptr;
    sqlite3_stmt* add_ = nullptr;
    sqlite3_stmt* update_ = nullptr;
    Position position_ = 0;
    std::vector<Stream> streams_;
    std::vector<std::size_t> names_;
};

void measure(Surroundings& around, std::size_t callers) {
    const Rate store = StoreRun(around, callers).run();
    const auto batch = std::max<std::size_t>(1, static_cast<std::size_t>(store.batch + 0.5));
    const Rate raw = RawRun(around, callers, batch).run();
    fmt::print(
        "{:>4} callers: {:>8.0f} events/s at {:>5.1f} a batch; SQLite alone {:>8.0f}; ratio {:.2f}; read at {:>8.0f}\n",
        callers, store.events, store.batch, raw.events, store.events / raw.events, store.read);
    std::fflush(stdout);
}

}  // namespace
}  // namespace tally

int main(int count, char** arguments) {
    tally::Surroundings around;
    around.duration = std::chrono::seconds(count > 1 ? std::stoi(arguments[1]) : 3);
    const std::filesystem::path parent =
        count > 2 ? std::filesystem::path(arguments[2]) : std::filesystem::temp_directory_path();
    around.folder = parent / ("bench_store_" + around.ids.next().text());
    std::filesystem::create_directories(around.folder);
    for (const std::size_t callers : {1U, 64U, 512U}) tally::measure(around, callers);
    std::filesystem::remove_all(around.folder);
}
