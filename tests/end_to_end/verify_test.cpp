#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Verify : public BinaryTest {
protected:
    void SetUp() override {
        BinaryTest::SetUp();
        data = path("data");
        std::string csv = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
        for (int i = 0; i < 20; ++i)
            csv += std::to_string(500'000 + i) + ",10001,mug,4,2010-12-01 08:26:00,2.50,17850.0,France\n";
        const Ended imported = run({"import", "online-retail", write("year.csv", csv), "--data", data});
        EXPECT_EQ(imported.code, 0) << imported.err;
    }
    /// In the file as it lies on the disk, the first `from` becomes `to`, which is as long.
    static void edit(const std::string& file, const std::string& from, const std::string& to) {
        std::ifstream in(file, std::ios::binary);
        std::string bytes{std::istreambuf_iterator<char>(in), {}};
        const std::size_t at = bytes.find(from);
        ASSERT_NE(at, std::string::npos);
        std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
        out.seekp(static_cast<std::streamoff>(at));
        out << to;
    }

    std::string data;
};

TEST_F(Verify, AnImportedFolderHolds) {
    const Ended verified = run({"verify", "--data", data, "--json"});
    EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
    const auto verdict = verified.json();
    std::vector<std::string> members;
    for (const auto& member : verdict.as_object()) members.emplace_back(member.key());
    EXPECT_THAT(members, ElementsAre("ok", "in_flight", "violations", "checked"));
    EXPECT_EQ(verdict.at("ok"), true);
    EXPECT_EQ(verdict.at("in_flight"), 0);
    EXPECT_TRUE(verdict.at("violations").as_array().empty());
    EXPECT_EQ(verdict.at("checked").at("logs"), 6);
    EXPECT_EQ(verdict.at("checked").at("orders"), 20);
    EXPECT_EQ(verdict.at("checked").at("stock_items"), 1);
    EXPECT_THAT(run({"verify", "--data", data}).out, HasSubstr("ok: everything holds"));
}

TEST_F(Verify, AByteEditedOnTheDiskIsFoundAndEndsWithOne) {
    TALLY_COVERS("F06");
    edit(data + "/orders.db", R"("sku":"10001","description":"mug","quantity":4)",
         R"("sku":"10001","description":"mug","quantity":5)");
    const Ended verified = run({"verify", "--data", data, "--json"});
    EXPECT_EQ(verified.code, 1) << verified.err;
    const auto verdict = verified.json();
    EXPECT_EQ(verdict.at("ok"), false);
    const auto& violations = verdict.at("violations").as_array();
    EXPECT_EQ(violations.size(), 1U);
    EXPECT_EQ(violations.at(0).at("invariant"), "I12 digests");
    EXPECT_THAT(std::string(violations.at(0).at("subject").as_string()), HasSubstr("orders/events/"));
    const Ended shown = run({"verify", "--data", data});
    EXPECT_EQ(shown.code, 1);
    EXPECT_THAT(shown.out, HasSubstr("I12 digests"));
}

TEST_F(Verify, AFolderThatAServerOwnsIsVerifiedThroughIt) {
    const Ended files = run({"verify", "--data", data, "--json"});
    const Server server = serve(data);
    EXPECT_EQ(run({"verify", "--data", data, "--json"}).json(), files.json());
    EXPECT_EQ(run({"verify", "--server", server.url, "--json"}).json(), files.json());
}

TEST_F(Verify, WhatCannotBeVerifiedIsNoVerdict) {
    EXPECT_EQ(run({"verify", "--data", path("nothing")}).code, 2);
    EXPECT_EQ(run({"verify", "--data", data, "--server", "http://127.0.0.1:1"}).code, 2);
    const Ended away = run({"verify", "--server", "http://127.0.0.1:1"});
    EXPECT_EQ(away.code, 3);
    EXPECT_THAT(away.err, HasSubstr("127.0.0.1:1"));
}

}  // namespace
}  // namespace tally::testing
