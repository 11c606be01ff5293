#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tally/flow/handled.hpp"
#include "tally/flow/session.hpp"

namespace tally {

/// An event as a handler gets it.
template <class E>
struct Delivery {
    E event;
    Envelope envelope;
};

/// What a service does about the events of one topic. All its instances share the topic by their common name.
///
///     Consumer consumer("inventory", "orders.events");
///     consumer.on<InventoryReservationRequested>(
///         [](Delivery<InventoryReservationRequested> request, Session& session) -> Task<Handled> { … });
///
/// A handler may be run again for the same event, so all it does goes through the session. Events of other types pass.
class Consumer {
public:
    using Handler = std::function<Task<Handled>(const RecordedEvent& event, Session& session)>;

    Consumer(std::string name, std::string topic) : name_(std::move(name)), topic_(std::move(topic)) {}

    template <EventStruct E, class F>
    Consumer& on(F handle) {
        handlers_[std::string(event_type<E>.name)] = [handle](const RecordedEvent& event, Session& session) {
            return deliver<E>(handle, event, session);
        };
        return *this;
    }

    /// For a type that is known only at run time.
    Consumer& on(std::string type, Handler handle) {
        handlers_[std::move(type)] = std::move(handle);
        return *this;
    }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const std::string& topic() const noexcept { return topic_; }
    /// Null for a type that is passed over.
    [[nodiscard]] const Handler* handler(std::string_view type) const;
    [[nodiscard]] std::vector<std::string> types() const;

private:
    /// A coroutine keeps its arguments, and would not keep what a lambda captured.
    template <EventStruct E, class F>
    static Task<Handled> deliver(F handle, const RecordedEvent& event, Session& session) {
        auto decoded = decode_event<E>(event);
        if (!decoded) co_return std::unexpected(std::move(decoded.error()));
        co_return co_await handle(Delivery<E>{std::move(*decoded), event.envelope()}, session);
    }

    std::string name_;
    std::string topic_;
    std::map<std::string, Handler, std::less<>> handlers_;
};

}  // namespace tally
