#pragma once

#include <string>

#include <boost/json/value.hpp>

#include "tally/base/clock.hpp"
#include "tally/http/transport.hpp"

namespace tally {

/// Requests of a client of ours to the services, with problems read as errors.
///
/// What another try may mend (not connected, no answer, 503) is tried again until `patience` is over, at the pace that
/// the server asks for, with the same Idempotency-Key: it happens once, however often it is sent. Threads: one loop.
class Api {
public:
    struct Answer {
        int status = 200;
        std::string body;
        bool replayed = false;   ///< the stored answer of an earlier request
        bool uncertain = false;  ///< an earlier try had no answer: it may have been the one that was carried out
    };

    /// Without patience the first failure is told at once. Lifetime: transport and clock outlive it.
    Api(Transport& transport, Clock& clock, Duration patience = Duration::zero())
        : transport_(transport), clock_(clock), patience_(patience) {}

    /// Errors: those of Transport::send; of a problem that the service answers with: invalid (400, 422), not_found,
    /// rejected (409, 412), too_large, unavailable (503), internal.
    [[nodiscard]] Task<Result<Answer>> get(std::string service, std::string target);
    /// `key` is the Idempotency-Key; empty: none is sent. Errors: as `get`.
    [[nodiscard]] Task<Result<Answer>> post(std::string service, std::string target, std::string body, std::string key);
    /// The content of `get`. Errors: as `get`; corrupt (it is not JSON).
    [[nodiscard]] Task<Result<boost::json::value>> get_json(std::string service, std::string target);

    [[nodiscard]] Clock& clock() const noexcept { return clock_; }

private:
    [[nodiscard]] Task<Result<Answer>> send(std::string service, HttpRequest request);

    Transport& transport_;
    Clock& clock_;
    Duration patience_;
};

/// Errors: corrupt.
[[nodiscard]] Result<boost::json::value> json_of(const Api::Answer& answer);

// Members of a JSON object as they may be missing: then, or where the type is another one, empty or 0.
[[nodiscard]] std::string text_at(const boost::json::value& object, std::string_view member);
[[nodiscard]] std::int64_t number_at(const boost::json::value& object, std::string_view member);
[[nodiscard]] const boost::json::array& list_at(const boost::json::value& object, std::string_view member);
/// `items` of a page.
[[nodiscard]] const boost::json::array& items_of(const boost::json::value& page);

}  // namespace tally
