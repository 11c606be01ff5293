#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tally/flow/dead_letters.hpp"
#include "tally/flow/dry_run_report.hpp"
#include "tally/host/running_service.hpp"

namespace tally {

struct DeadLetterView {
    std::string id;
    std::string service;
    DeadLetter letter;
};
BOOST_DESCRIBE_STRUCT(DeadLetterView, (), (id, service, letter))

/// One that was acted on, as it is now; or, with what that would bring about, as it stays.
struct DeadLetterOutcome {
    std::string id;
    std::string service;
    DeadLetter letter;
    std::optional<DryRunReport> dry_run;
};
BOOST_DESCRIBE_STRUCT(DeadLetterOutcome, (), (id, service, letter, dry_run))

/// Many that were acted on; in a dry run those that would be. See DeadLetters::Asked.
struct DeadLettersOutcome {
    std::string service;
    std::int64_t asked = 0;
    std::int64_t already = 0;
    std::int64_t queued = 0;
    std::vector<RefusedDeadLetter> refused;
    std::optional<std::string> next;  ///< `after` of the request that goes on; absent: these were all
    std::optional<DryRunReport> dry_run;
};
BOOST_DESCRIBE_STRUCT(DeadLettersOutcome, (), (service, asked, already, queued, refused, next, dry_run))

/// A dry run tells of no more letters. Its answer, kept under its Idempotency-Key like any command's, is all that it
/// writes.
inline constexpr std::size_t dry_run_letters = 1'000;

/// Who asks, and why.
[[nodiscard]] std::string note_of(const std::string& who, const std::optional<std::string>& reason);
/// The consumer that a letter is of. Errors: rejected (it does not run here).
[[nodiscard]] Result<ConsumerRunner*> consumer_of(RunningService& service, const DeadLetter& letter);
/// Has those of that name, or all, look for requests.
void poke(RunningService& service, const std::optional<std::string>& consumer);

}  // namespace tally
