#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace tally::verify {

struct Violation {
    std::string invariant;  ///< `I4 versions`: see invariants()
    std::string subject;    ///< `orders/order-536365`, `orders/events/17`, `inventory/documents/stock/85123A`
    std::string detail;
    friend bool operator==(const Violation&, const Violation&) = default;
};
BOOST_DESCRIBE_STRUCT(Violation, (), (invariant, subject, detail))

/// How much was looked at.
struct Checked {
    std::int64_t logs = 0;
    std::int64_t events = 0;
    std::int64_t streams = 0;
    std::int64_t orders = 0;
    std::int64_t sagas = 0;
    std::int64_t stock_items = 0;
    std::int64_t documents = 0;
    friend bool operator==(const Checked&, const Checked&) = default;
};
BOOST_DESCRIBE_STRUCT(Checked, (), (logs, events, streams, orders, sagas, stock_items, documents))

/// What `verify --json` prints.
struct Verdict {
    bool ok = true;
    std::int64_t in_flight = 0;
    std::vector<Violation> violations;
    Checked checked;
};
BOOST_DESCRIBE_STRUCT(Verdict, (), (ok, in_flight, violations, checked))

/// For people, several lines.
[[nodiscard]] std::string to_text(const Verdict& verdict);

}  // namespace tally::verify
