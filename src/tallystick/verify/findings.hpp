#pragma once

#include <map>
#include <string>
#include <vector>

#include "tallystick/verify/invariant.hpp"
#include "tallystick/verify/verdict.hpp"

namespace tally::verify {

/// What the checks have found so far. Of each invariant the first hundred violations are kept; of the others, their
/// number.
class Findings {
public:
    void violation(Invariant invariant, std::string subject, std::string detail);
    void in_flight(std::string subject, std::string detail);

    /// True once a log is not what was written: what is folded from it then is no evidence of anything.
    [[nodiscard]] bool log_is_damaged() const noexcept { return log_is_damaged_; }
    [[nodiscard]] bool has_violations() const noexcept;
    /// With what is in flight among the violations, unless that is tolerated.
    [[nodiscard]] Verdict verdict(bool in_flight_ok);

    Checked checked;

private:
    struct Kept {
        std::vector<Violation> first;
        std::size_t all = 0;
    };
    void keep(Invariant invariant, std::string subject, std::string detail);

    std::map<Invariant, Kept> found_;
    bool log_is_damaged_ = false;
};

}  // namespace tally::verify
