// What the real binary would decide again about its own past: the same, for every saga that its services run.
#include <boost/json.hpp>
#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WhatIf : public BinaryTest {
protected:
    void SetUp() override {
        BinaryTest::SetUp();
        std::string csv = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
        for (int i = 0; i < 20; ++i)
            csv += std::to_string(500'000 + i) + ",10001,mug," + std::to_string(i % 5 == 0 ? 100'000 : 4) +
                   ",2010-12-01 08:26:00,2.50,17850.0,France\n";
        const Ended imported = run({"import", "online-retail", write("year.csv", csv), "--data", path("data")});
        ASSERT_EQ(imported.code, 0) << imported.err;
    }
    Ended what_if(std::string saga, std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{"sagas", "what-if", std::move(saga), "--data", path("data")};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(std::move(arguments));
    }
    /// Names of all sagas, of all services.
    std::vector<std::string> sagas() {
        const Server server = serve(path("data"));
        std::vector<std::string> names;
        for (const auto& service :
             boost::json::parse(fetch(server.url, "/api/v1/services").body).at("items").as_array()) {
            const std::string name(service.at("name").as_string());
            const auto status = fetch(server.url, "/api/v1/services/" + name + "/saga-status");
            for (const auto& saga : boost::json::parse(status.body).at("sagas").as_array())
                names.emplace_back(saga.as_string());
        }
        return names;
    }
};

TEST_F(WhatIf, TellsThatEachSagaWouldDoTheSame) {
    for (const std::string& saga : sagas()) {
        const Ended all = what_if(saga + "@1", {"--json"});
        ASSERT_EQ(all.code, 0) << all.err;
        EXPECT_THAT(all.json().at("items").as_array(), IsEmpty()) << all.out;
        EXPECT_EQ(all.json().at("looked_at"), 20) << "one for each order";
        EXPECT_THAT(what_if(saga + "@1").out, HasSubstr("no difference\n\n20 looked at: "));
        EXPECT_THAT(what_if(saga + "@1", {"--to", "2000-01-01T00:00:00Z"}).out, HasSubstr("0 looked at"));
        EXPECT_THAT(what_if(saga + "@99").err, HasSubstr("has no version 99 in this binary; it has 1"));
    }
}

TEST_F(WhatIf, NamesWhatIsNotThereAndWhatCannotBeRead) {
    const Ended none = what_if("none@1");
    EXPECT_EQ(none.code, 1);
    EXPECT_THAT(none.err, HasSubstr("there is no saga none; there are: "));
    for (const char* saga : {"none", "none@", "@1", "none@x", "none@0"}) EXPECT_EQ(what_if(saga).code, 2) << saga;
    EXPECT_EQ(what_if("none@1", {"--from", "yesterday"}).code, 2);
}

}  // namespace
}  // namespace tally::testing
