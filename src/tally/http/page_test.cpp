#include "tally/http/page.hpp"

#include <gtest/gtest.h>

#include "tally/base/text.hpp"
#include "tally/testing/coroutine_test.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

class PageToken : public testing::CoroutineTest {
public:
    PageTokens tokens{std::string(32, 's'), simulation.clock()};
    std::string token = tokens.seal("place \xff\x01", "filters", "user:a");
};

TEST_F(PageToken, OpensForTheSameFiltersAndPrincipal) {
    EXPECT_EQ(tokens.open(token, "filters", "user:a"), "place \xff\x01");
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
    const std::string empty = tokens.seal("", "", "");
    EXPECT_EQ(tokens.open(empty, "", ""), "");
}

TEST_F(PageToken, IsRefusedWithAnyByteChanged) {
    TALLY_COVERS("sec-N04");
    for (std::size_t i = 0; i < token.size(); ++i) {
        for (int byte = 0; byte < 256; ++byte) {
            std::string changed = token;
            if (changed[i] == static_cast<char>(byte)) continue;
            changed[i] = static_cast<char>(byte);
            EXPECT_EQ(tokens.open(changed, "filters", "user:a"), std::nullopt) << i << " " << byte;
        }
    }
}

TEST_F(PageToken, IsRefusedWhenShorterOrLonger) {
    TALLY_COVERS("sec-N04");
    for (std::size_t length = 0; length < token.size(); ++length)
        EXPECT_EQ(tokens.open(token.substr(0, length), "filters", "user:a"), std::nullopt) << length;
    for (const char* more : {"A", "AA", "AAAA", "=", " "})
        EXPECT_EQ(tokens.open(token + more, "filters", "user:a"), std::nullopt) << more;
}

TEST_F(PageToken, BelongsToFiltersPrincipalAndSecret) {
    TALLY_COVERS("sec-N04");
    EXPECT_EQ(tokens.open(token, "filters2", "user:a"), std::nullopt);
    EXPECT_EQ(tokens.open(token, "filters", "user:b"), std::nullopt);
    EXPECT_EQ(tokens.open(token, "filtersuser", ":a"), std::nullopt);  // the parts do not run into each other
    EXPECT_EQ(tokens.open(token, "", "user:a"), std::nullopt);
    const PageTokens others(std::string(32, 't'), simulation.clock());
    EXPECT_EQ(others.open(token, "filters", "user:a"), std::nullopt);
}

CORO_TEST_F(PageToken, Expires) {
    TALLY_COVERS("sec-N04");
    co_await simulation.clock().sleep_for(PageTokens::lifetime - std::chrono::seconds(1));
    EXPECT_TRUE(tokens.open(token, "filters", "user:a"));
    co_await simulation.clock().sleep_for(std::chrono::seconds(2));
    EXPECT_EQ(tokens.open(token, "filters", "user:a"), std::nullopt);
}

TEST(PageRequest, SizesAreCoercedDown) {
    TALLY_COVERS("A24.5");
    EXPECT_EQ((PageRequest{{}, {}}).size(), 50u);
    EXPECT_EQ((PageRequest{0, {}}).size(), 50u);
    EXPECT_EQ((PageRequest{1, {}}).size(), 1u);
    EXPECT_EQ((PageRequest{1'000, {}}).size(), 1'000u);
    EXPECT_EQ((PageRequest{1'001, {}}).size(), 1'000u);
    EXPECT_EQ((PageRequest{INT64_MAX, {}}).size(), 1'000u);
}

}  // namespace
}  // namespace tally
