#include "tally/flow/timer.hpp"

namespace tally {

std::vector<IndexEntry> tally_indexes(const Timer& timer) {
    const std::string by_type = IndexKey().text(timer.type).time(timer.due).bytes();
    std::vector<IndexEntry> entries{{std::string(timers_by_due), IndexKey().time(timer.due).bytes()},
                                    {std::string(timers_by_type), by_type}};
    if (timer.attempts >= timer_attempts) entries.push_back({std::string(timers_failing), by_type});
    return entries;
}

std::string timer_id(std::string_view type, std::string_view key) {
    std::string id(type);
    id += '/';
    id += key;
    return id;
}

}  // namespace tally
