// What an operator does, over HTTP, about events that could not be handled.
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "integration/parcels.hpp"
#include "support/openapi_check.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

const std::string letters = "/api/v1/services/depot/dead-letters";

class DeadLettersOverHttp : public Parcels {
public:
    Task<std::vector<boost::json::value>> list(std::string query = {}) {
        const auto page = co_await read(letters + query);
        std::vector<boost::json::value> items;
        for (const auto& item : page.at("items").as_array()) items.push_back(item);
        co_return items;
    }
    static std::string path_of(const boost::json::value& item) {
        return letters + "/" + percent_encode(std::string(item.at("id").as_string()));
    }
    static std::string state_of(const boost::json::value& item) {
        return std::string(item.at("letter").at("state").as_string());
    }
    /// `leaky` is poisonous, `behind` waits behind it, `other` has another key.
    Task<void> post_three() {
        poisonous = {"leaky"};
        EXPECT_EQ(co_await post_parcel("leaky", "Ann"), 201);
        EXPECT_EQ(co_await post_parcel("behind", "Ann"), 201);
        EXPECT_EQ(co_await post_parcel("other", "Bob"), 201);
        co_await pause(std::chrono::minutes(5));
    }
};

CORO_TEST_F(DeadLettersOverHttp, APoisonedEventAndTheQueueBehindItAreListed) {
    TALLY_COVERS("A03.1", "A19.5", "I16");
    start();
    co_await post_three();
    EXPECT_TRUE(co_await shelved("other"));
    EXPECT_FALSE(co_await shelved("behind"));
    const auto items = co_await list();
    EXPECT_EQ(items.size(), 2u);
    if (items.size() == 2) {
        EXPECT_EQ(state_of(items[0]), "poisoned");
        EXPECT_EQ(items[0].at("service").as_string(), "depot");
        EXPECT_EQ(items[0].at("letter").at("error").as_string(), "<b>leaky</b> leaks");
        EXPECT_EQ(items[0].at("letter").at("attempts"), 5);
        EXPECT_EQ(state_of(items[1]), "queued");
        const auto shown = co_await read(path_of(items[0]));
        EXPECT_EQ(shown, items[0]);
    }
    EXPECT_EQ((co_await list("?consumer=depot")).size(), 2u);
    EXPECT_EQ((co_await list("?consumer=nobody")).size(), 0u);
    EXPECT_EQ((co_await send(Method::get, "/health/ready")).status, 200);
    co_await stop();
}

CORO_TEST_F(DeadLettersOverHttp, APageWalkSeesEachOnce) {
    start();
    poisonous = {"a", "b", "c", "d", "e"};
    for (const std::string& parcel : poisonous) EXPECT_EQ(co_await post_parcel(parcel, "to " + parcel), 201);
    co_await pause(std::chrono::minutes(5));
    std::multiset<std::string> seen;
    std::string token;
    do {
        const auto page = co_await read(letters + "?page_size=2" + (token.empty() ? "" : "&page_token=" + token));
        for (const auto& item : page.at("items").as_array()) seen.emplace(item.at("id").as_string());
        const auto* next = page.as_object().if_contains("next_page_token");
        token = next == nullptr ? "" : std::string(next->as_string());
    } while (!token.empty());
    EXPECT_EQ(seen.size(), 5u);
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 5u);
    co_await stop();
}

CORO_TEST_F(DeadLettersOverHttp, RedriveHandlesItAndTheQueueBehindIt) {
    TALLY_COVERS("A03.2", "A19.5", "A28.3", "I16");
    start();
    co_await post_three();
    const auto items = co_await list();
    poisonous.clear();
    const auto redriven = co_await send(Method::post, path_of(items.at(0)) + ":redrive", R"({"reason":"mended"})");
    EXPECT_EQ(redriven.status, 202) << redriven.body;
    const auto letter = boost::json::parse(redriven.body);
    EXPECT_EQ(state_of(letter), "redriving");
    EXPECT_EQ(letter.at("letter").at("note").as_string(), "user:developer: mended");
    co_await pause();
    EXPECT_TRUE(co_await shelved("leaky"));
    EXPECT_TRUE(co_await shelved("behind"));
    EXPECT_EQ((co_await list()).size(), 0u);
    EXPECT_EQ((co_await send(Method::get, path_of(items.at(0)))).status, 404);
    co_await stop();
}

