// Goal: every return of the real shop's year is matched as a clerk would who goes piece by piece.
//
// Method: all purchases of the file count as completed; its returns come in the order of the file. The totals were also
// counted by a separate program that shares no code with either.
#include <gtest/gtest.h>

#include "support/naive_returns.hpp"
#include "support/real_year.hpp"
#include "tally/testing/covers.hpp"
#include "tallystick/import/online_retail.hpp"

namespace tally::testing {
namespace {

using orders::NewReturn;
using orders::Order;

orders::NewOrder order_of(const RetailInvoice& invoice) {
    orders::NewOrder wanted{.order = OrderId::trusted(invoice.number),
                            .customer = CustomerId::trusted(*invoice.customer),
                            .placed_at = invoice.placed_at,
                            .country = {},
                            .lines = {},
                            .payment_method = {},
                            .shipping_method = {}};
    for (const RetailLine& line : invoice.lines)
        wanted.lines.push_back(
            {*Sku::parse(line.item->code), "", *Quantity::of(line.quantity), line.unit_price, line.item->stocked});
    return wanted;
}

NewReturn return_of(const RetailInvoice& invoice) {
    NewReturn wanted{.return_id = ReturnId::trusted(invoice.number),
                     .customer = {},
                     .order = {},
                     .returned_at = invoice.placed_at,
                     .lines = {}};
    if (invoice.customer) wanted.customer = CustomerId::trusted(*invoice.customer);
    for (const RetailLine& line : invoice.lines)
        wanted.lines.push_back({*Sku::parse(line.item->code), *Quantity::of(-line.quantity)});
    return wanted;
}

struct Customer {
    std::vector<Purchase> purchases;
    std::vector<std::pair<Timestamp, Order>> orders;

    void buy(const RetailInvoice& invoice) {
        const orders::NewOrder wanted = order_of(invoice);
        Order order;
        order.apply(*place(order, wanted));
        order.apply(orders::OrderConfirmed{wanted.order, {}});
        order.apply(orders::OrderCompleted{wanted.order});
        Purchase purchase{.id = invoice.number,
                          .customer = invoice.customer,
                          .placed_at = invoice.placed_at,
                          .lines = {},
                          .money = order.created.total.units()};
        for (const RetailLine& line : invoice.lines)
            purchase.lines.push_back({line.item->code, line.unit_price.units(), line.item->stocked, line.quantity});
        purchases.push_back(std::move(purchase));
        orders.emplace_back(invoice.placed_at, std::move(order));
    }
};

struct Totals {
    std::int64_t returns = 0, lines = 0, matched_lines = 0, partly_matched_lines = 0, pieces = 0, matched_pieces = 0;
    Money refund{0, 3, *Currency::parse("GBP")};

    void add(const NewReturn& wanted, const Matched& matched) {
        ++returns;
        for (std::size_t i = 0; i < wanted.lines.size(); ++i) {
            const std::int64_t quantity = wanted.lines[i].quantity.value();
            ++lines;
            matched_lines += matched.lines[i] == quantity;
            partly_matched_lines += matched.lines[i] > 0 && matched.lines[i] < quantity;
            pieces += quantity;
            matched_pieces += matched.lines[i];
        }
        for (const auto& [order, goods] : matched.orders)
            refund = *refund.plus(Money(goods.second, refund.scale(), refund.currency()));
    }
};

TEST(RealReturns, AreMatchedAsPieceByPiece) {
    TALLY_COVERS("B02.13", "I9");
    const std::string path = find_real_year();
    if (path.empty()) GTEST_SKIP() << "needs: online-retail.csv.xz";
    auto source = open_byte_source(path);
    ASSERT_TRUE(source) << source.error().text;
    const auto file = read_online_retail(**source);
    ASSERT_TRUE(file) << file.error().text;

    std::map<std::string, Customer> customers;
    for (const RetailInvoice& invoice : file->invoices)
        if (invoice.kind == InvoiceKind::purchase && !invoice.lines.empty() && invoice.customer)
            customers[*invoice.customer].buy(invoice);
    Totals totals;
    for (const RetailInvoice& invoice : file->invoices) {
        if (invoice.kind != InvoiceKind::return_) continue;
        const NewReturn wanted = return_of(invoice);
        Customer nobody;
        Customer& customer = invoice.customer ? customers[*invoice.customer] : nobody;
        const Matched naive = take_back_naively(customer.purchases, wanted, invoice.placed_at);
        const Matched real = take_back(customer.orders, wanted, invoice.placed_at);
        ASSERT_EQ(real, naive) << invoice.number;
        totals.add(wanted, naive);
    }
    EXPECT_EQ(totals.returns, 3'836);
    EXPECT_EQ(totals.lines, 9'288);
    EXPECT_EQ(totals.matched_lines, 7'514);
    EXPECT_EQ(totals.partly_matched_lines, 54);
    EXPECT_EQ(totals.pieces, 277'574);
    EXPECT_EQ(totals.matched_pieces, 250'820);
    EXPECT_EQ(totals.refund.decimal(), "515667.170");
}

}  // namespace
}  // namespace tally::testing
