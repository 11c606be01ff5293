#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "tally/flow/saga_run.hpp"
#include "tally/store/store.hpp"

namespace tally {

/// An event that a saga has recorded, or would record, about one thing: what of it can be compared. Ids are left out,
/// and so is the version that it started under.
struct SagaDecision {
    std::string type;
    int schema = 1;
    boost::json::value data;

    /// Empty for what decides nothing, such as the note of a late reply or of an early event. Errors: corrupt.
    [[nodiscard]] static Result<std::optional<SagaDecision>> of(std::string_view type, int schema,
                                                                std::string_view data);
    /// Data of another schema version is not compared.
    friend bool operator==(const SagaDecision& one, const SagaDecision& other) {
        return one.type == other.type && (one.schema != other.schema || one.data == other.data);
    }
};

BOOST_DEFINE_ENUM_CLASS(SagaInput, event, deadline, act)

/// One thing that has happened to an instance, and all that it recorded about it.
struct SagaMove {
    SagaInput input = SagaInput::event;
    std::optional<EventId> event;  ///< that it heard; none for a deadline and an act
    std::string act;               ///< of an operator: `retry`, `skip` or `resolve`
    std::string reason;            ///< that the operator gave
    Timestamp at{};
    Position first = 0;  ///< of what it recorded
    Position last = 0;   ///< the same
    std::vector<SagaDecision> recorded;
};

/// The history of one instance, as its service's log has it.
struct SagaRecord {
    static constexpr std::size_t longest = 1'000;  ///< events

    int version = 0;
    bool is_open = true;
    std::set<CorrelationId> correlations;
    std::vector<SagaMove> moves;

    /// Errors: too_large (more than `longest` events), corrupt, those of Store::read.
    [[nodiscard]] static Task<Result<SagaRecord>> read(Store& store, SagaId id, std::string saga);
};

}  // namespace tally
