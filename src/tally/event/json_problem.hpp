#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tally {

/// What is wrong with one place of a JSON text.
struct Problem {
    std::string pointer;  ///< RFC 6901, from the root: `/lines/0/sku`
    std::string code;     ///< stable: one of problem_code
    std::string detail;   ///< for a person

    friend bool operator==(const Problem&, const Problem&) = default;
};
using Problems = std::vector<Problem>;

namespace problem_code {
inline constexpr std::string_view missing = "missing";
inline constexpr std::string_view type = "type";
inline constexpr std::string_view value = "value";
inline constexpr std::string_view unknown_field = "unknown_field";
inline constexpr std::string_view duplicate_key = "duplicate_key";
inline constexpr std::string_view syntax = "syntax";
inline constexpr std::string_view limit = "limit";
}  // namespace problem_code

/// All problems in one text: `/lines/0/sku: missing: this member is required; …`.
[[nodiscard]] std::string to_text(const Problems& problems);

/// Appends `/token` to a JSON pointer, with `~` and `/` escaped (RFC 6901 §3).
void append_token(std::string& pointer, std::string_view token);

/// The problems found so far. Full after 100, or 64 KiB of pointers: a hostile text must not grow its own answer.
class ProblemList {
public:
    static constexpr std::size_t most_problems = 100;
    static constexpr std::size_t most_pointer_bytes = 64 * 1024;

    /// Does nothing once full.
    void add(std::string pointer, std::string_view code, std::string detail);
    [[nodiscard]] bool full() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return problems_.empty(); }
    [[nodiscard]] Problems take() { return std::move(problems_); }

private:
    Problems problems_;
    std::size_t pointer_bytes_ = 0;
};

}  // namespace tally
