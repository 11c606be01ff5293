#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tally/base/key_ring.hpp"
#include "tally/store/sqlite/sqlite.hpp"

namespace tally {

/// The keys of a ring in a SQLite file, each wrapped with the master key. Threads: one at a time. Blocks.
class KeyTable {
public:
    /// Makes the file where there is none. Errors: invalid (made with another master key), unsupported (another
    /// program's, or newer than this binary), io, corrupt, disk_full.
    [[nodiscard]] static Result<std::unique_ptr<KeyTable>> open(const std::string& file, SivKey master);

    /// No value: the subject has never been here. Errors: corrupt (the row is not as it was written), io.
    [[nodiscard]] Result<std::optional<SubjectKey>> find(const std::string& subject);
    /// The subject's key; where it has never been here, `fresh` is kept for it. Errors: those of `find`, disk_full,
    /// unavailable (another process is writing).
    [[nodiscard]] Result<SubjectKey> find_or_add(const std::string& subject, const SivKey& fresh);
    /// Overwrites the subject's key with nothing. Errors: those of `find_or_add`.
    [[nodiscard]] Result<void> erase(const std::string& subject);

    /// See KeyRing. From any thread.
    [[nodiscard]] Digest fingerprint(std::string_view text) const;

private:
    KeyTable(std::unique_ptr<sqlite::Connection> connection, SivKey master);
    [[nodiscard]] Result<void> prepare();
    [[nodiscard]] Result<void> make();
    [[nodiscard]] Result<void> check_master();
    /// What stands for the subject in the table.
    [[nodiscard]] std::string sealed_name(const std::string& subject) const;

    std::unique_ptr<sqlite::Connection> connection_;
    SivKey master_;
    sqlite::Statement find_;
    sqlite::Statement add_;
    sqlite::Statement erase_;
};

}  // namespace tally
