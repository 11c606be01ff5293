// Each test leaves a log in which a saga, or what it has brought about, is wrong, and `verify` names exactly that.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tally/testing/covers.hpp"
#include "verify/shop_folder.hpp"

namespace tally::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class VerifySagas : public ShopFolder {
public:
    static std::string saga_of(const std::string& order) { return "saga-place-order-" + order; }
    Position of_cancelled(const std::string& type) {
        return static_cast<Position>(number(
            "orders",
            fmt::format("SELECT position FROM events WHERE type = '{}' AND partition_key = '{}'", type, cancelled)));
    }
    void say(const std::string& order, const std::string& type, const std::string& more) {
        append("orders", saga_of(order), type, order, R"({"saga":"place-order")" + more + "}");
    }
};

TEST_F(VerifySagas, EveryOrderHasOne) {
    const verify::Verdict found = verdict();
    EXPECT_THAT(found.violations, IsEmpty());
    EXPECT_EQ(found.checked.sagas, found.checked.orders);
}

TEST_F(VerifySagas, OneThatGoesOnAfterItsEndIsFound) {
    TALLY_COVERS("I10");
    say("o1", "SagaStepStarted", R"(,"step":"pay","attempt":1,"done":[])");
    EXPECT_THAT(verdict(true).violations,
                ElementsAre(violation("I10 sagas", "orders/saga-place-order-o1", "after its end")));
}

TEST_F(VerifySagas, AStartedStepThatIsNotUndoneIsFound) {
    TALLY_COVERS("I10");
    forge("orders", of_cancelled("SagaCompensating"), "reserve\"]", "else\"]");
    EXPECT_THAT(verdict().violations, ElementsAre(violation("I10 sagas", saga_of(cancelled), "it undoes [")));
}

TEST_F(VerifySagas, AnEndBeforeAllIsUndoneIsFound) {
    forge("orders", of_cancelled("SagaCompensated"), "reserve\"]", "else\"]");
    EXPECT_THAT(verdict().violations,
                ElementsAre(violation("I10 sagas", saga_of(cancelled), "it is compensated, and of")));
}

TEST_F(VerifySagas, OneThatIsNotAtItsEndIsInFlight) {
    TALLY_COVERS("I10");
    say("o9", "SagaStarted", R"(,"version":1,"instance":"o9")");
    EXPECT_THAT(verdict().violations, Contains(violation("I10 in-flight", saga_of("o9"), "not at its end")));
}

TEST_F(VerifySagas, ACancelledOrderThatKeepsTheMoneyIsFound) {
    TALLY_COVERS("I8", "I10");
    append("payments", "payment-o2", "PaymentConfirmed", "o2",
           R"({"order":"o2","amount":{"amount":"11.250","currency":"GBP"},"reference":"r"})");
    EXPECT_THAT(verdict(true).violations, Contains(violation("I8 payments", "orders/o2", "was not given back")));
}

TEST_F(VerifySagas, ACompletedOrderThatIsNotPaidIsFound) {
    TALLY_COVERS("I8");
    forge("payments", find("payments", "PaymentConfirmed", "\"o1\""), "\"o1\"", "\"o1\"", "PaymentAuthorized");
    EXPECT_THAT(verdict(true).violations, Contains(violation("I8 payments", "orders/o1", "it is not paid")));
}

TEST_F(VerifySagas, ACompletedOrderThatIsNotDeliveredIsFound) {
    forge("shipping", find("shipping", "ShipmentDelivered", "\"o1\""), "\"o1\"", "\"o1\"", "ShippingLabelCreated");
    EXPECT_THAT(verdict(true).violations, Contains(violation("I10 shipments", "orders/o1", "it is not delivered")));
}

}  // namespace
}  // namespace tally::testing
