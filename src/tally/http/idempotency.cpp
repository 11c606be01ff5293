#include "tally/http/idempotency.hpp"

#include "tally/base/sha256.hpp"
#include "tally/base/text.hpp"

namespace tally::detail {
namespace {

/// The key between the quotes, or the bare token (RFC 9651 §3.3.3, without escapes).
std::optional<std::string_view> unquoted(std::string_view text) {
    if (text.starts_with('"')) {
        if (text.size() < 3 || !text.ends_with('"')) return std::nullopt;
        text = text.substr(1, text.size() - 2);
    }
    if (!is_visible_ascii(text, 255) || text.contains('"') || text.contains('\\')) return std::nullopt;
    return text;
}

}  // namespace

std::expected<IdempotencyKey, HttpProblem> idempotency_key(const HttpRequest& request, std::string_view path,
                                                           const Principal& principal) {
    const auto header = request.headers.find("Idempotency-Key");
    if (!header)
        return std::unexpected(
            problem("idempotency-key-missing", "send an Idempotency-Key header with a new value for each new command"));
    const auto key = unquoted(*header);
    if (!key || request.headers.count("Idempotency-Key") > 1)
        return std::unexpected(
            problem("invalid-request", "Idempotency-Key is one string of 1 to 255 visible ASCII characters"));
    return IdempotencyKey{
        .document = to_hex(Sha256().field(principal.id).field(*key).finish()),
        .fingerprint = to_hex(Sha256().field(name(request.method)).field(path).field(request.body).finish())};
}

HttpResponse replay(const StoredAnswer& answer) {
    HttpResponse response{.status = answer.status, .headers = {}, .body = answer.body};
    for (const auto& [name, value] : answer.headers) response.headers.add(name, value);
    response.headers.set("Idempotent-Replayed", "true");
    return response;
}

DocumentWrite keep(const IdempotencyKey& key, const HttpResponse& response, Timestamp until) {
    StoredAnswer answer{
        .fingerprint = key.fingerprint, .status = response.status, .headers = {}, .body = response.body};
    for (const auto& [name, value] : response.headers) answer.headers[name] = value;
    return {.key = document_key<StoredAnswer>(key.document),
            .expected = ExpectedDocument::absent(),
            .write = put_of(answer, until)};
}

}  // namespace tally::detail
