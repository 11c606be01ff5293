#include "tally/base/siv.hpp"

#include <algorithm>
#include <stdexcept>

#include <climits>
#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace tally {
namespace {

constexpr std::size_t tag_size = 16;
constexpr std::size_t most_associated = 126;  // RFC 5297 §7

void must(bool done) {
    if (!done) throw std::runtime_error("OpenSSL does not compute AES-256-SIV: version 3.0 or newer is needed");
}

const EVP_CIPHER* cipher() {
    static const EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-SIV", nullptr);
    must(fetched != nullptr);
    return fetched;
}

const std::uint8_t* bytes_of(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }
std::uint8_t* bytes_of(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

/// One seal or opening.
class Siv {
public:
    enum class Way : std::uint8_t { seal, open };

    Siv(const SivKey& key, Way way) : context_(EVP_CIPHER_CTX_new()) {
        must(EVP_CipherInit_ex2(context_.get(), cipher(), bytes_of(key.bytes()), nullptr, way == Way::seal ? 1 : 0,
                                nullptr) == 1);
    }

    void add(std::string_view associated) {
        check(associated);
        int length = 0;
        must(EVP_CipherUpdate(context_.get(), nullptr, &length, bytes_of(associated),
                              static_cast<int>(associated.size())) == 1);
    }
    /// False where the tag does not fit.
    [[nodiscard]] bool run(std::string_view in, std::uint8_t* out) {
        check(in);
        int length = 0;
        if (EVP_CipherUpdate(context_.get(), out, &length, bytes_of(in), static_cast<int>(in.size())) != 1)
            return false;
        return EVP_CipherFinal_ex(context_.get(), out + length, &length) == 1;
    }
    void tag(int control, std::uint8_t* tag) {
        must(EVP_CIPHER_CTX_ctrl(context_.get(), control, static_cast<int>(tag_size), tag) == 1);
    }

private:
    // Before 3.0.10, OpenSSL passed over empty texts as if they were not there.
    static void check(std::string_view text) {
        if (text.empty() || text.size() > INT_MAX) throw std::invalid_argument("AES-SIV: an empty or endless text");
    }

    struct Free {
        void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
    };
    std::unique_ptr<EVP_CIPHER_CTX, Free> context_;
};

void add_all(Siv& siv, Associated associated) {
    if (associated.size() > most_associated) throw std::invalid_argument("AES-SIV: too many associated texts");
    for (const std::string_view text : associated) siv.add(text);
}

}  // namespace

void SivKey::Wipe::operator()(Bytes* bytes) const noexcept {
    OPENSSL_cleanse(bytes->data(), bytes->size());
    delete bytes;
}

SivKey SivKey::random(Random& random) {
    SivKey key;
    random.fill(*key.bytes_);
    return key;
}

Result<SivKey> SivKey::of(std::string_view bytes) {
    if (bytes.size() != size) return fail(ErrorCode::invalid, "a key of AES-256-SIV has 64 bytes");
    SivKey key;
    std::ranges::copy(bytes, key.bytes_->begin());
    return key;
}

SivKey SivKey::copy() const {
    SivKey key;
    *key.bytes_ = *bytes_;
    return key;
}

std::string_view SivKey::bytes() const noexcept { return {reinterpret_cast<const char*>(bytes_->data()), size}; }

std::string siv_seal(const SivKey& key, std::string_view plain, Associated associated) {
    Siv siv(key, Siv::Way::seal);
    add_all(siv, associated);
    std::string sealed(tag_size + plain.size(), '\0');
    must(siv.run(plain, bytes_of(sealed) + tag_size));
    siv.tag(EVP_CTRL_AEAD_GET_TAG, bytes_of(sealed));
    return sealed;
}

Result<std::string> siv_open(const SivKey& key, std::string_view sealed, Associated associated) {
    if (sealed.size() <= tag_size) return fail(ErrorCode::corrupt, "too short for sealed bytes");
    Siv siv(key, Siv::Way::open);
    std::string tag(sealed.substr(0, tag_size));
    siv.tag(EVP_CTRL_AEAD_SET_TAG, bytes_of(tag));
    add_all(siv, associated);
    std::string plain(sealed.size() - tag_size, '\0');
    if (siv.run(sealed.substr(tag_size), bytes_of(plain))) return plain;
    wipe(plain);
    return fail(ErrorCode::corrupt, "the seal does not fit: another key, another place, or altered bytes");
}

void wipe(std::string& secret) noexcept {
    OPENSSL_cleanse(secret.data(), secret.size());
    secret.clear();
}

}  // namespace tally
