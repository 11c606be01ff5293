#pragma once

#include <functional>
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
///         static std::string key(const OrderCreated& event);                  // one for each event: whose view it
///         changes void apply(const OrderCreated& event, const Envelope& envelope);    // one for each event
///     };
///     BOOST_DESCRIBE_STRUCT(OrderListEntry, (), (…))
///     TALLY_DOCUMENT(OrderListEntry, "order-list")                            // also the projection's name
template <class V>
concept ReadModel = DocumentStruct<V> && std::default_initializable<V> && requires { typename V::Events; };

/// A projection without its types: what the runner needs.
struct Projection {
    struct On {
        std::string_view type;
        /// Key of the document that the event changes.
        Result<std::string> (*key)(const RecordedEvent& event) = nullptr;
        /// The document's new content; `body` is empty for a new one.
        Result<Put> (*apply)(const std::string* body, const RecordedEvent& event) = nullptr;
    };
    std::string name;
    std::vector<On> on;

    [[nodiscard]] const On* find(std::string_view type) const;
};

template <ReadModel V>
[[nodiscard]] Projection make_projection();

}  // namespace tally

#include "tally/flow/projection_impl.hpp"
