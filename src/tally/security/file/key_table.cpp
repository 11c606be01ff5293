// ring:  one row, a known text under the master key, which tells the right one from a wrong one.
// keys:  subject, the subject's name under the master key (deterministic, so that it is found again: the file names
//        nobody); wrapped, the subject's key under the master key together with the name, or NULL where it was erased.
//
// Erasing has to leave nothing behind: `secure_delete` overwrites with zeros what a row leaves, the rollback journal is
// removed at each commit (a write-ahead log would keep old pages), and `synchronous = EXTRA` also flushes that removal,
// so that no power loss brings a key back.

#include "tally/security/file/key_table.hpp"

#include <filesystem>

#include <fmt/format.h>

namespace tally {
namespace {

constexpr std::int64_t application_id = 0x54414C4B;  // "TALK"
constexpr std::int64_t schema_version = 1;
constexpr std::string_view known_text = "a Tallystick key ring";

// What each seal is for, so that none passes for another.
constexpr std::string_view for_ring = "ring";
constexpr std::string_view for_name = "subject";
constexpr std::string_view for_key = "key";
constexpr std::string_view for_fingerprints = "fingerprints";

constexpr const char* settings = R"sql(
PRAGMA journal_mode = DELETE;
PRAGMA synchronous = EXTRA;
PRAGMA secure_delete = ON;
)sql";

constexpr const char* schema = R"sql(
CREATE TABLE ring(
    id INTEGER PRIMARY KEY CHECK (id = 1),
    known_text BLOB NOT NULL
) STRICT;

CREATE TABLE keys(
    subject BLOB PRIMARY KEY,
    wrapped BLOB
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace

KeyTable::KeyTable(std::unique_ptr<sqlite::Connection> connection, SivKey master)
    : connection_(std::move(connection)),
      master_(std::move(master)),
      find_(*connection_, "SELECT wrapped FROM keys WHERE subject = ?1"),
      add_(*connection_, "INSERT INTO keys(subject, wrapped) VALUES (?1, ?2) ON CONFLICT DO NOTHING"),
      erase_(*connection_,
             "INSERT INTO keys(subject, wrapped) VALUES (?1, NULL) ON CONFLICT DO UPDATE SET wrapped = NULL") {}

Result<std::unique_ptr<KeyTable>> KeyTable::open(const std::string& file, SivKey master) {
    auto connection = sqlite::Connection::open({.file = file, .vfs = {}, .create = true});
    if (!connection) return std::unexpected(std::move(connection.error()));
    std::unique_ptr<KeyTable> table(new KeyTable(std::move(*connection), std::move(master)));
    if (auto done = table->prepare(); !done) return std::unexpected(std::move(done.error()));
    return table;
}

Result<void> KeyTable::prepare() {
    if (auto done = connection_->execute(settings); !done) return done;
    const auto tables = connection_->number("SELECT count(*) FROM sqlite_schema");
    if (!tables) return std::unexpected(tables.error());
    const auto owner = connection_->number("PRAGMA application_id");
    if (!owner) return std::unexpected(owner.error());
    if (*tables == 0 && *owner == 0) return make();
    if (*owner != application_id)
        return fail(ErrorCode::unsupported,
                    fmt::format("{} is not a key ring: choose another folder", connection_->file()));
    const auto version = connection_->number("PRAGMA user_version");
    if (!version) return std::unexpected(version.error());
    if (*version != schema_version)
        return fail(ErrorCode::unsupported,
                    fmt::format("{} has schema {}, and this binary knows {}: use the newer binary", connection_->file(),
                                *version, schema_version));
    return check_master();
}

Result<void> KeyTable::make() {
    namespace fs = std::filesystem;
    std::error_code failure;
    fs::permissions(connection_->file(), fs::perms::owner_read | fs::perms::owner_write, failure);
    if (failure)
        return fail(ErrorCode::io,
                    fmt::format("cannot close {} to others: {}", connection_->file(), failure.message()));
    auto transaction = sqlite::Transaction::begin(*connection_, sqlite::Transaction::Kind::write);
    if (!transaction) return std::unexpected(std::move(transaction.error()));
    if (auto done = connection_->execute(schema); !done) return done;
    const std::string sealed = siv_seal(master_, known_text, {for_ring});
    sqlite::Statement insert(*connection_, "INSERT INTO ring(id, known_text) VALUES (1, ?1)");
    if (auto done = insert.run(sqlite::Blob{sealed}); !done) return done;
    const auto marks =
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id, schema_version);
    if (auto done = connection_->execute(marks); !done) return done;
    return transaction->commit();
}

Result<void> KeyTable::check_master() {
    Result<std::string> found = fail(ErrorCode::corrupt, "");
    const auto take = [&](sqlite::Row& row) -> Result<void> {
        found = siv_open(master_, row.bytes(), {for_ring});
        return {};
    };
    if (auto done = sqlite::Statement(*connection_, "SELECT known_text FROM ring").each(take); !done) return done;
    if (found == std::string(known_text)) return {};
    return fail(
        ErrorCode::invalid,
        fmt::format("{} was made with another master key: put back the one that belongs to it", connection_->file()));
}

std::string KeyTable::sealed_name(const std::string& subject) const { return siv_seal(master_, subject, {for_name}); }

Result<std::optional<SubjectKey>> KeyTable::find(const std::string& subject) {
    std::optional<SubjectKey> found;
    const auto take = [&](sqlite::Row& row) -> Result<void> {
        found.emplace();
        if (row.next_is_null()) return {};
        auto bytes = siv_open(master_, row.bytes(), {for_key, subject});
        if (!bytes)
            return fail(ErrorCode::corrupt, fmt::format("the key of {} in {} is not what was written: put back a copy",
                                                        subject, connection_->file()));
        auto key = SivKey::of(*bytes);
        wipe(*bytes);
        if (!key) return std::unexpected(std::move(key.error()));
        *found = std::move(*key);
        return {};
    };
    const std::string name = sealed_name(subject);
    if (auto done = find_.each(take, sqlite::Blob{name}); !done) return std::unexpected(std::move(done.error()));
    return found;
}

Result<SubjectKey> KeyTable::find_or_add(const std::string& subject, const SivKey& fresh) {
    const std::string name = sealed_name(subject);
    const std::string wrapped = siv_seal(master_, fresh.bytes(), {for_key, subject});
    if (auto done = add_.run(sqlite::Blob{name}, sqlite::Blob{wrapped}); !done)
        return std::unexpected(std::move(done.error()));
    auto found = find(subject);
    if (!found) return std::unexpected(std::move(found.error()));
    return std::move(found->value());
}

Result<void> KeyTable::erase(const std::string& subject) {
    const std::string name = sealed_name(subject);
    return erase_.run(sqlite::Blob{name});
}

Digest KeyTable::fingerprint(std::string_view text) const {
    std::string secret = siv_seal(master_, for_fingerprints, {for_fingerprints});
    const Digest digest = hmac_sha256(secret, text);
    wipe(secret);
    return digest;
}

}  // namespace tally
