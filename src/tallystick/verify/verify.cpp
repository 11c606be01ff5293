#include "tallystick/verify/verify.hpp"

#include "tallystick/verify/verifier.hpp"

namespace tally::verify {
namespace {

using namespace std::chrono_literals;

constexpr int most_readings = 5;

bool is_damage(ErrorCode code) { return code == ErrorCode::corrupt || code == ErrorCode::hole; }

Task<Result<Verdict>> read_once(Source& source, bool in_flight_ok) {
    auto services = co_await source.services();
    if (!services) co_return std::unexpected(std::move(services.error()));
    Verifier verifier;
    for (const std::string& service : *services) {
        const auto scan = verifier.store(service);
        const auto scanned = co_await source.scan(service, *scan);
        if (!scanned && !is_damage(scanned.error().code)) co_return std::unexpected(scanned.error());
        if (!scanned) verifier.broken(service, scanned.error().text);
    }
    co_return verifier.verdict(in_flight_ok);
}

}  // namespace

Task<Result<Verdict>> verify(Source& source, Clock& clock, bool in_flight_ok) {
    for (int reading = 1; reading <= most_readings; ++reading) {
        auto verdict = co_await read_once(source, in_flight_ok);
        if (!verdict) co_return verdict;
        const auto unchanged = co_await source.unchanged();
        if (!unchanged) co_return std::unexpected(unchanged.error());
        if (*unchanged) co_return verdict;
        co_await clock.sleep_for(reading * 500ms);
    }
    co_return fail(ErrorCode::unavailable,
                   "the logs keep growing while they are read: verify when less is written, or stop the server");
}

}  // namespace tally::verify
