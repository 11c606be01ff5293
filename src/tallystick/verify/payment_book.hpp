#pragma once

#include <map>
#include <optional>
#include <string>

#include <boost/json/value.hpp>

#include "tally/base/money.hpp"
#include "tally/event/recorded_event.hpp"
#include "tallystick/verify/findings.hpp"

namespace tally::verify {

/// What was charged for each order and given back, folded from the log of payments.
class PaymentBook {
public:
    void take(const std::string& service, const RecordedEvent& event, const boost::json::value& data,
              Findings& findings);
    void finish(Findings& findings) const;

private:
    struct Payment {
        int initiated = 0, charged = 0, failed = 0;
        int undone = 0, refunds_asked = 0, refunds_answered = 0;
        std::optional<Money> wanted, authorized, captured, refunded;  ///< sums, with all decimals that there can be
        bool mixed = false;                                           ///< they cannot be summed
    };
    /// What is wrong with it; empty: nothing.
    [[nodiscard]] static std::string problem_of(const Payment& payment);

    std::map<std::string, Payment> payments_;
};

}  // namespace tally::verify
