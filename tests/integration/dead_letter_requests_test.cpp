// Many dead letters at once, with other data, and what that would bring about, over HTTP.
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "integration/parcels.hpp"
#include "support/openapi_check.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string letters = "/api/v1/services/depot/dead-letters";

class DeadLetterRequests : public Parcels {
public:
    /// `leaky` and `broken` are poisonous, `behind` waits behind the first.
    Task<void> post_three() {
        poisonous = {"leaky", "broken"};
        EXPECT_EQ(co_await post_parcel("leaky", "Ann"), 201);
        EXPECT_EQ(co_await post_parcel("behind", "Ann"), 201);
        EXPECT_EQ(co_await post_parcel("broken", "Bob"), 201);
        co_await pause(std::chrono::minutes(5));
        check.emplace((co_await send(Method::get, "/openapi.json")).body);
        EXPECT_THAT(check->faults(), IsEmpty());
    }
    Task<std::vector<boost::json::value>> list(std::string query = {}) {
        const auto page = co_await read(letters + query);
        co_return std::vector<boost::json::value>(page.at("items").as_array().begin(),
                                                  page.at("items").as_array().end());
    }
    /// The answer to a POST, which is as the API document says.
    Task<boost::json::value> ask(int status, std::string target, std::string body) {
        const auto response = co_await send(Method::post, target, std::move(body));
        EXPECT_EQ(response.status, status) << target << ": " << response.body;
        EXPECT_THAT(check->faults_of(Method::post, target, response), IsEmpty());
        co_return boost::json::parse(response.body);
    }
    static std::vector<std::string> outcomes(const boost::json::value& answer) {
        std::vector<std::string> all;
        for (const auto& letter : answer.at("dry_run").at("letters").as_array())
            all.emplace_back(letter.at("outcome").as_string());
        return all;
    }
    static std::vector<std::string> pointers(const boost::json::value& problem) {
        std::vector<std::string> all;
        for (const auto& error : problem.at("errors").as_array()) all.emplace_back(error.at("pointer").as_string());
        return all;
    }
    Task<std::string> path_of(std::size_t index) {
        const auto items = co_await list();
        co_return letters + "/" + percent_encode(std::string(items.at(index).at("id").as_string()));
    }

    std::optional<OpenApiCheck> check;
};

CORO_TEST_F(DeadLetterRequests, AGroupIsRedrivenAndTheAnswerCountsIt) {
    TALLY_COVERS("A03.2", "A19.5", "A28.3");
    start();
    co_await post_three();
    poisonous.clear();
    const auto some = co_await ask(202, letters + ":redrive", R"({"filter":{"key":"Bob"},"reason":"mended"})");
    EXPECT_EQ(some.at("asked"), 1);
    EXPECT_EQ(some.at("queued"), 0);
    EXPECT_EQ(some.at("service"), "depot");
    co_await pause();
    EXPECT_TRUE(co_await shelved("broken"));
    EXPECT_FALSE(co_await shelved("leaky"));
    const auto all = co_await ask(202, letters + ":redrive", R"({"all":true})");
    EXPECT_EQ(all.at("asked"), 1);
    EXPECT_EQ(all.at("queued"), 1);
    EXPECT_THAT(all.at("refused").as_array(), IsEmpty());
    EXPECT_FALSE(all.as_object().contains("next"));
    co_await pause();
    EXPECT_TRUE(co_await shelved("behind"));
    EXPECT_THAT(co_await list(), IsEmpty());
    co_await stop();
}

CORO_TEST_F(DeadLetterRequests, AGroupIsSkipped) {
    start();
    co_await post_three();
    const auto told = co_await ask(202, letters + ":skip", R"({"filter":{"consumer":"depot","error_code":102}})");
    EXPECT_EQ(told.at("asked"), 2);
    EXPECT_EQ(told.at("queued"), 0);  // it has no error of its own
    co_await pause();
    EXPECT_FALSE(co_await shelved("leaky"));
    EXPECT_TRUE(co_await shelved("behind"));
    EXPECT_THAT(co_await list(), IsEmpty());
    co_await stop();
}

