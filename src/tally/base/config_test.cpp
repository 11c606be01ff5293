#include "tally/base/config.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tally/testing/covers.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = Setting::Kind;

class Configuration : public ::testing::Test {
protected:
    void TearDown() override { std::filesystem::remove(path); }

    std::string file(const std::string& content) const {
        std::ofstream(path) << content;
        return path;
    }
    static std::vector<Setting> known() {
        return {
            {.key = "http.listen", .kind = Kind::text, .fallback = "127.0.0.1:8080", .help = "address"},
            {.key = "http.max-body",
             .kind = Kind::integer,
             .fallback = "1048576",
             .help = "bytes",
             .least = 1,
             .most = 9000000},
            {.key = "http.timeout", .kind = Kind::duration_ms, .fallback = "30000", .help = "of a request"},
            {.key = "demo", .kind = Kind::boolean, .fallback = "false", .help = "demo data"},
            {.key = "store.sqlite.path", .kind = Kind::text, .fallback = "", .help = "folder"},
            {.key = "security.secret", .kind = Kind::text, .fallback = "", .help = "key", .secret = true},
        };
    }
    static std::string problems(const Config::Sources& sources) {
        const auto config = load_config(known(), sources);
        if (config) return "none";
        EXPECT_EQ(config.error().code, ErrorCode::invalid);
        return config.error().text;
    }

    const std::string path = ::testing::TempDir() + "tally_config_test_" + std::to_string(::getpid()) + ".toml";
};

TEST_F(Configuration, has_defaults) {
    const auto config = load_config(known(), {}).value();
    EXPECT_EQ(config.text("http.listen"), "127.0.0.1:8080");
    EXPECT_EQ(config.integer("http.max-body"), 1048576);
    EXPECT_EQ(config.duration("http.timeout"), 30s);
    EXPECT_FALSE(config.boolean("demo"));
    EXPECT_THROW((void)config.text("http.lisen"), std::logic_error);
}

TEST_F(Configuration, later_sources_win) {
    TALLY_COVERS("A13.1");
    Config::Sources sources;
    sources.file =
        file("demo = true\n[http]\nlisten = 'file'\ntimeout = 5\nmax-body = 7\n[store.sqlite]\npath = 'x'\n");
    EXPECT_EQ(load_config(known(), sources).value().text("http.listen"), "file");
    sources.environment = {{"TALLY_HTTP_LISTEN", "environment"}, {"TALLY_HTTP_MAX_BODY", "8"}};
    EXPECT_EQ(load_config(known(), sources).value().text("http.listen"), "environment");
    sources.flags = {{"http.listen", "flag"}};
    const auto config = load_config(known(), sources).value();
    EXPECT_EQ(config.text("http.listen"), "flag");
    EXPECT_EQ(config.integer("http.max-body"), 8);
    EXPECT_EQ(config.duration("http.timeout"), 5ms);
    EXPECT_TRUE(config.boolean("demo"));
    EXPECT_EQ(config.text("store.sqlite.path"), "x");
}

TEST_F(Configuration, reports_all_problems_with_their_places) {
    const std::string text = problems({
        .file = file("demo = 'yes'\n"
                     "[http]\n"
                     "listen = 8080\n"
                     "lisen = 'typo'\n"
                     "max-body = 0\n"
                     "timeout = -1\n"
                     "[store]\n"
                     "engine = 1\n"),
        .environment = {{"TALLY_DEMO", "1"}, {"TALLY_HTTP_PORT", "1"}, {"TALLY_HTTP_MAX_BODY", " 5"}},
        .flags = {{"http.timeout", "5s"}, {"nothing", ""}, {"http.max-body", "9000001"}},
    });
    EXPECT_THAT(text, AllOf(HasSubstr(path + ":1: demo: must be true or false"),
                            HasSubstr(path + ":3: http.listen: must be a string"),
                            HasSubstr(path + ":4: unknown setting 'http.lisen'"),
                            HasSubstr(path + ":5: http.max-body: 0 is less than 1"),
                            HasSubstr(path + ":6: http.timeout: -1 is less than 0"),
                            HasSubstr(path + ":8: unknown setting 'store.engine'")));
    EXPECT_THAT(text, AllOf(HasSubstr("TALLY_DEMO: demo: '1' is neither true nor false"),
                            HasSubstr("environment: unknown variable TALLY_HTTP_PORT"),
                            HasSubstr("TALLY_HTTP_MAX_BODY: http.max-body: ' 5' is not an integer"),
                            HasSubstr("--http.timeout: http.timeout: '5s' is not a number of milliseconds"),
                            HasSubstr("--nothing: unknown setting 'nothing'"),
                            HasSubstr("--http.max-body: http.max-body: 9000001 is more than 9000000")));
    EXPECT_EQ(std::ranges::count(text, '\n'), 11);
}

