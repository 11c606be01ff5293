// Declared indexes: ranges of order-preserving bytes, in pages, forward and backward.

#include <algorithm>

#include "tally/store/index_key.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/store_contract.hpp"
#include "tally/testing/store_contract/sections.hpp"

namespace tally::testing {

void link_indexes_section() {}

namespace {

using Keys = std::vector<std::string>;

Keys keys(const DocumentPage& page) {
    Keys all;
    for (const Document& document : page.documents) all.push_back(document.key.key);
    return all;
}

Changes indexed(std::string collection, std::string key, std::vector<IndexEntry> entries) {
    return write({std::move(collection), std::move(key)}, ExpectedDocument::any(), Put{"b", std::move(entries), {}});
}

CORO_TEST_P(StoreContract, documents_are_found_within_a_range_of_an_index) {
    TALLY_COVERS("B09.2");
    for (const std::string value : {"d", "a", "c", "b", "cc"})
        co_await test.accept(indexed("c", "k-" + value, {{"name", value}, {"other", "z" + value}}));
    co_await test.accept(indexed("d", "elsewhere", {{"name", "b"}}));
    co_await test.accept(indexed("c", "unnamed", {}));

    const auto range = [](std::string lower, std::optional<std::string> upper) {
        return DocumentQuery{.collection = "c", .index = "name", .lower = std::move(lower), .upper = std::move(upper)};
    };
    EXPECT_EQ(keys(co_await test.find(range("", {}))), (Keys{"k-a", "k-b", "k-c", "k-cc", "k-d"}));
    EXPECT_EQ(keys(co_await test.find(range("b", "d"))), (Keys{"k-b", "k-c", "k-cc"}));
    EXPECT_EQ(keys(co_await test.find(range("bb", "cc"))), (Keys{"k-c"}));
    EXPECT_EQ(keys(co_await test.find(range("b", "b"))), Keys{});
    EXPECT_EQ(keys(co_await test.find(range("d", "b"))), Keys{});
    EXPECT_EQ(keys(co_await test.find(range("e", {}))), Keys{});
    DocumentQuery backward = range("b", "d");
    backward.backward = true;
    EXPECT_EQ(keys(co_await test.find(backward)), (Keys{"k-cc", "k-c", "k-b"}));
    EXPECT_EQ(keys(co_await test.find({.collection = "c", .index = "none"})), Keys{});
}

CORO_TEST_P(StoreContract, without_an_index_documents_are_found_by_key) {
    for (const std::string key : {"b", "a", "ab", "c"}) co_await test.accept(indexed("c", key, {{"i", "x"}}));
    co_await test.accept(indexed("bb", "elsewhere", {}));
    EXPECT_EQ(keys(co_await test.find({.collection = "c"})), (Keys{"a", "ab", "b", "c"}));
    EXPECT_EQ(keys(co_await test.find({.collection = "c", .lower = "ab", .upper = "c"})), (Keys{"ab", "b"}));
    EXPECT_EQ(keys(co_await test.find({.collection = "c", .backward = true, .limit = 2})), (Keys{"c", "b"}));
    EXPECT_EQ(keys(co_await test.find({.collection = "none"})), Keys{});
}

CORO_TEST_P(StoreContract, index_values_are_ordered_by_their_bytes) {
    using namespace std::string_literals;
    const std::vector<std::string> ordered{""s,  "\0"s,   "\0\0"s, "\0\x01"s,   "\0\xFF"s, "\x01"s,
                                           "A"s, "B"s,    "a"s,    "a\0"s,      "a\0b"s,   "aa"s,
                                           "b"s, "\x7F"s, "\x80"s, "\xC3\xA9"s, "\xFF"s,   "\xFF\xFF"s};
    for (std::size_t i = ordered.size(); i-- > 0;)
        co_await test.accept(indexed("c", "k-" + std::to_string(i), {{"i", ordered[i]}}));
    Keys expected;
    for (std::size_t i = 0; i < ordered.size(); ++i) expected.push_back("k-" + std::to_string(i));
    EXPECT_EQ(keys(co_await test.find({.collection = "c", .index = "i"})), expected);
    for (std::size_t i = 0; i + 1 < ordered.size(); ++i)
        EXPECT_EQ(
            keys(co_await test.find({.collection = "c", .index = "i", .lower = ordered[i], .upper = ordered[i + 1]})),
            Keys{expected[i]});
}

CORO_TEST_P(StoreContract, a_prefix_of_parts_is_a_range) {
    using namespace std::string_literals;
    struct Sale {
        std::string customer;
        std::int64_t amount;
    };
    const std::vector<Sale> sales{{"a", -5}, {"a", 0}, {"a", 7}, {"a\0"s, 1}, {"ab", -1}, {"b", 2}};
    for (std::size_t i = 0; i < sales.size(); ++i) {
        const std::string value = IndexKey().text(sales[i].customer).number(sales[i].amount).bytes();
        co_await test.accept(indexed("c", std::to_string(i), {{"sale", value}}));
    }
    const auto within = [](const IndexKey& lower, const IndexKey& upper) {
        return DocumentQuery{.collection = "c", .index = "sale", .lower = lower.bytes(), .upper = upper.upper_bound()};
    };
    const IndexKey a = IndexKey().text("a");
    EXPECT_EQ(keys(co_await test.find(within(a, a))), (Keys{"0", "1", "2"}));
    EXPECT_EQ(keys(co_await test.find(within(IndexKey().text("a").number(0), a))), (Keys{"1", "2"}));
    EXPECT_EQ(keys(co_await test.find(within(IndexKey().text("a\0"s), IndexKey().text("ab")))), (Keys{"3", "4"}));
    EXPECT_EQ(keys(co_await test.find(within(IndexKey(), IndexKey()))), (Keys{"0", "1", "2", "3", "4", "5"}));
}

/// All pages after one another; each but the last is full, and the last says that it is.
Task<Keys> read_pages(StoreContract& test, DocumentQuery query) {
    Keys all;
    for (int pages = 0; pages < 100; ++pages) {
        const DocumentPage page = co_await test.find(query);
        const Keys more = keys(page);
        all.insert(all.end(), more.begin(), more.end());
        if (page.next.empty()) co_return all;
        EXPECT_EQ(more.size(), query.limit);
        query.after = page.next;
    }
    ADD_FAILURE() << "the pages do not end";
    co_return all;
}

CORO_TEST_P(StoreContract, pages_meet_each_document_once) {
    using namespace std::string_literals;
    Keys expected;
    for (int i = 0; i < 12; ++i) {
        // Three documents to a value, with bytes in value and key that a careless cursor would trip over.
        const std::string key = "k\xFF" + std::to_string(10 + i);
        co_await test.accept(indexed("c", key, {{"i", "v\0\xFF"s + std::to_string(i / 3)}}));
        expected.push_back(key);
    }
    const Keys reversed(expected.rbegin(), expected.rend());
    for (const std::string index : {"", "i"})
        for (const std::size_t limit : {1U, 2U, 3U, 4U, 5U, 11U, 12U, 13U}) {
            DocumentQuery query{.collection = "c", .index = index, .limit = limit};
            EXPECT_EQ(co_await read_pages(test, query), expected) << index << limit;
            query.backward = true;
            EXPECT_EQ(co_await read_pages(test, query), reversed) << index << limit;
        }
    const std::string lower = "v\0\xFF"s + "1";
    const std::string upper = "v\0\xFF"s + "3";
    DocumentQuery middle{.collection = "c", .index = "i", .lower = lower, .upper = upper, .limit = 2};
    EXPECT_EQ(co_await read_pages(test, middle), Keys(expected.begin() + 3, expected.begin() + 9));
    middle.backward = true;
    EXPECT_EQ(co_await read_pages(test, middle), Keys(reversed.begin() + 3, reversed.begin() + 9));
}

CORO_TEST_P(StoreContract, a_page_goes_on_where_the_one_before_ended) {
    for (const std::string key : {"a", "b", "d"}) co_await test.accept(indexed("c", key, {{"i", key}}));
    DocumentQuery query{.collection = "c", .index = "i", .limit = 2};
    query.after = (co_await test.find(query)).next;
    co_await test.accept(write({"c", "b"}, ExpectedDocument::any(), Remove{}));
    co_await test.accept(indexed("c", "aa", {{"i", "aa"}}));
    co_await test.accept(indexed("c", "c", {{"i", "c"}}));
    EXPECT_EQ(keys(co_await test.find(query)), (Keys{"c", "d"}));
}

CORO_TEST_P(StoreContract, a_damaged_cursor_is_refused) {
    for (const std::string key : {"a", "b", "c"}) co_await test.accept(indexed("c", key, {{"i", key}}));
    DocumentQuery query{.collection = "c", .index = "i", .limit = 1};
    const std::string next = (co_await test.find(query)).next;
    EXPECT_FALSE(next.empty());
    for (const std::string& damaged : {std::string("x"), next + "x", next.substr(1), std::string(1'000, 'A')}) {
        query.after = damaged;
        const auto page = co_await test.store().find(query);
        EXPECT_TRUE(!page && page.error().code == ErrorCode::invalid) << damaged;
    }
    query.after = next;
    query.backward = true;
    const auto of_another_query = co_await test.store().find(query);
    EXPECT_TRUE(!of_another_query && of_another_query.error().code == ErrorCode::invalid);
}

CORO_TEST_P(StoreContract, index_entries_follow_their_document) {
    const auto by = [](std::string index) { return DocumentQuery{.collection = "c", .index = std::move(index)}; };
    co_await test.accept(indexed("c", "k", {{"i", "1"}, {"j", "1"}}));
    co_await test.accept(indexed("c", "l", {{"i", "2"}}));
    EXPECT_EQ(keys(co_await test.find(by("i"))), (Keys{"k", "l"}));
    co_await test.accept(indexed("c", "k", {{"i", "3"}}));
    EXPECT_EQ(keys(co_await test.find(by("i"))), (Keys{"l", "k"}));
    EXPECT_EQ(keys(co_await test.find(by("j"))), Keys{});
    co_await test.accept(write({"c", "l"}, ExpectedDocument::any(), Remove{}));
    EXPECT_EQ(keys(co_await test.find(by("i"))), (Keys{"k"}));
    co_await test.reopen();
    EXPECT_EQ(keys(co_await test.find(by("i"))), (Keys{"k"}));

    co_await test.accept(indexed("c", "k", {{"i", "3"}, {"i", "1"}}));
    EXPECT_EQ(keys(co_await test.find(by("i"))), (Keys{"k", "k"}));
}

}  // namespace
}  // namespace tally::testing
