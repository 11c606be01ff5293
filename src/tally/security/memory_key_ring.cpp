#include "tally/security/memory_key_ring.hpp"

#include <map>

#include "tally/security/subject.hpp"

namespace tally {
namespace {

SubjectKey copy_of(const SubjectKey& key) { return key ? SubjectKey(key->copy()) : std::nullopt; }

class MemoryKeyRing final : public KeyRing {
public:
    explicit MemoryKeyRing(Random& random) : random_(random), secret_(SivKey::random(random)) {}

    Task<Result<SubjectKey>> key_to_seal(std::string subject) override {
        if (auto good = check_subject(subject); !good) co_return std::unexpected(std::move(good.error()));
        auto known = keys_.find(subject);
        if (known == keys_.end()) known = keys_.emplace(std::move(subject), SivKey::random(random_)).first;
        co_return copy_of(known->second);
    }

    Task<Result<SubjectKey>> key_to_open(std::string subject) override {
        if (auto good = check_subject(subject); !good) co_return std::unexpected(std::move(good.error()));
        const auto known = keys_.find(subject);
        if (known == keys_.end()) co_return unknown_subject(subject);
        co_return copy_of(known->second);
    }

    Task<Result<void>> erase(std::string subject) override {
        auto good = check_subject(subject);
        if (good) keys_[std::move(subject)].reset();
        co_return good;
    }

    Task<Result<Digest>> fingerprint(std::string text) override { co_return hmac_sha256(secret_.bytes(), text); }

private:
    Random& random_;
    SivKey secret_;
    std::map<std::string, SubjectKey, std::less<>> keys_;
};

}  // namespace

std::unique_ptr<KeyRing> create_memory_key_ring(Random& random) { return std::make_unique<MemoryKeyRing>(random); }

}  // namespace tally
