#include "tally/event/event_registry.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tally/base/text.hpp"

namespace tally {
namespace {

constexpr std::size_t longest_name = 128;

bool same(const EventDescription& left, const EventDescription& right) {
    return left.type.schema == right.type.schema && left.type.visibility == right.type.visibility &&
           left.check == right.check;
}

}  // namespace

Result<void> EventRegistry::add(const EventDescription& event) {
    const auto& [name, schema, visibility] = event.type;
    if (!is_visible_ascii(name, longest_name))
        return fail(ErrorCode::invalid, "an event type's name is 1 to 128 visible ASCII characters");
    if (schema < 1 || event.upcasters.size() != static_cast<std::size_t>(schema - 1) ||
        std::ranges::count(event.upcasters, nullptr) > 0)
        return fail(ErrorCode::invalid,
                    fmt::format("{} has schema version {} and {} upcasters; each version but the last needs one", name,
                                schema, event.upcasters.size()));
    const auto [place, added] = by_name_.try_emplace(std::string(name), event);
    if (!added && !same(place->second, event))
        return fail(ErrorCode::invalid, fmt::format("two event types are named {}", name));
    return {};
}

const EventDescription* EventRegistry::find(std::string_view name) const {
    const auto place = by_name_.find(name);
    return place == by_name_.end() ? nullptr : &place->second;
}

std::vector<const EventDescription*> EventRegistry::all() const {
    std::vector<const EventDescription*> events;
    events.reserve(by_name_.size());
    for (const auto& [name, event] : by_name_) events.push_back(&event);
    return events;
}

}  // namespace tally
