#include "services/values/contact.hpp"

#include <gtest/gtest.h>

#include "tally/event/codec.hpp"

namespace tally {
namespace {

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

TEST(LabelLine, IsWhatALabelCanHold) {
    for (const std::string& text : {std::string("A"), std::string("Zoë Ångström-Li"), std::string("8 rue de l'Été"),
                                    std::string(100, 'x'), repeated("日", 100)})
        EXPECT_EQ(LabelLine::parse(text)->text(), text);
    for (const std::string& text : {std::string(), std::string(" Ann"), std::string("Ann "), std::string("A\nB"),
                                    std::string("A\x7F"), std::string("A\xC2\x85"), std::string("\xFF"),
                                    std::string("A\0B", 3), std::string(101, 'x'), repeated("日", 101)})
        EXPECT_FALSE(LabelLine::parse(text)) << text;
}

TEST(EmailAddress, HasSomethingOnBothSides) {
    for (const char* text : {"ann@example.org", "a@b", "\"a@b\"@example.org", "jörg@example.com"})
        EXPECT_TRUE(EmailAddress::parse(text)) << text;
    for (const std::string& text : {std::string(), std::string("ann"), std::string("@example.org"), std::string("ann@"),
                                    std::string("ann smith@example.org"), std::string("ann@example.org\r\nBcc: all"),
                                    std::string(250, 'x') + "@a.org"})
        EXPECT_FALSE(EmailAddress::parse(text)) << text;
}

TEST(Contact, RefusesWithoutRepeatingWhatItRefuses) {
    const auto read = decode<Contact>(
        R"({"name":"Ann\nSecret","email":"ann.secret","address":{"street":"","city":"Secret ","country":"X"}})",
        UnknownFields::refused, {}, PersonalForm::plain);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().size(), 4u);
    for (const Problem& problem : read.error()) EXPECT_FALSE(problem.detail.contains("ecret")) << problem.detail;
}

}  // namespace
}  // namespace tally
