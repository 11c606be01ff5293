#include "tally/base/sha256.hpp"

#include <ranges>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace tally {
namespace {

void must(int outcome) {
    if (outcome != 1) throw std::runtime_error("OpenSSL does not compute SHA-256");
}

std::array<char, 8> big_endian(std::uint64_t number) {
    std::array<char, 8> bytes{};
    for (char& byte : std::views::reverse(bytes)) {
        byte = static_cast<char>(number & 0xFF);
        number >>= 8;
    }
    return bytes;
}

}  // namespace

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();

    State() { begin(); }
    ~State() { EVP_MD_CTX_free(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void begin() { must(EVP_DigestInit_ex(context, EVP_sha256(), nullptr)); }
    void update(std::string_view bytes) { must(EVP_DigestUpdate(context, bytes.data(), bytes.size())); }
    Digest finish() {
        Digest digest{};
        must(EVP_DigestFinal_ex(context, digest.data(), nullptr));
        begin();
        return digest;
    }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;

Sha256& Sha256::field(std::string_view bytes) {
    const auto length = big_endian(bytes.size());
    state_->update({length.data(), length.size()});
    state_->update(bytes);
    return *this;
}

Sha256& Sha256::field(std::uint64_t number) {
    const auto bytes = big_endian(number);
    return field(std::string_view(bytes.data(), bytes.size()));
}

Digest Sha256::finish() { return state_->finish(); }

Digest sha256(std::string_view bytes) {
    Digest digest{};
    must(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr));
    return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
    Digest mac{};
    unsigned int length = 0;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), mac.data(), &length) == nullptr)
        throw std::runtime_error("OpenSSL does not compute HMAC");
    return mac;
}

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<std::uint8_t>(c);
        text += digits[byte >> 4];
        text += digits[byte & 0xF];
    }
    return text;
}

std::string to_hex(const Digest& digest) {
    return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace tally
