#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// A made-up year: of ten invoices one is a return, one a purchase without a valid line and one an adjustment; each
/// purchase takes 3 and 2 pieces of one code, 1 of another, and postage, and has a line that is rejected. What comes
/// back does so a day later.
std::string shop_year(int invoices) {
    std::string csv = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
    const auto line = [&](const std::string& number, std::string_view code, int quantity, std::string_view price) {
        csv += fmt::format("{},{},\"A \"\"thing\"\", of {}\",{},2010-12-0{} 08:26:00,{},17850.0,France\n", number, code,
                           code, quantity, number.starts_with('C') ? 2 : 1, price);
    };
    for (int i = 0; i < invoices; ++i) {
        const std::string number = std::to_string(500'000 + i);
        switch (i % 10) {
            case 7:
                line("C" + number, "10001A", -1, "2.50");
                break;
            case 8:
                line(number, "10001", -4, "2.50");
                break;
            case 9:
                line("A" + number, "B", 1, "11.06");
                break;
            default:
                line(number, fmt::format("100{:02}a", i % 20), 3, "2.50");
                line(number, "20001", 1, "0.85");
                line(number, "POST", 1, "18.00");
                line(number, fmt::format("100{:02}A", i % 20), 2, "2.50");
                line(number, "20001", 1, "0");
        }
    }
    return csv;
}

/// Without what differs from run to run.
boost::json::value figures(boost::json::value report) {
    EXPECT_TRUE(report.as_object().contains("seconds"));
    report.as_object().erase("seconds");
    report.as_object().erase("replayed");
    return report;
}

class Import : public BinaryTest {
protected:
    Ended import(const std::string& file, std::vector<std::string> more) {
        std::vector<std::string> arguments{"import", "online-retail", file, "--json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        Ended ended = run(arguments, {}, {}, Process::Seconds(120));
        EXPECT_EQ(ended.code, 0) << ended.err;
        return ended;
    }
};

TEST_F(Import, TheFiguresAreTheFilesAndTheStores) {
    const std::string file = write("year.csv", shop_year(80));
    const auto report = import(file, {"--data", path("data"), "--invoices", "50"}).json();
    EXPECT_EQ(figures(report), boost::json::parse(R"({"lines":190,"invoices":50,"purchases_without_valid_line":5,
        "orders":{"placed":35,"completed":35,"cancelled":0,"cancelled_by":{}},
        "returns":{"accepted":5,"matched_lines":5,"unmatched_lines":0},
        "rejected_lines":{"adjustment":5,"quantity":5,"price":35},
        "money":{"accepted":"1084.750","rejected":"5.300","captured":"1097.250","refunded":"12.500"},
        "compensations":{},"late_replies":0,"duplicate_replies":0})"));
    EXPECT_EQ(report.at("replayed"), false);
    EXPECT_TRUE(report.at("seconds").is_double());
}

TEST_F(Import, TwiceChangesNothingAndAServerMakesNoDifference) {
    TALLY_COVERS("I3");
    const std::string file = write("year.csv", shop_year(80));
    const auto first = import(file, {"--data", path("data"), "--invoices", "50"}).json();
    const auto second = import(file, {"--data", path("data"), "--invoices", "50"}).json();
    EXPECT_EQ(figures(second), figures(first));
    EXPECT_EQ(second.at("replayed"), true);

    const Server server = serve(path("served"));
    const auto remote = import(file, {"--server", server.url, "--invoices", "50"}).json();
    EXPECT_EQ(figures(remote), figures(first));
    EXPECT_EQ(remote.at("replayed"), false);
    // Through the owner of the folder, and now all of the file.
    EXPECT_EQ(import(file, {"--data", path("served"), "--invoices", "50"}).json().at("replayed"), true);
    const auto all = import(file, {"--data", path("served")}).json();
    EXPECT_EQ(all.at("replayed"), false);
    EXPECT_EQ(all.at("orders").at("completed"), 56);
}

TEST_F(Import, ReadsStandardInputAndTellsPeople) {
    const Ended ended = run({"import", "online-retail", "-", "--data", path("data")}, {}, shop_year(10));
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_THAT(ended.out, AllOf(HasSubstr("7 placed, 7 completed, 0 cancelled"), HasSubstr("216.950 accepted")));
    EXPECT_EQ(ended.err, "");  // not a terminal: no progress
}

TEST_F(Import, ShortStockCancelsOrdersAndOtherStockIsRefusedLater) {
    const std::string file = write("year.csv", shop_year(50));
    const auto report = import(file, {"--data", path("data"), "--stock", "6"}).json();
    const auto& orders = report.at("orders");
    EXPECT_EQ(orders.at("placed"), 35);
    EXPECT_EQ(orders.at("completed"), 6);  // of code 20001 there are but 6 pieces
    EXPECT_EQ(orders.at("cancelled_by"), boost::json::parse(R"({"out_of_stock":29})"));

    const Ended other = run({"import", "online-retail", file, "--data", path("data"), "--json"});
    EXPECT_EQ(other.code, 1);
    EXPECT_THAT(other.err, AllOf(HasSubstr("receipt"), HasSubstr("--stock")));
}

TEST_F(Import, WhatGoesWrongWithPaymentsIsUndoneAndCounted) {
    TALLY_COVERS("B03.3", "E11.8", "E21.2", "E21.4", "E21.5", "I8", "I10");
    const std::string file = write("year.csv", shop_year(300));
    const std::vector<std::string> mishaps{"--decline", "20",      "--lose", "5",      "--late",
                                           "5",         "--twice", "10",     "--seed", "7"};
    std::vector<std::string> arguments{"--data", path("data")};
    arguments.insert(arguments.end(), mishaps.begin(), mishaps.end());
    const auto report = import(file, arguments).json();
    const auto& orders = report.at("orders");
    const auto refused = orders.at("cancelled_by").at("payment_refused").to_number<int>();
    const auto overdue = orders.at("cancelled_by").at("payment_overdue").to_number<int>();
    EXPECT_EQ(orders.at("placed"), 210);
    EXPECT_EQ(orders.at("completed").to_number<int>() + refused + overdue, 210);
    EXPECT_GT(refused, 20);
    EXPECT_GT(overdue, 2);
    EXPECT_EQ(report.at("compensations").at("reserve"), refused + overdue);
    EXPECT_EQ(report.at("compensations").at("pay"), overdue);
    EXPECT_GT(report.at("late_replies").to_number<int>(), 0);
    EXPECT_GT(report.at("duplicate_replies").to_number<int>(), 0);
    const auto verdict = run({"verify", "--data", path("data"), "--json"}).json();
    EXPECT_EQ(verdict.at("ok"), true) << verdict;
    EXPECT_EQ(verdict.at("checked").at("sagas"), 210);
    EXPECT_EQ(figures(import(file, arguments).json()), figures(report));

    const Ended too_much = run({"import", "online-retail", file, "--decline", "60", "--late", "41"});
    EXPECT_EQ(too_much.code, 2);
    EXPECT_THAT(too_much.err, HasSubstr("100 percent"));
}

TEST_F(Import, AKilledImportIsFinishedByAnother) {
    TALLY_COVERS("I3");
    const std::string file = write("year.csv", shop_year(4'000));
    const auto log = path("data/orders.db-wal");
    const auto process = start({"import", "online-retail", file, "--data", path("data")});
    const auto size = [&] { return std::filesystem::exists(log) ? std::filesystem::file_size(log) : 0; };
    while (process->running() && size() < 1'000'000) {
    }
    ASSERT_TRUE(process->running()) << "it was over before it could be killed" << process->err();
    process->signal(SIGKILL);
    EXPECT_EQ(process->wait(Process::Seconds(10)), 128 + SIGKILL);

    const auto report = import(file, {"--data", path("data")}).json();
    EXPECT_EQ(report.at("replayed"), false);
    EXPECT_EQ(report.at("orders").at("placed"), 2'800);
    EXPECT_EQ(report.at("orders").at("completed"), 2'800);
    EXPECT_EQ(import(file, {"--data", path("data")}).json().at("replayed"), true);
}

TEST_F(Import, AFileThatIsWrongNeitherReadsOnNorTouchesTheFolder) {
    const std::string file = write("year.csv", shop_year(3) + "536365,85123A,X,many,2010-12-01 08:26:00,2.55,,UK\n");
    const Ended ended = run({"import", "online-retail", file, "--data", path("data")});
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.err, AllOf(HasSubstr(file), HasSubstr("line 17"), HasSubstr("'many'")));
    EXPECT_FALSE(std::filesystem::exists(path("data")));
}

}  // namespace
}  // namespace tally::testing
