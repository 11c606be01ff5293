#include "tally/flow/saga_replica.hpp"

namespace tally {
namespace {

/// Ids that stand nowhere: they are told apart, and no more.
Session begin(Store& past, const Uuid& of, Timestamp at) {
    return Session(past, {.correlation = "what-if", .event = of, .actor = "what-if", .traceparent = {}},
                   {.make_id = ids_of_consumer("what-if"), .now = at});
}

Task<Handled> act_on(const Sagas& sagas, std::string saga, SagaId id, const SagaMove& move, Session& session) {
    auto turn = co_await sagas.turn(std::move(saga), id.instance(), session);
    if (!turn) co_return std::unexpected(std::move(turn.error()));
    if (move.act == "skip") co_return co_await turn->skip(move.reason);
    if (move.act == "resolve") co_return co_await turn->resolve(move.reason);
    co_return co_await turn->retry();
}

}  // namespace

SagaReplica::SagaReplica(Store& store, SagaDefinition definition, int runs_as, SagaId id)
    : store_(store), definition_(std::move(definition)), id_(std::move(id)) {
    definition_.version = runs_as;
    sagas_ = Sagas::of({definition_}).value();
    consumer_ = sagas_.consumers([](std::string_view) { return "all logs"; }).value().at(0);
    sagas_.add_to(timers_);
}

Task<SagaReplica::Decisions> SagaReplica::hear(const RecordedEvent& event, Timestamp at, PastStore::Moment moment) {
    const Consumer::Handler* handler = consumer_->handler(event.type);
    if (handler == nullptr) co_return Decisions{};
    PastStore past(store_, moment);
    Session session = begin(past, event.id, at);
    if (Handled done = co_await run_handler([&] { return (*handler)(event, session); }); !done)
        co_return std::unexpected(std::move(done.error()));
    co_return decisions_of(session);
}

Task<SagaReplica::Decisions> SagaReplica::pass_deadline(Timestamp at, PastStore::Moment moment) {
    if (!deadline_) co_return Decisions{};
    const Timer timer = *std::exchange(deadline_, std::nullopt);
    PastStore past(store_, moment);
    Session session = begin(past, timer.id, at);
    const TimerHandlers::Handler& handler = *timers_.handler(timer.type);
    if (Handled done = co_await run_handler([&] { return handler(timer, session); }); !done)
        co_return std::unexpected(std::move(done.error()));
    co_return decisions_of(session);
}

Task<SagaReplica::Decisions> SagaReplica::act(const SagaMove& act, PastStore::Moment moment) {
    PastStore past(store_, moment);
    Session session = begin(past, derive({}, "act", static_cast<std::uint32_t>(act.first)), act.at);
    if (Handled done = co_await run_handler([&] { return act_on(sagas_, definition_.name, id_, act, session); }); !done)
        co_return std::unexpected(std::move(done.error()));
    co_return decisions_of(session);
}

SagaReplica::Decisions SagaReplica::decisions_of(const Session& session) {
    const Changes changes = session.changes();
    std::vector<SagaDecision> decisions;
    for (const Append& append : changes.appends) {
        for (const NewEvent& event : append.events) {
            auto decision = SagaDecision::of(event.envelope.type, event.envelope.schema, event.data);
            if (!decision) return std::unexpected(std::move(decision.error()));
            if (*decision) decisions.push_back(std::move(**decision));
        }
    }
    const DocumentKey own = document_key<Timer>(timer_id(saga_timer_type(definition_.name), id_.instance()));
    for (const DocumentWrite& document : changes.documents) {
        if (document.key != own) continue;
        if (std::holds_alternative<Remove>(document.write)) deadline_.reset();
        if (const auto* put = std::get_if<Put>(&document.write))
            deadline_ = decode_document<Timer>(document.key, put->body).value();
    }
    return decisions;
}

}  // namespace tally
