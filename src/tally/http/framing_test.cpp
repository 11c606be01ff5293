#include "tally/http/framing.hpp"

#include <gtest/gtest.h>

#include "tally/testing/covers.hpp"

namespace tally::detail {
namespace {

constexpr FramingLimits limits;

/// The slug that `block` is refused with; empty where it is taken.
std::string refused(const std::string& block, const FramingLimits& within = limits) {
    const auto size = header_size(block, within);
    if (!size) return std::string(size.error().problem);
    EXPECT_EQ(*size, block.size());
    const auto framing = check_framing(block, within);
    return framing ? "" : std::string(framing.error().problem);
}
std::string get(const std::string& fields, const std::string& target = "/") {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
std::string post(const std::string& fields) { return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"; }
void expect_malformed(std::initializer_list<std::string> blocks) {
    for (const std::string& block : blocks) EXPECT_EQ(refused(block), "invalid-request") << block;
}
void expect_taken(std::initializer_list<std::string> blocks) {
    for (const std::string& block : blocks) EXPECT_EQ(refused(block), "") << block;
}

TEST(Framing, a_header_block_ends_with_its_empty_line) {
    const std::string block = get("");
    for (std::size_t i = 0; i < block.size(); ++i) EXPECT_EQ(header_size(block.substr(0, i), limits), 0U);
    EXPECT_EQ(header_size(block, limits), block.size());
    EXPECT_EQ(header_size(block + "GET /smuggled HTTP/1.1\r\n", limits), block.size());
}

TEST(Framing, says_what_the_header_says) {
    const std::string block =
        "PUT /a?b=%20 HTTP/1.1\r\nhOST: example.com:80\r\nContent-Length:  12 \r\nExpect: 100-Continue\r\n"
        "Connection: x, Close\r\n\r\n";
    const auto framing = check_framing(block, limits);
    ASSERT_TRUE(framing.has_value());
    EXPECT_EQ(framing->method, Method::put);
    EXPECT_EQ(framing->target, "/a?b=%20");
    EXPECT_EQ(framing->content_length, 12U);
    EXPECT_FALSE(framing->chunked);
    EXPECT_FALSE(framing->keep_alive);
    EXPECT_TRUE(framing->expects_continue);

    const std::string chunked = post("Transfer-Encoding: Chunked\r\n");
    const auto other = check_framing(chunked, limits);
    ASSERT_TRUE(other.has_value());
    EXPECT_TRUE(other->chunked && other->keep_alive && !other->expects_continue);
}

TEST(Framing, http_1_0_is_not_kept_alive) {
    const auto framing = check_framing("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", limits);
    ASSERT_TRUE(framing.has_value());
    EXPECT_FALSE(framing->keep_alive);
}

TEST(Framing, length_and_encoding_exclude_each_other) {
    TALLY_COVERS("sec-H01");
    expect_malformed({post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
                      post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")});
}

TEST(Framing, the_encoding_is_chunked_and_nothing_else) {
    TALLY_COVERS("sec-H02", "sec-H03");
    expect_malformed({post("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n"),
                      post("Transfer-Encoding: identity\r\nContent-Length: 5\r\n"), post("Transfer-Encoding: gzip\r\n"),
                      post("Transfer-Encoding: xchunked\r\n"), post("Transfer-Encoding: chunked, identity\r\n"),
                      post("Transfer-Encoding: gzip, chunked\r\n"),
                      post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"),
                      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
                      post("Transfer-Encoding: \"chunked\"\r\n"), post("Transfer-Encoding: chunked;q=1\r\n"),
                      post("Transfer-Encoding:\r\n"),
                      "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"});
    expect_taken({post("Transfer-Encoding: chunked\r\n"), post("transfer-encoding:\tCHUNKED\t\r\n")});
}

TEST(Framing, no_line_is_folded) {
    TALLY_COVERS("sec-H04");
    expect_malformed({get("X: 1\r\n folded\r\n"), get("X: 1\r\n\tfolded\r\n"),
                      post("Transfer-Encoding:\r\n chunked\r\n"), get(" X: 1\r\n"),
                      "GET / HTTP/1.1\r\n Host: a\r\n\r\n"});
}

TEST(Framing, there_is_one_host) {
    TALLY_COVERS("sec-H05");
    const auto with_host = [](const std::string& host) { return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"; };
    expect_malformed({"GET / HTTP/1.1\r\n\r\n", get("Host: a\r\n"), get("host: b\r\n"), with_host(""), with_host("a,b"),
                      with_host("a@b"), with_host("a b"), with_host("a/b"), with_host("a:"), with_host("a:b"),
                      with_host("a:123456"), with_host("a:80:81"), with_host("[::1"), with_host("[]"),
                      with_host("[::1]x"), with_host("[::g]"), with_host(":80"), with_host("a?b")});
    expect_taken({with_host("example.com"), with_host("127.0.0.1:8080"), with_host("[::1]"), with_host("[::1]:8080"),
                  with_host("service_a"), "GET / HTTP/1.0\r\n\r\n"});
    expect_malformed({get("", "http://b/"), get("", "http://a.evil/x"), get("", "http://a@b/"), get("", "http:///x"),
                      get("", "https://a/"), get("", "//a/../b\\"), get("", "a/b"), get("", "http://a?x")});
}

TEST(Framing, an_absolute_target_with_the_same_host_is_its_path) {
    for (const auto& [target, path] : std::initializer_list<std::pair<const char*, const char*>>{
             {"http://a/x?y=1", "/x?y=1"}, {"HTTP://A/", "/"}, {"http://a", "/"}}) {
        const std::string block = get("", target);
        const auto framing = check_framing(block, limits);
        ASSERT_TRUE(framing.has_value()) << target;
        EXPECT_EQ(framing->target, path);
    }
}

TEST(Framing, the_length_is_one_plain_number) {
    TALLY_COVERS("sec-H06");
    for (const std::string length : {"+5", "-1", "0x5", "5 5", "05", "00", "", "5,5", "5, 5", "5;", "5.0", "1e3",
                                     "18446744073709551616", "99999999999999999999999999"})
        expect_malformed({post("Content-Length: " + length + "\r\n")});
    expect_malformed(
        {post("Content-Length: 5\r\nContent-Length: 5\r\n"), post("Content-Length: 5\r\ncontent-length: 6\r\n")});
    expect_taken({post("Content-Length: 0\r\n"), post("Content-Length: 1048576\r\n")});
}

TEST(Framing, content_over_the_limit_is_too_large) {
    TALLY_COVERS("sec-D02");
    EXPECT_EQ(refused(post("Content-Length: 1048577\r\n")), "too-large");
    EXPECT_EQ(refused(post("Content-Length: 18446744073709551615\r\n")), "too-large");
}

TEST(Framing, lines_have_one_form) {
    TALLY_COVERS("sec-H08");
    const std::string nul(1, '\0');
    expect_malformed({"GET / HTTP/1.1\nHost: a\n\n",
                      "GET / HTTP/1.1\r\nHost: a\n\r\n",
                      "GET / HTTP/1.1\r\nHost: a\r\r\n",
                      "GET / HTTP/1.1\rHost: a\r\r",
                      "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                      get("X: a\rb\r\n"),
                      get("X: a" + nul + "\r\n"),
                      get("X" + nul + ": a\r\n"),
                      get("X : a\r\n"),
                      get("X\r\n"),
                      get(": a\r\n"),
                      get("X: \x01\r\n"),
                      get("X: \x7f\r\n"),
                      get("X Y: a\r\n"),
                      get("X: \xff\r\n"),
                      "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
                      "GET /  HTTP/1.1\r\nHost: a\r\n\r\n",
                      "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
                      "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
                      " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                      "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
                      "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
                      "GET / http/1.1\r\nHost: a\r\n\r\n",
                      "GET /\r\nHost: a\r\n\r\n",
                      "GET / HTTP/1.1x\r\nHost: a\r\n\r\n",
                      "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n",
                      "PRI * HTTP/2.0\r\n\r\n",
                      "GET * HTTP/1.1\r\nHost: a\r\n\r\n"});
    expect_taken({get("X:\r\n"), get("X: Grüße\t \r\n"), "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"});
}

TEST(Framing, a_target_is_ascii_without_fragment) {
    TALLY_COVERS("sec-H09");
    expect_malformed({get("", "/ä"), get("", "/\xff"), get("", "/a#b"), get("", "/a\\b"), get("", "/\x01")});
    expect_taken({get("", "/%C3%A4?x=%00")});  // escapes are decoded once, by the router
}

TEST(Framing, only_a_continuation_can_be_expected) {
    TALLY_COVERS("sec-H10");
    EXPECT_EQ(refused(post("Expect: foo\r\n")), "expectation-failed");
    EXPECT_EQ(refused(post("Expect:\r\n")), "expectation-failed");
    EXPECT_EQ(refused(post("Expect: 100-continue, foo\r\n")), "expectation-failed");
    EXPECT_EQ(refused(post("Expect: 100-continue\r\nExpect: 100-continue\r\n")), "expectation-failed");
    expect_taken({"POST / HTTP/1.0\r\nExpect: foo\r\n\r\n", get("Upgrade: h2c\r\nConnection: Upgrade\r\n")});
}

TEST(Framing, methods_are_in_capitals_and_others_are_for_the_handler) {
    TALLY_COVERS("sec-H11");
    for (const std::string method : {"get", "Get", "CONNECT"})
        EXPECT_EQ(refused(method + " / HTTP/1.1\r\nHost: a\r\n\r\n"), "not-implemented") << method;
    EXPECT_EQ(refused("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"), "not-implemented");
    for (const std::string& method : {std::string("TRACE"), std::string(100, 'M')}) {
        const std::string block = method + " / HTTP/1.1\r\nHost: a\r\n\r\n";
        const auto framing = check_framing(block, limits);
        ASSERT_TRUE(framing.has_value()) << method;
        EXPECT_EQ(framing->method, Method::other);
    }
}

TEST(Framing, the_header_has_limits) {
    TALLY_COVERS("sec-H11");
    const std::string most = get("X: " + std::string(16 * 1024 - get("X: \r\n").size(), 'x') + "\r\n");
    ASSERT_EQ(most.size(), 16U * 1024);
    EXPECT_EQ(refused(most), "");
    std::string over = most;
    over.insert(over.size() - 4, "x");
    EXPECT_EQ(refused(over), "header-too-large");
    EXPECT_EQ(refused(get("Cookie: " + std::string(64 * 1024, 'x') + "\r\n")), "header-too-large");

    std::string fields;
    for (int i = 0; i < 99; ++i) fields += "X: 1\r\n";
    EXPECT_EQ(refused(get(fields)), "");
    EXPECT_EQ(refused(get(fields + "X: 1\r\n")), "header-too-large");
}

TEST(Framing, the_target_has_a_limit) {
    TALLY_COVERS("sec-H09");
    EXPECT_EQ(refused(get("", "/" + std::string(8 * 1024 - 1, 'x'))), "");
    EXPECT_EQ(refused(get("", "/" + std::string(8 * 1024, 'x'))), "target-too-long");
    EXPECT_EQ(refused(get("", "/" + std::string(20 * 1024, 'x'))), "target-too-long");
}

}  // namespace
}  // namespace tally::detail
