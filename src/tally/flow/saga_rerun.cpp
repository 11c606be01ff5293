#include "tally/flow/saga_rerun.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace tally {
namespace {

constexpr std::size_t page = 1'000;
constexpr std::size_t most_news = 1'000;
constexpr Position end_of_log = std::numeric_limits<Position>::max();

std::string member(const SagaDecision& decision, const char* name) {
    const auto* found = decision.data.is_object() ? decision.data.get_object().if_contains(name) : nullptr;
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

std::string step_of(const std::vector<SagaDecision>& decisions) {
    for (const SagaDecision& decision : decisions)
        if (std::string step = member(decision, "step"); !step.empty()) return step;
    return "";
}

std::string step_of(const Timer& timer) {
    const auto deadline = decode<SagaDeadline>(timer.data.text, UnknownFields::ignored);
    return deadline ? deadline->step : "";
}

std::string in_short(const SagaDecision& decision) {
    const std::string step = member(decision, "step");
    if (decision.type == event_type<SagaStepStarted>.name) {
        const bool is_first = decision.data.at("attempt").to_number<int>() == 1;
        return step + (is_first ? "" : " again");
    }
    if (decision.type == event_type<SagaCompensating>.name) return step + " " + member(decision, "reason");
    if (decision.type == event_type<SagaUndoStarted>.name) return "undo " + step;
    if (decision.type == event_type<SagaOperatorCalled>.name) return "operator for " + step;
    if (decision.type == event_type<SagaStepSkipped>.name) return "skip " + step;
    if (decision.type == event_type<SagaCompleted>.name) return "completed";
    if (decision.type == event_type<SagaCompensated>.name) return "compensated";
    if (decision.type == event_type<SagaResolved>.name) return "resolved";
    return decision.type;
}

/// Why it is undone, where that is decided; otherwise where the saga stands afterwards.
std::string in_short(const std::vector<SagaDecision>& decisions) {
    if (decisions.empty()) return "nothing";
    const auto failure = std::ranges::find(decisions, event_type<SagaCompensating>.name, &SagaDecision::type);
    return in_short(failure == decisions.end() ? decisions.back() : *failure);
}

SagaDifference difference_at(SagaInput input, std::optional<EventId> event, std::string type, Timestamp at,
                             std::vector<SagaDecision> recorded, std::vector<SagaDecision> would_have) {
    SagaDifference difference{input, event, std::move(type), at, in_short(recorded), in_short(would_have), {}, {}};
    if (difference.was == difference.would_be) difference.would_be += ", other data";
    difference.recorded = std::move(recorded);
    difference.would_have = std::move(would_have);
    return difference;
}

SagaRerun::Difference failed(const Error& error) { return std::unexpected(error); }

}  // namespace

SagaRerun::SagaRerun(const SagaWhatIf::Parts& parts, const SagaDefinition& definition, SagaId id, SagaRecord record)
    : parts_(parts),
      id_(std::move(id)),
      record_(std::move(record)),
      is_same_version_(definition.version == record_.version),
      replica_(parts.own, definition, record_.version, id_) {
    const SagaDefinition* ran_under = parts.sagas.find(definition.name, record_.version);
    if (!is_same_version_ && ran_under != nullptr) control_.emplace(parts.own, *ran_under, record_.version, id_);
}

Task<SagaRerun::Difference> SagaRerun::run() {
    if (may_have_news())
        if (auto found = co_await find_news(); !found) co_return failed(found.error());
    for (const SagaMove& move : record_.moves) {
        auto difference = co_await hear_news(move.at, move.first);
        if (!difference || *difference) co_return difference;
        difference = co_await repeat(move);
        if (!difference || *difference) co_return difference;
        known_ = move.last;
    }
    auto difference = co_await hear_news(parts_.now, end_of_log);
    if (!difference || *difference) co_return difference;
    co_return co_await pass_deadlines(parts_.now, end_of_log);
}

Task<Result<EventBatch>> SagaRerun::find(EventId event) const {
    for (Store* log : parts_.logs) {
        auto found = co_await log->read(LogRead{.limit = 1, .id = event});
        if (!found || !found->empty()) co_return found;
    }
    co_return fail(ErrorCode::not_found,
                   fmt::format("event {}, which it heard, is in no log that can be read here", event.text()));
}

bool SagaRerun::may_have_news() const {
    return !is_same_version_ && std::ranges::any_of(replica_.definition().triggers, [&](const SagaTrigger& trigger) {
        return !control_ || control_->definition().trigger(trigger.type) == nullptr;
    });
}

Task<Result<void>> SagaRerun::find_news() {
    const SagaMove& first = record_.moves.front();
    if (first.event) {
        const auto start = co_await find(*first.event);
        if (!start) co_return std::unexpected(start.error());
        const std::string stream(start->events().front().stream);
        const auto about = co_await parts_.own.read(StreamRead{.stream = stream, .limit = page});
        if (!about) co_return std::unexpected(about.error());
        if (about->size() == page)
            co_return fail(ErrorCode::too_large, fmt::format("{} has {} events or more", stream, page));
        add_news(*about);
    }
    for (const CorrelationId& correlation : record_.correlations) {
        for (Store* log : parts_.logs) {
            for (LogRead read{.limit = page, .correlation = correlation};;) {
                const auto events = co_await log->read(read);
                if (!events) co_return std::unexpected(events.error());
                add_news(*events);
                if (events->size() < page) break;
                read.after = events->events().back().position;
            }
        }
    }
    if (news_.size() > most_news)
        co_return fail(ErrorCode::too_large, fmt::format("more than {} events are new to it", most_news));
    for (const RecordedEvent& event : news_) news_by_time_.push_back(&event);
    std::ranges::sort(news_by_time_, std::ranges::greater{},
                      [](const RecordedEvent* event) { return std::pair(event->recorded_at, event->position); });
    while (!news_by_time_.empty() && news_by_time_.back()->recorded_at < first.at) news_by_time_.pop_back();
    co_return Result<void>{};
}

void SagaRerun::add_news(const EventBatch& events) {
    for (const RecordedEvent& event : events) {
        const SagaTrigger* trigger = replica_.definition().trigger(event.type);
        if (trigger == nullptr || (control_ && control_->definition().trigger(event.type) != nullptr)) continue;
        const bool is_known = std::ranges::count(record_.moves, std::optional(event.id), &SagaMove::event) > 0 ||
                              std::ranges::count(news_, event.id, &RecordedEvent::id) > 0;
        if (is_known || news_.size() > most_news) continue;
        if (const auto instance = trigger->instance(event); instance && *instance == id_.instance()) news_.add(event);
    }
}

Task<SagaRerun::Difference> SagaRerun::hear_news(Timestamp until, Position before) {
    while (!news_by_time_.empty() && news_by_time_.back()->recorded_at <= until) {
        const RecordedEvent& event = *news_by_time_.back();
        news_by_time_.pop_back();
        auto difference = co_await pass_deadlines(event.recorded_at, before);
        if (!difference || *difference) co_return difference;
        auto decisions = co_await replica_.hear(event, event.recorded_at,
                                                {.before = before, .until = event.recorded_at, .known = known_});
        if (!decisions) co_return failed(decisions.error());
        if (!decisions->empty())
            co_return difference_at(SagaInput::event, event.id, std::string(event.type), event.recorded_at, {},
                                    std::move(*decisions));
    }
    co_return Difference{};
}

bool SagaRerun::has_own_deadline() const {
    if (is_same_version_ || !replica_.deadline()) return false;
    if (!control_ || !control_->deadline()) return true;
    return replica_.deadline()->due < control_->deadline()->due;
}

Task<SagaRerun::Difference> SagaRerun::pass_deadlines(Timestamp until, Position before) {
    while (has_own_deadline() && replica_.deadline()->due < until) {
        const Timestamp due = replica_.deadline()->due;
        const std::string step = step_of(*replica_.deadline());
        auto decisions = co_await replica_.pass_deadline(due, {.before = before, .until = due, .known = known_});
        if (!decisions) co_return failed(decisions.error());
        if (!decisions->empty()) co_return difference_at(SagaInput::deadline, {}, step, due, {}, std::move(*decisions));
    }
    co_return Difference{};
}

bool SagaRerun::passes(const SagaMove& deadline) const {
    if (is_same_version_ || !replica_.deadline()) return is_same_version_;
    const bool was_fired_by_hand = control_ && control_->deadline() && deadline.at < control_->deadline()->due;
    return replica_.deadline()->due <= deadline.at || was_fired_by_hand;
}

Task<SagaRerun::Decisions> SagaRerun::tell(SagaReplica& replica, const SagaMove& move, const EventBatch& heard) {
    const PastStore::Moment moment{.before = move.first};
    if (move.input == SagaInput::event) return replica.hear(heard.events().front(), move.at, moment);
    if (move.input == SagaInput::act) return replica.act(move, moment);
    return replica.pass_deadline(move.at, moment);
}

Task<Result<void>> SagaRerun::check_control(const SagaMove& move, const EventBatch& heard) {
    if (!control_) co_return Result<void>{};
    const auto decisions = co_await tell(*control_, move, heard);
    if (decisions && *decisions == move.recorded) co_return Result<void>{};
    co_return fail(
        ErrorCode::invalid,
        fmt::format("version {} of this binary, under which it ran, does not explain what was recorded at {}",
                    record_.version, to_text(move.at)));
}

Task<SagaRerun::Difference> SagaRerun::repeat(const SagaMove& move) {
    EventBatch heard;
    std::string type = move.act;
    if (move.input == SagaInput::event) {
        auto found = co_await find(*move.event);
        if (!found) co_return failed(found.error());
        heard = std::move(*found);
        type = heard.events().front().type;
    }
    bool happens = true;
    if (move.input == SagaInput::deadline) {
        type = step_of(move.recorded);
        happens = passes(move);  // earlier, perhaps: what then goes on from there goes on from when it was recorded
    } else if (auto difference = co_await pass_deadlines(move.at, move.first); !difference || *difference) {
        co_return difference;
    }
    Decisions decisions;
    if (happens) decisions = co_await tell(replica_, move, heard);
    if (auto explained = co_await check_control(move, heard); !explained) co_return failed(explained.error());
    const bool is_refused = !decisions && decisions.error().code == ErrorCode::rejected;
    if (!decisions && !is_refused) co_return failed(decisions.error());
    if (decisions && *decisions == move.recorded) co_return Difference{};
    auto difference = difference_at(move.input, move.event, std::move(type), move.at, move.recorded,
                                    is_refused ? std::vector<SagaDecision>{} : std::move(*decisions));
    if (is_refused) difference.would_be = "refused: " + decisions.error().text;
    co_return difference;
}

}  // namespace tally
