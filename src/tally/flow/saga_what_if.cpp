#include "tally/flow/saga_what_if.hpp"

#include "tally/flow/saga_rerun.hpp"

namespace tally {

Task<SagaComparison> SagaWhatIf::look_at(std::string instance) const {
    const SagaId id(definition_.name, std::move(instance));
    auto record = co_await SagaRecord::read(parts_.own, id, definition_.name);
    if (!record) co_return SagaComparison{.verdict = SagaVerdict::unknown, .why = record.error().text};
    if (record->moves.empty()) co_return SagaComparison{.verdict = SagaVerdict::unknown, .why = "it has no history"};
    const SagaVerdict otherwise = record->is_open ? SagaVerdict::open : SagaVerdict::same;
    SagaRerun rerun(parts_, definition_, id, std::move(*record));
    auto difference = co_await rerun.run();
    if (!difference) co_return SagaComparison{.verdict = SagaVerdict::unknown, .why = difference.error().text};
    if (!*difference) co_return SagaComparison{.verdict = otherwise};
    co_return SagaComparison{.verdict = SagaVerdict::different, .difference = std::move(**difference)};
}

}  // namespace tally
