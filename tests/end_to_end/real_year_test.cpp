// The real shop's year. What the file holds was counted by a separate program that shares no code with the reader.
#include "support/real_year.hpp"

#include <csignal>
#include <iostream>

#include <fmt/format.h>

#include "end_to_end/binary.hpp"
#include "tally/base/money.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

constexpr Process::Seconds patience(800);
/// Where payments are not what is tested, a machine that stands still for a while makes none overdue.
const std::vector<std::string> no_hurry{"TALLY_ORDERS_PAY_WITHIN_MS=600000"};

std::uintmax_t size_of(const std::string& folder) {
    std::uintmax_t bytes = 0;
    std::error_code gone;  // a file may go while it is looked at
    for (const auto& entry : std::filesystem::directory_iterator(folder, gone)) {
        const auto size = entry.file_size(gone);
        if (!gone) bytes += size;
    }
    return bytes;
}

/// Without what differs from run to run.
boost::json::value figures(boost::json::value report) {
    report.as_object().erase("seconds");
    report.as_object().erase("replayed");
    return report;
}

class RealYearImport : public BinaryTest {
protected:
    void SetUp() override {
        BinaryTest::SetUp();
        file_ = find_real_year();
        if (file_.empty()) GTEST_SKIP() << "needs: online-retail.csv.xz";
        data_ = path("data");
    }

