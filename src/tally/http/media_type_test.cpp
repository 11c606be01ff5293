#include "tally/http/media_type.hpp"

#include <gtest/gtest.h>

#include "tally/testing/covers.hpp"

namespace tally::detail {
namespace {

TEST(MediaType, ContentIsJsonInUtf8) {
    for (const char* type : {"application/json", "Application/JSON", "application/json; charset=utf-8",
                             "application/json;charset=\"UTF-8\"", "application/json ; Charset = utf-8 ;"})
        EXPECT_TRUE(is_json_content({{"content-type", type}})) << type;
}

TEST(MediaType, OtherContentIsNotTaken) {
    TALLY_COVERS("sec-N03");
    for (const char* type :
         {"", "text/plain", "application/json; charset=utf-16", "application/json; charset=latin-1",
          "application/jsonl", "application/vnd.api+json", "text/json", "multipart/form-data; boundary=x",
          "application/json, text/plain", "application/x-www-form-urlencoded", "text/plain; x=application/json",
          "application/cloudevents+json"})
        EXPECT_FALSE(is_json_content({{"Content-Type", type}})) << type;
    EXPECT_FALSE(is_json_content({}));
    EXPECT_FALSE(is_json_content({{"Content-Type", "application/json"}, {"Content-Type", "application/json"}}));
}

TEST(MediaType, AnswersInJsonAreWelcome) {
    for (const char* accept : {"", "*/*", "application/*", "application/json", "text/html, */*;q=0.1",
                               "text/html;q=0.9 , Application/Json ; q=0.5", "*/*;q=0, application/json"})
        EXPECT_TRUE(accepts_json({{"Accept", accept}})) << accept;
    EXPECT_TRUE(accepts_json({}));
    EXPECT_TRUE(accepts_json({{"Accept", "text/html"}, {"accept", "application/json"}}));
}

TEST(MediaType, AnswersInJsonAreNotWelcome) {
    TALLY_COVERS("sec-N03");
    for (const char* accept : {"text/xml", "text/*", "application/xml, text/html", "application/json;q=0",
                               "application/json;q=0.000", "*/*, application/json;q=0", "application/jsonl", "json"})
        EXPECT_FALSE(accepts_json({{"Accept", accept}})) << accept;
}

}  // namespace
}  // namespace tally::detail
