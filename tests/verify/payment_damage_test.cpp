// Each test leaves a log of payments in which money is wrong, and `verify` names exactly that.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tally/testing/covers.hpp"
#include "verify/shop_folder.hpp"

namespace tally::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using verify::Violation;

class VerifyPayments : public ShopFolder {
public:
    void SetUp() override {
        ShopFolder::SetUp();
        const std::string request = R"("request":{"event":"012ca0b3-7180-7000-8000-000000000001","correlation":"c"})";
        const std::string amount = R"("amount":{"amount":"7.00","currency":"GBP"})";
        say("PaymentInitiated", request + "," + amount + R"(,"method":"card")");
        say("PaymentAuthorized", amount + R"(,"reference":"r")");
        say("PaymentConfirmed", amount + R"(,"reference":"r")");
    }
    void say(const std::string& type, const std::string& more = "", const std::string& order = "p1") {
        append("payments", "payment-" + order, type, order,
               R"({"order":")" + order + "\"" + (more.empty() ? "" : "," + more) + "}");
    }
    void ask_back(const std::string& amount) {
        say("PaymentRefundInitiated",
            amount.empty() ? "" : fmt::format(R"("amount":{{"amount":"{}","currency":"GBP"}})", amount));
    }
    void give_back(const std::string& amount) {
        say("PaymentRefunded", fmt::format(R"("amount":{{"amount":"{}","currency":"GBP"}})", amount));
    }
    /// In the service of payments; that orders know nothing of these, and that the read model is behind, is not what
    /// these are about.
    std::vector<Violation> violations(bool in_flight_ok = true) {
        std::vector<Violation> found = verdict(in_flight_ok).violations;
        std::erase_if(found, [](const Violation& each) { return !each.subject.starts_with("payments/"); });
        return found;
    }
};

TEST_F(VerifyPayments, WhatIsGivenBackInPartsHolds) {
    ask_back("2.00");
    give_back("2.00");
    ask_back("");
    give_back("5.00");
    EXPECT_THAT(violations(), IsEmpty());
}

TEST_F(VerifyPayments, AReadModelThatIsNotWhatItsLogMakesIsFound) {
    TALLY_COVERS("I11");
    ask_back("2.00");
    give_back("2.00");
    ask_back("1.50");
    give_back("1.50");
    say("PaymentRefundInitiated", "", "p2");
    say("PaymentVoided", "", "p2");
    say("PaymentFailed", R"("reason":"undone_before","detail":"")", "p2");
    const auto fold = [](Shop& shop, Clock& clock) -> Task<void> {
        shop.start();
        co_await clock.sleep_for(std::chrono::seconds(5));
        co_await shop.stop();
    };
    simulation.run(fold(shop, simulation.clock()));
    EXPECT_THAT(violations(false), IsEmpty());
    edit("payments", "payment-list.g1", "p1", "3.50", "3.51");
    EXPECT_THAT(violations(false),
                ElementsAre(violation("I11 read-models", "payments/documents/payment-list.g1/p1", "refunded is")));
}

TEST_F(VerifyPayments, ASecondChargeIsFound) {
    TALLY_COVERS("I8");
    say("PaymentConfirmed", R"("amount":{"amount":"7.00","currency":"GBP"})");
    EXPECT_THAT(violations(), ElementsAre(violation("I8 payments", "payments/p1", "more than one outcome")));
}

TEST_F(VerifyPayments, MoreTakenThanAuthorizedIsFound) {
    TALLY_COVERS("I8");
    forge("payments", find("payments", "PaymentConfirmed", "p1"), "7.00", "7.01");
    EXPECT_THAT(violations(), ElementsAre(violation("I8 payments", "payments/p1", "more is taken")));
}

TEST_F(VerifyPayments, MoreGivenBackThanTakenIsFound) {
    TALLY_COVERS("I8");
    ask_back("4.00");
    give_back("4.00");
    ask_back("3.01");
    give_back("3.01");
    EXPECT_THAT(violations(), ElementsAre(violation("I8 payments", "payments/p1", "more is given back")));
}

TEST_F(VerifyPayments, MoneyThatIsKeptAfterAnUndoIsFound) {
    TALLY_COVERS("I8");
    ask_back("");
    give_back("6.99");
    EXPECT_THAT(violations(), ElementsAre(violation("I8 payments", "payments/p1", "not all of it is given back")));
}

TEST_F(VerifyPayments, AnAnswerToNoRefundIsFound) {
    say("PaymentVoided");
    EXPECT_THAT(violations(), ElementsAre(violation("I8 payments", "payments/p1", "not asked for")));
}

TEST_F(VerifyPayments, WhatHasNoOutcomeIsInFlight) {
    TALLY_COVERS("I10");
    ask_back("");
    EXPECT_THAT(verdict(false).violations,
                ::testing::Contains(violation("I10 in-flight", "payments/p1", "a refund has no outcome yet")));
}

TEST_F(VerifyPayments, AnotherCurrencyThanWasAuthorizedIsFound) {
    forge("payments", find("payments", "PaymentConfirmed", "p1"), "GBP", "EUR");
    EXPECT_THAT(violations(), ElementsAre(violation("I8 payments", "payments/p1", "more is taken")));
}

}  // namespace
}  // namespace tally::testing