    boost::json::value import(std::vector<std::string> more = {}, std::vector<std::string> variables = no_hurry) {
        std::vector<std::string> arguments{"import", "online-retail", file_, "--data", data_, "--json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Ended ended = run(std::move(arguments), std::move(variables), {}, patience);
        EXPECT_EQ(ended.code, 0) << ended.err;
        auto report = ended.json();
        std::cout << fmt::format("import: {:.1f} s, {} bytes\n", report.at("seconds").to_number<double>(),
                                 size_of(data_));
        return report;
    }
    /// What `verify` has checked, with nothing found.
    boost::json::value verified(std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"verify", "--data", data_, "--json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Ended ended = run(std::move(arguments), {}, {}, patience);
        EXPECT_EQ(ended.code, 0) << ended.out.substr(0, 2'000) << ended.err;
        const auto verdict = ended.json();
        EXPECT_EQ(verdict.at("ok"), true);
        if (more.empty()) EXPECT_EQ(verdict.at("in_flight"), 0);
        return verdict.at("checked");
    }
    /// What the days of sales make together: orders, and the money that was taken and given back.
    boost::json::value sold() {
        const Ended ended = run({"sales", "list", "--data", data_, "--limit", "1000", "--json"}, {}, {}, patience);
        EXPECT_EQ(ended.code, 0) << ended.err;
        const Currency gbp = *Currency::parse("GBP");
        std::int64_t orders = 0;
        Money captured(0, 3, gbp), refunded(0, 3, gbp);
        for (const auto& day : ended.json().at("items").as_array()) {
            orders += day.at("created").as_int64();
            for (auto& [member, sum] : std::map<const char*, Money*>{{"captured", &captured}, {"refunded", &refunded}})
                *sum = *sum->plus(*Money::parse(std::string(day.at(member).at("amount").as_string()), 3, gbp));
        }
        return {{"orders", orders}, {"captured", captured.decimal()}, {"refunded", refunded.decimal()}};
    }
    /// How many orders of that status there are, counted along the pages of a server.
    static std::size_t count(const Server& server, const std::string& status) {
        std::size_t orders = 0;
        const std::string first = "/api/v1/orders?page_size=1000&status=" + status;
        for (std::string target = first;;) {
            const auto answer = fetch(server.url, target);
            EXPECT_EQ(answer.status, 200) << answer.body;
            const auto page = boost::json::parse(answer.body);
            orders += page.at("items").as_array().size();
            const auto* token = page.as_object().if_contains("next_page_token");
            if (token == nullptr || token->is_null()) return orders;
            target = first + "&page_token=" + std::string(token->as_string());
        }
    }

    std::string file_;
    std::string data_;
};

TEST_F(RealYearImport, EveryPurchaseWithAValidLineIsCompletedAndTwiceChangesNothing) {
    TALLY_COVERS("I3", "I9", "E07.2", "E07.7");
    const auto first = import();
    EXPECT_EQ(first.at("replayed"), false);
    EXPECT_EQ(figures(first), boost::json::parse(R"({"lines":541909,"invoices":25900,
        "purchases_without_valid_line":2102,
        "orders":{"placed":19959,"completed":19959,"cancelled":0,"cancelled_by":{}},
        "returns":{"accepted":3836,"matched_lines":7568,"unmatched_lines":1720},
        "rejected_lines":{"adjustment":3,"price":1179,"quantity":1336},
        "money":{"accepted":"9758809.994","rejected":"-11062.060","captured":"10655622.484","refunded":"515667.170"},
        "compensations":{},"late_replies":0,"duplicate_replies":0})"));
    const auto checked = verified();
    EXPECT_EQ(checked.at("orders"), 19'959);
    EXPECT_EQ(checked.at("sagas"), 19'959);
    EXPECT_EQ(sold(), boost::json::parse(R"({"orders":19959,"captured":"10655622.484","refunded":"515667.170"})"));

    const auto second = import();
    EXPECT_EQ(figures(second), figures(first));
    EXPECT_EQ(second.at("replayed"), true);
    EXPECT_EQ(verified(), checked);
}

TEST_F(RealYearImport, ShortOfStockAndKilledInTheMiddleItIsFinishedByAnother) {
    TALLY_COVERS("I3", "I9");
    constexpr std::uintmax_t bytes_of_some_thousand_orders = 200'000'000;
    const auto process = start({"import", "online-retail", file_, "--data", data_, "--stock", "500"}, no_hurry);
    while (!process->wait(Process::Seconds(0.05)) && size_of(data_) < bytes_of_some_thousand_orders) {
    }
    ASSERT_TRUE(process->running()) << "it was over before it could be killed" << process->err();
    process->signal(SIGKILL);
    EXPECT_EQ(process->wait(Process::Seconds(10)), 128 + SIGKILL);
    const auto left = verified({"--in-flight-ok"}).at("orders").to_number<int>();
    std::cout << "killed after " << left << " orders\n";
    EXPECT_GT(left, 1'000);
    EXPECT_LT(left, 19'000);

    const auto report = import({"--stock", "500"});
    EXPECT_EQ(report.at("replayed"), false);
    const auto& orders = report.at("orders");
    const auto completed = orders.at("completed").to_number<std::size_t>();
    const auto cancelled = orders.at("cancelled").to_number<std::size_t>();
    EXPECT_EQ(orders.at("placed"), 19'959);
    EXPECT_EQ(completed + cancelled, 19'959U);
    EXPECT_GT(completed, 0U);
    EXPECT_GT(cancelled, 0U);
    const boost::json::value reasons{{"out_of_stock", cancelled}};
    EXPECT_EQ(orders.at("cancelled_by"), reasons);
    EXPECT_EQ(verified().at("orders"), 19'959);

    const Server server = serve(data_);
    EXPECT_EQ(count(server, "completed"), completed);
    EXPECT_EQ(count(server, "cancelled"), cancelled);
}

TEST_F(RealYearImport, WhatGoesWrongWithPaymentsIsUndone) {
    TALLY_COVERS("I8", "I10", "E11.8");
    const auto report = import({"--decline", "3", "--lose", "1", "--late", "1", "--twice", "1", "--seed", "7"}, {});
    const auto& orders = report.at("orders");
    const auto& reasons = orders.at("cancelled_by");
    const auto refused = reasons.at("payment_refused").to_number<int>();
    const auto overdue = reasons.at("payment_overdue").to_number<int>();
    EXPECT_EQ(orders.at("placed"), 19'959);
    EXPECT_EQ(orders.at("completed").to_number<int>() + refused + overdue, 19'959);
    EXPECT_NEAR(refused, 600, 80);
    EXPECT_GT(overdue, 120);
    EXPECT_EQ(report.at("compensations").at("reserve"), refused + overdue);
    EXPECT_EQ(report.at("compensations").at("pay"), overdue);
    EXPECT_GT(report.at("late_replies").to_number<int>(), 0);
    EXPECT_GT(report.at("duplicate_replies").to_number<int>(), 0);
    EXPECT_EQ(verified().at("sagas"), 19'959);
}

}  // namespace
}  // namespace tally::testing
