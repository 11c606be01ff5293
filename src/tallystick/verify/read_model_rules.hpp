#pragma once

#include <span>
#include <string_view>

/// What read models are made of, as tables.
namespace tally::verify {

/// What an event writes into a member of its document.
struct Assignment {
    enum class From {
        literal,             ///< the text `source`
        member,              ///< the event's member at the pointer `source`, if it has it
        occurred,            ///< the time at which the event occurred
        member_or_occurred,  ///< the member, or that time
        first_occurred,      ///< the time at which the first of such events occurred
        count,               ///< how long the list at the pointer `source` is
        sum,                 ///< what is there, and the money at the pointer `source`
    };
    std::string_view type;
    std::string_view to;  ///< member of the document
    From from;
    std::string_view source;
    std::string_view where{};  ///< JSON pointer to a text of the event that must be `is`; empty: in any case
    std::string_view is{};
};

struct ReadModelRule {
    std::string_view service;  ///< whose log is folded, and whose documents these are
    std::string_view name;
    std::string_view key;  ///< JSON pointer, in every event, to the document's key; empty: the partition key
    std::span<const Assignment> assignments;
};
[[nodiscard]] std::span<const ReadModelRule> read_model_rules();

}  // namespace tally::verify
