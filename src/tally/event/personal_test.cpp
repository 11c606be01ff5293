#include "tally/event/personal.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "tally/event/codec.hpp"

namespace tally {
namespace {

struct Address {
    std::string street;
    std::string city;
    friend bool operator==(const Address&, const Address&) = default;
};
BOOST_DESCRIBE_STRUCT(Address, (), (street, city))

struct Contact {
    std::string id;
    Personal<std::string> email;
    std::optional<Personal<Address>> address{};
};
BOOST_DESCRIBE_STRUCT(Contact, (), (id, email, address))

struct Household {
    std::vector<Contact> members;
    std::map<std::string, Personal<std::int64_t>> birth_years;
    std::vector<Household> neighbours;
};
BOOST_DESCRIBE_STRUCT(Household, (), (members, birth_years, neighbours))

struct Nobody {
    std::string id;
    std::vector<Address> addresses;
};
BOOST_DESCRIBE_STRUCT(Nobody, (), (id, addresses))

static_assert(has_personal<Contact> && has_personal<Household> && has_personal<std::optional<Personal<bool>>>);
static_assert(!has_personal<Nobody> && !has_personal<Sealed> && !has_personal<std::vector<std::string>>);

Sealed sealed_email() {
    return {.sealed = "AAEC",
            .subject = "user:1",
            .event = *Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057"),
            .field = "/email"};
}

constexpr std::string_view sealed_json =
    R"({"id":"1","email":{"sealed":"AAEC","subject":"user:1","event":"01890a5d-ac96-774b-bcce-b302099a8057",)"
    R"("field":"/email"}})";

std::string codes(const Decoded<Contact>& decoded) {
    std::string text;
    if (!decoded)
        for (const Problem& problem : decoded.error()) text += problem.pointer + " " + problem.code + ";";
    return text;
}

Decoded<Contact> command(std::string_view json) {
    return decode<Contact>(json, UnknownFields::refused, {}, PersonalForm::plain);
}

TEST(Personal, is_erased_plain_or_sealed) {
    const Personal<std::string> erased;
    EXPECT_TRUE(erased.erased() && erased.plain() == nullptr && erased.sealed() == nullptr);
    const Personal<std::string> plain = "ann@example.org";
    EXPECT_TRUE(!plain.erased() && *plain.plain() == "ann@example.org" && plain.sealed() == nullptr);
    const Personal<std::string> sealed = sealed_email();
    EXPECT_TRUE(!sealed.erased() && sealed.plain() == nullptr && *sealed.sealed() == sealed_email());
    EXPECT_NE(plain, sealed);
}

TEST(Personal, is_stored_under_seal_or_as_null) {
    EXPECT_EQ(encode(Contact{.id = "1", .email = sealed_email()}), sealed_json);
    EXPECT_EQ(encode(Contact{.id = "1", .email = {}}), R"({"id":"1","email":null})");
}

TEST(Personal, is_never_stored_plain) {
    EXPECT_THROW((void)encode(Contact{.id = "1", .email = "ann@example.org"}), std::logic_error);
    EXPECT_THROW((void)encode(Contact{.id = "1", .email = {}, .address = Address{"High Street", "Leeds"}}),
                 std::logic_error);
    EXPECT_THROW((void)encode(Household{.members = {}, .birth_years = {{"ann", 1980}}, .neighbours = {}}),
                 std::logic_error);
}

TEST(Personal, is_read_as_it_was_stored) {
    const auto sealed = decode<Contact>(sealed_json, UnknownFields::ignored);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(*sealed->email.sealed(), sealed_email());
    EXPECT_TRUE(decode<Contact>(R"({"id":"1","email":null})", UnknownFields::ignored)->email.erased());
}

TEST(Personal, is_not_read_plain_where_it_should_be_sealed) {
    EXPECT_EQ(codes(decode<Contact>(R"({"id":"1","email":"ann@example.org"})", UnknownFields::ignored)),
              "/email type;");
    EXPECT_EQ(codes(decode<Contact>(R"({"id":"1","email":{"sealed":"AAEC"}})", UnknownFields::ignored)),
              "/email/subject missing;/email/event missing;/email/field missing;");
    EXPECT_EQ(codes(decode<Contact>(R"({"id":"1"})", UnknownFields::ignored)), "/email missing;");
}

TEST(Personal, is_plain_in_commands) {
    const auto read =
        command(R"({"id":"1","email":"ann@example.org","address":{"street":"High Street","city":"Leeds"}})");
    ASSERT_TRUE(read) << to_text(read.error());
    EXPECT_EQ(*read->email.plain(), "ann@example.org");
    EXPECT_EQ(*read->address->plain(), (Address{"High Street", "Leeds"}));
}

TEST(Personal, cannot_be_sent_sealed_or_erased_by_a_command) {
    EXPECT_EQ(codes(command(sealed_json)), "/email type;");
    EXPECT_EQ(codes(command(R"({"id":"1","email":null})")), "/email type;");
    EXPECT_EQ(codes(command(R"({"id":"1","email":"a","address":{"sealed":"AAEC","subject":"user:1"}})")),
              "/address/street missing;/address/city missing;/address/sealed unknown_field;/address/subject "
              "unknown_field;");
}

TEST(Personal, is_plain_or_null_in_answers) {
    const Contact contact{.id = "1", .email = "ann@example.org", .address = Personal<Address>()};
    const std::string json = encode(contact, PersonalForm::plain);
    EXPECT_EQ(json, R"({"id":"1","email":"ann@example.org","address":null})");
    EXPECT_EQ(*decode<Contact>(json, UnknownFields::ignored, {}, PersonalForm::plain)->email.plain(),
              "ann@example.org");
    EXPECT_TRUE(
        decode<Contact>(R"({"id":"1","email":null})", UnknownFields::ignored, {}, PersonalForm::plain)->email.erased());
}

TEST(PersonalSchema, of_what_is_stored_asks_for_a_seal) {
    boost::json::object definitions;
    (void)json_schema<Contact>(definitions, "#/");
    EXPECT_EQ(boost::json::serialize(definitions["Contact"].at("properties").at("email")),
              R"({"anyOf":[{"$ref":"#/Sealed"},{"type":"null"}]})");
    EXPECT_TRUE(definitions.contains("Sealed"));
    EXPECT_FALSE(definitions.contains("Address"));
}

TEST(PersonalSchema, of_a_command_and_of_an_answer_shows_the_plain_type) {
    boost::json::object commands;
    (void)json_schema<Contact>(commands, "#/", UnknownFields::refused, PersonalForm::plain);
    EXPECT_EQ(boost::json::serialize(commands["Contact"].at("properties").at("email")), R"({"type":"string"})");
    boost::json::object answers;
    (void)json_schema<Contact>(answers, "#/", UnknownFields::ignored, PersonalForm::plain);
    EXPECT_EQ(boost::json::serialize(answers["Contact"].at("properties").at("email")), R"({"type":["string","null"]})");
    EXPECT_TRUE(answers.contains("Address"));
    EXPECT_FALSE(answers.contains("Sealed"));
}

}  // namespace
}  // namespace tally
