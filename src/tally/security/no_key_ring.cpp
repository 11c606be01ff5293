#include "tally/security/no_key_ring.hpp"

namespace tally {
namespace {

class NoKeyRing final : public KeyRing {
public:
    Task<Result<SubjectKey>> key_to_seal(std::string) override { co_return none(); }
    Task<Result<SubjectKey>> key_to_open(std::string) override { co_return none(); }
    Task<Result<void>> erase(std::string) override { co_return none(); }
    Task<Result<Digest>> fingerprint(std::string) override { co_return none(); }

private:
    static std::unexpected<Error> none() {
        return fail(ErrorCode::unsupported, "personal data needs a key ring: hand one to the host (Host::Parts::keys)");
    }
};

}  // namespace

std::unique_ptr<KeyRing> create_no_key_ring() { return std::make_unique<NoKeyRing>(); }

}  // namespace tally
