#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "tally/base/error.hpp"
#include "tally/base/rejection.hpp"
#include "tally/event/codec.hpp"
#include "tally/net/http_message.hpp"

namespace tally {

/// A kind of problem (RFC 9457): the last part of its `type` URI, its status and its constant title.
struct ProblemType {
    std::string_view slug;
    int status = 500;
    std::string_view title;
};
/// Those of the platform; a domain's rejections add theirs, with status 409 and the code as slug.
[[nodiscard]] const std::vector<ProblemType>& platform_problems();
/// The platform's of that slug, or that of a rejection.
[[nodiscard]] ProblemType problem_type(std::string_view slug);

/// One problem, as it is sent.
struct HttpProblem {
    std::string slug = "internal";
    int status = 500;
    std::string title;
    std::string detail;
    Problems errors;           ///< of the request's parts
    boost::json::object more;  ///< extension members, such as `current_version`
    Headers headers;           ///< such as Retry-After
};

/// By slug of `platform_problems`.
[[nodiscard]] HttpProblem problem(std::string_view slug, std::string detail);
/// What a caller may know of an error: damage and bugs only as `internal`, their text goes to the log.
[[nodiscard]] HttpProblem problem_of(const Error& error);
[[nodiscard]] HttpProblem problem_of(const Rejection& rejection);

/// `application/problem+json`, with an absolute type below `base` (`http://127.0.0.1:8080/problems/`).
[[nodiscard]] HttpResponse to_response(const HttpProblem& problem, std::string_view base, std::string_view instance,
                                       std::string_view request_id, std::string_view trace_id);

}  // namespace tally
