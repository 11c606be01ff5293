// FOLDER/tmp/NAME   the message while it is written
// FOLDER/new/NAME   the message, on the disk; written there again it replaces itself
// FOLDER/cur/NAME:2,FLAGS   where a reader has put it
//
// NAME is `SECONDS.ID.tallystick`: readers sort by the first part, and a mail always has the same.
#include "services/notifications/maildir.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "tally/base/blocking.hpp"
#include "tally/base/file.hpp"

namespace tally::notifications {
namespace {

namespace fs = std::filesystem;

std::string file_name(const Mail& mail) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(mail.date.time_since_epoch()).count();
    return fmt::format("{}.{}.tallystick", seconds, mail.id.text());
}

std::unexpected<Error> cannot(const fs::path& folder, const std::string& why) {
    return fail(
        ErrorCode::unavailable,
        fmt::format("mail cannot be left in {}: {}; mend the folder, and it is tried again", folder.string(), why));
}

Result<void> make_folders(const fs::path& folder) {
    for (const fs::path& each : {folder, folder / "tmp", folder / "new", folder / "cur"}) {
        std::error_code failure;
        if (fs::create_directories(each, failure)) fs::permissions(each, fs::perms::owner_all, failure);
        if (failure) return cannot(folder, failure.message());
    }
    return {};
}

Result<bool> is_read(const fs::path& folder, const std::string& name) {
    std::error_code failure;
    for (fs::directory_iterator each(folder / "cur", failure), end; !failure && each != end; each.increment(failure)) {
        const std::string found = each->path().filename();
        if (found.starts_with(name) && (found.size() == name.size() || found[name.size()] == ':')) return true;
    }
    if (failure) return cannot(folder, failure.message());
    return false;
}

Result<void> leave(const fs::path& folder, const std::string& name, const std::string& message) {
    if (auto made = make_folders(folder); !made) return made;
    const auto read = is_read(folder, name);
    if (!read) return std::unexpected(read.error());
    if (*read) return {};
    const auto written = write_file_by(folder / "tmp" / name, folder / "new" / name, message, 0600);
    if (!written) return cannot(folder, written.error().text);
    return {};
}

class Maildir final : public Mailer {
public:
    Maildir(std::string folder, Executor blocking) : folder_(std::move(folder)), blocking_(std::move(blocking)) {}

    Task<Result<void>> deliver(Mail mail) override {
        auto message = message_of(mail);
        if (!message) co_return std::unexpected(std::move(message.error()));
        co_return co_await run_on(blocking_, [folder = folder_, name = file_name(mail), text = std::move(*message)] {
            return leave(folder, name, text);
        });
    }

private:
    fs::path folder_;
    Executor blocking_;
};

}  // namespace

std::unique_ptr<Mailer> create_maildir(std::string folder, Executor blocking) {
    return std::make_unique<Maildir>(std::move(folder), std::move(blocking));
}

}  // namespace tally::notifications