CORO_TEST_F(DeadLetterRequests, EverythingIsOnlyMeantWhereItIsSaid) {
    start();
    co_await post_three();
    for (const std::string verb : {":redrive", ":skip"}) {
        for (const std::string dry_run : {"", R"(,"dry_run":true)"}) {
            const auto with = [&](const std::string& members) { return "{" + members + dry_run + "}"; };
            EXPECT_THAT(
                std::string((co_await ask(400, letters + verb, with(R"("filter":{})"))).at("detail").as_string()),
                HasSubstr("\"all\": true"));
            (void)co_await ask(400, letters + verb, with(R"("reason":"none")"));
            (void)co_await ask(400, letters + verb, with(R"("all":false)"));
            (void)co_await ask(400, letters + verb, with(R"("all":true,"filter":{"key":"Bob"})"));
            (void)co_await ask(400, letters + verb, with(R"("filter":{"from_position":1})"));
            (void)co_await ask(400, letters + verb, with(R"("all":true,"after":"nowhere")"));
            (void)co_await ask(422, letters + verb, with(R"("filter":{"keys":"Bob"})"));
        }
    }
    for (const auto& item : co_await list()) EXPECT_FALSE(item.at("letter").as_object().contains("note"));
    co_await stop();
}

CORO_TEST_F(DeadLetterRequests, ADryRunTellsAndChangesNothing) {
    TALLY_COVERS("A03.2");
    start();
    co_await post_three();
    const auto before = co_await list();
    const auto fails = co_await ask(200, letters + ":redrive", R"({"all":true,"dry_run":true})");
    EXPECT_EQ(fails.at("asked"), 2);
    EXPECT_EQ(fails.at("queued"), 1);
    EXPECT_THAT(outcomes(fails), ElementsAre("failed", "unreachable", "failed"));
    EXPECT_EQ(fails.at("dry_run").at("letters").at(0).at("error"), "<b>leaky</b> leaks");
    const auto skips = co_await ask(200, letters + ":skip", R"({"filter":{"key":"Ann"},"dry_run":true})");
    EXPECT_THAT(outcomes(skips), ElementsAre("skipped", "handled"));

    poisonous.clear();
    const std::string first = co_await path_of(0);
    const auto goes = co_await ask(200, first + ":redrive", R"({"dry_run":true})");
    EXPECT_THAT(outcomes(goes), ElementsAre("handled", "handled"));
    EXPECT_EQ(goes.at("letter").at("state"), "poisoned");
    EXPECT_THAT(outcomes(co_await ask(200, first + ":skip", R"({"dry_run":true})")), ElementsAre("skipped", "handled"));
    (void)co_await ask(409, co_await path_of(1) + ":redrive", R"({"dry_run":true})");
    co_await pause();
    EXPECT_EQ(co_await list(), before);
    EXPECT_FALSE(co_await shelved("leaky"));
    co_await stop();
}

CORO_TEST_F(DeadLetterRequests, WithOtherDataItIsHandledAndTheLogLinksBoth) {
    TALLY_COVERS("A03.2", "A19.5");
    start();
    co_await post_three();
    const std::string first = co_await path_of(0);
    const auto original = (co_await list()).at(0).at("letter");
    const std::string body = R"({"patch":{"parcel":"mended"},"reason":"wrong label")";
    EXPECT_THAT(outcomes(co_await ask(200, first + ":redrive", body + R"(,"dry_run":true})")),
                ElementsAre("handled", "handled"));
    EXPECT_FALSE((co_await list()).at(0).at("letter").as_object().contains("edit"));

    const auto asked = co_await ask(202, first + ":redrive", body + "}");
    EXPECT_EQ(asked.at("letter").at("edit").at("data").at("parcel"), "mended");
    EXPECT_EQ(asked.at("letter").at("note"), "user:developer: wrong label");
    co_await pause();
    EXPECT_TRUE(co_await shelved("mended"));
    EXPECT_TRUE(co_await shelved("behind"));
    EXPECT_FALSE(co_await shelved("leaky"));

    const auto log = co_await read("/api/v1/services/depot/events");
    const auto& edit = log.at("items").at(0);
    EXPECT_EQ(edit.at("type"), "DeadLetterEdited");
    EXPECT_EQ(edit.at("id"), asked.at("letter").at("edit").at("recorded"));
    EXPECT_EQ(edit.at("causation_id"), original.at("event"));
    EXPECT_EQ(edit.at("correlation_id"), original.at("correlation"));
    EXPECT_EQ(edit.at("actor"), "user:developer");
    EXPECT_EQ(edit.at("data").at("data").at("parcel"), "mended");
    EXPECT_EQ(edit.at("data").at("reason"), "wrong label");
    const auto sent = co_await read("/api/v1/services/post/events");
    EXPECT_EQ(sent.at("items").at(0).at("data").at("parcel"), "leaky");
    co_await stop();
}