CORO_TEST_F(DeadLettersOverHttp, WhatStillFailsIsPoisonedAgain) {
    start();
    co_await post_three();
    const auto items = co_await list();
    EXPECT_EQ((co_await send(Method::post, path_of(items.at(0)) + ":redrive")).status, 202);
    co_await pause(std::chrono::minutes(5));
    const auto after = co_await list();
    EXPECT_EQ(after.size(), 2u);
    EXPECT_EQ(state_of(after.at(0)), "poisoned");
    EXPECT_FALSE(co_await shelved("behind"));
    co_await stop();
}

CORO_TEST_F(DeadLettersOverHttp, SkipPassesItOverAndHandlesTheQueueBehindIt) {
    TALLY_COVERS("A19.5");
    start();
    co_await post_three();
    const auto items = co_await list();
    EXPECT_EQ((co_await send(Method::post, path_of(items.at(0)) + ":skip")).status, 202);
    co_await pause();
    EXPECT_FALSE(co_await shelved("leaky"));
    EXPECT_TRUE(co_await shelved("behind"));
    EXPECT_EQ((co_await list()).size(), 0u);
    co_await stop();
}

CORO_TEST_F(DeadLettersOverHttp, WhatCannotBeActedOnIsRefused) {
    start();
    co_await post_three();
    const auto items = co_await list();
    for (const char* verb : {":redrive", ":skip"}) {
        const auto queued = co_await send(Method::post, path_of(items.at(1)) + verb);
        EXPECT_EQ(queued.status, 409) << queued.body;
        EXPECT_TRUE(boost::json::parse(queued.body).at("type").as_string().ends_with("/problems/rejected"));
        EXPECT_EQ((co_await send(Method::post, letters + "/nothing" + verb)).status, 404);
        EXPECT_EQ((co_await send(Method::post, path_of(items.at(0)) + verb, R"({"reason":1})")).status, 422);
        EXPECT_EQ((co_await send(Method::post, path_of(items.at(0)) + verb, R"({"why":"x"})")).status, 422);
    }
    EXPECT_EQ((co_await send(Method::get, letters + "/nothing")).status, 404);
    EXPECT_EQ((co_await send(Method::get, path_of(items.at(0)) + ":redrive")).status, 404);  // that is no letter
    co_await stop();
}

CORO_TEST_F(DeadLettersOverHttp, EveryAnswerIsAsDescribed) {
    TALLY_COVERS("A26.1");
    start();
    co_await post_three();
    OpenApiCheck check((co_await send(Method::get, "/openapi.json")).body);
    EXPECT_THAT(check.faults(), ::testing::IsEmpty());
    const auto items = co_await list();
    const std::vector<std::tuple<int, Method, std::string>> requests{
        {200, Method::get, letters},
        {200, Method::get, path_of(items.at(0))},
        {409, Method::post, path_of(items.at(1)) + ":skip"},
        {202, Method::post, path_of(items.at(0)) + ":redrive"},
        {202, Method::post, path_of(items.at(0)) + ":skip"}};
    for (const auto& [status, method, target] : requests) {
        const auto response = co_await send(method, target);
        EXPECT_EQ(response.status, status) << response.body;
        EXPECT_THAT(check.faults_of(method, target, response), ::testing::IsEmpty());
        co_await pause(std::chrono::minutes(5));  // until what still fails is poisoned again
    }
    co_await stop();
}

CORO_TEST_F(DeadLettersOverHttp, TheyOutliveARestart) {
    TALLY_COVERS("A03.1");
    start();
    co_await post_three();
    co_await stop();
    start();
    co_await pause();
    const auto items = co_await list();
    EXPECT_EQ(items.size(), 2u);
    poisonous.clear();
    EXPECT_EQ((co_await send(Method::post, path_of(items.at(0)) + ":redrive")).status, 202);
    co_await pause();
    EXPECT_TRUE(co_await shelved("behind"));
    co_await stop();
}

}  // namespace
}  // namespace tally::testing
