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
/// A handler may be run again for the same event, and in a dry run for nothing, so all it does goes through the
/// session: what reaches outside the store is scheduled as a timer. A handler that cannot do so, such as one that
/// erases a person's key, leaves that out where Session::dry_run says so. Events of other types pass.
class Consumer {
public:
    using Handler = std::function<Task<Handled>(const RecordedEvent& event, Session& session)>;

    Consumer(std::string name, std::string topic) : name_(std::move(name)), topic_(std::move(topic)) {}

    template <EventStruct E, class F>
    Consumer& on(F handle) {
        return on(describe_event<E>(), [handle](const RecordedEvent& event, Session& session) {
            return deliver<E>(handle, event, session);
        });
    }

    /// For a type whose struct is not at hand.
    Consumer& on(const EventDescription& type, Handler handle) {
        handlers_.insert_or_assign(std::string(type.type.name), Known{type, std::move(handle)});
        return *this;
    }

    /// All that it does is put documents that can be computed again from the topic: where it records nothing and parks
    /// nothing, its commits wait for no disk. A loss of power may take documents and progress back together.
    Consumer& derived() {
        is_derived_ = true;
        return *this;
    }

    [[nodiscard]] bool is_derived() const noexcept { return is_derived_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] const std::string& topic() const noexcept { return topic_; }
    /// Null for a type that is passed over.
    [[nodiscard]] const Handler* handler(std::string_view type) const;
    [[nodiscard]] const EventDescription* description(std::string_view type) const;
    [[nodiscard]] std::vector<std::string> types() const;

private:
    struct Known {
        EventDescription type;
        Handler handle;
    };
    /// A coroutine keeps its arguments, and would not keep what a lambda captured.
    template <EventStruct E, class F>
    static Task<Handled> deliver(F handle, const RecordedEvent& event, Session& session) {
        auto decoded = decode_event<E>(event);
        if (!decoded) co_return std::unexpected(std::move(decoded.error()));
        co_return co_await handle(Delivery<E>{std::move(*decoded), event.envelope()}, session);
    }

    std::string name_;
    std::string topic_;
    std::map<std::string, Known, std::less<>> handlers_;
    bool is_derived_ = false;
};

}  // namespace tally
