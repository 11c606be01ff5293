#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "tally/flow/saga_steps.hpp"

namespace tally {

/// Describes a saga about an aggregate of the service that runs it. The aggregate is the saga's state: requests are
/// made from it, decisions are taken on it, in the commit that the saga moves on in.
///
///     SagaDefinition place_order_saga(const Deadlines& within) {
///         return saga<Order>("place-order", 1)
///             .starts_on(&OrderCreated::order)
///             .cancelled_by(&OrderCancelRequested::order)
///             .step("reserve").request(&reservation_for)
///                 .expect(&InventoryReservationConfirmed::order)
///                 .refused_by(&InventoryReservationFailed::order)
///                 .within(within.reserve)
///                 .undo(&release_of).undone_by(&StockReleased::order)
///             .step("confirm").decide(&confirm).pivot()
///             .step("ship").expect(&ShipmentDelivered::order).within(within.ship)
///             .step("complete").decide(&complete)
///             .compensated(&cancelled)
///             .done();
///     }
///
/// A member pointer names an event type and, in it, the instance. Requests are events of the saga's own stream; a
/// participant answers with the request as causation (`RecordOptions::reply_to`).
///
/// A step waits (`request` or not, `expect`, `within`) or decides (`decide`). What a step without a request waits for
/// may happen before it is reached: then it counts when it is. Before the pivot it has one attempt, and
/// a step without `undo` or `nothing_to_undo` does not compile; after the pivot, neither do `undo` and `refused_by`:
/// such a step is asked for again, and then an operator is called. All that was started and not definitely refused is
/// undone in reverse, one after the other; each undo is asked for until it is answered.
template <Aggregate A>
[[nodiscard]] saga_builder::Start<A> saga(std::string name, int version) {
    static_assert(A::category != "saga" && !std::string_view(A::category).starts_with("saga-"),
                  "streams that begin with 'saga-' are those of sagas");
    return saga_builder::Start<A>(SagaDefinition{.name = std::move(name), .version = version});
}

}  // namespace tally
