#include "tally/store/page_cursor.hpp"

#include <gtest/gtest.h>

#include "tally/base/text.hpp"

namespace tally {
namespace {

using namespace std::string_literals;

const DocumentQuery query{.collection = "c", .index = "i", .lower = "a", .upper = "b"};

DocumentQuery after(std::string cursor) {
    DocumentQuery next = query;
    next.after = std::move(cursor);
    return next;
}

TEST(PageCursor, ComesBackAsItWas) {
    for (const PageCursor& cursor : {PageCursor{"value", "key"}, PageCursor{"", "key"}, PageCursor{"\0\xFF"s, "\0"s}}) {
        const std::string text = cursor_text(query, cursor);
        EXPECT_TRUE(is_visible_ascii(text, 1'000));
        EXPECT_EQ(parse_cursor(after(text)), Result<PageCursor>(cursor));
    }
}

TEST(PageCursor, AnyDamageIsSeen) {
    const std::string text = cursor_text(query, {"value", "key"});
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string damaged = text;
        damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(parse_cursor(after(damaged))) << i;
        EXPECT_FALSE(parse_cursor(after(text.substr(0, i)))) << i;
    }
    EXPECT_EQ(parse_cursor(after("!")).error().code, ErrorCode::invalid);
}

TEST(PageCursor, FitsItsQueryAndAnyLimit) {
    const std::string text = cursor_text(query, {"value", "key"});
    DocumentQuery more = after(text);
    more.limit = 7;
    EXPECT_TRUE(parse_cursor(more));
    std::vector<DocumentQuery> others(6, after(text));
    others[0].collection = "d";
    others[1].index = "";
    others[2].lower = "";
    others[3].upper = std::nullopt;
    others[4].upper = "";
    others[5].backward = true;
    for (const DocumentQuery& other : others) EXPECT_FALSE(parse_cursor(other));
}

}  // namespace
}  // namespace tally
