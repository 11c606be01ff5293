#include "tallystick/import/online_retail.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tally {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view header =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

Result<RetailFile> read(std::string_view lines, std::optional<std::size_t> limit = {}) {
    auto source = byte_source_of(std::string(header) + std::string(lines), "memory");
    return source ? read_online_retail(**source, limit) : std::unexpected(source.error());
}

Result<RetailFile> read_whole(std::string text) {
    auto source = byte_source_of(std::move(text), "memory");
    return source ? read_online_retail(**source) : std::unexpected(source.error());
}

/// One line with a number, a quantity and a price.
std::string line(std::string_view number, std::string_view quantity, std::string_view price,
                 std::string_view code = "85123A") {
    return fmt::format("{},{},LANTERN,{},2010-12-01 08:26:00,{},17850.0,France\n", number, code, quantity, price);
}

TEST(OnlineRetail, ReadsAPurchase) {
    auto file = read("536365,85123a,\"HEART, \"\"T\"\"\",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n");
    ASSERT_TRUE(file) << file.error().text;
    ASSERT_EQ(file->invoices.size(), 1U);
    const RetailInvoice& invoice = file->invoices[0];
    EXPECT_EQ(invoice.number, "536365");
    EXPECT_EQ(invoice.kind, InvoiceKind::purchase);
    EXPECT_EQ(to_text(invoice.placed_at), "2010-12-01T08:26:00.000000Z");
    EXPECT_EQ(invoice.customer, "17850");
    EXPECT_EQ(invoice.country, "United Kingdom");
    ASSERT_EQ(invoice.lines.size(), 1U);
    EXPECT_EQ(*invoice.lines[0].item, (RetailItem{"85123A", "HEART, \"T\"", true}));
    EXPECT_EQ(invoice.lines[0].quantity, 6);
    EXPECT_EQ(invoice.lines[0].unit_price.decimal(), "2.550");
    EXPECT_EQ(invoice.lines[0].unit_price.currency().text(), "GBP");
    EXPECT_TRUE(invoice.rejected.empty());
}

TEST(OnlineRetail, AnEmptyCustomerIsUnknown) {
    auto file = read("536365,85123A,,6,2010-12-01 08:26:00,2.55,,United Kingdom\n");
    ASSERT_TRUE(file) << file.error().text;
    EXPECT_EQ(file->invoices[0].customer, std::nullopt);
    EXPECT_EQ(file->invoices[0].lines[0].item->description, "");
}

TEST(OnlineRetail, FiveLeadingDigitsAreStock) {
    auto file = read(line("1", "1", "1", "15056BL") + line("1", "1", "1", "12345") + line("1", "1", "1", "1234") +
                     line("1", "1", "1", "1234A5") + line("1", "1", "1", "gift_0001_10") + line("1", "1", "1", "POST"));
    ASSERT_TRUE(file) << file.error().text;
    std::vector<std::pair<std::string, bool>> stocked;
    for (const auto& each : file->invoices[0].lines) stocked.emplace_back(each.item->code, each.item->stocked);
    EXPECT_EQ(stocked, (std::vector<std::pair<std::string, bool>>{{"15056BL", true},
                                                                  {"12345", true},
                                                                  {"1234", false},
                                                                  {"1234A5", false},
                                                                  {"GIFT_0001_10", false},
                                                                  {"POST", false}}));
}

TEST(OnlineRetail, LinesOfOneInvoiceMayBeApartAndRepeatACode) {
    auto file = read(
        "7,11111a,A,1,2010-12-01 08:26:00,1.00,1.0,France\n"
        "8,22222,B,1,2010-12-01 08:27:00,1.00,2.0,Spain\n"
        "7,11111A,A,2,2010-12-01 08:28:00,1.50,,Italy\n");
    ASSERT_TRUE(file) << file.error().text;
    ASSERT_EQ(file->invoices.size(), 2U);
    const RetailInvoice& apart = file->invoices[0];
    EXPECT_EQ(apart.number, "7");
    ASSERT_EQ(apart.lines.size(), 2U);
    EXPECT_EQ(apart.lines[0].item, apart.lines[1].item) << "shared";
    EXPECT_EQ(apart.lines[1].quantity, 2);
    EXPECT_EQ(to_text(apart.placed_at), "2010-12-01T08:26:00.000000Z") << "the first counts";
    EXPECT_EQ(apart.customer, "1");
    EXPECT_EQ(apart.country, "France");
    EXPECT_EQ(file->tallies.lines, 3U);
}

struct Judged {
    std::string_view number, quantity, price;
    std::optional<LineRejection> reason;
};

