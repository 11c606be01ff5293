// All that one thing brings about is recorded in one commit at neighbouring positions, under one cause, actor and time.
// The last of it is an event of the saga itself; what it decided about its aggregate may come first. Two moves of one
// cause and time, such as those of two acts of one operator, are told apart by the event that ends a move.
#include "tally/flow/saga_record.hpp"

#include <algorithm>
#include <array>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "tally/flow/aggregate.hpp"

namespace tally {
namespace {

constexpr std::size_t look_back = 32;

template <EventStruct E>
bool is(std::string_view type) {
    return type == event_type<E>.name;
}

/// It decides nothing, or nothing yet.
bool is_note(std::string_view type) { return is<SagaReplyIgnored>(type) || is<SagaEventDeferred>(type); }

bool ends_a_move(std::string_view type) {
    return is<SagaStepStarted>(type) || is<SagaUndoStarted>(type) || is<SagaCompleted>(type) ||
           is<SagaCompensated>(type) || is<SagaResolved>(type) || is_note(type);
}

/// What all events of a move have in common.
struct Hand {
    std::optional<EventId> causation;
    std::string actor;
    std::string correlation;
    Timestamp at{};

    [[nodiscard]] static Hand of(const RecordedEvent& event) {
        return {event.causation, std::string(event.actor), std::string(event.correlation), event.occurred_at};
    }
    friend bool operator==(const Hand&, const Hand&) = default;
};

/// Where a move stands in the saga's stream.
struct Span {
    Hand hand;
    Position first = 0;
    Position last = 0;
    bool is_over = false;
    bool is_asking = false;  ///< the last is that a step was started: an operator may be called for it

    [[nodiscard]] bool takes(const RecordedEvent& event) const {
        const bool goes_on = !is_over || (is_asking && is<SagaOperatorCalled>(event.type));
        return goes_on && hand == Hand::of(event);
    }
    void take(const RecordedEvent& event) {
        last = event.position;
        is_over = is_over || ends_a_move(event.type);
        is_asking = is<SagaStepStarted>(event.type);
    }
};

std::vector<Span> spans_of(const EventBatch& history) {
    std::vector<Span> spans;
    for (const RecordedEvent& event : history) {
        if (spans.empty() || !spans.back().takes(event))
            spans.push_back({.hand = Hand::of(event), .first = event.position});
        spans.back().take(event);
    }
    return spans;
}

/// The events of a move, the last first: those of its span, and before it those about the aggregate.
Task<Result<EventBatch>> read_backward(Store& store, const Span& span, const std::string& stream) {
    EventBatch move;
    for (Position before = span.last + 1; before > 1;) {
        const std::size_t limit = look_back + (span.last - span.first);
        const auto page = co_await store.read(LogRead{.after = before, .limit = limit, .backward = true});
        if (!page) co_return std::unexpected(page.error());
        for (const RecordedEvent& event : *page) {
            const bool is_earlier =
                event.position < span.first && (event.stream == stream || Hand::of(event) != span.hand);
            if (is_earlier) co_return move;
            move.add(event);
            before = event.position;
        }
        if (page->size() < limit) break;
    }
    co_return move;
}

SagaMove name_move(const Span& span, const EventBatch& backward, const std::string& saga) {
    SagaMove move{.event = {}, .act = {}, .reason = {}, .at = span.hand.at, .recorded = {}};
    const RecordedEvent& first = backward.events().back();
    move.first = first.position;
    move.last = span.last;
    if (span.hand.causation && first.id == derive(*span.hand.causation, saga, 0)) {
        move.event = span.hand.causation;
    } else if (span.hand.actor == "saga:" + saga) {
        move.input = SagaInput::deadline;
    } else {
        move.input = SagaInput::act;
        move.act = "retry";
    }
    return move;
}

Result<SagaMove> read_move(const Span& span, const EventBatch& backward, const std::string& saga) {
    SagaMove move = name_move(span, backward, saga);
    for (const RecordedEvent& event : backward) {
        if (move.input == SagaInput::act && (is<SagaStepSkipped>(event.type) || is<SagaResolved>(event.type)))
            move.act = is<SagaResolved>(event.type) ? "resolve" : "skip";
        auto decision = SagaDecision::of(event.type, event.schema, event.data);
        if (!decision) return std::unexpected(std::move(decision.error()));
        if (*decision) move.recorded.push_back(std::move(**decision));
    }
    std::ranges::reverse(move.recorded);
    if (move.act == "skip" || move.act == "resolve") move.reason = move.recorded.front().data.at("reason").as_string();
    return move;
}

}  // namespace

Result<std::optional<SagaDecision>> SagaDecision::of(std::string_view type, int schema, std::string_view data) {
    if (is_note(type)) return std::nullopt;
    boost::system::error_code error;
    SagaDecision decision{std::string(type), schema, boost::json::parse(data, error)};
    if (error) return fail(ErrorCode::corrupt, fmt::format("the data of a {} is not JSON", type));
    if (decision.data.is_object()) {
        boost::json::object& members = decision.data.as_object();
        if (is<SagaStarted>(type)) members.erase("version");
        if (is<SagaStepStarted>(type) || is<SagaUndoStarted>(type)) members.erase("request");
    }
    return decision;
}

Task<Result<SagaRecord>> SagaRecord::read(Store& store, SagaId id, std::string saga) {
    const std::string stream = stream_of<SagaRun>(id);
    const auto history = co_await store.read(StreamRead{.stream = stream, .limit = longest + 1});
    if (!history) co_return std::unexpected(history.error());
    if (history->size() > longest)
        co_return fail(ErrorCode::too_large, fmt::format("its history has more than {} events", longest));
    SagaRecord record;
    SagaRun run;
    for (const RecordedEvent& event : *history) {
        if (auto applied = apply_recorded(run, event); !applied) co_return std::unexpected(std::move(applied.error()));
        record.correlations.emplace(event.correlation);
    }
    record.version = run.version;
    record.is_open = run.is_open();
    for (const Span& span : spans_of(*history)) {
        const auto events = co_await read_backward(store, span, stream);
        if (!events) co_return std::unexpected(events.error());
        auto move = read_move(span, *events, saga);
        if (!move) co_return std::unexpected(std::move(move.error()));
        record.moves.push_back(std::move(*move));
    }
    co_return record;
}

}  // namespace tally
