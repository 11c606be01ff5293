#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "tally/event/event_codec.hpp"
#include "tally/event/event_registry.hpp"

namespace tally {

/// A state that is the fold of one stream's events. Pure: no Task, no Clock, no Session.
///
///     struct Order {
///         using Key = OrderId;
///         using Events = EventList<OrderCreated, OrderConfirmed, OrderCancelled>;
///         static constexpr std::string_view category = "order";   // its streams are `order-<key>`
///         void apply(const OrderCreated&);                        // one for each event: a missing one does not
///         compile
///     };
template <class A>
concept Aggregate = std::default_initializable<A> && std::copyable<A> && requires(const typename A::Key& key) {
    typename A::Events;
    { A::category } -> std::convertible_to<std::string_view>;
    { key.text() } -> std::convertible_to<std::string_view>;
};

/// An aggregate whose stream also holds events of other types, which pass by it: it declares `static constexpr bool
/// holds_others = true`.
template <class A>
concept OpenAggregate = Aggregate<A> && A::holds_others;

/// An aggregate that also wants to know which events brought about its own: it declares `void note_cause(const
/// EventId&)`, called after `apply`.
template <class A>
concept CausedAggregate = Aggregate<A> && requires(A& state, const EventId& cause) { state.note_cause(cause); };

/// An aggregate as a reader has it.
template <class A>
struct Loaded {
    A state;
    Version version = 0;  ///< of the stream; 0: no such stream yet
};

template <Aggregate A>
[[nodiscard]] std::string stream_of(const typename A::Key& key) {
    return std::string(A::category) + "-" + std::string(key.text());
}

namespace detail {

template <class A, class E>
void apply_with_cause(A& state, const E& event, const std::optional<EventId>& cause) {
    state.apply(event);
    if constexpr (CausedAggregate<A>)
        if (cause) state.note_cause(*cause);
}

template <class A, class E>
Result<bool> apply_as(A& state, const RecordedEvent& event) {
    if (event.type != event_type<E>.name) return false;
    auto decoded = decode_event<E>(event);
    if (!decoded) return std::unexpected(std::move(decoded.error()));
    apply_with_cause(state, *decoded, event.causation);
    return true;
}

template <class A, class... E>
Result<void> apply_any(A& state, const RecordedEvent& event, EventList<E...>) {
    Result<bool> applied = false;
    (void)((applied = apply_as<A, E>(state, event), !applied || *applied) || ...);
    if (!applied) return std::unexpected(std::move(applied.error()));
    if constexpr (!OpenAggregate<A>)
        if (!*applied)
            return fail(ErrorCode::unsupported, std::string(event.stream) + " holds a " + std::string(event.type) +
                                                    ", which " + std::string(A::category) + " does not know");
    return {};
}

}  // namespace detail

/// Folds a stored event into `state`. Errors: unsupported (a type that A does not list), and those of decode_event.
template <Aggregate A>
[[nodiscard]] Result<void> apply_recorded(A& state, const RecordedEvent& event) {
    return detail::apply_any(state, event, typename A::Events{});
}

}  // namespace tally
