#include "tallystick/verify/invariant.hpp"

#include <array>
#include <cstddef>

namespace tally::verify {
namespace {

constexpr bool log = true;
constexpr bool fold = false;

constexpr std::array<InvariantInfo, 29> all{{
    {Invariant::rows, "I1 rows", "every file, row and event can be read as what it must be", log},
    {Invariant::head, "I1 head", "a log ends where its head is recorded", log},
    {Invariant::event_ids, "I3 event-ids", "an event id exists once, in all logs together", log},
    {Invariant::causation, "I3 causation", "a cause exists, in some log, and shares the correlation id", fold},
    {Invariant::versions, "I4 versions", "the versions of a stream are 1 to n", log},
    {Invariant::streams, "I4 streams",
     "a stream holds events of its category, each about what the stream is named after", log},
    {Invariant::revisions, "I4 revisions", "no document has a revision above the highest one given", fold},
    {Invariant::positions, "I5 positions", "the positions of a log are 1 to n", log},
    {Invariant::shards, "I5 shards", "an event is in the shard of its key, and each shard ends where that is recorded",
     fold},
    {Invariant::chain, "I5 chain", "`previous` is the position of the event before it in its shard", fold},
    {Invariant::totals, "I8 totals", "the total of an order is the sum of its lines", fold},
    {Invariant::payments, "I8 payments",
     "an order is charged at most once, at most what was authorised, and gets back at most what was taken", fold},
    {Invariant::refunds, "I8 refunds",
     "a return refunds what its orders say, which is asked for once; payments give back nothing else for it", fold},
    {Invariant::stock, "I9 stock", "0 ≤ reserved ≤ on_hand, at every position of the log and in the document", fold},
    {Invariant::movements, "I9 movements", "a stock document equals the sum of its movements", fold},
    {Invariant::releases, "I9 releases", "what is released for an order is what was held for it", fold},
    {Invariant::commits, "I9 commits", "what is committed is what was held for a confirmed order, once", fold},
    {Invariant::returns, "I9 returns",
     "what came back was found in completed orders placed before, at most what was bought, at its price; what is back "
     "on the shelf is of that, at most what left",
     fold},
    {Invariant::requests, "I10 requests", "an order is created once and asks once for its stocked lines, summed", fold},
    {Invariant::outcomes, "I10 outcomes", "an order is confirmed or cancelled at most once, and answered at most once",
     fold},
    {Invariant::confirmed, "I10 confirmed", "a confirmed order holds exactly what it asked for", fold},
    {Invariant::cancelled, "I10 cancelled", "a cancelled order holds nothing", fold},
    {Invariant::shipments, "I10 shipments", "a confirmed order, and no other, is sent once and delivered once", fold},
    {Invariant::sagas, "I10 sagas",
     "a saga ends once; it undoes exactly the steps that were started and not refused, the last one first", fold},
    {Invariant::in_flight, "I10 in-flight", "nothing is unfinished (tolerated with --in-flight-ok)", fold},
    {Invariant::progress, "I11 progress", "progress is not beyond its log, and of the same incarnation", fold},
    {Invariant::read_models, "I11 read-models", "a read model equals the fold of its log up to its progress", fold},
    {Invariant::sales, "I11 sales", "the days of sales are the sums of what the logs say of their orders", fold},
    {Invariant::digests, "I12 digests", "an event's content has the digest that was recorded with it", log},
}};

consteval bool in_order() {
    for (std::size_t i = 0; i < all.size(); ++i)
        if (static_cast<std::size_t>(all[i].id) != i) return false;
    return true;
}
static_assert(in_order());

}  // namespace

std::span<const InvariantInfo> invariants() { return all; }
const InvariantInfo& info(Invariant id) { return all[static_cast<std::size_t>(id)]; }

}  // namespace tally::verify
