#include "tally/flow/dead_letter_filter.hpp"

#include <limits>

namespace tally {
namespace {

template <class T>
bool fits_wanted(const std::optional<T>& wanted, const T& found) {
    return !wanted || *wanted == found;
}

/// `prefix` ends with a slash.
std::string beyond(std::string prefix) {
    prefix.back() = '/' + 1;
    return prefix;
}

}  // namespace

bool DeadLetterFilter::fits(const DeadLetter& letter) const {
    return fits_wanted(consumer, letter.consumer) && fits_wanted(topic, letter.topic) &&
           fits_wanted(type, letter.type) && fits_wanted(key, letter.key) &&
           fits_wanted(error_code, letter.error_code) && (!from_position || letter.position >= *from_position) &&
           (!to_position || letter.position <= *to_position) && (!parked_since || letter.parked_at >= *parked_since) &&
           (!parked_until || letter.parked_at < *parked_until);
}

Result<DocumentQuery> query_for(const DeadLetterFilter& filter) {
    if ((filter.from_position || filter.to_position) && !filter.topic)
        return fail(ErrorCode::invalid, "positions are those of a topic: say which");
    const Position first = filter.from_position.value_or(0);
    const Position last = filter.to_position.value_or(std::numeric_limits<Position>::max());
    if (first > last || (filter.parked_since && filter.parked_until && *filter.parked_since > *filter.parked_until))
        return fail(ErrorCode::invalid, "the range ends before it begins");

    DocumentQuery query{.collection = std::string(collection_of<DeadLetter>)};
    if (!filter.consumer) return query;
    const std::string prefix = *filter.consumer + "/" + (filter.topic ? *filter.topic + "/" : "");
    query.lower = filter.topic ? dead_letter_key(*filter.consumer, *filter.topic, first) : prefix;
    query.upper = last == std::numeric_limits<Position>::max()
                      ? beyond(prefix)
                      : dead_letter_key(*filter.consumer, *filter.topic, last + 1);
    return query;
}

}  // namespace tally
