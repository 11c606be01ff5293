#pragma once

#include <expected>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tally/base/rejection.hpp"
#include "tally/flow/aggregate.hpp"

namespace tally::testing {

/// What a decision has led to: see `given`.
template <class Event>
class Decided {
public:
    explicit Decided(std::expected<Event, Rejection> outcome) : outcome_(std::move(outcome)) {}

    void then(const Event& event) const {
        if (outcome_)
            EXPECT_EQ(encode(*outcome_), encode(event));
        else
            ADD_FAILURE() << "refused as " << outcome_.error().code << ": " << outcome_.error().detail;
    }
    void then_refused(const std::string& code) const {
        if (outcome_)
            ADD_FAILURE() << "accepted: " << encode(*outcome_);
        else
            EXPECT_EQ(outcome_.error().code, code);
    }

private:
    std::expected<Event, Rejection> outcome_;
};

template <Aggregate A>
class Given {
public:
    explicit Given(A state) : state_(std::move(state)) {}

    /// `decide` takes the state and gives an event or a Rejection.
    template <class Decide>
    [[nodiscard]] auto when(Decide decide) const {
        return Decided(decide(state_));
    }
    [[nodiscard]] const A& state() const noexcept { return state_; }

private:
    A state_;
};

/// An aggregate with a past, for a test of its decisions:
///
///     given<Order>(created()).when([](const Order& order) { return confirm(order); }).then(OrderConfirmed{id});
template <Aggregate A, EventStruct... E>
[[nodiscard]] Given<A> given(const E&... past) {
    A state;
    (state.apply(past), ...);
    return Given<A>(std::move(state));
}

}  // namespace tally::testing
