#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/orders/order_events.hpp"
#include "tally/flow/projection.hpp"

namespace tally::orders {

/// The read model that lists of returns answer from: one document a return.
struct ReturnListEntry {
    using Events = EventList<ReturnReceived>;

    ReturnId return_id;
    std::optional<CustomerId> customer;
    std::optional<OrderId> order;
    ReturnOutcome outcome = ReturnOutcome::unmatched;
    Timestamp returned_at{};
    std::int64_t lines = 0;
    std::vector<ReturnRefund> refunds;

    static std::string key(const ReturnReceived& event, const Envelope&) { return event.return_id.text(); }

    void apply(const ReturnReceived& event, const Envelope& envelope);
};
BOOST_DESCRIBE_STRUCT(ReturnListEntry, (), (return_id, customer, order, outcome, returned_at, lines, refunds))
TALLY_DOCUMENT(ReturnListEntry, "return-list")
/// `time`, `outcome` and `customer` (returns of a guest are in the first two only), each then by time.
[[nodiscard]] std::vector<IndexEntry> tally_indexes(const ReturnListEntry& entry);

}  // namespace tally::orders
