#include "tallystick/import/payment_log.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "tally/net/http_message.hpp"

namespace tally {
namespace {

class NoTransport final : public Transport {
public:
    Task<Result<HttpResponse>> send(std::string, HttpRequest) override {
        co_return fail(ErrorCode::unavailable, "nobody is asked");
    }
    [[nodiscard]] std::vector<std::string> services() const override { return {}; }
};

class PaymentLogTest : public ::testing::Test {
public:
    NoTransport transport;
    std::unique_ptr<Clock> clock = create_system_clock();
    Api api{transport, *clock};
    PaymentLog log{api, Currency::parse("GBP").value(), 3};

    void apply(const std::string& type, const std::string& order, const std::string& amount = "",
               const std::string& currency = "GBP") {
        boost::json::object data{{"order", order}};
        if (!amount.empty()) data["amount"] = {{"amount", amount}, {"currency", currency}};
        log.apply(boost::json::object{{"position", 1}, {"type", type}, {"data", std::move(data)}});
    }
};

TEST_F(PaymentLogTest, SumsWhatWasTakenAndGivenBack) {
    apply("PaymentInitiated", "a", "7.000");
    EXPECT_FALSE(log.is_settled());
    apply("PaymentAuthorized", "a", "7.000");
    EXPECT_FALSE(log.is_settled());
    apply("PaymentConfirmed", "a", "7.000");
    EXPECT_TRUE(log.is_settled());
    apply("PaymentConfirmed", "b", "1.25");
    apply("PaymentConfirmed", "c", "99.00", "EUR");
    apply("PaymentRefundInitiated", "a", "2.000");
    EXPECT_FALSE(log.is_settled());
    apply("PaymentRefunded", "a", "2.000");
    EXPECT_TRUE(log.is_settled());
    apply("PaymentAnswerRepeated", "a");
    EXPECT_EQ(log.figures().captured.decimal(), "8.250");
    EXPECT_EQ(log.figures().refunded.decimal(), "2.000");
    EXPECT_EQ(log.figures().repeated_answers, 1U);
}

TEST_F(PaymentLogTest, KnowsEveryOutcome) {
    apply("PaymentFailed", "never");  // undone before anything was charged
    apply("PaymentRefundInitiated", "never");
    apply("PaymentVoided", "never");
    EXPECT_TRUE(log.is_settled());
    apply("PaymentInitiated", "declined", "1.000");
    apply("PaymentFailed", "declined");
    apply("PaymentRefundInitiated", "declined", "1.000");
    apply("PaymentRefundFailed", "declined", "1.000");
    EXPECT_TRUE(log.is_settled());
    EXPECT_EQ(log.figures().captured.decimal(), "0.000");
}

}  // namespace
}  // namespace tally
