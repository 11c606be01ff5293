#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tally/flow/handled.hpp"
#include "tally/flow/session.hpp"

namespace tally {

/// A timer as a handler gets it.
template <class T>
struct Fired {
    T timer;
    std::string key;
    Timestamp due{};
};

/// What a service does when its timers fire.
///
///     TimerHandlers timers;
///     timers.on<ReservationExpiry>([](Fired<ReservationExpiry> expiry, Session& session) -> Task<Handled> { … });
///
/// A handler may be run again for the same firing, so all it does goes through the session; the timer is removed in the
/// session's commit, unless the handler schedules its key again.
class TimerHandlers {
public:
    using Handler = std::function<Task<Handled>(const Timer& timer, Session& session)>;

    template <TimerStruct T, class F>
    TimerHandlers& on(F handle) {
        return on(std::string(timer_type<T>),
                  [handle](const Timer& timer, Session& session) { return fire<T>(handle, timer, session); });
    }
    /// For a type that is known only at run time. Throws std::invalid_argument for one that is empty, has a slash or
    /// has a handler already.
    TimerHandlers& on(std::string type, Handler handle);

    /// Null for a type that nobody handles.
    [[nodiscard]] const Handler* handler(std::string_view type) const;
    [[nodiscard]] std::vector<std::string> types() const;

private:
    /// A coroutine keeps its arguments, and would not keep what a lambda captured.
    template <TimerStruct T, class F>
    static Task<Handled> fire(F handle, const Timer& timer, Session& session) {
        auto decoded = decode<T>(timer.data.text, UnknownFields::ignored, JsonLimits::own_events());
        if (!decoded) co_return fail(ErrorCode::corrupt, key_of(timer) + ": " + to_text(decoded.error()));
        co_return co_await handle(Fired<T>{std::move(*decoded), timer.key, timer.due}, session);
    }

    std::map<std::string, Handler, std::less<>> handlers_;
};

}  // namespace tally
