#pragma once
// The steps of the builder in saga.hpp: each type offers what may come next.

#include <type_traits>

#include "tally/flow/saga_definition.hpp"

namespace tally::saga_builder {

enum class Phase : std::uint8_t { before_pivot, after_pivot };

template <class F, Aggregate A>
using RequestOf = std::remove_cvref_t<std::invoke_result_t<F, const A&>>;
template <class F, Aggregate A>
using DecisionOf = typename std::invoke_result_t<F, const A&>::value_type;

// A coroutine keeps its arguments, and would not keep what a lambda captured: hence these.

template <Aggregate A, class F>
Task<Result<EventId>> ask(F make, Session& session, const SagaId& id, RecordOptions options) {
    auto about = co_await session.load<A>(A::Key::trusted(id.instance()));
    if (!about) co_return std::unexpected(std::move(about.error()));
    options.key = id.instance();
    co_return session.record<SagaRun>(id, make(about->state), std::move(options));
}

template <Aggregate A, class F>
Task<Result<std::optional<Rejection>>> decide(F rule, Session& session, const SagaId& id) {
    const auto key = A::Key::trusted(id.instance());
    auto about = co_await session.load<A>(key);
    if (!about) co_return std::unexpected(std::move(about.error()));
    auto decided = rule(about->state);
    if (!decided) co_return std::move(decided.error());
    session.record<A>(key, *decided);
    co_return std::nullopt;
}

template <Aggregate A, class F>
Task<Result<void>> conclude(F rule, Session& session, const SagaId& id, const SagaCompensating& failure) {
    const auto key = A::Key::trusted(id.instance());
    auto about = co_await session.load<A>(key);
    if (!about) co_return std::unexpected(std::move(about.error()));
    // Refused: what was to be recorded is so already.
    if (auto concluded = rule(about->state, failure)) session.record<A>(key, *concluded);
    co_return Result<void>{};
}

template <Aggregate A, class F>
SagaStep::Request request_by(F make) {
    return [make](Session& session, const SagaId& id, RecordOptions options) {
        return ask<A, F>(make, session, id, std::move(options));
    };
}

template <Aggregate A, class F>
SagaStep::Decide decision_by(F rule) {
    return [rule](Session& session, const SagaId& id) { return decide<A, F>(rule, session, id); };
}

template <EventStruct E, class K>
SagaTrigger trigger_of(SagaTrigger::Kind kind, K E::* member, std::size_t step) {
    return {.kind = kind,
            .type = std::string(event_type<E>.name),
            .description = describe_event<E>(),
            .step = step,
            .instance = [member](const RecordedEvent& event) -> Result<std::string> {
                auto decoded = decode_event<E>(event);
                if (!decoded) return std::unexpected(std::move(decoded.error()));
                return std::string(((*decoded).*member).text());
            },
            .sample = [member](const std::string& instance) -> SagaTrigger::Sample {
                E event{};
                event.*member = K::trusted(instance);
                return {event_type<E>, encode(event)};
            }};
}

/// What every place in a definition under construction has.
class Part {
public:
    explicit Part(SagaDefinition definition) : made_(std::move(definition)) {}

protected:
    [[nodiscard]] SagaStep& step() { return made_.steps.back(); }
    template <EventStruct E, class K>
    SagaTrigger& add(SagaTrigger::Kind kind, K E::* member) {
        const std::size_t index = made_.steps.empty() ? 0 : made_.steps.size() - 1;
        return made_.triggers.emplace_back(trigger_of(kind, member, index));
    }
    SagaDefinition made_;
};

template <Aggregate A, Phase P>
class NewStep;

/// Between two steps.
template <Aggregate A, Phase P>
class Steps : public Part {
public:
    using Part::Part;

