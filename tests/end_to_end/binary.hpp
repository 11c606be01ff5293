#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "support/process.hpp"
#include "tally/net/http_message.hpp"

namespace tally::testing {

/// A test of the real binary with a folder of its own, which is also the home that the binary sees.
class BinaryTest : public ::testing::Test {
protected:
    struct Ended {
        int code = -1;
        std::string out;
        std::string err;
        [[nodiscard]] boost::json::value json() const;
    };

    void SetUp() override;
    void TearDown() override;

    [[nodiscard]] std::unique_ptr<Process> start(std::vector<std::string> arguments,
                                                 std::vector<std::string> variables = {});
    /// Runs the binary to its end, for `limit` at most.
    [[nodiscard]] Ended run(std::vector<std::string> arguments, std::vector<std::string> variables = {},
                            const std::string& input = {}, Process::Seconds limit = Process::Seconds(60));

    /// A server on a free port over `data`, ready.
    struct Server {
        std::unique_ptr<Process> process;
        std::string url;
    };
    [[nodiscard]] Server serve(const std::string& data, std::vector<std::string> more = {"--demo", "off"});

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
    [[nodiscard]] std::string write(const std::string& name, const std::string& content) const;

    std::filesystem::path folder_;
    std::string binary_ = TALLYSTICK_BINARY;  ///< that is run
};

/// One request on a connection of its own; status 0 where nobody answers.
[[nodiscard]] HttpResponse fetch(const std::string& url, HttpRequest request);
[[nodiscard]] HttpResponse fetch(const std::string& url, const std::string& target);

}  // namespace tally::testing