TEST(OnlineRetail, TheFirstReasonThatAppliesRejectsALine) {
    const std::vector<Judged> table{
        {"1", "1", "0.001", std::nullopt},           {"1", "0", "1", LineRejection::quantity},
        {"1", "-1", "0", LineRejection::quantity},   {"1", "1", "0", LineRejection::price},
        {"1", "1", "-2.5", LineRejection::price},    {"C1", "-1", "0.001", std::nullopt},
        {"C1", "0", "1", LineRejection::quantity},   {"C1", "1", "1", LineRejection::quantity},
        {"C1", "1", "0", LineRejection::price},      {"C1", "-1", "-1", LineRejection::price},
        {"A1", "1", "1", LineRejection::adjustment}, {"A1", "-1", "0", LineRejection::adjustment},
    };
    for (const auto& [number, quantity, price, reason] : table) {
        const std::string text = line(number, quantity, price);
        auto file = read(text);
        ASSERT_TRUE(file) << file.error().text;
        const RetailInvoice& invoice = file->invoices.at(0);
        EXPECT_EQ(invoice.lines.size(), reason ? 0U : 1U) << text;
        ASSERT_EQ(invoice.rejected.size(), reason ? 1U : 0U) << text;
        if (reason) {
            EXPECT_EQ(invoice.rejected[0].reason, *reason) << text;
            EXPECT_EQ(file->tallies.rejected_lines.at(*reason), 1U) << text;
        }
    }
}

TEST(OnlineRetail, TalliesEverything) {
    auto file = read(line("1", "2", "1.005") + line("1", "0", "9") +     // a purchase with one valid line
                     line("2", "5", "0") +                               // one without
                     line("C3", "-1", "0.01") + line("C4", "-1", "0") +  // returns
                     line("A5", "1", "-100.5"));
    ASSERT_TRUE(file) << file.error().text;
    const RetailTallies& tallies = file->tallies;
    EXPECT_EQ(tallies.lines, 6U);
    EXPECT_EQ(tallies.invoices, 5U);
    EXPECT_EQ(tallies.purchases, 2U);
    EXPECT_EQ(tallies.purchases_without_valid_line, 1U);
    EXPECT_EQ(tallies.returns, 2U);
    EXPECT_EQ(tallies.returns_without_valid_line, 1U);
    EXPECT_EQ(tallies.adjustments, 1U);
    EXPECT_EQ(tallies.rejected_lines.at(LineRejection::adjustment), 1U);
    EXPECT_EQ(tallies.rejected_lines.at(LineRejection::quantity), 1U);
    EXPECT_EQ(tallies.rejected_lines.at(LineRejection::price), 2U);
    EXPECT_EQ(tallies.accepted.decimal(), "2.000");
    EXPECT_EQ(tallies.rejected.decimal(), "-100.500");
}

TEST(OnlineRetail, ALimitKeepsTheFirstInvoicesWithAllTheirLines) {
    const std::string text =
        line("1", "1", "1") + line("2", "1", "10") + line("3", "1", "100") + line("1", "1", "1000");
    auto file = read(text, 2);
    ASSERT_TRUE(file) << file.error().text;
    ASSERT_EQ(file->invoices.size(), 2U);
    EXPECT_EQ(file->invoices[0].lines.size(), 2U);
    EXPECT_EQ(file->invoices[1].number, "2");
    EXPECT_EQ(file->tallies.lines, 3U);
    EXPECT_EQ(file->tallies.accepted.decimal(), "1011.000");
    EXPECT_TRUE(read(text, 0)->invoices.empty());
    EXPECT_EQ(read(text, 9)->invoices.size(), 3U);
    EXPECT_FALSE(read(text + "broken\n", 1)) << "what is not kept is checked, too";
}

TEST(OnlineRetail, StockNeededIsOfTheWholeFile) {
    auto file = read(line("1", "6", "2") + line("2", "3", "2") + line("2", "-1", "2") + line("3", "1", "0") +
                         line("C4", "-2", "2") + line("5", "4", "2", "22112") + line("6", "1", "2", "POST"),
                     1);
    ASSERT_TRUE(file) << file.error().text;
    EXPECT_EQ(file->invoices.size(), 1U);
    EXPECT_EQ(file->stock_needed, (std::map<std::string, std::int64_t>{{"22112", 4}, {"85123A", 9}}));
}

TEST(OnlineRetail, NamesOfReasonsAreWords) {
    EXPECT_EQ(name(LineRejection::adjustment), "adjustment");
    EXPECT_EQ(name(LineRejection::quantity), "quantity");
    EXPECT_EQ(name(LineRejection::price), "price");
}

TEST(OnlineRetail, TheHeaderAloneIsAnEmptyYear) {
    auto file = read("");
    ASSERT_TRUE(file) << file.error().text;
    EXPECT_TRUE(file->invoices.empty());
    EXPECT_EQ(file->tallies.accepted.decimal(), "0.000");
    EXPECT_EQ(file->tallies.rejected_lines.size(), 3U);
}

TEST(OnlineRetail, AByteOrderMarkAndAMissingFinalNewlineDoNotMatter) {
    std::string text = "\xEF\xBB\xBF" + std::string(header) + line("1", "1", "1");
    text.pop_back();
    auto file = read_whole(text);
    ASSERT_TRUE(file) << file.error().text;
    EXPECT_EQ(file->invoices.at(0).country, "France");
}

