#include "tally/base/log.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "tally/base/log_line.hpp"
#include "tally/base/metrics.hpp"
#include "tally/base/text.hpp"
#include "tally/testing/covers.hpp"

namespace tally::log {
namespace {

using namespace std::string_literals;

const Timestamp at = parse_timestamp("2010-12-01T08:26:00Z").value();

TEST(LogLine, is_one_json_object_in_a_fixed_order) {
    EXPECT_EQ(json_line(at, Level::info, "orders", "placed",
                        {{"order", "536365"}, {"lines", 7}, {"duration_ms", 1.5}, {"replayed", false}}),
              R"({"time":"2010-12-01T08:26:00.000000Z","level":"info","service":"orders","message":"placed",)"
              R"("order":"536365","lines":7,"duration_ms":1.5,"replayed":false})");
    EXPECT_EQ(json_line(at, Level::warning, "s", "m", {}),
              R"({"time":"2010-12-01T08:26:00.000000Z","level":"warning","service":"s","message":"m"})");
}

std::string value_of(const std::string& text) {
    const std::string line = json_line(at, Level::error, "s", "m", {{"v", text}});
    EXPECT_TRUE(is_clean_text(line));
    for (const char c : line) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
    return std::string(boost::json::parse(line).at("v").as_string());
}

TEST(LogLine, gives_back_any_text_on_one_line) {
    for (const std::string& text : {""s, "plain"s, "\"quoted\\\""s, "a\r\n{\"time\":\"forged\"}"s, "tab\there"s,
                                    "\0nul\0"s, "\x1b[31mred\x1b[0m"s, "\x7f"s, "\u0085next\u009b31m"s, "\u2028\u2029"s,
                                    "caf\u00e9 \U0001F600"s, "</script>"s})
        EXPECT_EQ(value_of(text), text);
    std::string all;
    for (int c = 0; c < 0x80; ++c) all += static_cast<char>(c);
    EXPECT_EQ(value_of(all), all);
}

TEST(LogLine, escapes_what_a_terminal_obeys) {
    const std::string line = json_line(at, Level::info, "s", "\x1b\x7f\u009b\u2028", {});
    EXPECT_NE(line.find(R"(\u001b\u007f\u009b\u2028)"), std::string::npos) << line;
}

TEST(LogLine, replaces_bytes_that_are_no_utf8) {
    EXPECT_EQ(value_of("a\xFFz"), "a\uFFFDz");
    EXPECT_EQ(value_of("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
    EXPECT_EQ(value_of("cut \xE2\x82"), "cut \uFFFD\uFFFD");
}

TEST(LogLine, escapes_names_and_the_service_too) {
    const auto line = boost::json::parse(json_line(at, Level::info, "a\"b", "m", {{"x\n", 1}}));
    EXPECT_EQ(line.at("service").as_string(), "a\"b");
    EXPECT_EQ(line.at("x\n").as_int64(), 1);
}

TEST(LogLine, writes_numbers_that_json_knows) {
    const auto line = boost::json::parse(json_line(at, Level::info, "s", "m",
                                                   {{"nan", std::nan("")},
                                                    {"inf", std::numeric_limits<double>::infinity()},
                                                    {"least", INT64_MIN},
                                                    {"tenth", 0.1},
                                                    {"huge", 1e300}}));
    EXPECT_TRUE(line.at("nan").is_null());
    EXPECT_TRUE(line.at("inf").is_null());
    EXPECT_EQ(line.at("least").as_int64(), INT64_MIN);
    EXPECT_EQ(line.at("tenth").as_double(), 0.1);
    EXPECT_EQ(line.at("huge").as_double(), 1e300);
}

TEST(LogLevel, is_read_by_name) {
    EXPECT_EQ(parse_level("debug"), Level::debug);
    EXPECT_EQ(parse_level("info"), Level::info);
    EXPECT_EQ(parse_level("warning"), Level::warning);
    EXPECT_EQ(parse_level("error"), Level::error);
    EXPECT_EQ(parse_level("off"), Level::off);
    EXPECT_EQ(parse_level("INFO").error().code, ErrorCode::invalid);
    EXPECT_FALSE(parse_level(""));
}

class LogToFile : public ::testing::Test {
protected:
    void SetUp() override { std::filesystem::remove(path); }
    void TearDown() override {
        configure({});
        std::filesystem::remove(path);
    }
    std::vector<boost::json::value> lines() const {
        flush();
        std::ifstream file(path);
        std::vector<boost::json::value> read;
        for (std::string line; std::getline(file, line);) read.push_back(boost::json::parse(line));
        return read;
    }

    const std::string path = ::testing::TempDir() + "tally_log_test_" + std::to_string(::getpid()) + ".log";
};

TEST_F(LogToFile, each_line_bears_time_level_service_and_the_correlation) {
    TALLY_COVERS("A12.1", "B18.1");
    configure({.level = Level::info, .service = "orders", .file = path});
    info("placed", {{"correlation_id", "0190-a"}, {"order", "536365"}});
    error("refused\nby rule", {{"correlation_id", "0190-b"}, {"attempts", 3}});
    const auto read = lines();
    ASSERT_EQ(read.size(), 2U);
    EXPECT_TRUE(parse_timestamp(std::string_view(read[0].at("time").as_string())));
    EXPECT_EQ(read[0].at("level").as_string(), "info");
    EXPECT_EQ(read[0].at("service").as_string(), "orders");
    EXPECT_EQ(read[0].at("message").as_string(), "placed");
    EXPECT_EQ(read[0].at("correlation_id").as_string(), "0190-a");
    EXPECT_EQ(read[1].at("level").as_string(), "error");
    EXPECT_EQ(read[1].at("message").as_string(), "refused\nby rule");
    EXPECT_EQ(read[1].at("correlation_id").as_string(), "0190-b");
    EXPECT_EQ(read[1].at("attempts").as_int64(), 3);
}

TEST_F(LogToFile, lines_below_the_level_are_not_written) {
    configure({.level = Level::warning, .file = path});
    EXPECT_FALSE(enabled(Level::info));
    EXPECT_TRUE(enabled(Level::warning));
    debug("no");
    info("no");
    warning("yes");
    error("yes");
    EXPECT_EQ(lines().size(), 2U);
    configure({.level = Level::off, .file = path});
    EXPECT_FALSE(enabled(Level::error));
    EXPECT_FALSE(enabled(Level::off));
    error("no");
    EXPECT_EQ(lines().size(), 2U);
}

TEST_F(LogToFile, keeps_the_order_of_lines) {
    configure({.file = path});
    for (int i = 0; i < 1000; ++i) info("line", {{"number", i}});
    const auto read = lines();
    ASSERT_EQ(read.size(), 1000U);
    for (std::size_t i = 0; i < read.size(); ++i)
        ASSERT_EQ(read[i].at("number").as_int64(), static_cast<std::int64_t>(i));
}

TEST_F(LogToFile, a_blocked_sink_loses_lines_and_blocks_nobody) {
    TALLY_COVERS("F37");
    // A pipe that nobody reads takes 64 KiB; the queue takes 8,192 lines.
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    std::fstream reader(path, std::ios::in | std::ios::out);
    configure({.file = path});
    const std::uint64_t before = dropped();
    for (int i = 0; i < 20'000; ++i) info("line", {{"number", i}});
    const std::uint64_t lost = dropped() - before;
    EXPECT_GT(lost, 5'000U);
    EXPECT_LT(lost, 20'000U);
    const auto metrics = create_metrics();
    EXPECT_NE(metrics->expose().find("log_lines_dropped_total " + std::to_string(dropped())), std::string::npos);

    std::uint64_t arrived = 0;
    std::string last;
    while (arrived + lost < 20'000 && std::getline(reader, last)) ++arrived;
    EXPECT_EQ(boost::json::parse(last).at("number").as_int64(), 19'999);
    EXPECT_EQ(dropped() - before, lost);
}

}  // namespace
}  // namespace tally::log
