#pragma once

#include "tallystick/api/api.hpp"

namespace tally {

struct Standing {
    /// Nothing follows any more from what is in the logs: each consumer has handled the newest events of its topic,
    /// each read model is at the end of its log, and no log has grown while that was read. What waits for a timer does
    /// not count.
    bool at_rest = false;
    std::int64_t done = 0;  ///< rises with every event that somebody writes or gets past
};

/// How far everybody is. Errors: those of Api::get_json.
[[nodiscard]] Task<Result<Standing>> standing(Api& api);

}  // namespace tally
