#include "services/orders/return_list.hpp"

namespace tally::orders {

void ReturnListEntry::apply(const ReturnReceived& event, const Envelope& envelope) {
    return_id = event.return_id;
    customer = event.customer;
    order = event.order;
    outcome = event.outcome;
    returned_at = event.returned_at.value_or(envelope.occurred_at);
    lines = static_cast<std::int64_t>(event.lines.size());
    refunds = event.refunds;
}

std::vector<IndexEntry> tally_indexes(const ReturnListEntry& entry) {
    const auto by = [&](IndexKey prefix) {
        return prefix.time(entry.returned_at).text(entry.return_id.text()).bytes();
    };
    std::vector<IndexEntry> entries{{"time", by({})},
                                    {"outcome", by(IndexKey().number(static_cast<int>(entry.outcome)))}};
    if (entry.customer) entries.push_back({"customer", by(IndexKey().text(entry.customer->text()))});
    return entries;
}

}  // namespace tally::orders
