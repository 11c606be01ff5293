#pragma once

#include <utility>

#include "tally/flow/projection.hpp"

namespace tally {
namespace detail {

template <class V, class E>
concept KeyedByEvent = requires(const E& event) { std::string(V::key(event)); };
template <class V, class E>
concept KeyedByEnvelope = requires(const E& event, const Envelope& envelope) { std::string(V::key(event, envelope)); };

template <class V, class E>
std::string key_in(const E& event, const RecordedEvent& recorded) {
    if constexpr (KeyedByEvent<V, E>)
        return std::string(V::key(event));
    else
        return std::string(V::key(event, recorded.envelope()));
}

template <class V, class E>
Result<Projection::Change> decode_change(const RecordedEvent& event) {
    auto decoded = decode_event<E>(event);
    if (!decoded) return std::unexpected(std::move(decoded.error()));
    std::string key(key_in<V, E>(*decoded, event));
    return Projection::Change{std::move(key), std::any(std::move(*decoded))};
}

template <class V, class E>
void apply_change(std::any& view, const Projection::Change& change, const Envelope& envelope) {
    std::any_cast<V&>(view).apply(std::any_cast<const E&>(change.event), envelope);
}

template <class V>
Result<std::any> read_view(const std::string* body) {
    if (body == nullptr) return std::any(V{});
    // A field that the struct has lost since is not an error: the next write drops it.
    auto view = decode<V>(*body, UnknownFields::ignored, JsonLimits::own_events());
    if (!view) return fail(ErrorCode::corrupt, to_text(view.error()));
    return std::any(std::move(*view));
}

template <class V>
Put write_view(const std::any& view) {
    return put_of(std::any_cast<const V&>(view));
}

template <class V, class... E>
Projection projection_of(EventList<E...>) {
    static_assert(
        ((KeyedByEvent<V, E> || KeyedByEnvelope<V, E>) && ...) &&
            (requires(V view, const E& event, const Envelope& envelope) { view.apply(event, envelope); } && ...),
        "a read model has `static std::string key(const E&)`, or with the envelope, and `void apply(const E&, "
        "const Envelope&)` for each event E of its Events");
    return Projection{.name = std::string(collection_of<V>),
                      .on = {Projection::On{event_type<E>.name, &decode_change<V, E>, &apply_change<V, E>}...},
                      .read = &read_view<V>,
                      .write = &write_view<V>};
}

}  // namespace detail

template <ReadModel V>
Projection make_projection() {
    return detail::projection_of<V>(typename V::Events{});
}

}  // namespace tally
