#pragma once

#include "services/notifications/mail.hpp"
#include "tally/base/task.hpp"

namespace tally::notifications {

/// Who carries mail: the seam to a mail server, or to a folder.
///
/// Delivering the mail of the same id again leaves one message, as long as it is where the mailer left it or where its
/// reader has filed it as read. Errors name no recipient. Threads: one loop. Lifetime: outlives the service.
class Mailer {
public:
    virtual ~Mailer() = default;

    /// Afterwards the mail is out of our hands, and no loss of power takes it back. Errors: rejected (it will never be
    /// taken, see message_of), unavailable (it may have been taken or not: deliver the same again).
    [[nodiscard]] virtual Task<Result<void>> deliver(Mail mail) = 0;
};

}  // namespace tally::notifications
