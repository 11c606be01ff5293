// Goal: whatever happens to its steps, an order ends completed with all of them in effect, or compensated with none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/orders/order.hpp"
#include "services/orders/orders_service.hpp"
#include "tally/flow/session.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/saga_explorer.hpp"

namespace tally::orders {
namespace {

using ::testing::IsEmpty;

void place(Session& session, const std::string& instance) {
    const OrderId order = OrderId::trusted(instance);
    const Money price(350, 2, Currency::parse("GBP").value());
    session.record<Order>(order, OrderCreated{.order = order,
                                              .customer = {},
                                              .placed_at = {},
                                              .country = {},
                                              .lines = {{.sku = Sku::parse("MUG").value(),
                                                         .description = "",
                                                         .quantity = Quantity::of(1).value(),
                                                         .unit_price = price}},
                                              .total = price});
}

void regret(Session& session, const std::string& instance) {
    const OrderId order = OrderId::trusted(instance);
    session.record<Order>(order, OrderCancelRequested{order});
}

SagaDefinition definition() {
    return place_order_saga(load_config(orders_settings(), {.file = {}, .environment = {}, .flags = {}}).value());
}

TEST(PlaceOrderSaga, EndsWellWhateverHappens) {
    TALLY_COVERS("I10", "E21.1", "E21.2", "E21.3", "E21.4", "E21.5", "E01.15");
    const auto found = testing::explore(definition(), &place, {.cancel = &regret});
    EXPECT_THAT(found.violations, IsEmpty()) << found.text();
    EXPECT_GT(found.completed, 20U) << found.text();
    EXPECT_GT(found.compensated, 40U) << found.text();
    EXPECT_GT(found.operator_called, 0U) << "a parcel that nobody hears of";
}

TEST(PlaceOrderSaga, IsFoundOutWhereNobodyUndoesAnything) {
    const auto found = testing::explore(definition(), &place, {.cancel = &regret, .is_undo_carried_out = false});
    EXPECT_GT(found.violations.size(), found.compensated / 2) << found.text();
}

}  // namespace
}  // namespace tally::orders
