#include "services/notifications/memory_mailer.hpp"

namespace tally::notifications {
namespace {

class MemoryMailer final : public Mailer {
public:
    explicit MemoryMailer(std::shared_ptr<Mailbox> mailbox) : mailbox_(std::move(mailbox)) {}

    Task<Result<void>> deliver(Mail mail) override {
        auto message = message_of(mail);
        if (!message) co_return std::unexpected(std::move(message.error()));
        mailbox_->insert_or_assign(mail.id, std::move(*message));
        co_return Result<void>{};
    }

private:
    std::shared_ptr<Mailbox> mailbox_;
};

}  // namespace

std::unique_ptr<Mailer> create_memory_mailer(std::shared_ptr<Mailbox> mailbox) {
    return std::make_unique<MemoryMailer>(std::move(mailbox));
}

}  // namespace tally::notifications
