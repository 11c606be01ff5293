#pragma once

#include <string>

#include "tally/base/clock.hpp"
#include "tally/base/error.hpp"
#include "tally/base/uuid.hpp"

namespace tally::notifications {

/// A letter to one address.
struct Mail {
    Uuid id;  ///< the same id is the same mail, however often it is delivered
    Timestamp date{};
    std::string name;     ///< of the recipient; may be empty
    std::string address;  ///< `ann@example.org`
    std::string subject;
    std::string body;  ///< plain text, in lines that end with a line feed
};

/// The mail as a message of RFC 5322, with UTF-8 also in its headers (RFC 6532): the same bytes for the same mail.
/// Lines end with a line feed, as files of this system do.
///
/// Nothing in a mail can add a header or a recipient: control characters become blanks, and an address that could mean
/// more than one mailbox is refused. Errors: rejected (such an address), which does not repeat it.
[[nodiscard]] Result<std::string> message_of(const Mail& mail);

}  // namespace tally::notifications
