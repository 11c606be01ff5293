#pragma once

#include <string>

namespace tally {

/// A rule of the domain says no. The code is stable and kebab-case (`order-already-confirmed`): callers branch on it,
/// and HTTP makes a problem type of it.
struct Rejection {
    std::string code;
    std::string detail;
    friend bool operator==(const Rejection&, const Rejection&) = default;
};

}  // namespace tally
