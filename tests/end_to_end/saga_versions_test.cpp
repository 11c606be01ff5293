// Goal: an instance of a saga ends under the version that it started with, whichever binary runs it then; and a binary
// that lacks the version says so and leaves it alone.
#include <thread>

#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::HasSubstr;

class SagaVersions : public BinaryTest {
protected:
    [[nodiscard]] static HttpResponse post(const Server& server, const std::string& target, const std::string& key) {
        return fetch(server.url, {.method = Method::post,
                                  .target = target,
                                  .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", key}},
                                  .body = "{}"});
    }
    [[nodiscard]] static boost::json::value state(const Server& server, const std::string& trip) {
        const auto answer = fetch(server.url, "/api/v1/services/trips/sagas/book-trip/" + trip);
        return answer.status == 200 ? boost::json::parse(answer.body).at("state") : boost::json::value();
    }
    /// Waits some seconds.
    [[nodiscard]] static bool comes_to(const Server& server, const std::string& trip, const std::string& member,
                                       const std::string& wanted) {
        for (int i = 0; i < 400; ++i) {
            const auto now = state(server, trip);
            const auto* found = now.is_object() ? now.get_object().if_contains(member) : nullptr;
            if (found != nullptr && found->is_string() && found->get_string() == wanted) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(25));
        }
        return false;
    }
};

TEST_F(SagaVersions, TheOldOnesInstancesEndUnderTheNewOne) {
    TALLY_COVERS("C34.3", "E01.2");
    {
        binary_ = TRIPS_OLD;
        const Server old = serve(path("data"));
        EXPECT_EQ(post(old, "/api/v1/trips/a", "a").status, 201);
        EXPECT_TRUE(comes_to(old, "a", "waiting", "ticket"));
        EXPECT_EQ(state(old, "a").at("version"), 1);
    }
    {
        binary_ = TRIPS_LACKING;
        const Server lacking = serve(path("data"));
        const auto ready = fetch(lacking.url, "/health/ready");
        EXPECT_EQ(ready.status, 503);
        EXPECT_THAT(ready.body, HasSubstr("saga book-trip: 1 open under version 1, which this binary does not have"));
        EXPECT_EQ(fetch(lacking.url, "/health").status, 200);
        EXPECT_EQ(post(lacking, "/api/v1/services/trips/sagas/book-trip/a:retry", "r1").status, 503);
        EXPECT_EQ(state(lacking, "a").at("waiting"), "ticket");
    }
    binary_ = TRIPS_NEW;
    const Server both = serve(path("data"));
    EXPECT_EQ(fetch(both.url, "/health/ready").status, 200);
    EXPECT_EQ(post(both, "/api/v1/services/trips/sagas/book-trip/a:retry", "r2").status, 200);
    EXPECT_TRUE(comes_to(both, "a", "status", "completed"));
    EXPECT_EQ(state(both, "a").at("version"), 1);
    EXPECT_EQ(post(both, "/api/v1/trips/b", "b").status, 201);
    EXPECT_TRUE(comes_to(both, "b", "status", "completed"));
    EXPECT_EQ(state(both, "b").at("version"), 2);
}

}  // namespace
}  // namespace tally::testing
