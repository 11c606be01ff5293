#include "tally/net/message_head.hpp"

#include <gtest/gtest.h>

#include "tally/testing/covers.hpp"

namespace tally {
namespace {

TEST(MessageHead, frames_a_response_by_its_body) {
    const HttpResponse response{.status = 201, .headers = {{"Location", "/a"}}, .body = "12345"};
    EXPECT_EQ(response_head(response, true), "HTTP/1.1 201 Created\r\nLocation: /a\r\nContent-Length: 5\r\n\r\n");
    EXPECT_EQ(response_head({.status = 299, .headers = {}, .body = {}}, false),
              "HTTP/1.1 299 \r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(MessageHead, an_answer_without_content_has_no_length) {
    EXPECT_EQ(response_head({.status = 204, .headers = {}, .body = {}}, true), "HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(response_head({.status = 304, .headers = {}, .body = {}}, true), "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST(MessageHead, what_frames_is_not_taken_from_the_message) {
    const HttpResponse response{
        .status = 200,
        .headers = {{"content-length", "999"}, {"Transfer-Encoding", "chunked"}, {"CONNECTION", "close"}, {"X", "y"}},
        .body = {}};
    EXPECT_EQ(response_head(response, true), "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 0\r\n\r\n");
}

TEST(MessageHead, nothing_that_is_echoed_ends_its_line) {
    TALLY_COVERS("sec-H12");
    const HttpResponse response{.status = 200,
                                .headers = {{"Location", "/a\r\nSet-Cookie: x=1"},
                                            {"X\r\nY", "1"},
                                            {"Bad Name", "1"},
                                            {"", "1"},
                                            {"Z", "a\tb\x7f"}},
                                .body = {}};
    EXPECT_EQ(response_head(response, true),
              "HTTP/1.1 200 OK\r\nLocation: /a%0D%0ASet-Cookie: x=1\r\nZ: a\tb%7F\r\nContent-Length: 0\r\n\r\n");

    const HttpRequest request{Method::get, "/a b\r\nX: y", {{"X", std::string("1\0\n2", 4)}}, {}};
    EXPECT_EQ(request_head(request, "h:1"), "GET /a%20b%0D%0AX:%20y HTTP/1.1\r\nHost: h:1\r\nX: 1%00%0A2\r\n\r\n");
}

TEST(MessageHead, a_request_that_bears_content_says_how_much) {
    EXPECT_EQ(request_head({Method::post, "/", {{"Host", "other"}}, {}}, "h"),
              "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(request_head({Method::delete_, "/", {}, "12"}, "h"),
              "DELETE / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(request_head({Method::head, "/", {}, {}}, "h"), "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
}

}  // namespace
}  // namespace tally
