#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tally {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };
/// `GET`; `other` has no name.
[[nodiscard]] std::string_view name(Method method);

/// Header fields in their order; names compare without case (RFC 9110 §5.1).
class Headers {
public:
    Headers() = default;
    Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

    /// The first one of that name; empty for none.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] std::size_t count(std::string_view name) const;
    void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
    /// Instead of all of that name.
    void set(std::string name, std::string value);
    void remove(std::string_view name);
    [[nodiscard]] auto begin() const noexcept { return fields_.begin(); }
    [[nodiscard]] auto end() const noexcept { return fields_.end(); }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// A request as everybody above the socket sees it.
struct HttpRequest {
    Method method = Method::get;
    std::string target;  ///< path and query as sent: `/api/v1/orders?status=confirmed`
    Headers headers;
    std::string body;
};

struct HttpResponse {
    int status = 200;
    Headers headers;
    std::string body;
};

/// Percent-decodes once (RFC 3986 §2.1). Empty for a bad escape, an escaped NUL, or what is not UTF-8.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);
/// Escapes everything but unreserved characters (RFC 3986 §2.3).
[[nodiscard]] std::string percent_encode(std::string_view text);
/// Escapes of a path, which may hold escapes already, what must not stand in one (RFC 3986 §3.3).
[[nodiscard]] std::string percent_encode_path(std::string_view path);

}  // namespace tally
