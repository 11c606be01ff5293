#include "tally/testing/faults.hpp"

#include "tally/testing/store_decorator.hpp"

namespace tally::testing {
namespace {

Error away(const char* what) { return {ErrorCode::unavailable, std::string("simulated: ") + what}; }

Task<void> maybe_delay(Faults& faults) {
    if (!faults.hit("delay", faults.delay)) co_return;
    const auto most = static_cast<std::uint64_t>(faults.longest.count());
    co_await faults.clock.sleep_for(Duration(static_cast<std::int64_t>(faults.random.below(most))));
}

class FaultyStore final : public StoreDecorator {
public:
    FaultyStore(std::unique_ptr<Store> inner, Faults& faults)
        : StoreDecorator(*inner), owned_(std::move(inner)), faults_(faults) {}

    Task<CommitResult> commit(Changes changes) override {
        co_await maybe_delay(faults_);
        if (faults_.hit("refuse", faults_.refuse)) co_return std::unexpected(away("the commit was refused"));
        CommitResult result = co_await inner_.commit(std::move(changes));
        if (result && faults_.hit("forget", faults_.forget))
            co_return std::unexpected(away("the answer to a commit was lost"));
        co_return result;
    }
    Task<Result<EventBatch>> read(StreamRead read) override {
        if (co_await unreadable()) co_return std::unexpected(away("the read failed"));
        co_return co_await inner_.read(std::move(read));
    }
    Task<Result<EventBatch>> read(LogRead read) override {
        if (co_await unreadable()) co_return std::unexpected(away("the read failed"));
        co_return co_await inner_.read(std::move(read));
    }
    Task<Result<std::vector<Document>>> get(std::vector<DocumentKey> keys) override {
        if (co_await unreadable()) co_return std::unexpected(away("the read failed"));
        co_return co_await inner_.get(std::move(keys));
    }
    Task<Result<DocumentPage>> find(DocumentQuery query) override {
        if (co_await unreadable()) co_return std::unexpected(away("the read failed"));
        co_return co_await inner_.find(std::move(query));
    }

private:
    Task<bool> unreadable() {
        co_await maybe_delay(faults_);
        co_return faults_.hit("unread", faults_.unread);
    }

    std::unique_ptr<Store> owned_;
    Faults& faults_;
};

class BorrowedStore final : public StoreDecorator {
public:
    using StoreDecorator::StoreDecorator;
    Task<void> close() override { co_return; }
};

EventBatch copy_of(const EventBatch& batch) {
    EventBatch copy;
    for (const RecordedEvent& event : batch) copy.add(event);
    copy.scanned_to = batch.scanned_to;
    copy.head = batch.head;
    return copy;
}

class FaultySubscription final : public Subscription {
public:
    FaultySubscription(std::unique_ptr<Subscription> inner, Faults& faults)
        : inner_(std::move(inner)), faults_(faults) {}

    Task<Result<Next>> next(std::size_t limit) override {
        co_await maybe_delay(faults_);
        if (again_ && faults_.hit("duplicate", faults_.duplicate)) {
            Delivered twice{copy_of(again_->events), again_->incarnation};
            co_return Next(std::move(twice));
        }
        auto next = co_await inner_->next(limit);
        if (next)
            if (const auto* delivered = std::get_if<Delivered>(&*next))
                again_.emplace(copy_of(delivered->events), delivered->incarnation);
        co_return next;
    }
    Task<Result<void>> done(const Delivered& batch) override { return inner_->done(batch); }

private:
    std::unique_ptr<Subscription> inner_;
    Faults& faults_;
    std::optional<Delivered> again_;
};

class FaultyBus final : public Bus {
public:
    FaultyBus(std::unique_ptr<Bus> inner, Faults& faults) : inner_(std::move(inner)), faults_(faults) {}

    Task<Result<std::unique_ptr<Subscription>>> subscribe(SubscribeTo to) override {
        auto subscription = co_await inner_->subscribe(std::move(to));
        if (!subscription) co_return std::unexpected(std::move(subscription.error()));
        std::unique_ptr<Subscription> faulty = std::make_unique<FaultySubscription>(std::move(*subscription), faults_);
        co_return faulty;
    }
    Task<Result<EventBatch>> fetch(std::string topic, Position position) override {
        return inner_->fetch(std::move(topic), position);
    }
    Position head(const std::string& topic) const override { return inner_->head(topic); }

private:
    std::unique_ptr<Bus> inner_;
    Faults& faults_;
};

}  // namespace

bool Faults::hit(const char* name, double chance) {
    if (chance <= 0 || random.fraction() >= chance) return false;
    ++hits[name];
    return true;
}

std::unique_ptr<Store> create_faulty_store(std::unique_ptr<Store> inner, Faults& faults) {
    return std::make_unique<FaultyStore>(std::move(inner), faults);
}

std::unique_ptr<Store> borrow(Store& store) { return std::make_unique<BorrowedStore>(store); }

std::unique_ptr<Bus> create_faulty_bus(std::unique_ptr<Bus> inner, Faults& faults) {
    return std::make_unique<FaultyBus>(std::move(inner), faults);
}

}  // namespace tally::testing
