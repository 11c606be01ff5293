// The figures below were counted by a separate program that shares no code with the reader.
#include "support/real_year.hpp"

#include <optional>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tallystick/import/online_retail.hpp"

namespace tally {
namespace {

class RealYear : public ::testing::Test {
protected:
    void SetUp() override {
        if (testing::find_real_year().empty()) GTEST_SKIP() << "needs: online-retail.csv.xz";
    }

    static RetailFile read(std::optional<std::size_t> limit = {}) {
        auto source = open_byte_source(testing::find_real_year());
        EXPECT_TRUE(source) << source.error().text;
        auto file = read_online_retail(*source.value(), limit);
        EXPECT_TRUE(file) << file.error().text;
        return std::move(file).value();
    }
};

void expect_tallies(const RetailTallies& tallies) {
    EXPECT_EQ(tallies.lines, 541'909U);
    EXPECT_EQ(tallies.invoices, 25'900U);
    EXPECT_EQ(tallies.purchases, 22'061U);
    EXPECT_EQ(tallies.purchases_without_valid_line, 2'102U);
    EXPECT_EQ(tallies.returns, 3'836U);
    EXPECT_EQ(tallies.returns_without_valid_line, 0U);
    EXPECT_EQ(tallies.adjustments, 3U);
    EXPECT_EQ(tallies.rejected_lines.at(LineRejection::adjustment), 3U);
    EXPECT_EQ(tallies.rejected_lines.at(LineRejection::quantity), 1'336U);
    EXPECT_EQ(tallies.rejected_lines.at(LineRejection::price), 1'179U);
    EXPECT_EQ(tallies.accepted.decimal(), "9758809.994");
    EXPECT_EQ(tallies.rejected.decimal(), "-11062.060");
    EXPECT_EQ(tallies.accepted.plus(tallies.rejected).value().decimal(), "9747747.934");
}

TEST_F(RealYear, HasTheFiguresCountedIndependently) {
    const RetailFile file = read();
    expect_tallies(file.tallies);

    std::set<std::string> stocked;
    std::set<std::string> codes;
    std::set<std::string> customers;
    std::size_t accepted = 0;
    std::size_t unknown = 0;
    const RetailInvoice* largest = &file.invoices.at(0);
    for (const RetailInvoice& invoice : file.invoices) {
        for (const RetailLine& line : invoice.lines) {
            codes.insert(line.item->code);
            if (line.item->stocked) stocked.insert(line.item->code);
        }
        for (const RejectedLine& each : invoice.rejected) {
            codes.insert(each.line.item->code);
            if (each.line.item->stocked) stocked.insert(each.line.item->code);
        }
        accepted += invoice.lines.size();
        if (invoice.customer)
            customers.insert(*invoice.customer);
        else
            ++unknown;
        if (invoice.lines.size() > largest->lines.size()) largest = &invoice;
    }
    EXPECT_EQ(accepted, 539'391U);
    EXPECT_EQ(codes.size(), 3'958U);
    EXPECT_EQ(stocked.size(), 3'926U);
    EXPECT_EQ(customers.size(), 4'372U);
    EXPECT_EQ(unknown, 3'710U);
    EXPECT_EQ(largest->number, "573585");
    EXPECT_EQ(largest->lines.size(), 1'114U);

    EXPECT_EQ(file.invoices.front().number, "536365");
    EXPECT_EQ(to_text(file.invoices.front().placed_at), "2010-12-01T08:26:00.000000Z");
    EXPECT_EQ(file.invoices.front().customer, "17850");
    EXPECT_EQ(file.invoices.back().number, "581587");
}

TEST_F(RealYear, TheFirstThousandInvoices) {
    const RetailTallies tallies = read(1'000).tallies;
    EXPECT_EQ(tallies.invoices, 1'000U);
    EXPECT_EQ(tallies.lines, 21'466U);
    EXPECT_EQ(tallies.accepted.plus(tallies.rejected).value().decimal(), "361772.220");
}

}  // namespace
}  // namespace tally
