#include "tally/event/event_codec.hpp"

#include <utility>

#include <fmt/format.h>

namespace tally {

Result<boost::json::value> upcast(const EventType& current, const std::vector<Upcaster>& upcasters, int schema,
                                  std::string_view data) {
    if (schema > current.schema)
        return fail(ErrorCode::unsupported,
                    fmt::format("{} has schema version {}, and this binary knows up to {}: run a newer release",
                                current.name, schema, current.schema));
    if (schema < 1)
        return fail(ErrorCode::unsupported, fmt::format("{} has no schema version {}", current.name, schema));
    auto json = read_json(data, JsonLimits::own_events());
    if (!json) return fail(ErrorCode::corrupt, fmt::format("{}: {}", current.name, to_text(json.error())));
    if (!json->is_object()) return fail(ErrorCode::corrupt, fmt::format("{}: not a JSON object", current.name));

    boost::json::object shape = std::move(json->get_object());
    for (int version = schema; version < current.schema; ++version) {
        const auto index = static_cast<std::size_t>(version - 1);
        if (index >= upcasters.size())
            return fail(ErrorCode::unsupported, fmt::format("{} has no upcaster from schema version {} to {}",
                                                            current.name, version, version + 1));
        auto next = upcasters[index](std::move(shape));
        if (!next)
            return fail(next.error().code, fmt::format("{}, schema version {} to {}: {}", current.name, version,
                                                       version + 1, next.error().text));
        shape = std::move(*next);
    }
    return boost::json::value(std::move(shape));
}

}  // namespace tally
