#include "tally/store/memory/memory_store.hpp"

#include <stdexcept>

#include <boost/asio/post.hpp>

#include "tally/base/signal.hpp"
#include "tally/store/group_commit.hpp"
#include "tally/store/memory/memory_disk.hpp"

namespace tally {
namespace {

/// What calls hold on to, so that a store may be destroyed while the last of them leaves.
struct Core {
    Core(Executor on, Clock& time, std::shared_ptr<MemoryDisk> data)
        : executor(std::move(on)), clock(time), disk(std::move(data)) {}

    Executor executor;
    Clock& clock;
    std::shared_ptr<MemoryDisk> disk;
    StoreStatistics counts;
    Signal grown;
    bool closed = false;
    std::uint64_t owner = 0;

    /// Lets others go first, as a store with files would: a simulation has something to interleave.
    [[nodiscard]] Task<void> pause() const { co_await boost::asio::post(executor, boost::asio::use_awaitable); }
};

const Error closed_error{ErrorCode::cancelled, "the store is closed"};
const Error limit_error{ErrorCode::invalid, "the limit must be at least 1"};

Task<std::vector<CommitResult>> write_batch(std::shared_ptr<Core> core, std::vector<Changes> batch) {
    co_await core->pause();
    Plan planned = plan(batch, core->disk->heads(touched(batch)));
    co_await core->pause();
    if (planned.flush) co_await core->pause();
    if (core->owner != core->disk->owner())
        throw std::runtime_error("another store has taken over the disk");  // as a crashed process writes no more

    StoreStatistics& counts = core->counts;
    counts.commits += batch.size();
    counts.batches += 1;
    counts.flushes += planned.flush ? 1 : 0;
    counts.events += planned.events.size();
    counts.rows += core->disk->write(planned, core->clock.now());
    if (!planned.events.empty()) core->grown.notify_all();
    co_await core->pause();
    co_return std::move(planned.outcomes);
}

template <class Read>
Task<Result<EventBatch>> read_events(std::shared_ptr<Core> core, Read read) {
    co_await core->pause();
    if (core->closed) co_return std::unexpected(closed_error);
    if (read.limit == 0) co_return std::unexpected(limit_error);
    co_return core->disk->read(read);
}

Task<Result<std::vector<Document>>> get_documents(std::shared_ptr<Core> core, std::vector<DocumentKey> keys) {
    co_await core->pause();
    if (core->closed) co_return std::unexpected(closed_error);
    co_return core->disk->get(keys);
}

Task<Result<DocumentPage>> find_documents(std::shared_ptr<Core> core, DocumentQuery query) {
    co_await core->pause();
    if (core->closed) co_return std::unexpected(closed_error);
    if (query.limit == 0) co_return std::unexpected(limit_error);
    co_return core->disk->find(query);
}

Task<Result<std::vector<Document>>> expired_documents(std::shared_ptr<Core> core, Timestamp now, std::size_t limit) {
    co_await core->pause();
    if (core->closed) co_return std::unexpected(closed_error);
    if (limit == 0) co_return std::unexpected(limit_error);
    co_return core->disk->expired(now, limit);
}

Task<Result<Position>> wait_for_head(std::shared_ptr<Core> core, Position seen) {
    while (!core->closed && core->disk->head() <= seen) co_await core->grown.wait();
    if (core->closed) co_return std::unexpected(closed_error);
    co_return core->disk->head();
}

class MemoryStore final : public Store {
public:
    MemoryStore(std::shared_ptr<Core> core, const MemoryStoreOptions& options)
        : core_(std::move(core)),
          commits_(core_->executor, {.max_batch = options.max_batch, .high_water = options.high_water},
                   [shared = core_](std::vector<Changes> batch) { return write_batch(shared, std::move(batch)); }) {
        core_->owner = core_->disk->take_over(options.shards);
    }

    Task<CommitResult> commit(Changes changes) override {
        if (auto good = check(changes); !good) co_return std::unexpected(std::move(good.error()));
        co_return co_await commits_.commit(std::move(changes));
    }

    Task<Result<EventBatch>> read(StreamRead read) override { return read_events(core_, std::move(read)); }
    Task<Result<EventBatch>> read(LogRead read) override { return read_events(core_, std::move(read)); }
    Task<Result<std::vector<Document>>> get(std::vector<DocumentKey> keys) override {
        return get_documents(core_, std::move(keys));
    }
    Task<Result<DocumentPage>> find(DocumentQuery query) override { return find_documents(core_, std::move(query)); }
    Task<Result<std::vector<Document>>> expired(Timestamp now, std::size_t limit) override {
        return expired_documents(core_, now, limit);
    }
    Task<Result<Position>> head_beyond(Position seen) override { return wait_for_head(core_, seen); }

    const Uuid& incarnation() const override { return core_->disk->incarnation(); }
    int shards() const override { return core_->disk->shards(); }
    StoreStatistics statistics() const override {
        StoreStatistics counts = core_->counts;
        counts.waiting = commits_.waiting();
        counts.head = core_->disk->head();
        return counts;
    }

    Task<void> close() override {
        co_await commits_.close();
        core_->closed = true;
        core_->grown.notify_all();
    }

private:
    std::shared_ptr<Core> core_;
    GroupCommit commits_;
};

}  // namespace

std::unique_ptr<Store> create_memory_store(Executor executor, Clock& clock, std::shared_ptr<MemoryDisk> disk,
                                           MemoryStoreOptions options) {
    return std::make_unique<MemoryStore>(std::make_shared<Core>(std::move(executor), clock, std::move(disk)), options);
}

}  // namespace tally
