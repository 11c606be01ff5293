#pragma once

#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "tally/http/problem.hpp"
#include "tally/store/types.hpp"

namespace tally {

/// A request or an answer without content.
struct Nothing {
    friend bool operator==(const Nothing&, const Nothing&) = default;
};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

/// What a handler answers: a value, with what HTTP says about it, or a problem.
///
///     co_return OrderView{…};                              // the route's success status
///     co_return Reply(view).etag(version).status(200);
///     co_return problem("not-found", "no order 536365");
///     co_return rejection;                                  // a Rejection or an Error
template <class T>
class Reply {
public:
    using Value = T;

    Reply(T value) : value_(std::move(value)) {}
    Reply(HttpProblem failure) : value_(std::unexpected(std::move(failure))) {}
    Reply(const Error& error) : value_(std::unexpected(problem_of(error))) {}
    Reply(const Rejection& rejection) : value_(std::unexpected(problem_of(rejection))) {}

    /// Strong ETag: the stream's version.
    Reply&& etag(Version version) && {
        etag_ = version;
        return std::move(*this);
    }
    Reply&& location(std::string path) && {
        location_ = std::move(path);
        return std::move(*this);
    }
    /// Instead of the route's success status; it must be one of the route's `also`.
    Reply&& status(int code) && {
        status_ = code;
        return std::move(*this);
    }
    Reply&& header(std::string name, std::string value) && {
        headers_.add(std::move(name), std::move(value));
        return std::move(*this);
    }

    [[nodiscard]] bool ok() const noexcept { return value_.has_value(); }
    [[nodiscard]] const T& value() const { return *value_; }
    [[nodiscard]] T& value() { return *value_; }
    [[nodiscard]] const HttpProblem& problem() const { return value_.error(); }
    [[nodiscard]] std::optional<Version> etag() const noexcept { return etag_; }
    [[nodiscard]] const std::string& location() const noexcept { return location_; }
    [[nodiscard]] std::optional<int> status() const noexcept { return status_; }
    [[nodiscard]] const Headers& headers() const noexcept { return headers_; }

private:
    std::expected<T, HttpProblem> value_;
    std::optional<Version> etag_;
    std::optional<int> status_;
    std::string location_;
    Headers headers_;
};

}  // namespace tally
