#pragma once

#include <optional>
#include <string>

#include "tally/base/sha256.hpp"
#include "tally/base/siv.hpp"
#include "tally/base/task.hpp"

namespace tally {

/// The key of a person; none: the person was erased, and there is no key any more.
using SubjectKey = std::optional<SivKey>;

/// The keys of persons: what is stored about somebody is sealed with their own key, and erasing somebody destroys the
/// key. What was sealed stays where it is, in logs and backups of logs too, and nobody can read it again.
///
/// A subject names a person for ever: once erased it never gets a key again. Somebody who comes back does so under a
/// new name. Subjects are ids (see is_id_text), which say nothing about the person: `user:0192…`, never a mail address.
/// Threads: one loop. Cancellation: a call that was made is carried out.
class KeyRing {
public:
    virtual ~KeyRing() = default;

    /// The subject's key to seal with, made where there is none yet. It is on the disk before this returns: a crash
    /// never leaves sealed data behind whose key was lost. Errors: invalid (no id), io, disk_full, unavailable,
    /// corrupt.
    [[nodiscard]] virtual Task<Result<SubjectKey>> key_to_seal(std::string subject) = 0;
    /// The subject's key to open with. Errors: not_found (this ring never had a key of that name: it was restored from
    /// an older copy, or is another deployment's), and those of `key_to_seal`.
    [[nodiscard]] virtual Task<Result<SubjectKey>> key_to_open(std::string subject) = 0;
    /// Destroys the subject's key for ever, and remembers that; done twice, and for a subject that has none, likewise.
    /// When it returns, neither the ring nor its files hold the key. Errors: those of `key_to_seal`: ask again.
    [[nodiscard]] virtual Task<Result<void>> erase(std::string subject) = 0;

    /// Stands for a personal text where it is searched for, such as the index of a mail address: the same for the same
    /// text, and without the ring nobody can find the text by trying. It outlives erasure, so it belongs into documents
    /// that are removed then, never into events. Errors: unavailable.
    [[nodiscard]] virtual Task<Result<Digest>> fingerprint(std::string text) = 0;
};

}  // namespace tally
