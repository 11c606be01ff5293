#pragma once

#include <set>
#include <string>
#include <string_view>

namespace tally {

/// Who is asking, and what they may do.
struct Principal {
    std::string id;                ///< `customer:17850`, `service:orders`; becomes the actor of events
    std::set<std::string> scopes;  ///< `orders:write`; `*` is all

    [[nodiscard]] bool may(std::string_view scope) const;
    /// Everything, under a name that shows it: for a server that only this machine can reach.
    [[nodiscard]] static Principal development() { return {"user:developer", {"*"}}; }
};

}  // namespace tally
