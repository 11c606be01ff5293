#include "tallystick/import/retail_import.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "tally/base/strong_id.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally {
namespace {

/// No service ever answers anything but this.
class OneAnswer final : public Transport {
public:
    explicit OneAnswer(HttpResponse answer) : answer_(std::move(answer)) {}
    Task<Result<HttpResponse>> send(std::string, HttpRequest request) override {
        if (request.method == Method::post) ++posts;
        auto answer = request.method == Method::post
                          ? answer_
                          : HttpResponse{.status = 200, .headers = {}, .body = R"({"items":[]})"};
        co_return answer;
    }
    std::vector<std::string> services() const override { return {"orders", "inventory"}; }
    int posts = 0;

private:
    HttpResponse answer_;
};

RetailFile small_year() {
    std::string csv = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
    for (int i = 0; i < 20; ++i)
        csv += std::to_string(536'365 + i) + ",85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850.0,France\n";
    auto source = byte_source_of(std::move(csv), "memory");
    return read_online_retail(**source).value();
}

class RetailImportTest : public testing::CoroutineTest {
protected:
    Task<Error> failure_of(OneAnswer& transport, RetailImport::Options options = {}) {
        const RetailFile file = small_year();
        Api api(transport, simulation.clock());
        RetailImport import(simulation.executor(), api, file, options, [](const RetailImport::Progress&) {});
        auto report = co_await import.run();
        co_await import.close();
        co_return report ? Error{} : std::move(report.error());
    }
};

CORO_TEST_F(RetailImportTest, OtherStockIsARefusalThatSaysWhatToDo) {
    OneAnswer transport({.status = 409, .headers = {}, .body = R"({"detail":"receipt x was of 5 pieces"})"});
    const Error failure = co_await failure_of(transport);
    EXPECT_EQ(failure.code, ErrorCode::rejected);
    EXPECT_TRUE(failure.text.contains("receipt x was of 5 pieces")) << failure.text;
    EXPECT_TRUE(failure.text.contains("--stock")) << failure.text;
    EXPECT_EQ(transport.posts, 1);
}

CORO_TEST_F(RetailImportTest, OrdersThatNeverEndAreGivenUp) {
    OneAnswer transport({.status = 201, .headers = {}, .body = "{}"});
    const Instant begun = simulation.clock().instant();
    const Error failure =
        co_await failure_of(transport, {.stock = {}, .in_flight = 4, .patience = std::chrono::seconds(60)});
    EXPECT_EQ(failure.code, ErrorCode::unavailable);
    EXPECT_TRUE(failure.text.contains("dead-letters")) << failure.text;
    EXPECT_EQ(transport.posts, 1 + 4);  // the receipt, and no more orders at once than may be open
    EXPECT_LT(simulation.clock().instant() - begun, std::chrono::seconds(61));
}

TEST(OrderLog, CountsWhatIsStored) {
    OneAnswer transport({});
    const auto clock = create_system_clock();
    Api api(transport, *clock);
    OrderLog log(api);
    const auto apply = [&](const char* event) { log.apply(boost::json::parse(event)); };
    apply(R"({"position":1,"type":"OrderCreated","data":{"order":"a"}})");
    apply(R"({"position":2,"type":"InventoryReservationRequested","data":{"order":"a"}})");
    EXPECT_FALSE(log.is_final("a"));
    EXPECT_FALSE(log.is_final("b"));
    apply(R"({"position":3,"type":"OrderConfirmed","data":{"order":"a"}})");
    EXPECT_FALSE(log.is_final("a"));
    apply(R"({"position":4,"type":"OrderCompleted","data":{"order":"a"}})");
    apply(R"({"position":5,"type":"OrderCreated","data":{"order":"b"}})");
    apply(R"({"position":6,"type":"OrderCancelled","data":{"order":"b","reason":"out_of_stock"}})");
    EXPECT_TRUE(log.is_final("a"));
    EXPECT_TRUE(log.is_final("b"));
    EXPECT_EQ(log.figures().placed, 2U);
    EXPECT_EQ(log.figures().completed, 1U);
    EXPECT_EQ(log.figures().cancelled, 1U);
    EXPECT_EQ(log.figures().cancelled_by, (std::map<std::string, std::uint64_t>{{"out_of_stock", 1}}));

    apply(R"({"position":7,"type":"SagaCompensating","data":{"undo":["pay","reserve"]}})");
    apply(R"({"position":8,"type":"SagaCompensating","data":{"undo":["reserve"]}})");
    EXPECT_EQ(log.figures().compensations, (std::map<std::string, std::uint64_t>{{"pay", 1}, {"reserve", 2}}));
    apply(R"({"position":9,"type":"SagaReplyIgnored","data":{"why":"late"}})");
    apply(R"({"position":10,"type":"SagaReplyIgnored","data":{"why":"duplicate"}})");
    apply(R"({"position":11,"type":"SagaReplyIgnored","data":{"why":"too_late"}})");
    EXPECT_EQ(log.figures().late_replies, 1U);
    EXPECT_EQ(log.figures().duplicate_replies, 1U);
    apply(R"({"position":12,"type":"ReturnReceived","data":{"lines":[{"matched":2},{"matched":0},{"matched":1}]}})");
    EXPECT_EQ(log.figures().returns.accepted, 1U);
    EXPECT_EQ(log.figures().returns.matched_lines, 2U);
    EXPECT_EQ(log.figures().returns.unmatched_lines, 1U);
}

TEST(RetailImportIds, HaveNoForbiddenCharacterAndNeverMeet) {
    EXPECT_EQ(receipt_id("85123A"), "online-retail-85123A");
    EXPECT_EQ(receipt_id("A B~"), "online-retail-A~20B~7E");
    EXPECT_NE(receipt_id("A~20B"), receipt_id("A B"));
    EXPECT_TRUE(is_id_text(receipt_id("\"a/b\"")));
}

}  // namespace
}  // namespace tally
