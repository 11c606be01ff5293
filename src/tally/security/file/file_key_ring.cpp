#include "tally/security/file/file_key_ring.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "tally/base/blocking.hpp"
#include "tally/security/file/key_table.hpp"
#include "tally/security/file/master_key.hpp"
#include "tally/security/subject.hpp"

namespace tally {
namespace {

class FileKeyRing final : public KeyRing {
public:
    FileKeyRing(std::unique_ptr<KeyTable> table, Executor blocking, Random& random)
        : table_(std::move(table)), blocking_(std::move(blocking)), random_(random) {}

    Task<Result<SubjectKey>> key_to_seal(std::string subject) override {
        if (auto good = check_subject(subject); !good) co_return std::unexpected(std::move(good.error()));
        auto known = co_await find(subject);
        if (!known) co_return std::unexpected(std::move(known.error()));
        if (*known) co_return std::move(**known);
        co_return co_await run_on(blocking_,
                                  [table = table_, subject = std::move(subject), fresh = SivKey::random(random_)] {
                                      return table->find_or_add(subject, fresh);
                                  });
    }

    Task<Result<SubjectKey>> key_to_open(std::string subject) override {
        if (auto good = check_subject(subject); !good) co_return std::unexpected(std::move(good.error()));
        auto known = co_await find(subject);
        if (!known) co_return std::unexpected(std::move(known.error()));
        if (!*known) co_return unknown_subject(subject);
        co_return std::move(**known);
    }

    Task<Result<void>> erase(std::string subject) override {
        if (auto good = check_subject(subject); !good) co_return good;
        co_return co_await run_on(blocking_,
                                  [table = table_, subject = std::move(subject)] { return table->erase(subject); });
    }

    Task<Result<Digest>> fingerprint(std::string text) override { co_return table_->fingerprint(text); }

private:
    using Found = Result<std::optional<SubjectKey>>;

    Task<Found> find(std::string subject) {
        co_return co_await run_on(blocking_,
                                  [table = table_, subject = std::move(subject)] { return table->find(subject); });
    }

    std::shared_ptr<KeyTable> table_;  // shared with the calls under way, which outlive a ring that is dropped
    Executor blocking_;
    Random& random_;
};

Result<SivKey> master_key(const std::filesystem::path& folder, Random& random) {
    const std::string file = folder / "master.key";
    auto master = read_master_key(file);
    if (master || master.error().code != ErrorCode::not_found) return master;
    if (std::filesystem::exists(folder / "keys.db"))
        return fail(ErrorCode::invalid, fmt::format("{} is missing: put back the one that {}/keys.db was made with",
                                                    file, folder.string()));
    return make_master_key(file, random);
}

}  // namespace

Result<std::unique_ptr<KeyRing>> open_file_key_ring(const std::string& folder, Executor blocking, Random& random) {
    std::error_code failure;
    if (std::filesystem::create_directories(folder, failure))
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failure);
    if (failure) return fail(ErrorCode::io, fmt::format("cannot make the folder {}: {}", folder, failure.message()));
    auto master = master_key(folder, random);
    if (!master) return std::unexpected(std::move(master.error()));
    auto table = KeyTable::open(folder + "/keys.db", std::move(*master));
    if (!table) return std::unexpected(std::move(table.error()));
    return std::make_unique<FileKeyRing>(std::move(*table), std::move(blocking), random);
}

}  // namespace tally
