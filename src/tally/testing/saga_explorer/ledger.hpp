#pragma once

#include <map>
#include <string>
#include <vector>

#include "tally/flow/saga_definition.hpp"

namespace tally::testing {

/// What the participants of one trace have done, and the service itself where a step decides.
class Ledger {
public:
    explicit Ledger(bool is_undo_carried_out) : is_undo_carried_out_(is_undo_carried_out) {}

    /// False: the step's undo was there first, and nothing is done.
    bool carry_out(const std::string& step);
    void undo(const std::string& step);
    void refuse(const std::string& step) { begun_[step].is_refused = true; }
    /// It is asked for: from now on it may be done, whatever is heard of it.
    void begin(const std::string& step) { (void)begun_[step]; }

    /// What is wrong when all is done; empty: nothing.
    [[nodiscard]] std::string trouble_if_completed(const SagaDefinition& definition) const;
    /// What is wrong when all is undone; empty: nothing.
    [[nodiscard]] std::string trouble_if_compensated(const SagaDefinition& definition) const;

private:
    struct Entry {
        bool is_in_effect = false;
        bool is_refused = false;
        bool is_blocked = false;  ///< by an undo, for whatever arrives after it
    };
    [[nodiscard]] bool is_in_effect(const std::string& step) const;

    bool is_undo_carried_out_;
    std::map<std::string, Entry> begun_;
    std::vector<std::string> undone_;  ///< in the order of being asked for
};

}  // namespace tally::testing
