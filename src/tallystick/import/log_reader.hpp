#pragma once

#include <string>

#include <boost/json/array.hpp>

#include "tallystick/api/api.hpp"

namespace tally {

/// Reads the log of a service over its routes, from its first event on.
class LogReader {
public:
    static constexpr std::size_t page_size = 1'000;

    /// Lifetime: `api` outlives it.
    LogReader(Api& api, std::string service) : api_(api), service_(std::move(service)) {}

    /// The events that follow, at most a page of them; fewer: the log ends there for now. Errors: those of
    /// Api::get_json.
    [[nodiscard]] Task<Result<boost::json::array>> next();

private:
    Api& api_;
    std::string service_;
    std::int64_t position_ = 0;
};

/// The data of an event of a page; null where it has none.
[[nodiscard]] const boost::json::value& data_of(const boost::json::value& event);

}  // namespace tally
