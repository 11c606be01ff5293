#pragma once

#include <expected>
#include <string>
#include <variant>

#include "tally/flow/dead_letter.hpp"
#include "tally/flow/session.hpp"

namespace tally {

/// An operator, the envelope's actor, has given a parked event other data; its cause is that event, which stays in its
/// log as it was. Internal to the service whose consumer could not handle it.
struct DeadLetterEdited {
    std::string consumer;
    std::string topic;
    Position position = 0;  ///< in the log of the topic
    Uuid event;
    std::string type;
    int schema = 1;  ///< of the new data
    RawJson data;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(DeadLetterEdited, (), (consumer, topic, position, event, type, schema, data, reason))
TALLY_EVENT(DeadLetterEdited, "DeadLetterEdited", 1, internal)

using DeadLetterEvents = EventList<DeadLetterEdited>;

/// Every edit of one letter, in the stream `dead-letter-<id>`; nothing is decided on them.
struct DeadLetterEdits {
    using Key = Id<struct DeadLetterTag>;
    using Events = DeadLetterEvents;
    static constexpr std::string_view category = "dead-letter";
    void apply(const DeadLetterEdited&) {}
};

/// The data of an event after a JSON merge patch (RFC 7396) that a person has written for it: checked, in the current
/// version of the event's type.
///
/// Personal data keeps the seals that the event has. A patch may move or drop them, and can bring in no others, nor
/// anything plain: the DeadLetterEdited that holds the data stays in its log for ever.
class EditedData {
public:
    /// What is wrong with the patched data, at their pointers; or why it cannot be patched.
    using Failure = std::variant<Problems, Error>;
    /// `event` is as a redrive would handle it; where nothing can be read of its data, a patch has to bring all of it.
    /// Members that the type does not have are problems, too. Errors: unsupported (the event is of a later version).
    [[nodiscard]] static std::expected<EditedData, Failure> of(const EventDescription& type, const RecordedEvent& event,
                                                               const RawJson& patch);

    [[nodiscard]] const std::string& type() const noexcept { return type_; }
    /// As this binary writes it. Not recorded yet.
    [[nodiscard]] const DeadLetterEdit& edit() const noexcept { return edit_; }

private:
    EditedData(std::string type, DeadLetterEdit edit) : type_(std::move(type)), edit_(std::move(edit)) {}

    std::string type_;
    DeadLetterEdit edit_;
};

/// Records in `session` that `letter` has `data` from now on, and gives it to the letter; the session's cause becomes
/// the letter's event.
void record_edit(Session& session, DeadLetter& letter, const EditedData& data, std::string reason);

}  // namespace tally
