// Three passes over a batch: decode each event and learn its key; read the documents of these keys in one call; apply
// in order. What fails at an event shortens the batch to the events before it, which are then folded alone, since an
// apply that threw may have left its view half changed.

#include "tally/flow/projection_fold.hpp"

#include <exception>
#include <map>
#include <set>

#include <fmt/format.h>

namespace tally {
namespace {

struct Step {
    const RecordedEvent* event = nullptr;
    const Projection::On* on = nullptr;
    Projection::Change change;
};
using Bodies = std::map<std::string, std::string>;
using Views = std::map<std::string, std::any>;

Error at_event(const RecordedEvent& event, const Error& error) {
    return {error.code, fmt::format("event {} ({}) cannot be applied: {}: {}", event.position, event.type,
                                    name(error.code), error.text)};
}

/// An exception of a projection's own code is a bug there, and says nothing about other events.
template <class Call>
std::invoke_result_t<Call> guarded(Call call) {
    try {
        return call();
    } catch (const std::exception& thrown) {
        return fail(ErrorCode::internal, thrown.what());
    }
}

Result<Projection::Change> decode(const Projection::On& on, const RecordedEvent& event) {
    auto change = guarded([&] { return on.decode(event); });
    if (change && (change->key.empty() || change->key.contains('\0')))
        return fail(ErrorCode::invalid, "its key is empty or contains NUL");
    return change;
}

/// Decodes as far as it goes; tells how many events that are. A position that is skipped is an event that is lost.
std::size_t decode_all(const Projection& projection, Position after, std::span<const RecordedEvent> events,
                       std::vector<Step>& steps, std::optional<Error>& stopped) {
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Position expected = after + i + 1;
        if (events[i].position != expected) {
            stopped = Error{ErrorCode::hole, fmt::format("the event at position {} is missing from the log", expected)};
            return i;
        }
        const Projection::On* on = projection.find(events[i].type);
        if (on == nullptr) continue;
        auto change = decode(*on, events[i]);
        if (!change) {
            stopped = at_event(events[i], change.error());
            return i;
        }
        steps.push_back({&events[i], on, std::move(*change)});
    }
    return events.size();
}

Result<void> apply(const Projection& projection, const Step& step, const Bodies& bodies, Views& views) {
    auto view = views.find(step.change.key);
    if (view == views.end()) {
        const auto body = bodies.find(step.change.key);
        auto read = projection.read(body == bodies.end() ? nullptr : &body->second);
        if (!read) return fail(read.error().code, fmt::format("its view {}: {}", step.change.key, read.error().text));
        view = views.emplace(step.change.key, std::move(*read)).first;
    }
    return guarded([&]() -> Result<void> {
        step.on->apply(view->second, step.change, step.event->envelope());
        return {};
    });
}

/// The views after all steps; where one fails, the steps from there on are dropped and the rest is folded again.
Views apply_all(const Projection& projection, std::vector<Step>& steps, const Bodies& bodies,
                std::optional<Error>& stopped, const RecordedEvent*& stopped_at) {
    for (;;) {
        Views views;
        std::size_t done = 0;
        for (; done < steps.size(); ++done) {
            auto applied = apply(projection, steps[done], bodies, views);
            if (applied) continue;
            stopped_at = steps[done].event;
            stopped = at_event(*stopped_at, applied.error());
            break;
        }
        if (done == steps.size()) return views;
        steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(done), steps.end());
    }
}

Task<Result<Bodies>> read_bodies(Store& store, const std::string& collection, const std::vector<Step>& steps) {
    std::set<std::string> wanted;
    for (const Step& step : steps) wanted.insert(step.change.key);
    if (wanted.empty()) co_return Bodies{};
    std::vector<DocumentKey> keys;
    keys.reserve(wanted.size());
    for (const std::string& key : wanted) keys.push_back({collection, key});
    auto found = co_await store.get(std::move(keys));
    if (!found) co_return std::unexpected(std::move(found.error()));
    Bodies bodies;
    for (Document& document : *found) bodies.emplace(std::move(document.key.key), std::move(document.body));
    co_return bodies;
}

}  // namespace

Task<Result<Folded>> fold_events(Store& store, const Projection& projection, const std::string& collection,
                                 Position after, std::span<const RecordedEvent> events) {
    Folded folded;
    std::vector<Step> steps;
    folded.events = decode_all(projection, after, events, steps, folded.stopped);
    auto bodies = co_await read_bodies(store, collection, steps);
    if (!bodies) co_return std::unexpected(std::move(bodies.error()));

    const RecordedEvent* stopped_at = nullptr;
    const Views views = apply_all(projection, steps, *bodies, folded.stopped, stopped_at);
    if (stopped_at != nullptr) folded.events = static_cast<std::size_t>(stopped_at - events.data());
    folded.applied = steps.size();
    folded.documents.reserve(views.size());
    for (const auto& [key, view] : views)
        folded.documents.push_back({{collection, key}, ExpectedDocument::any(), projection.write(view)});
    co_return folded;
}

}  // namespace tally
