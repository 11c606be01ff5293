#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "tally/flow/document_type.hpp"

namespace tally {

/// What a service has asked to be reminded of: fired once, not before it is due, in the commit of its effect.
///
/// One type and key have one timer; scheduling again moves it. `key` is the caller's, such as an order's id; a type has
/// no slash.
struct Timer {
    std::string type;
    std::string key;
    Timestamp due{};  ///< after a failed firing: when it is tried again
    Uuid id;          ///< of this scheduling; the ids of what the firing records derive from it
    std::string correlation;
    std::optional<Uuid> causation;  ///< the event that was being handled when it was scheduled
    std::string traceparent;
    int attempts = 0;   ///< firings that failed for good
    std::string error;  ///< of the last of them
    RawJson data;       ///< the described struct
};
BOOST_DESCRIBE_STRUCT(Timer, (), (type, key, due, id, correlation, causation, traceparent, attempts, error, data))
TALLY_DOCUMENT(Timer, "tally.timers")
[[nodiscard]] std::vector<IndexEntry> tally_indexes(const Timer& timer);

/// `<type>/<key>`: the id by which an operator names it.
[[nodiscard]] std::string timer_id(std::string_view type, std::string_view key);
[[nodiscard]] inline std::string key_of(const Timer& timer) { return timer_id(timer.type, timer.key); }

/// Index of all timers by due time.
inline constexpr std::string_view timers_by_due = "due";
/// Index of all timers by type and due time.
inline constexpr std::string_view timers_by_type = "type";
/// Index, by type and due time, of the timers that have failed `timer_attempts` times.
inline constexpr std::string_view timers_failing = "failing";

/// So many failures make a timer one that an operator should see. It is tried further on, ever less often.
inline constexpr int timer_attempts = 5;

template <class T>
concept TimerStruct = requires(const T* timer) {
    { tally_timer_type(timer) } -> std::convertible_to<std::string_view>;
};

/// The timer type of a struct: `timer_type<ReservationExpiry>`.
template <TimerStruct T>
inline constexpr std::string_view timer_type = tally_timer_type(static_cast<const T*>(nullptr));

}  // namespace tally

/// Gives a described struct its timer type, beside BOOST_DESCRIBE_STRUCT. The name lives as long as timers of it do.
///
///     TALLY_TIMER(ReservationExpiry, "reservation-expiry")
#define TALLY_TIMER(Struct, Type) \
    [[maybe_unused]] constexpr std::string_view tally_timer_type(const Struct*) { return Type; }
