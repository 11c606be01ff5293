#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "services/payments/payment_provider.hpp"
#include "tally/base/random.hpp"

namespace tally::testing {

/// What a provider has done, by idempotency key; what no provider may do is a fault.
class PaymentLedger {
public:
    /// A key's charge is booked once, whatever is said of it later.
    void charged(const payments::ChargeRequest& request, const std::string& reference);
    void refunded(const payments::RefundRequest& request);

    /// Sums of an order, in units of its money.
    [[nodiscard]] std::int64_t charged(const OrderId& order) const;
    [[nodiscard]] std::int64_t refunded(const OrderId& order) const;
    /// An order charged twice, a key used for two things, more given back than was taken.
    [[nodiscard]] const std::vector<std::string>& faults() const noexcept { return faults_; }

private:
    struct Charge {
        OrderId order;
        Money amount;
        std::int64_t refunded = 0;
    };
    std::map<std::string, Charge> charges_;  ///< by reference
    std::map<Uuid, std::string> references_;
    std::map<Uuid, payments::RefundRequest> refunds_;
    std::vector<std::string> faults_;
};

/// Books what the provider `inner` says it has done.
[[nodiscard]] std::unique_ptr<payments::PaymentProvider> create_booked_provider(
    std::unique_ptr<payments::PaymentProvider> inner, PaymentLedger& ledger);

/// How a fickle provider behaves, and how often it was called. Lifetime: outlives the provider.
struct Fickleness {
    Random& random;
    Clock& clock;
    PaymentLedger& ledger;
    double lost = 0.2;  ///< requests that never arrive, and answers; 0: nothing has to wait either
    int calls = 0;
};
/// A provider that takes its time, declines, makes wait, says things twice, and loses requests and answers, each at
/// random. It refuses to refund amounts that end in 7 units. What it has done it books.
[[nodiscard]] std::unique_ptr<payments::PaymentProvider> create_fickle_provider(Fickleness& fickleness);

}  // namespace tally::testing
