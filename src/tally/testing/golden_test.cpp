#include "tally/testing/golden.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/event_samples.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class GoldenTest : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "tally-golden-XXXXXX").string();
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
        write("CustomerRenamed.v1.json", "{\"name\":\"Ada Lovelace\"}\n");
        write("CustomerRenamed.v2.json", "{\"first\":\"Ada\",\"last\":\"Lovelace\"}\n");
        write("CustomerRenamed.v3.json",
              "{\"first\":\"Ada\",\"last\":\"Lovelace\",\"country\":\"France\"}\n"
              "{\"first\":\"Ada\",\"last\":\"King\",\"country\":\"\",\"reason\":\"married\"}\n");
        (void)faults();  // writes the shape
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }
    [[nodiscard]] std::vector<std::string> faults() const {
        return golden_faults(folder_, {describe_event<samples::CustomerRenamed>()});
    }

    std::filesystem::path folder_;
};

TEST_F(GoldenTest, IsContentWithWhatItKnows) { EXPECT_THAT(faults(), IsEmpty()); }

TEST_F(GoldenTest, WritesAMissingShapeAndSaysSoOnce) {
    std::filesystem::remove(folder_ / "CustomerRenamed.v3.schema.json");
    EXPECT_THAT(faults(), ElementsAre(StartsWith("CustomerRenamed.v3.schema.json: was missing")));
    EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(GoldenTest, SeesAChangedShape) {
    TALLY_COVERS("B21.3");
    write("CustomerRenamed.v3.schema.json", "{\"type\":\"object\"}\n");
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("give CustomerRenamed schema version 4 and an upcaster")));
}

TEST_F(GoldenTest, SeesAVersionWithoutData) {
    std::filesystem::remove(folder_ / "CustomerRenamed.v2.json");
    write("CustomerRenamed.v1.json", "");
    EXPECT_THAT(faults(), ElementsAre(StartsWith("CustomerRenamed.v1.json: holds no stored data"),
                                      StartsWith("CustomerRenamed.v2.json: holds no stored data")));
}

TEST_F(GoldenTest, SeesDataThatIsNoLongerRead) {
    TALLY_COVERS("B21.3");
    write("CustomerRenamed.v1.json", "{\"name\":\"Ada Lovelace\"}\n{\"name\":\"Ada\"}\n");
    write("CustomerRenamed.v2.json", "{\"first\":\"Ada\"}\n");
    EXPECT_THAT(faults(), ElementsAre(HasSubstr("CustomerRenamed.v1.json:2: CustomerRenamed, schema version 1 to 2"),
                                      HasSubstr("CustomerRenamed.v2.json:1: /last: missing")));
}

TEST_F(GoldenTest, SeesDataThatIsWrittenDifferently) {
    write("CustomerRenamed.v3.json", "{\"last\":\"B\",\"first\":\"A\",\"country\":\"C\"}\n");
    EXPECT_THAT(faults(), ElementsAre(HasSubstr(R"(written differently today: {"first":"A","last":"B")")));
}

}  // namespace
}  // namespace tally::testing
