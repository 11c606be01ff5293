// The same verdict from a running server as from its files.
#include <gmock/gmock.h>

#include "tally/event/codec.hpp"
#include "tally/testing/covers.hpp"
#include "tallystick/verify/verify.hpp"
#include "verify/shop_folder.hpp"

namespace tally::testing {
namespace {

using verify::Source;
using verify::Verdict;

/// Straight into the application of the shop.
class LocalClient final : public HttpClient {
public:
    explicit LocalClient(Shop& shop) : shop_(shop) {}
    Task<Result<HttpResponse>> send(HttpRequest request, Duration) override {
        co_return co_await shop_.host().application().handle(std::move(request));
    }
    Task<void> close() override { co_return; }

private:
    Shop& shop_;
};

/// A source whose logs never stand still.
class Growing final : public Source {
public:
    explicit Growing(std::unique_ptr<Source> of) : of_(std::move(of)) {}
    Task<Result<std::vector<std::string>>> services() override { return of_->services(); }
    Task<Result<void>> scan(std::string service, StoreScan& scan) override {
        return of_->scan(std::move(service), scan);
    }
    Task<Result<bool>> unchanged() override { co_return false; }

private:
    std::unique_ptr<Source> of_;
};

class VerifyHttp : public ShopFolder {
public:
    Task<Result<Verdict>> ask() {
        LocalClient client(shop);
        const auto source = verify::create_http_source(client);
        co_return co_await verify::verify(*source, simulation.clock(), false);
    }
};

CORO_TEST_F(VerifyHttp, AServerSaysWhatItsFilesSay) {
    shop.start();
    co_await settle();
    const auto found = co_await ask();
    co_await shop.stop();
    EXPECT_TRUE(found) << found.error().text;
    EXPECT_TRUE(found->ok) << to_text(*found);
    const auto source = verify::create_folder_source(folder);
    const auto files = co_await verify::verify(*source, simulation.clock(), false);
    EXPECT_EQ(encode(*found), encode(*files));
}

CORO_TEST_F(VerifyHttp, AServerWhoseStockIsWrongIsFound) {
    edit("inventory", "stock", "85123A", "\"on_hand\":991", "\"on_hand\":992");
    shop.start();
    co_await settle();
    const auto found = co_await ask();
    co_await shop.stop();
    EXPECT_TRUE(found) << found.error().text;
    EXPECT_FALSE(found->ok);
    EXPECT_EQ(found->violations.size(), 1U);
    EXPECT_EQ(found->violations.front().invariant, "I9 movements");
}

CORO_TEST_F(VerifyHttp, ALogThatTheServerRefusesToReadIsAViolation) {
    sql("inventory", "UPDATE events SET data = x'7B7D' WHERE position = 1");
    shop.start();
    co_await settle();
    const auto found = co_await ask();
    co_await shop.stop();
    EXPECT_TRUE(found) << found.error().text;
    EXPECT_EQ(found->violations.size(), 1U) << to_text(*found);
    EXPECT_EQ(found->violations.front().invariant, "I1 rows");
    EXPECT_EQ(found->violations.front().subject, "inventory/file");
}

CORO_TEST_F(VerifyHttp, LogsThatKeepGrowingAreNoVerdict) {
    Growing source(verify::create_folder_source(folder));
    const auto found = co_await verify::verify(source, simulation.clock(), false);
    EXPECT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::unavailable);
}

CORO_TEST_F(VerifyHttp, AFolderWithoutDataIsNoVerdict) {
    const auto source = verify::create_folder_source(folder / "nothing");
    const auto found = co_await verify::verify(*source, simulation.clock(), false);
    EXPECT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace tally::testing
