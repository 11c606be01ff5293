#include "tally/testing/saga_explorer/saga_stage.hpp"

#include <stdexcept>

#include "tally/flow/load.hpp"
#include "tally/store/memory/memory_store.hpp"

namespace tally::testing {
namespace {

Cause from_outside() { return {.correlation = "explored", .event = {}, .actor = "test", .traceparent = {}}; }

Task<SagaStage::Done> commit(Session& session) {
    CommitResult result = co_await session.commit();
    if (!result) co_return std::unexpected(failure_of(std::move(result.error())));
    co_return std::move(*result);
}

Task<SagaStage::Done> commit_handled(Handled handled, Session& session) {
    if (!handled) co_return std::unexpected(failure_of(std::move(handled.error())));
    co_return co_await commit(session);
}

}  // namespace

SagaStage::SagaStage(Simulation& simulation, std::vector<SagaDefinition> versions)
    : simulation_(simulation),
      ids_(simulation.clock(), simulation.random()),
      store_(create_memory_store(simulation.executor(), simulation.clock(), create_memory_disk(simulation.random()))),
      name_(versions.at(0).name) {
    run_with(std::move(versions));
}

SagaStage::~SagaStage() = default;

void SagaStage::run_with(std::vector<SagaDefinition> versions) {
    sagas_ = Sagas::of(std::move(versions)).value();
    consumer_ = sagas_.consumers([](std::string_view) { return "all.events"; }).value().at(0);
    timers_ = {};
    sagas_.add_to(timers_);
}

Session::Options SagaStage::by_command() { return {.make_id = ids_of_command(ids_), .now = simulation_.clock().now()}; }

Task<SagaMessage> SagaStage::record(std::function<void(Session&, const std::string& instance)> act,
                                    std::string instance) {
    Session session(*store_, from_outside(), by_command());
    act(session, instance);
    const Done committed = co_await commit(session);
    if (!committed) throw std::invalid_argument("it is not accepted: " + committed.error().error.text);
    for (const Committed::Event& place : committed->events) {
        const auto found = co_await store_->read(LogRead{.after = place.position - 1, .limit = 1});
        const RecordedEvent& event = found.value().events().front();
        if (consumer_->handler(event.type) != nullptr)
            co_return SagaMessage{event.id, std::string(event.type), event.schema, std::string(event.data),
                                  event.causation};
    }
    throw std::invalid_argument("it records no event that the saga listens to");
}

Task<SagaStage::Done> SagaStage::hear(SagaMessage message) {
    std::vector<SagaMessage> one;
    one.push_back(std::move(message));
    return hear_all(std::move(one));
}

Task<SagaStage::Done> SagaStage::hear_all(std::vector<SagaMessage> messages) {
    Session session(*store_, from_outside(),
                    {.make_id = ids_of_consumer(consumer_->name()), .now = simulation_.clock().now()});
    for (const SagaMessage& message : messages) {
        const Consumer::Handler* handler = consumer_->handler(message.type);
        if (handler == nullptr) throw std::invalid_argument("the saga does not listen to " + message.type);
        RecordedEvent event;
        event.id = message.id;
        event.type = message.type;
        event.schema = message.schema;
        event.causation = message.causation;
        event.data = message.data;
        Cause cause = from_outside();
        cause.event = message.id;
        session.begin(std::move(cause));
        Handled handled = co_await (*handler)(event, session);
        if (!handled) co_return std::unexpected(failure_of(std::move(handled.error())));
    }
    co_return co_await commit(session);
}

Task<std::optional<Document>> SagaStage::timer(std::string instance) {
    auto found = co_await store_->get({document_key<Timer>(timer_id(saga_timer_type(name_), instance))});
    if (found.value().empty()) co_return std::nullopt;
    co_return std::move(found->front());
}

// What TimerRunner does with one that is due.
Task<SagaStage::Done> SagaStage::fire(Document document) {
    const Timer timer = decode_document<Timer>(document.key, document.body).value();
    const Timestamp now = simulation_.clock().now();
    if (now < timer.due) co_await simulation_.clock().sleep_for(timer.due - now);
    Session session(
        *store_, {.correlation = timer.correlation, .event = timer.causation, .actor = "test", .traceparent = {}},
        {.make_id = [&timer](const Cause&, std::uint32_t ordinal) { return derive(timer.id, "timer", ordinal); },
         .now = simulation_.clock().now()});
    session.adopt(std::move(document));
    session.cancel(timer.type, timer.key);
    Handled handled = co_await (*timers_.handler(timer.type))(timer, session);
    co_return co_await commit_handled(std::move(handled), session);
}

Task<SagaStage::Done> SagaStage::operate(std::string instance, Act act) {
    Session session(*store_, from_outside(), by_command());
    auto turn = co_await sagas_.turn(name_, std::move(instance), session);
    if (!turn) co_return std::unexpected(failure_of(std::move(turn.error())));
    Handled handled = co_await act(*turn);
    co_return co_await commit_handled(std::move(handled), session);
}

Task<SagaStage::Done> SagaStage::retry(std::string instance) {
    return operate(std::move(instance), [](SagaTurn& turn) { return turn.retry(); });
}

Task<SagaStage::Done> SagaStage::skip(std::string instance, std::string reason) {
    return operate(std::move(instance), [reason = std::move(reason)](SagaTurn& turn) { return turn.skip(reason); });
}

Task<SagaStage::Done> SagaStage::resolve(std::string instance, std::string reason) {
    return operate(std::move(instance), [reason = std::move(reason)](SagaTurn& turn) { return turn.resolve(reason); });
}

Task<SagaRun> SagaStage::run(std::string instance) {
    auto loaded = co_await load_aggregate<SagaRun>(*store_, id_of(std::move(instance)));
    co_return std::move(loaded.value().state);
}

Task<EventBatch> SagaStage::history(std::string instance) {
    auto batch = co_await store_->read(StreamRead{.stream = stream_of<SagaRun>(id_of(std::move(instance)))});
    co_return std::move(batch.value());
}

}  // namespace tally::testing
