#pragma once

#include <cstddef>
#include <vector>

namespace tally::testing {

/// What a trace comes to where it could go several ways: one after the other, all combinations.
class Choices {
public:
    /// At most `faults` choices of one trace are other than 0.
    explicit Choices(std::size_t faults) : faults_(faults) {}

    /// A number below `options`; the same program is to ask for the same ones in the same order.
    [[nodiscard]] std::size_t choose(std::size_t options) {
        if (at_ == made_.size()) made_.push_back({0, used_ < faults_ ? options : 1});
        const std::size_t chosen = made_[at_++].chosen;
        if (chosen != 0) ++used_;
        return chosen;
    }
    /// On to the next trace; false: that was the last.
    [[nodiscard]] bool next() {
        at_ = used_ = 0;
        for (; !made_.empty(); made_.pop_back())
            if (++made_.back().chosen < made_.back().options) return true;
        return false;
    }

private:
    struct Choice {
        std::size_t chosen = 0;
        std::size_t options = 1;
    };
    std::size_t faults_;
    std::vector<Choice> made_;
    std::size_t at_ = 0;
    std::size_t used_ = 0;
};

}  // namespace tally::testing
