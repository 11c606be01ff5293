// Goal: README's tour does what it says: its commands are run as printed, against a demo such as `./run` makes, and end
// with the three orders mended.
#include <sstream>

#include <boost/algorithm/string/replace.hpp>
#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "tally/base/file.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Tour {
    std::string commands;              ///< of all its `sh` blocks
    std::vector<std::string> headers;  ///< lines of what they print that are the same every time
};

/// One blank between words: columns are as wide as what stands in them.
std::string words_of(const std::string& line) {
    std::istringstream words(line);
    std::string all;
    for (std::string word; words >> word;) all += (all.empty() ? "" : " ") + word;
    return all;
}

/// Numbers, times and ids differ from run to run; what is shortened is one of these.
bool is_fixed(const std::string& line) {
    return !line.empty() && line.find_first_of("0123456789") == std::string::npos && !line.contains("…");
}

Tour read_tour() {
    std::istringstream readme(read_file(TALLY_SOURCE_DIR "/README.md").value());
    Tour tour;
    std::string line;
    while (std::getline(readme, line) && !line.starts_with("## A tour")) {
    }
    std::string block;
    while (std::getline(readme, line) && !line.starts_with("A real shop's year")) {
        if (line.starts_with("```"))
            block = block.empty() ? line : "";
        else if (block == "```sh")
            tour.commands += line + "\n";
        else if (block == "```" && is_fixed(line))
            tour.headers.push_back(words_of(line));
    }
    return tour;
}

class Readme : public BinaryTest {
protected:
    std::map<std::string, std::string> status_of_each(const Server& server) {
        std::map<std::string, std::string> all;
        const Ended list = run({"orders", "list", "--limit", "1000", "--json", "--server", server.url});
        for (const auto& order : list.json().at("items").as_array())
            all.emplace(order.at("order").as_string(), order.at("status").as_string());
        return all;
    }
    /// Waits some time for the demo's orders to be there, `needy` like that, and all others final.
    bool come_to(const Server& server, const std::map<std::string, std::string>& needy) {
        for (int i = 0; i < 200; ++i) {
            auto all = status_of_each(server);
            if (all.size() < demo_orders) continue;
            std::erase_if(all, [&](const auto& order) {
                return order.second == "completed" || (order.second == "cancelled" && !needy.contains(order.first));
            });
            if (all == needy) return true;
        }
        return false;
    }

    static constexpr std::size_t demo_orders = 200;
};

TEST_F(Readme, TheTourFindsAndMendsTheThreeOrdersThatNeedAPerson) {
    TALLY_COVERS("E21.5");
    const Server server =
        serve(path("data"), {"--demo.orders", std::to_string(demo_orders), "--demo.interval_ms", "3600000"});
    ASSERT_TRUE(come_to(server, {{"demo-0050", "compensating"}, {"demo-0100", "shipping"}, {"demo-0150", "failed"}}));

    Tour tour = read_tour();
    boost::replace_all(tour.commands, "http://127.0.0.1:8080", server.url);
    const std::string codes = path("codes");
    const std::string recording = "cd '" + folder_.string() +
                                  "'\ntallystick() {\n    command tallystick \"$@\"\n    local code=$?\n"
                                  "    [ $code -eq 0 ] || echo \"$code: $*\" >>codes\n    return $code\n}\n";
    const std::string bin = std::filesystem::path(binary_).parent_path().string();
    binary_ = "/bin/bash";
    const Ended ended =
        run({"-c", recording + tour.commands}, {"PATH=" + bin + ":/usr/bin:/bin"}, {}, Process::Seconds(120));
    binary_ = TALLYSTICK_BINARY;

    EXPECT_EQ(ended.code, 0) << ended.err;
    // Only the dry run says with its code that trying again would not help.
    EXPECT_THAT(read_file(codes).value_or("none"),
                AllOf(StartsWith("1: dead-letters redrive"), HasSubstr("--dry-run")));
    const std::string printed = words_of(ended.out);
    ASSERT_GE(tour.headers.size(), 10U);
    for (const std::string& header : tour.headers) EXPECT_THAT(printed, HasSubstr(header));
    EXPECT_TRUE(come_to(server, {{"demo-0050", "cancelled"}}));
}

}  // namespace
}  // namespace tally::testing
