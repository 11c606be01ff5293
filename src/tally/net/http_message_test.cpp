#include "tally/net/http_message.hpp"

#include <gtest/gtest.h>

#include "tally/testing/covers.hpp"
#include "tally/testing/hostile_text.hpp"

namespace tally {
namespace {

TEST(Headers, NamesCompareWithoutCase) {
    Headers headers{{"Accept", "a"}, {"X", "1"}, {"ACCEPT", "b"}};
    EXPECT_EQ(headers.find("accept"), "a");
    EXPECT_EQ(headers.count("accepT"), 2u);
    EXPECT_EQ(headers.find("accep"), std::nullopt);
    headers.set("aCCept", "c");
    EXPECT_EQ(headers.count("Accept"), 1u);
    EXPECT_EQ(headers.find("Accept"), "c");
    headers.add("Accept", "d");
    EXPECT_EQ(headers.count("Accept"), 2u);
    headers.remove("ACCEPT");
    EXPECT_EQ(headers.count("Accept"), 0u);
    EXPECT_EQ(headers.find("x"), "1");
}

TEST(Headers, OtherLettersKeepTheirCase) { EXPECT_EQ((Headers{{"\xc3\x84", "a"}}).find("\xc3\xa4"), std::nullopt); }

TEST(PercentEncoding, ComesBack) {
    for (const auto& hostile : testing::hostile_texts()) {
        const std::string encoded = percent_encode(hostile.text);
        EXPECT_EQ(encoded.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%"),
                  std::string::npos)
            << hostile.name;
        if (hostile.clean)
            EXPECT_EQ(percent_decode(encoded), hostile.text) << hostile.name;
        else
            EXPECT_EQ(percent_decode(encoded), std::nullopt) << hostile.name;
    }
}

TEST(PercentEncoding, IsDecodedOnce) {
    EXPECT_EQ(percent_decode("%252e"), "%2e");
    EXPECT_EQ(percent_decode("%41%6a%4A"), "AjJ");
    EXPECT_EQ(percent_decode("a+b"), "a+b");
    EXPECT_EQ(percent_decode(""), "");
}

TEST(PercentEncoding, ThatIsBrokenIsRefused) {
    TALLY_COVERS("sec-H09");
    for (const char* text : {"%", "%4", "%g0", "%0g", "a%", "a%4", "% 41", "%+1", "%00", "%c0%ae", "%c0%a0",
                             "%ed%a0%80", "%ff", "%c3", "\xc3"})
        EXPECT_EQ(percent_decode(text), std::nullopt) << text;
}

TEST(PercentEncoding, OfAPathKeepsWhatMayStandInOne) {
    TALLY_COVERS("sec-H12");
    EXPECT_EQ(percent_encode_path("/api/v1/orders/o%31:cancel"), "/api/v1/orders/o%31:cancel");
    EXPECT_EQ(percent_encode_path("/a\r\nSet-Cookie: x=1\"<\\#?"), "/a%0D%0ASet-Cookie:%20x=1%22%3C%5C%23%3F");
    EXPECT_EQ(percent_encode_path("/\xc3\xa9"), "/%C3%A9");
}

TEST(Methods, HaveTheirNames) {
    EXPECT_EQ(name(Method::delete_), "DELETE");
    EXPECT_EQ(name(Method::options), "OPTIONS");
    EXPECT_EQ(name(Method::other), "");
}

}  // namespace
}  // namespace tally
