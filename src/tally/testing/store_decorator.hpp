#pragma once

#include "tally/store/store.hpp"

namespace tally::testing {

/// Hands everything on to another store: the base of those that change one thing about it.
///
/// Lifetime: the other store outlives it, and is not closed by anything but `close`.
class StoreDecorator : public Store {
public:
    explicit StoreDecorator(Store& inner) : inner_(inner) {}

    Task<CommitResult> commit(Changes changes) override { return inner_.commit(std::move(changes)); }
    Task<Result<EventBatch>> read(StreamRead read) override { return inner_.read(std::move(read)); }
    Task<Result<EventBatch>> read(LogRead read) override { return inner_.read(std::move(read)); }
    Task<Result<std::vector<Document>>> get(std::vector<DocumentKey> keys) override {
        return inner_.get(std::move(keys));
    }
    Task<Result<DocumentPage>> find(DocumentQuery query) override { return inner_.find(std::move(query)); }
    Task<Result<std::vector<Document>>> expired(Timestamp now, std::size_t limit) override {
        return inner_.expired(now, limit);
    }
    Task<Result<Position>> head_beyond(Position seen) override { return inner_.head_beyond(seen); }
    const Uuid& incarnation() const override { return inner_.incarnation(); }
    int shards() const override { return inner_.shards(); }
    StoreStatistics statistics() const override { return inner_.statistics(); }
    Task<void> close() override { return inner_.close(); }

protected:
    Store& inner_;
};

}  // namespace tally::testing
