#pragma once

#include <memory>

#include "tally/base/signal.hpp"
#include "tally/store/memory/memory_disk.hpp"
#include "tally/testing/store_decorator.hpp"

namespace tally::accounts {

/// Remembers what a power loss would leave: all up to the last flush, as of its answer.
class PowerLossStore final : public testing::StoreDecorator {
public:
    PowerLossStore(Store& inner, std::shared_ptr<MemoryDisk> disk)
        : StoreDecorator(inner), durable(std::make_shared<MemoryDisk>(*disk)), disk_(std::move(disk)) {}

    Task<CommitResult> commit(Changes changes) override {
        const bool flushed = !changes.derived;
        auto outcome = co_await inner_.commit(std::move(changes));
        if (flushed) durable = std::make_shared<MemoryDisk>(*disk_);
        co_return outcome;
    }

    std::shared_ptr<MemoryDisk> durable;

private:
    std::shared_ptr<MemoryDisk> disk_;
};

/// Makes a caller stand still at one of its calls until `open`, as a process that the system has put to sleep does.
class GatedStore final : public testing::StoreDecorator {
public:
    enum class Gate : std::uint8_t { none, before_reading, after_reading, before_a_flushed_commit };

    GatedStore(Store& inner, Gate gate) : StoreDecorator(inner), gate_(gate) {}

    Task<CommitResult> commit(Changes changes) override {
        if (!changes.derived) co_await pass(Gate::before_a_flushed_commit);
        co_return co_await inner_.commit(std::move(changes));
    }
    Task<Result<std::vector<Document>>> get(std::vector<DocumentKey> keys) override {
        co_await pass(Gate::before_reading);
        auto found = co_await inner_.get(std::move(keys));
        co_await pass(Gate::after_reading);
        co_return found;
    }
    Task<Result<DocumentPage>> find(DocumentQuery query) override {
        co_await pass(Gate::before_reading);
        co_return co_await inner_.find(std::move(query));
    }

    [[nodiscard]] bool holds() const noexcept { return opened_.waiting() > 0; }
    void close_at(Gate gate) { gate_ = gate; }
    void open() {
        gate_ = Gate::none;
        opened_.notify_all();
    }

private:
    Task<void> pass(Gate gate) {
        while (gate_ == gate) co_await opened_.wait();
    }

    Gate gate_;
    Signal opened_;
};

}  // namespace tally::accounts
