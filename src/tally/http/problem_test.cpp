#include "tally/http/problem.hpp"

#include <set>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "tally/testing/covers.hpp"
#include "tally/testing/hostile_text.hpp"

namespace tally {
namespace {

boost::json::value sent(const HttpProblem& problem) {
    const auto response = to_response(problem, "http://a/problems/", "/api/x", "request", "trace");
    EXPECT_EQ(response.headers.find("Content-Type"), "application/problem+json");
    EXPECT_EQ(response.status, problem.status);
    return boost::json::parse(response.body);
}

TEST(HttpProblem, HasTheMembersOfRfc9457) {
    TALLY_COVERS("A25.1", "A25.2");
    HttpProblem wrong = problem("invalid-content", "it is wrong");
    wrong.errors = {{"/a/0", "type", "an integer is expected"}};
    wrong.more["current_version"] = 7;
    EXPECT_EQ(sent(wrong), boost::json::parse(R"({
        "type": "http://a/problems/invalid-content", "title": "The content is not of the expected form",
        "status": 422, "detail": "it is wrong", "instance": "/api/x", "request_id": "request", "trace_id": "trace",
        "current_version": 7, "errors": [{"pointer": "/a/0", "code": "type", "detail": "an integer is expected"}]})"));
    EXPECT_FALSE(sent(problem("not-found", "")).as_object().contains("errors"));
}

TEST(HttpProblem, SlugsAndTitlesAreUnique) {
    std::set<std::string_view> slugs;
    std::set<std::string_view> titles;
    for (const ProblemType& type : platform_problems()) {
        EXPECT_TRUE(slugs.insert(type.slug).second) << type.slug;
        EXPECT_TRUE(titles.insert(type.title).second) << type.title;
        EXPECT_TRUE(type.status >= 400 && type.status < 600);
    }
    EXPECT_THROW((void)problem("no-such-slug", ""), std::logic_error);
}

TEST(HttpProblem, DamageAndBugsTellNothing) {
    for (const ErrorCode code : {ErrorCode::internal, ErrorCode::corrupt, ErrorCode::hole, ErrorCode::io,
                                 ErrorCode::locked, ErrorCode::restored, ErrorCode::unsupported}) {
        const HttpProblem told = problem_of(Error{code, "/var/secret"});
        EXPECT_EQ(told.status, 500);
        EXPECT_FALSE(told.detail.contains("secret"));
    }
}

TEST(HttpProblem, EachErrorHasItsStatus) {
    const std::map<ErrorCode, int> statuses{
        {ErrorCode::invalid, 400},     {ErrorCode::not_found, 404}, {ErrorCode::rejected, 409},
        {ErrorCode::conflict, 409},    {ErrorCode::fenced, 409},    {ErrorCode::too_large, 413},
        {ErrorCode::unavailable, 503}, {ErrorCode::timeout, 503},   {ErrorCode::overloaded, 503},
        {ErrorCode::cancelled, 503},   {ErrorCode::disk_full, 503}};
    for (const auto& [code, status] : statuses) {
        const HttpProblem told = problem_of(Error{code, "the text"});
        EXPECT_EQ(told.status, status) << name(code);
        EXPECT_EQ(told.detail, "the text");
        EXPECT_EQ(told.headers.find("Retry-After").has_value(), status == 503) << name(code);
    }
    EXPECT_EQ(problem_of(Rejection{"jar-full", "it is"}).slug, "jar-full");
    EXPECT_EQ(problem_of(Rejection{"jar-full", "it is"}).status, 409);
}

TEST(HttpProblem, HostileTextsAreEncoded) {
    TALLY_COVERS("sec-H12");
    for (const auto& hostile : testing::hostile_texts()) {
        if (!hostile.clean) continue;
        EXPECT_EQ(sent(problem("not-found", hostile.text)).at("detail").as_string(), hostile.text) << hostile.name;
    }
}

}  // namespace
}  // namespace tally
