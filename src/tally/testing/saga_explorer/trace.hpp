#pragma once

#include <map>
#include <string>
#include <vector>

#include <boost/describe/enum.hpp>

#include "tally/testing/saga_explorer.hpp"
#include "tally/testing/saga_explorer/choices.hpp"
#include "tally/testing/saga_explorer/ledger.hpp"
#include "tally/testing/saga_explorer/saga_stage.hpp"

namespace tally::testing {

BOOST_DEFINE_ENUM_CLASS(StepFate,
                        ok,         // done, and answered
                        duplicate,  // answered twice
                        crash,      // the answer is handled again after its commit
                        lost,       // done, and nobody hears of it
                        late,       // done, and answered after the deadline
                        unheard,    // the participant hears of it when all is over
                        cancelled,  // done, and cancelled before the answer
                        refused)
BOOST_DEFINE_ENUM_CLASS(UndoFate, ok, duplicate, lost)

/// One way through a saga.
class Trace {
public:
    Trace(SagaStage& stage, const SagaDefinition& definition, const SagaExplorerOptions& options, Ledger& ledger,
          Choices& choices, std::string instance);

    /// From `start` until it has ended, and what was lost has turned up.
    [[nodiscard]] Task<void> run(SagaOutside start);

    [[nodiscard]] SagaStatus status() const noexcept { return run_.status; }
    [[nodiscard]] bool is_operator_called() const noexcept { return is_operator_called_; }
    /// Empty: nothing is wrong.
    [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }
    /// What happened, in order.
    [[nodiscard]] std::string text() const;

private:
    using Kind = SagaTrigger::Kind;

    /// What steps without a request wait for may happen long before.
    [[nodiscard]] Task<void> let_happen_early();
    [[nodiscard]] StepFate choose_fate(std::size_t step);
    [[nodiscard]] Task<void> go_on(std::size_t step);
    [[nodiscard]] Task<void> meet(StepFate fate, std::size_t step);
    [[nodiscard]] Task<void> undo(std::size_t step);
    [[nodiscard]] Task<void> settle();
    [[nodiscard]] Task<void> check_end();

    /// Null: there is none.
    [[nodiscard]] const SagaTrigger* trigger(Kind kind, std::size_t step) const;
    [[nodiscard]] SagaMessage answer(Kind kind, std::size_t step);
    [[nodiscard]] Task<void> hear(SagaMessage message);
    /// After a crash: nothing may come of it.
    [[nodiscard]] Task<void> hear_again(SagaMessage message);
    [[nodiscard]] Task<void> cancel();
    [[nodiscard]] Task<void> let_deadline_pass();
    void check(const SagaStage::Done& done);

    SagaStage& stage_;
    const SagaDefinition& definition_;
    const SagaExplorerOptions& options_;
    Ledger& ledger_;
    Choices& choices_;
    std::string instance_;

    SagaRun run_;
    std::map<std::size_t, StepFate> fates_;
    std::map<std::size_t, UndoFate> undo_fates_;
    std::vector<SagaMessage> lost_;     ///< answers that nobody has heard
    std::vector<std::size_t> unheard_;  ///< steps whose request has not arrived
    bool was_cancelled_ = false;
    bool is_operator_called_ = false;
    std::string trouble_;
    std::vector<std::string> told_;
};

}  // namespace tally::testing
