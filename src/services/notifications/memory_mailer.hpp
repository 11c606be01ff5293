#pragma once

#include <map>
#include <memory>
#include <string>

#include "services/notifications/mailer.hpp"

namespace tally::notifications {

/// The messages that were delivered, by the mail's id.
using Mailbox = std::map<Uuid, std::string>;

/// Leaves mail in a mailbox that outlives it, for tests, simulations and where there are no files.
[[nodiscard]] std::unique_ptr<Mailer> create_memory_mailer(std::shared_ptr<Mailbox> mailbox);

}  // namespace tally::notifications
