#pragma once

#include <map>
#include <memory>
#include <string>

#include "tallystick/verify/order_book.hpp"
#include "tallystick/verify/payment_book.hpp"
#include "tallystick/verify/read_models.hpp"
#include "tallystick/verify/return_book.hpp"
#include "tallystick/verify/saga_book.hpp"
#include "tallystick/verify/sales_book.hpp"
#include "tallystick/verify/stock_book.hpp"

namespace tally::verify {

/// Checks a whole data folder: give it the scan of each service's store, one after the other, in any order.
class Verifier {
public:
    Verifier() = default;
    Verifier(const Verifier&) = delete;
    Verifier& operator=(const Verifier&) = delete;

    /// Takes what the service's store holds; to be finished before the next one begins.
    [[nodiscard]] std::unique_ptr<StoreScan> store(std::string service);
    /// The store cannot be read, or not to its end.
    void broken(const std::string& service, std::string why);
    [[nodiscard]] Verdict verdict(bool in_flight_ok);

private:
    class Scan;

    Findings findings_;
    Causes causes_;
    ProgressBook progress_;
    OrderBook orders_;
    PaymentBook payments_;
    ReturnBook returns_;
    SagaBook sagas_;
    SalesBook sales_;
    StockBook stock_;
    ReadModels read_models_{progress_, findings_};
    std::map<std::string, LogCheck> logs_;
};

}  // namespace tally::verify
