#pragma once

#include <string>
#include <vector>

#include "tally/flow/consumer_context.hpp"
#include "tally/flow/dry_run_report.hpp"

namespace tally {

/// Tells what a redrive or skip would do, by doing it in a session that is never committed.
///
/// The queue of the letter's key is worked off in its order, each letter seeing what those before it would have done,
/// up to the first that fails. Nothing is written or counted in metrics. It is a forecast: what is committed meanwhile,
/// or what only a commit would refuse, is not in it. A handler is run as ever, so the rule of `Consumer` holds: what it
/// does goes through the session, and what reaches outside the store is a timer's work or asks Session::dry_run first.
class DeadLetterDryRun {
public:
    explicit DeadLetterDryRun(ConsumerContext& context) : context_(context) {}

    /// `asked` is the poisoned letter of a key as the request would make it, redriving or skipping, perhaps edited. At
    /// most `limit` letters are told of. Errors: not_found, conflict (it is not the first of its key any more),
    /// unavailable (its shard is another instance's), those of Store::find.
    [[nodiscard]] Task<Result<DryRunReport>> run(DeadLetter asked, std::size_t limit);

private:
    [[nodiscard]] Task<void> rehearse(const DeadLetter& letter, Session& session, DryRunLetter& told);

    ConsumerContext& context_;
};

}  // namespace tally
