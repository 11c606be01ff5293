#pragma once

#include <limits>

#include "tally/store/store.hpp"

namespace tally {

/// A store as its streams were at a moment: for deciding again what was decided then.
///
/// It can only be read, and only what a session reads. Documents do not say how they were, so asking for one is
/// `unsupported`; snapshots are as if there were none. Lifetime: `store` outlives it.
class PastStore final : public Store {
public:
    /// What had been recorded before position `before`, and not after `until` but for what stands up to `known`: who
    /// decides at a time may know what is recorded a moment later.
    struct Moment {
        Position before = std::numeric_limits<Position>::max();
        Timestamp until = Timestamp::max();
        Position known = 0;
    };
    PastStore(Store& store, Moment moment) : store_(store), moment_(moment) {}

    [[nodiscard]] Task<CommitResult> commit(Changes changes) override;
    [[nodiscard]] Task<Result<EventBatch>> read(StreamRead read) override;
    [[nodiscard]] Task<Result<EventBatch>> read(LogRead read) override;
    [[nodiscard]] Task<Result<std::vector<Document>>> get(std::vector<DocumentKey> keys) override;
    [[nodiscard]] Task<Result<DocumentPage>> find(DocumentQuery query) override;
    [[nodiscard]] Task<Result<std::vector<Document>>> expired(Timestamp now, std::size_t limit) override;
    [[nodiscard]] Task<Result<Position>> head_beyond(Position seen) override;
    [[nodiscard]] const Uuid& incarnation() const override { return store_.incarnation(); }
    [[nodiscard]] int shards() const override { return store_.shards(); }
    [[nodiscard]] StoreStatistics statistics() const override { return store_.statistics(); }
    [[nodiscard]] Task<void> close() override;

private:
    Store& store_;
    Moment moment_;
};

}  // namespace tally
