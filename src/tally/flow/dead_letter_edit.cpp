#include "tally/flow/dead_letter_edit.hpp"

#include <algorithm>
#include <map>

namespace tally {
namespace {

namespace json = boost::json;

/// The data in the current version, without what the type does not know; null where nothing can be read.
Result<json::value> readable(const EventDescription& type, const RecordedEvent& event) {
    auto data = upcast(type.type, type.upcasters, event.schema, event.data);
    if (!data && data.error().code == ErrorCode::unsupported) return std::unexpected(std::move(data.error()));
    if (!data) return json::value();
    const auto clean = type.rewrite(*data, UnknownFields::ignored);
    return clean ? read_json(*clean, JsonLimits::own_events()).value_or(json::value()) : std::move(*data);
}

/// RFC 7396, section 2.
void merge(json::value& target, const json::value& patch) {
    const json::object* members = patch.if_object();
    if (members == nullptr) {
        target = patch;
        return;
    }
    if (!target.is_object()) target.emplace_object();
    json::object& object = target.get_object();
    for (const auto& [key, value] : *members) {
        if (value.is_null())
            object.erase(key);
        else
            merge(object[key], value);
    }
}

using Seals = std::map<std::string, Sealed>;

/// Every seal in `data`, by its pointer.
void find_seals(const json::value& data, const std::string& at, Seals& found) {
    if (const auto* array = data.if_array()) {
        for (std::size_t i = 0; i < array->size(); ++i) find_seals((*array)[i], at + "/" + std::to_string(i), found);
    } else if (const auto* object = data.if_object()) {
        if (auto sealed = decode<Sealed>(data, UnknownFields::refused)) {
            found.emplace(at, std::move(*sealed));
            return;
        }
        for (const auto& [key, value] : *object) {
            std::string pointer = at;
            append_token(pointer, key);
            find_seals(value, pointer, found);
        }
    }
}

Problems foreign_seals(const json::value& patched, const Seals& own) {
    Seals seals;
    find_seals(patched, "", seals);
    Problems problems;
    for (const auto& [pointer, sealed] : seals)
        if (std::ranges::find(own, sealed, &Seals::value_type::second) == own.end())
            problems.push_back({pointer, std::string(problem_code::value), "this seal is not one of the event's"});
    return problems;
}

}  // namespace

std::expected<EditedData, EditedData::Failure> EditedData::of(const EventDescription& type, const RecordedEvent& event,
                                                              const RawJson& patch) {
    const auto change = read_json(patch.text, JsonLimits::own_events());
    if (!change) return std::unexpected(change.error());
    auto data = readable(type, event);
    if (!data) return std::unexpected(std::move(data.error()));
    Seals own;
    if (type.personal) find_seals(*data, "", own);
    merge(*data, *change);
    auto written = type.rewrite(*data, UnknownFields::refused);
    if (!written) return std::unexpected(std::move(written.error()));
    if (type.personal)
        if (auto problems = foreign_seals(*data, own); !problems.empty()) return std::unexpected(std::move(problems));
    return EditedData(std::string(type.type.name),
                      {.data = {std::move(*written)}, .schema = type.type.schema, .recorded = {}});
}

void record_edit(Session& session, DeadLetter& letter, const EditedData& data, std::string reason) {
    Cause cause = session.cause();
    cause.correlation = letter.correlation;
    cause.event = letter.event;
    session.begin(std::move(cause));
    letter.edit = data.edit();
    letter.edit->recorded = session.record<DeadLetterEdits>(DeadLetterEdits::Key::trusted(key_of(letter)),
                                                            DeadLetterEdited{.consumer = letter.consumer,
                                                                             .topic = letter.topic,
                                                                             .position = letter.position,
                                                                             .event = letter.event,
                                                                             .type = letter.type,
                                                                             .schema = letter.edit->schema,
                                                                             .data = letter.edit->data,
                                                                             .reason = std::move(reason)},
                                                            {.key = letter.key});
}

}  // namespace tally
