#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "tally/base/money.hpp"
#include "tallystick/import/log_reader.hpp"

namespace tally {

/// What the log of the payments service says: what was taken and given back, and whether the provider has said how all
/// of it ended. It is read once, from its first event on.
class PaymentLog {
public:
    struct Figures {
        Money captured;
        Money refunded;
        std::uint64_t repeated_answers = 0;  ///< of the provider
    };

    /// Counts money of that currency, with so many decimals. Lifetime: `api` outlives it.
    PaymentLog(Api& api, Currency currency, int scale)
        : reader_(api, "payments"), figures_{Money(0, scale, currency), Money(0, scale, currency)} {}

    /// Reads on to the end. Errors: those of LogReader::next.
    [[nodiscard]] Task<Result<void>> read_on();

    /// Every charge and every refund that was begun has its outcome.
    [[nodiscard]] bool is_settled() const noexcept { return open_charges_.empty() && open_refunds_ == 0; }
    [[nodiscard]] const Figures& figures() const noexcept { return figures_; }

    /// Takes in one event of a page.
    void apply(const boost::json::value& event);

private:
    LogReader reader_;
    std::set<std::string> open_charges_;  // by order
    std::int64_t open_refunds_ = 0;
    Figures figures_;
};

}  // namespace tally
