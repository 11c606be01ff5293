#include "services/notifications/mail.hpp"

#include <sstream>

#include <gmock/gmock.h>

#include "tally/testing/covers.hpp"
#include "tally/testing/hostile_text.hpp"

namespace tally::notifications {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Mail mail() {
    return {.id = Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057").value(),
            .date = parse_timestamp("2026-11-05T08:09:10Z").value(),
            .name = "Zoë Ångström",
            .address = "zoë@example.org",
            .subject = "Your order",
            .body = "Dear Zoë,\n"};
}

Mail named(std::string name) {
    Mail changed = mail();
    changed.name = std::move(name);
    return changed;
}

Mail to(std::string address) {
    Mail changed = mail();
    changed.address = std::move(address);
    return changed;
}

/// The names of the headers, in their order.
std::vector<std::string> headers(const std::string& message) {
    std::vector<std::string> names;
    std::istringstream lines(message.substr(0, message.find("\n\n")));
    for (std::string line; std::getline(lines, line);) names.push_back(line.substr(0, line.find(':')));
    return names;
}

constexpr auto all_headers = {"Date",         "From",         "To",
                              "Subject",      "Message-ID",   "Auto-Submitted",
                              "MIME-Version", "Content-Type", "Content-Transfer-Encoding"};

TEST(Mail, IsAMessageOfRfc5322) {
    TALLY_COVERS("E06.1");
    EXPECT_EQ(message_of(mail()).value(),
              "Date: Thu, 05 Nov 2026 08:09:10 +0000\n"
              "From: Tallystick <shop@localhost>\n"
              "To: \"Zoë Ångström\" <zoë@example.org>\n"
              "Subject: Your order\n"
              "Message-ID: <01890a5d-ac96-774b-bcce-b302099a8057@tallystick.invalid>\n"
              "Auto-Submitted: auto-generated\n"
              "MIME-Version: 1.0\n"
              "Content-Type: text/plain; charset=utf-8\n"
              "Content-Transfer-Encoding: 8bit\n"
              "\n"
              "Dear Zoë,\n");
    EXPECT_THAT(message_of(named("")).value(), HasSubstr("\nTo: zoë@example.org\n"));
    EXPECT_THAT(message_of(named(R"(Ann "the \ " Li)")).value(), HasSubstr(R"(To: "Ann \"the \\ \" Li" <zoë)"));
}

TEST(Mail, NoTextOfItAddsAHeader) {
    for (const testing::HostileText& hostile : testing::hostile_texts()) {
        for (const std::string& text :
             {std::string("\rBcc: all@example.org"), hostile.text, hostile.text + "\r\nBcc: all@example.org\r\n\r\nBuy",
              "\nBcc: all@example.org" + hostile.text}) {
            Mail changed = named(text);
            changed.subject = text;
            const auto message = message_of(changed);
            ASSERT_TRUE(message) << hostile.name;
            EXPECT_THAT(headers(*message), ::testing::ElementsAreArray(all_headers)) << hostile.name;
            EXPECT_FALSE(message->contains('\r')) << hostile.name;
            EXPECT_FALSE(message->contains("\xC2\x85")) << hostile.name;
        }
    }
}

TEST(Mail, NoAddressMeansMoreThanOneMailbox) {
    for (const char* address : {"ann@example.org", "a.b+c@x", "\"a,b\"@example.org", R"("a\"b"@example.org)",
                                R"("a\\"@example.org)", "日本@例え.jp"})
        EXPECT_THAT(message_of(to(address)).value(), HasSubstr(address));
    for (const char* address : {"",
                                "ann",
                                "@example.org",
                                "ann@",
                                "a,b@example.org",
                                "a>,<b@example.org",
                                "a<b@example.org",
                                "ann@example.org>",
                                "ann(x)@example.org",
                                "a;b@example.org",
                                "team:ann@example.org",
                                "a b@example.org",
                                ".a@example.org",
                                "a..b@example.org",
                                "ann@example..org",
                                "ann@[127.0.0.1]",
                                "\"a@example.org",
                                "\"a\"b\"@example.org",
                                R"("a\\"b"@example.org)",
                                R"("a\"@example.org)",
                                "ann@example.org\r\nBcc: b",
                                "\"a\nb\"@example.org",
                                "a\x7F@example.org",
                                "a\xC2\x85@example.org"}) {
        const auto message = message_of(to(address));
        ASSERT_FALSE(message) << address;
        EXPECT_EQ(message.error().code, ErrorCode::rejected);
        EXPECT_THAT(message.error().text, Not(HasSubstr("example")));
    }
}

}  // namespace
}  // namespace tally::notifications
