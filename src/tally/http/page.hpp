#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "tally/base/clock.hpp"
#include "tally/base/random.hpp"

namespace tally {

/// How much of a list is wanted. Sizes over 1,000 count as 1,000.
struct PageRequest {
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;

    static constexpr std::size_t default_size = 50;
    static constexpr std::size_t max_size = 1'000;
    [[nodiscard]] std::size_t size() const;
};

/// A page of a list. No `next_page_token` is the only sign of the end; a page may be short.
template <class T>
struct Page {
    std::vector<T> items;
    std::optional<std::string> next_page_token;
    bool complete = true;  ///< false: some source could not be asked
    BOOST_DESCRIBE_CLASS(Page, (), (items, next_page_token, complete), (), ())
};

/// Seals the place where a list goes on, so that nobody can alter it: HMAC-SHA256 over place, filters, principal and
/// expiry, URL-safe.
class PageTokens {
public:
    static constexpr auto lifetime = std::chrono::hours(72);

    /// `secret` has 32 bytes.
    PageTokens(std::string secret, const Clock& clock) : secret_(std::move(secret)), clock_(clock) {}
    [[nodiscard]] std::string seal(std::string_view place, std::string_view filters, std::string_view principal) const;
    /// Empty for a token that was altered, has expired, or belongs to other filters or another principal.
    [[nodiscard]] std::optional<std::string> open(std::string_view token, std::string_view filters,
                                                  std::string_view principal) const;

private:
    std::string secret_;
    const Clock& clock_;
};

}  // namespace tally
