#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/analytics/day.hpp"
#include "services/analytics/sales_figures.hpp"
#include "tally/flow/document_type.hpp"

/// What analytics keeps. An order, and all that ever becomes of it, counts on the day on which it was placed: as the
/// customer says, or else when it was created. So the imported orders of a year long past are sales of that year; what
/// was delivered and given back of a day's orders can be held against what was ordered; and how fast the services
/// worked changes no figure.
namespace tally::analytics {

/// The orders that were placed on a day in one currency.
struct SalesDay {
    Day day;
    Currency currency;
    friend bool operator==(const SalesDay&, const SalesDay&) = default;
};
BOOST_DESCRIBE_STRUCT(SalesDay, (), (day, currency))

/// Whose topic was counted.
BOOST_DEFINE_ENUM_CLASS(SalesSource, orders, inventory, payments, shipping)

/// A day's figures as far as one topic says them: a day is the sum of its shares. Each share has one writer, the
/// consumer of that topic, so consumers that are busy with the same day never wait for each other.
struct SalesShare {
    SalesDay of;
    SalesSource source = SalesSource::orders;
    SalesFigures figures;
};
BOOST_DESCRIBE_STRUCT(SalesShare, (), (of, source, figures))
TALLY_DOCUMENT(SalesShare, "sales-days")
/// `day`, each day by currency, and `currency`, each currency by day: of the shares of orders, which every day has.
[[nodiscard]] std::vector<IndexEntry> tally_indexes(const SalesShare& share);
[[nodiscard]] std::string share_key(const SalesDay& of, SalesSource source);

/// Where an order counts. No order of topics is promised: what the others say of an order before OrderCreated waits
/// here, and is counted with it.
struct SalesOrder {
    std::optional<SalesDay> of;  ///< none: it is not known yet
    SalesFigures early;
};
BOOST_DESCRIBE_STRUCT(SalesOrder, (), (of, early))
TALLY_DOCUMENT(SalesOrder, "sales-orders")

}  // namespace tally::analytics