TEST_F(Configuration, a_bad_file_is_one_problem) {
    EXPECT_THAT(problems({.file = path}), HasSubstr(path));
    EXPECT_THAT(problems({.file = file("a = \n")}), HasSubstr(path + ":1: "));
    EXPECT_THAT(problems({.file = file("demo = true\ndemo = false\n")}), HasSubstr(path + ":2: "));
    EXPECT_THAT(problems({.file = file("demo = [true]\n")}), HasSubstr(path + ":1: demo: must be"));
    EXPECT_EQ(problems({.file = file("")}), "none");
}

TEST_F(Configuration, durations_and_integers_do_not_overflow) {
    EXPECT_THAT(problems({.flags = {{"http.timeout", "9223372036854775807"}}}), HasSubstr("is more than"));
    EXPECT_THAT(problems({.flags = {{"http.timeout", "9223372036854775808"}}}), HasSubstr("is not a number"));
    EXPECT_EQ(problems({.flags = {{"http.timeout", "9223372036854775"}}}), "none");
    for (const std::string bad : {"", "+5", "5.0", "0x5", "1e3", "five"})
        EXPECT_NE(problems({.flags = {{"http.max-body", bad}}}), "none") << bad;
}

TEST_F(Configuration, ignores_the_variables_of_the_test_kit) {
    EXPECT_EQ(
        problems(
            {.environment = {{"TALLY_SOURCE_DIR", "/x"}, {"TALLY_CRASH_POINT", "a"}, {"TALLY_CRASH_POINT_HIT", "1"}}}),
        "none");
}

TEST_F(Configuration, a_bad_default_is_found_too) {
    const auto config = load_config({{.key = "a", .kind = Kind::integer, .fallback = "x", .help = ""}}, {});
    ASSERT_FALSE(config);
    EXPECT_THAT(config.error().text, HasSubstr("default: a: 'x' is not an integer"));
    EXPECT_THROW((void)load_config({{.key = "a-b"}, {.key = "a.b"}}, {}), std::logic_error);
}

TEST_F(Configuration, secrets_are_shown_nowhere) {
    Config::Sources sources;
    sources.environment = {{"TALLY_SECURITY_SECRET", "hunter2"}};
    const auto config = load_config(known(), sources).value();
    EXPECT_EQ(config.text("security.secret"), "hunter2");
    EXPECT_THAT(config.print(),
                AllOf(HasSubstr("security.secret = '***'  # TALLY_SECURITY_SECRET"), Not(HasSubstr("hunter2"))));
    const auto bad =
        load_config({{.key = "pin", .kind = Kind::integer, .fallback = "0", .help = "", .secret = true, .most = 5}},
                    {.file = {}, .environment = {{"TALLY_PIN", "1234x"}}, .flags = {{"pin", "4321"}}});
    ASSERT_FALSE(bad);
    EXPECT_THAT(bad.error().text, AllOf(Not(HasSubstr("1234")), Not(HasSubstr("4321"))));
}

TEST_F(Configuration, print_is_toml_that_gives_the_same_values) {
    Config::Sources sources;
    sources.flags = {{"http.listen", R"(a "quoted"\ #value)"}, {"demo", "true"}, {"store.sqlite.path", "two\nlines"}};
    const auto config = load_config(known(), sources).value();
    EXPECT_THAT(config.print(), HasSubstr("http.timeout = 30000  # default\n"));
    EXPECT_THAT(config.print(), HasSubstr("demo = true  # --demo\n"));
    Config::Sources again;
    again.file = file(config.print());
    const auto read = load_config(known(), again);
    ASSERT_TRUE(read) << read.error().text << "\n" << config.print();
    EXPECT_EQ(read->text("http.listen"), config.text("http.listen"));
    EXPECT_EQ(read->text("store.sqlite.path"), config.text("store.sqlite.path"));
    EXPECT_EQ(read->duration("http.timeout"), 30s);
    EXPECT_TRUE(read->boolean("demo"));
}

TEST_F(Configuration, the_process_gives_its_own_variables_only) {
    ::setenv("TALLY_DEMO", "a=b", 1);
    ::setenv("NOT_TALLY_DEMO", "x", 1);
    const auto environment = process_environment();
    ::unsetenv("TALLY_DEMO");
    ::unsetenv("NOT_TALLY_DEMO");
    EXPECT_EQ(environment.at("TALLY_DEMO"), "a=b");
    for (const auto& [name, value] : environment) EXPECT_TRUE(name.starts_with("TALLY_")) << name;
}

TEST_F(Configuration, data_stays_with_the_user) {
    ::setenv("HOME", "/a/user", 1);
    ::setenv("XDG_DATA_HOME", "/elsewhere", 1);
    EXPECT_EQ(user_data_folder(), "/elsewhere");
    ::setenv("XDG_DATA_HOME", "not/absolute", 1);
    EXPECT_EQ(user_data_folder(), "/a/user/.local/share");
    ::unsetenv("XDG_DATA_HOME");
    ::unsetenv("HOME");
    EXPECT_EQ(user_data_folder(), "");
}

}  // namespace
}  // namespace tally