CORO_TEST_F(DeadLetterRequests, WhatFailsWithOtherDataShowsThem) {
    start();
    co_await post_three();
    poisonous.insert("worse");
    const std::string first = co_await path_of(0);
    (void)co_await ask(202, first + ":redrive", R"({"patch":{"parcel":"worse"}})");
    co_await pause();
    const auto letter = (co_await list()).at(0).at("letter");
    EXPECT_EQ(letter.at("state"), "poisoned");
    EXPECT_EQ(letter.at("error"), "<b>worse</b> leaks");
    EXPECT_EQ(letter.at("edit").at("data").at("parcel"), "worse");
    (void)co_await ask(202, first + ":skip", "{}");
    co_await pause();
    EXPECT_TRUE(co_await shelved("behind"));
    co_await stop();
}

CORO_TEST_F(DeadLetterRequests, DataThatTheTypeDoesNotTakeIsRefusedWithItsPlaces) {
    start();
    co_await post_three();
    const std::string first = co_await path_of(0);
    for (const std::string dry_run : {"", R"(,"dry_run":true)"}) {
        const auto wrong =
            co_await ask(422, first + ":redrive", R"({"patch":{"parcel":"a b","to":null,"from":1})" + dry_run + "}");
        EXPECT_THAT(pointers(wrong), ElementsAre("/patch/parcel", "/patch/to", "/patch/from"));
        EXPECT_THAT(pointers(co_await ask(422, first + ":redrive", R"({"patch":[])" + dry_run + "}")),
                    ElementsAre("/patch"));
    }
    (void)co_await ask(422, first + ":skip", R"({"patch":{"parcel":"a"}})");
    (void)co_await ask(400, first + ":redrive", R"({"patch":{"parcel":})");
    (void)co_await ask(404, letters + "/nothing:redrive", R"({"patch":{}})");
    EXPECT_FALSE((co_await list()).at(0).at("letter").as_object().contains("edit"));
    co_await stop();
}

CORO_TEST_F(DeadLetterRequests, TheListTakesTheSameFilter) {
    start();
    co_await post_three();
    const auto items = co_await list();
    const std::string position = std::to_string(items.at(1).at("letter").at("position").as_int64());
    const auto count = [&](std::string query) -> Task<std::size_t> { co_return (co_await list(query)).size(); };
    EXPECT_EQ(co_await count("?key=Ann"), 2U);
    EXPECT_EQ(co_await count("?error_code=102&type=ParcelSent"), 2U);
    EXPECT_EQ(co_await count("?topic=post.events&from_position=" + position + "&to_position=" + position), 1U);
    EXPECT_EQ(co_await count("?parked_until=2000-01-01T00:00:00Z"), 0U);
    EXPECT_EQ(co_await count("?parked_since=2000-01-01T00:00:00Z"), 3U);
    EXPECT_EQ((co_await send(Method::get, letters + "?from_position=1")).status, 400);
    const auto filtered = co_await send(Method::get, letters + "?key=Bob");
    EXPECT_THAT(check->faults_of(Method::get, letters + "?key=Bob", filtered), IsEmpty());
    co_await stop();
}

}  // namespace
}  // namespace tally::testing
