#pragma once

#include <map>
#include <optional>
#include <string>

#include "services/analytics/sales_day.hpp"

/// Requests and answers of the analytics API.
namespace tally::analytics {

/// What has become so far of the orders of a day in one currency.
struct SalesDayView {
    Day day;
    Currency currency;
    // The funnel: how many orders have come so far.
    std::int64_t created = 0;
    std::int64_t paid = 0;
    std::int64_t confirmed = 0;
    std::int64_t delivered = 0;
    std::int64_t cancelled = 0;
    std::map<std::string, std::int64_t> cancelled_by;  ///< by reason
    std::int64_t reservations_refused = 0;
    std::int64_t payments_refused = 0;
    double reservation_failure_rate = 0;  ///< refused reservations, of all orders
    double payment_failure_rate = 0;      ///< refused payments, of all that were paid or refused
    Money placed;
    Money captured;
    Money refunded;
};
BOOST_DESCRIBE_STRUCT(SalesDayView, (),
                      (day, currency, created, paid, confirmed, delivered, cancelled, cancelled_by,
                       reservations_refused, payments_refused, reservation_failure_rate, payment_failure_rate, placed,
                       captured, refunded))
[[nodiscard]] SalesDayView view(const SalesDay& of, const SalesFigures& figures);

struct ListSalesDays {
    std::optional<Day> from{};  ///< this day and later ones
    std::optional<Day> to{};    ///< earlier days
    std::optional<Currency> currency{};
    std::optional<bool> backward{};  ///< the latest first
    std::optional<std::int64_t> page_size{};
    std::optional<std::string> page_token{};
};
BOOST_DESCRIBE_STRUCT(ListSalesDays, (), (from, to, currency, backward, page_size, page_token))

struct GetSalesDay {
    Day day;
};
BOOST_DESCRIBE_STRUCT(GetSalesDay, (), (day))

}  // namespace tally::analytics
