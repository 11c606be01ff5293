#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/describe.hpp>

#include "tally/base/error.hpp"
#include "tally/event/personal.hpp"

/// Who somebody is and where. Errors never repeat what they are about: they are logged.
namespace tally {

/// What stands on one line of a label: 1 to 100 characters, none of them a control character, no blank at either end.
class LabelLine {
public:
    LabelLine() = default;

    /// Errors: invalid.
    [[nodiscard]] static Result<LabelLine> parse(std::string_view text);
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    friend bool operator==(const LabelLine&, const LabelLine&) = default;

private:
    explicit LabelLine(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// Something before an `@` and something behind it, without blanks, in at most 254 bytes: whether it is anybody's shows
/// when a mail is sent.
class EmailAddress {
public:
    EmailAddress() = default;

    /// Errors: invalid.
    [[nodiscard]] static Result<EmailAddress> parse(std::string_view text);
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    friend bool operator==(const EmailAddress&, const EmailAddress&) = default;

private:
    explicit EmailAddress(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

struct PostalAddress {
    LabelLine street;
    LabelLine city;
    std::optional<LabelLine> postcode;
    LabelLine country;
    friend bool operator==(const PostalAddress&, const PostalAddress&) = default;
};
BOOST_DESCRIBE_STRUCT(PostalAddress, (), (street, city, postcode, country))

/// How to reach a customer. Each part is sealed by itself, so that a copy takes no more than it needs.
struct Contact {
    Personal<LabelLine> name;
    Personal<EmailAddress> email;
    Personal<PostalAddress> address;
};
BOOST_DESCRIBE_STRUCT(Contact, (), (name, email, address))

/// Whom a parcel is for: what of a contact its label needs.
struct Recipient {
    Personal<LabelLine> name;
    Personal<PostalAddress> address;
};
BOOST_DESCRIBE_STRUCT(Recipient, (), (name, address))

}  // namespace tally
