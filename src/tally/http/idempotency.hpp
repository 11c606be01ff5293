#pragma once

#include <map>
#include <string>

#include "tally/flow/document_type.hpp"
#include "tally/http/principal.hpp"
#include "tally/http/routes.hpp"

namespace tally::detail {

/// The answer to a command, kept under its Idempotency-Key in the command's own commit.
struct StoredAnswer {
    std::string fingerprint;  ///< SHA-256 of method, path and body, hex
    int status = 200;
    std::map<std::string, std::string> headers;
    std::string body;
};
BOOST_DESCRIBE_STRUCT(StoredAnswer, (), (fingerprint, status, headers, body))
TALLY_DOCUMENT(StoredAnswer, "tally.idempotency")

/// What makes two requests the same one.
struct IdempotencyKey {
    std::string document;  ///< key of the stored answer: of the principal's own key
    std::string fingerprint;
};
/// Reads the header: a quoted Structured-Field string or a bare token, 1–255 characters. Problems:
/// idempotency-key-missing, invalid-request (malformed or given twice).
[[nodiscard]] std::expected<IdempotencyKey, HttpProblem> idempotency_key(const HttpRequest& request,
                                                                         std::string_view path,
                                                                         const Principal& principal);

/// The stored answer as it is sent again.
[[nodiscard]] HttpResponse replay(const StoredAnswer& answer);
/// The write that keeps an answer: refused where another answer is kept already.
[[nodiscard]] DocumentWrite keep(const IdempotencyKey& key, const HttpResponse& response, Timestamp until);

}  // namespace tally::detail