TEST(OnlineRetail, AnythingElseThanTheHeaderIsRefused) {
    EXPECT_EQ(read_whole("").error(), (Error{ErrorCode::invalid, "the file is empty"}));
    for (const auto* text :
         {"\n", "a,b\n", "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n",
          "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,Price,CustomerID,Country\n"}) {
        auto file = read_whole(text);
        ASSERT_FALSE(file);
        EXPECT_EQ(file.error().code, ErrorCode::invalid);
        EXPECT_THAT(file.error().text, StartsWith("line 1: the header is not InvoiceNo,StockCode,"));
    }
}

struct Broken {
    std::string_view name;
    std::string line;
    std::string_view error;
};

class OnlineRetailRefuses : public ::testing::TestWithParam<Broken> {};

TEST_P(OnlineRetailRefuses, Line) {
    auto file = read(line("1", "1", "1") + GetParam().line);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::invalid);
    EXPECT_THAT(file.error().text, StartsWith(fmt::format("line 3: {}", GetParam().error)));
}

std::string with_date(std::string_view date) { return fmt::format("1,85123A,X,1,{},1.00,1.0,France\n", date); }
std::string with_customer(std::string_view id) {
    return fmt::format("1,85123A,X,1,2010-12-01 08:26:00,1.00,{},France\n", id);
}

INSTANTIATE_TEST_SUITE_P(
    Table, OnlineRetailRefuses,
    ::testing::Values(
        Broken{"empty_line", "\n", "1 columns instead of 8"},
        Broken{"too_few", "1,85123A,X,1,2010-12-01 08:26:00,1.00,1.0\n", "7 columns instead of 8"},
        Broken{"too_many", "1,85123A,X,1,2010-12-01 08:26:00,1.00,1.0,France,\n", "9 columns instead of 8"},
        Broken{"unclosed_quote", "1,85123A,\"X,1,2010-12-01 08:26:00,1.00,1.0,France\n",
               "a quoted field is never closed"},
        Broken{"no_number", line("", "1", "1"), "invoice number '' is not"},
        Broken{"other_letter", line("B12", "1", "1"), "invoice number 'B12' is not"},
        Broken{"small_letter", line("c12", "1", "1"), "invoice number 'c12' is not"},
        Broken{"letter_alone", line("C", "1", "1"), "invoice number 'C' is not"},
        Broken{"endless_number", line(std::string(90, '1'), "1", "1"),
               "invoice number '1111111111111111111111111111111111111111...' is not"},
        Broken{"escape_in_number", line("1\x1B[2J", "1", "1"), "invoice number '1?[2J' is not"},
        Broken{"empty_code", line("1", "1", "1", ""), "the stock code is empty"},
        Broken{"latin_1_code", line("1", "1", "1", "caf\xE9"), "text 'CAF?' is not UTF-8"},
        Broken{"no_quantity", line("1", "", "1"), "quantity '' is not a whole number"},
        Broken{"fraction_quantity", line("1", "1.0", "1"), "quantity '1.0' is not a whole number"},
        Broken{"huge_quantity", line("1", "9223372036854775808", "1"), "quantity '9223372036854775808' is not"},
        Broken{"no_price", line("1", "1", ""), "price ''"},  //
        Broken{"four_decimals", line("1", "1", "1.2345"), "price '1.2345': an amount has at most 3 decimals"},
        Broken{"exponent", line("1", "1", "1e3"), "price '1e3'"},
        Broken{"huge_amount", line("1", "9223372036854775807", "1"), "quantity times price is too large"},
        Broken{"no_date", with_date(""), "date '' is not like"},
        Broken{"other_date", with_date("01/12/2010 08:26:00"), "date '01/12/2010 08:26:00' is not like"},
        Broken{"impossible_date", with_date("2010-02-29 08:26:00"), "date '2010-02-29 08:26:00' is not like"},
        Broken{"time_zone", with_date("2010-12-01 08:26:00+01:00"), "date '2010-12-01 08:26:00+01:00' is not like"},
        Broken{"word_as_customer", with_customer("Smith"), "customer 'Smith' is not"},
        Broken{"fraction_customer", with_customer("17850.5"), "customer '17850.5' is not"},
        Broken{"nul_in_country", "1,85123A,X,1,2010-12-01 08:26:00,1.00,1.0," + std::string("F\0", 2) + "\n",
               "country 'F?' is not UTF-8"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(OnlineRetail, ATotalThatOverflowsIsRefused) {
    auto file = read(line("1", "9000000000000000", "1") + line("1", "9000000000000000", "1"));
    ASSERT_FALSE(file);
    EXPECT_THAT(file.error().text, HasSubstr("line 3: quantity times price is too large"));
}

}  // namespace
}  // namespace tally
