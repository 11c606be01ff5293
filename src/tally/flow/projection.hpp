#pragma once

#include <any>
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "tally/event/event_codec.hpp"
#include "tally/event/event_registry.hpp"
#include "tally/flow/document_type.hpp"

namespace tally {

/// A read model kept as documents, folded from the events of the service's own log. Pure.
///
///     struct OrderListEntry {
///         using Events = EventList<OrderCreated, OrderConfirmed>;
///         // one of each for each event: whose view it changes, and how
///         static std::string key(const OrderCreated& event);                  // or with its envelope
///         void apply(const OrderCreated& event, const Envelope& envelope);
///     };
///     BOOST_DESCRIBE_STRUCT(OrderListEntry, (), (…))
///     TALLY_DOCUMENT(OrderListEntry, "order-list")                            // also the projection's name
template <class V>
concept ReadModel =
    DocumentStruct<V> && std::default_initializable<V> && std::copyable<V> && requires { typename V::Events; };

/// A projection without its types: what the runner needs. Within a batch each event is decoded once, and each view is
/// decoded and encoded once, however many events change it.
struct Projection {
    struct Change {
        std::string key;  ///< of the document that the event changes
        std::any event;   ///< decoded
    };
    struct On {
        std::string_view type;
        Result<Change> (*decode)(const RecordedEvent& event) = nullptr;
        void (*apply)(std::any& view, const Change& change, const Envelope& envelope) = nullptr;
    };
    std::string name;
    std::vector<On> on;
    /// The view in a document's body; a new one for null.
    Result<std::any> (*read)(const std::string* body) = nullptr;
    Put (*write)(const std::any& view) = nullptr;

    /// Null for a type that is passed over.
    [[nodiscard]] const On* find(std::string_view type) const;
};

template <ReadModel V>
[[nodiscard]] Projection make_projection();

}  // namespace tally

#include "tally/flow/projection_impl.hpp"
