#include "tally/store/newest_first.hpp"

namespace tally {

DocumentQuery newest_first(std::string index, const IndexKey& prefix, std::optional<Timestamp> from,
                           std::optional<Timestamp> to) {
    DocumentQuery query{.collection = {}, .index = std::move(index), .lower = {}, .upper = {}, .backward = true};
    query.lower = from ? IndexKey(prefix).time(*from).bytes() : prefix.bytes();
    query.upper = to ? IndexKey(prefix).time(*to).bytes() : prefix.upper_bound();
    return query;
}

}  // namespace tally
