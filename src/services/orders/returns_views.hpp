#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/orders/return.hpp"
#include "services/orders/return_list.hpp"
#include "tally/http/page.hpp"

/// Requests and answers of the returns API.
namespace tally::orders {

struct ReceiveReturn {
    std::optional<ReturnId> return_id;     ///< the client's own id: sending the same again answers 200
    std::optional<CustomerId> customer;    ///< missing: not known
    std::optional<OrderId> order;          ///< missing: any order of the customer
    std::optional<Timestamp> returned_at;  ///< missing: now
    std::vector<ReturnItem> lines;
};
BOOST_DESCRIBE_STRUCT(ReceiveReturn, (), (return_id, customer, order, returned_at, lines))

struct ReturnView {
    ReturnId return_id;
    std::optional<CustomerId> customer;
    std::optional<OrderId> order;
    std::optional<Timestamp> returned_at;
    ReturnOutcome outcome = ReturnOutcome::unmatched;
    std::vector<ReturnLine> lines;
    std::vector<ReturnRefund> refunds;
};
BOOST_DESCRIBE_STRUCT(ReturnView, (), (return_id, customer, order, returned_at, outcome, lines, refunds))

struct GetReturn {
    ReturnId return_id;
};
BOOST_DESCRIBE_STRUCT(GetReturn, (), (return_id))

struct ListReturns {
    std::optional<CustomerId> customer;
    std::optional<ReturnOutcome> outcome;
    std::optional<Timestamp> from;  ///< returned at or after
    std::optional<Timestamp> to;    ///< returned before
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListReturns, (), (customer, outcome, from, to, page_size, page_token))

struct GetReturnsOfOrder {
    OrderId order;
};
BOOST_DESCRIBE_STRUCT(GetReturnsOfOrder, (), (order))

/// What came back of an order with one return.
struct OrderReturnView {
    ReturnId return_id;
    std::vector<ReturnedLine> lines;
    Money refund;
};
BOOST_DESCRIBE_STRUCT(OrderReturnView, (), (return_id, lines, refund))

}  // namespace tally::orders
