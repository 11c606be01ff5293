#pragma once

#include <memory>
#include <string>

#include "services/notifications/mailer.hpp"

namespace tally::notifications {

/// Leaves mail in a folder, as a Maildir (https://cr.yp.to/proto/maildir.html) that mail programs read. It is made when
/// there is something to leave, and only its owner may look into it.
///
/// `blocking` is an executor that runs one thing at a time, for the files. A message that its reader has deleted, or
/// moved to another folder, is there again when it is delivered again.
[[nodiscard]] std::unique_ptr<Mailer> create_maildir(std::string folder, Executor blocking);

}  // namespace tally::notifications
