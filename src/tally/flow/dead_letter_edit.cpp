#include "tally/flow/dead_letter_edit.hpp"

namespace tally {

std::expected<EditedData, EditedData::Failure> EditedData::of(const EventDescription& type, const RawJson& data) {
    const std::string name(type.type.name);
    if (type.personal)
        return std::unexpected(
            Error{ErrorCode::rejected,
                  name + " holds personal data, which may only be stored sealed: such an event cannot be edited; skip "
                         "it, and do by a command of the service what it was to bring about"});
    const auto json = read_json(data.text, JsonLimits::own_events());
    if (!json) return std::unexpected(json.error());
    auto written = type.rewrite(*json, UnknownFields::refused);
    if (!written) return std::unexpected(std::move(written.error()));
    return EditedData(name, {.data = {std::move(*written)}, .schema = type.type.schema, .recorded = {}});
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
