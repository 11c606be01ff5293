#pragma once

#include <map>
#include <set>
#include <string>

#include "tally/flow/dead_letters.hpp"

namespace tally {

/// How many dead letters each key of one consumer has: what its documents say, in memory.
class ParkedKeys {
public:
    /// Reads them anew. `unfinished` becomes the keys whose first letter is not poisoned: their queue was being worked
    /// off, and nothing holds it any more. Errors: those of Store::find; corrupt.
    [[nodiscard]] Task<Result<void>> load(Store& store, std::string consumer, std::string topic);

    [[nodiscard]] std::size_t count(std::string_view key) const;
    [[nodiscard]] std::size_t total() const noexcept { return total_; }
    void add(std::string_view key);
    void remove(std::string_view key);
    /// Its queue was found empty.
    void forget(std::string_view key);

    std::set<std::string> unfinished;

private:
    std::map<std::string, std::size_t, std::less<>> counts_;
    std::size_t total_ = 0;
};

}  // namespace tally
