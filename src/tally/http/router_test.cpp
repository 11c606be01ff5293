#include "tally/http/router.hpp"

#include <gmock/gmock.h>

#include "tally/testing/covers.hpp"

namespace tally::detail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::optional<PathPattern::Values> match(std::string_view pattern, std::string_view target) {
    const auto parsed = parse_target(target);
    return parsed ? PathPattern(pattern).match(*parsed) : std::nullopt;
}

std::vector<std::pair<std::string, std::string>> query_of(std::string_view target) {
    const auto parsed = parse_target(target);
    EXPECT_TRUE(parsed) << target;
    return parsed ? parsed->query : std::vector<std::pair<std::string, std::string>>{};
}

TEST(Target, IsRefusedWhereReadersCouldDisagreeAboutIt) {
    TALLY_COVERS("sec-H09");
    for (const char* target :
         {"",        "a",       "*",       "http://other/a", "//",      "//a",       "/a//b",         "/a/",
          "/a/?x=1", "/.",      "/..",     "/a/../b",        "/a/./b",  "/%2e",      "/%2e%2e/b",     "/%2E./b",
          "/a/.%2e", "/..%2fb", "/a%2f..", "/a%5c..%5cb",    "/..%5Cb", "/a\\b",     "/a;b",          "/;a",
          "/a#b",    "/a?b#c",  "/a b",    "/a\tb",          "/a\x7f",  "/\xc3\xa9", "/a?x=\xc3\xa9", "/%00",
          "/a%00b",  "/%c0%ae", "/%c0%af", "/%ff",           "/%",      "/%4",       "/%4g",          "/%zz",
          "/a?x=%",  "/a?%4=1", "/a?x=%c3"})
        EXPECT_FALSE(parse_target(target)) << target;
}

TEST(Target, IsTakenApart) {
    const auto target = parse_target("/api/v1/orders/o%31:cancel?x=1");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/api/v1/orders/o%31:cancel");
    EXPECT_THAT(target->segments, ElementsAre("api", "v1", "orders", "o%31:cancel"));
    EXPECT_THAT(target->query, ElementsAre(Pair("x", "1")));
    EXPECT_THAT(parse_target("/")->segments, IsEmpty());
    EXPECT_THAT(parse_target("/?x=1")->segments, IsEmpty());
    EXPECT_TRUE(parse_target("/a...b/..c/d.."));
}

TEST(Target, QueryKeepsOrderDuplicatesAndEmptyValues) {
    EXPECT_THAT(query_of("/a"), IsEmpty());
    EXPECT_THAT(query_of("/a?"), IsEmpty());
    EXPECT_THAT(query_of("/a?b&c=&d=1&d=2&&=e"),
                ElementsAre(Pair("b", ""), Pair("c", ""), Pair("d", "1"), Pair("d", "2"), Pair("", "e")));
    EXPECT_THAT(query_of("/a?x=b=c?d/e"), ElementsAre(Pair("x", "b=c?d/e")));
}

TEST(Target, QueryIsDecodedOnce) {
    EXPECT_THAT(query_of("/a?x=1+2%2B3&y%3D=%26&z=%252e&u=%C3%A9"),
                ElementsAre(Pair("x", "1 2+3"), Pair("y=", "&"), Pair("z", "%2e"), Pair("u", "é")));
}

TEST(PathPattern, MatchesWholePathsOnly) {
    EXPECT_TRUE(match("/api/v1/orders", "/api/v1/orders"));
    EXPECT_FALSE(match("/api/v1/orders", "/api/v1/order"));
    EXPECT_FALSE(match("/api/v1/orders", "/api/v1/orders/o1"));
    EXPECT_FALSE(match("/api/v1/orders", "/api/v1"));
    EXPECT_FALSE(match("/api/v1/orders", "/API/v1/orders"));
    EXPECT_FALSE(match("/api/v1/orders", "/api/v1/%6Frders"));  // a literal is compared as it was sent
}

TEST(PathPattern, DecodesParametersOnce) {
    TALLY_COVERS("sec-H09");
    EXPECT_THAT(*match("/a/{x}/b/{y}", "/a/1%2F2/b/%252e%252e"), ElementsAre(Pair("x", "1/2"), Pair("y", "%2e%2e")));
    EXPECT_THAT(*match("/a/{x}", "/a/%C3%A9"), ElementsAre(Pair("x", "é")));
    EXPECT_THAT(*match("/a/{x}", "/a/b+c"), ElementsAre(Pair("x", "b+c")));
}

TEST(PathPattern, VerbsEndTheLastSegment) {
    EXPECT_THAT(*match("/orders/{order}:cancel", "/orders/o1:cancel"), ElementsAre(Pair("order", "o1")));
    EXPECT_THAT(*match("/orders/{order}:cancel", "/orders/a:b:cancel"), ElementsAre(Pair("order", "a:b")));
    EXPECT_FALSE(match("/orders/{order}:cancel", "/orders/o1"));
    EXPECT_FALSE(match("/orders/{order}:cancel", "/orders/:cancel"));
    EXPECT_FALSE(match("/orders/{order}:cancel", "/orders/o1:cancel2"));
    EXPECT_FALSE(match("/orders/{order}:cancel", "/orders/o1%3Acancel"));
    EXPECT_THAT(*match("/orders/{order}", "/orders/o1:cancel"), ElementsAre(Pair("order", "o1:cancel")));
}

TEST(PathPattern, ThatIsNoneIsAMistakeOfTheProgram) {
    EXPECT_THROW(PathPattern("orders"), std::logic_error);
    EXPECT_THROW(PathPattern("/orders/{order"), std::logic_error);
    EXPECT_THROW(PathPattern("/orders/{order}x"), std::logic_error);
    EXPECT_THROW(PathPattern("/orders/{order}:cancel/items"), std::logic_error);
    EXPECT_THROW(PathPattern("/orders/{}"), std::logic_error);
}

TEST(PathPattern, AreTheSameWhateverTheirParametersAreCalled) {
    EXPECT_TRUE(PathPattern("/a/{x}:go").matches_as(PathPattern("/a/{y}:go")));
    EXPECT_FALSE(PathPattern("/a/{x}:go").matches_as(PathPattern("/a/{x}:stop")));
    EXPECT_FALSE(PathPattern("/a/{x}").matches_as(PathPattern("/a/x")));
    EXPECT_FALSE(PathPattern("/a").matches_as(PathPattern("/a/b")));
}

}  // namespace
}  // namespace tally::detail
