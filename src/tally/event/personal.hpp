#pragma once

#include <concepts>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include <boost/describe.hpp>

#include "tally/event/envelope.hpp"

namespace tally {

/// Personal data under seal, with all that it takes to open it, so that it may be copied: into a document, or into
/// another event about the same person.
struct Sealed {
    std::string sealed;   ///< its JSON under AES-256-SIV with the subject's key, as base64url
    std::string subject;  ///< the person
    EventId event;        ///< that it was recorded in; sealed together with `field`, so neither can be altered
    std::string field;    ///< its JSON pointer in that event
    friend bool operator==(const Sealed&, const Sealed&) = default;
};
BOOST_DESCRIBE_STRUCT(Sealed, (), (sealed, subject, event, field))

/// A value that tells something of a person: it may be gone, and is never stored as it is.
///
/// A command fills it with plain data; Session::record seals it; what is loaded, folded and copied stays sealed, until
/// `open_personal` opens it for a view or a letter. A fold takes it in every state and looks into none. See
/// docs/personal-data.md.
template <class T>
class Personal {
public:
    using Value = T;

    /// Erased.
    Personal() = default;
    template <class Plain>
        requires(!std::same_as<std::remove_cvref_t<Plain>, Personal> && std::convertible_to<Plain, T>)
    Personal(Plain&& plain) : held_(std::in_place_type<T>, std::forward<Plain>(plain)) {}
    Personal(Sealed sealed) : held_(std::move(sealed)) {}

    /// Null unless it is plain.
    [[nodiscard]] const T* plain() const noexcept { return std::get_if<T>(&held_); }
    /// Null unless it is sealed.
    [[nodiscard]] const Sealed* sealed() const noexcept { return std::get_if<Sealed>(&held_); }
    /// Nobody can know it any more, or the reader may not.
    [[nodiscard]] bool erased() const noexcept { return std::holds_alternative<std::monostate>(held_); }

    friend bool operator==(const Personal&, const Personal&) = default;

private:
    std::variant<std::monostate, T, Sealed> held_;
};

}  // namespace tally