    [[nodiscard]] NewStep<A, P> step(std::string name) {
        made_.steps.push_back({.name = std::move(name)});
        return NewStep<A, P>(std::move(made_));
    }
    /// What is recorded about the aggregate when everything is undone: `rule(const A&, const SagaCompensating&)`, an
    /// expected event; a refusal means that there is nothing to record.
    template <class F>
    [[nodiscard]] Steps compensated(F rule) {
        made_.compensated = [rule](Session& session, const SagaId& id, const SagaCompensating& failure) {
            return conclude<A, F>(rule, session, id, failure);
        };
        return std::move(*this);
    }
    [[nodiscard]] Steps patience(SagaPatience patience) {
        made_.patience = patience;
        return std::move(*this);
    }
    /// Throws std::invalid_argument: see SagaDefinition::check.
    [[nodiscard]] SagaDefinition done() {
        made_.check();
        return std::move(made_);
    }
};

/// After an undo that others carry out: how they say that it is done.
template <Aggregate A>
class Undone : public Steps<A, Phase::before_pivot> {
public:
    using Steps<A, Phase::before_pivot>::Steps;
    template <EventStruct E, class K>
    [[nodiscard]] Undone undone_by(K E::* member) {
        this->add(SagaTrigger::Kind::undone, member);
        return std::move(*this);
    }
};

template <Aggregate A>
class Undoing : public Part {
public:
    using Part::Part;
    template <EventStruct E, class K>
    [[nodiscard]] Undone<A> undone_by(K E::* member) {
        add(SagaTrigger::Kind::undone, member);
        return Undone<A>(std::move(made_));
    }
};

/// A waiting step before the pivot, with all but its undo.
template <Aggregate A>
class Undoable : public Part {
public:
    using Part::Part;
    /// `make(const A&)` is the event that asks for the undo.
    template <class F>
    [[nodiscard]] Undoing<A> undo(F make) {
        step().undo = request_by<A, F>(make);
        return Undoing<A>(std::move(made_));
    }
    [[nodiscard]] Steps<A, Phase::before_pivot> nothing_to_undo() {
        return Steps<A, Phase::before_pivot>(std::move(made_));
    }
};

template <Aggregate A, Phase P>
class Expecting : public Part {
public:
    using Part::Part;
    /// Definitely not done. `why(const E&)` is a text, kept with the failure.
    template <EventStruct E, class K>
    [[nodiscard]] Expecting refused_by(K E::* member)
        requires(P == Phase::before_pivot)
    {
        add(SagaTrigger::Kind::refusal, member);
        return std::move(*this);
    }
    template <EventStruct E, class K, class F>
    [[nodiscard]] Expecting refused_by(K E::* member, F why)
        requires(P == Phase::before_pivot)
    {
        add(SagaTrigger::Kind::refusal, member).detail = [why](const RecordedEvent& event) -> Result<std::string> {
            auto decoded = decode_event<E>(event);
            if (!decoded) return std::unexpected(std::move(decoded.error()));
            return std::string(why(*decoded));
        };
        return std::move(*this);
    }
    /// How long it waits for an answer.
    [[nodiscard]] auto within(Duration deadline) {
        step().within = deadline;
        if constexpr (P == Phase::before_pivot)
            return Undoable<A>(std::move(made_));
        else
            return Steps<A, P>(std::move(made_));
    }
};

/// A deciding step before the pivot, with all but its undo.
template <Aggregate A>
class Decided : public Part {
public:
    using Part::Part;
    /// The point of no return.
    [[nodiscard]] Steps<A, Phase::after_pivot> pivot() {
        made_.pivot = made_.steps.size() - 1;
        return Steps<A, Phase::after_pivot>(std::move(made_));
    }
    /// `rule(const A&)` is an expected event of the aggregate; a refusal means that there is nothing to undo.
    template <class F>
    [[nodiscard]] Steps<A, Phase::before_pivot> undo(F rule) {
        step().undo_locally = decision_by<A, F>(rule);
        return Steps<A, Phase::before_pivot>(std::move(made_));
    }
    [[nodiscard]] Steps<A, Phase::before_pivot> nothing_to_undo() {
        return Steps<A, Phase::before_pivot>(std::move(made_));
    }
};

template <Aggregate A, Phase P>
class Requested : public Part {
public:
    using Part::Part;
    template <EventStruct E, class K>
    [[nodiscard]] Expecting<A, P> expect(K E::* member) {
        add(SagaTrigger::Kind::success, member);
        return Expecting<A, P>(std::move(made_));
    }
};

/// A step that has only its name.
template <Aggregate A, Phase P>
class NewStep : public Requested<A, P> {
public:
    using Requested<A, P>::Requested;
    /// `make(const A&)` is the event that asks for it.
    template <class F>
    [[nodiscard]] Requested<A, P> request(F make) {
        static_assert(EventStruct<RequestOf<F, A>>, "a request is an event made from the aggregate");
        this->step().request = request_by<A, F>(make);
        return Requested<A, P>(std::move(this->made_));
    }
    /// `rule(const A&)` is an expected event of the aggregate, recorded with the saga's own move; before the pivot its
    /// refusal makes the saga undo what it has begun, after it an operator is called.
    template <class F>
    [[nodiscard]] auto decide(F rule) {
        static_assert(EventStruct<DecisionOf<F, A>>, "a decision is an expected event of the aggregate");
        this->step().decide = decision_by<A, F>(rule);
        if constexpr (P == Phase::before_pivot)
            return Decided<A>(std::move(this->made_));
        else
            return Steps<A, P>(std::move(this->made_));
    }
};

/// A saga that has only its name.
template <Aggregate A>
class Start : public Part {
    class Started : public Steps<A, Phase::before_pivot> {
    public:
        using Steps<A, Phase::before_pivot>::Steps;
        /// From outside: undoes everything begun, up to the pivot.
        template <EventStruct E, class K>
        [[nodiscard]] Steps<A, Phase::before_pivot> cancelled_by(K E::* member) {
            this->add(SagaTrigger::Kind::cancel, member);
            return Steps<A, Phase::before_pivot>(std::move(this->made_));
        }
    };

public:
    using Part::Part;
    template <EventStruct E, class K>
    [[nodiscard]] Started starts_on(K E::* member) {
        add(SagaTrigger::Kind::start, member);
        return Started(std::move(made_));
    }
};

}  // namespace tally::saga_builder
