#include "end_to_end/binary.hpp"

#include <fstream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>

#include "tally/net/http_client.hpp"

namespace tally::testing {
namespace {

using namespace std::chrono_literals;

Task<HttpResponse> ask(Executor loop, Clock& clock, HttpClientOptions options, HttpRequest request) {
    const auto client = create_http_client(loop, clock, std::move(options));
    auto response = co_await client->send(std::move(request), 20s);
    co_await client->close();
    co_return response ? std::move(*response) : HttpResponse{.status = 0, .headers = {}, .body = response.error().text};
}

}  // namespace

HttpResponse fetch(const std::string& url, HttpRequest request) {
    const auto colon = url.rfind(':');
    const auto host = url.substr(url.find("//") + 2, colon - url.find("//") - 2);
    boost::asio::io_context context;
    const auto clock = create_system_clock();
    HttpResponse response;
    boost::asio::co_spawn(
        context,
        ask(context.get_executor(), *clock,
            {.host = host, .port = static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1)))}, std::move(request)),
        [&](const std::exception_ptr& failure, HttpResponse answer) {
            if (failure) std::rethrow_exception(failure);
            response = std::move(answer);
        });
    context.run();
    return response;
}

HttpResponse fetch(const std::string& url, const std::string& target) {
    return fetch(url, {.method = Method::get, .target = target, .headers = {}, .body = {}});
}

boost::json::value BinaryTest::Ended::json() const {
    boost::system::error_code failure;
    auto value = boost::json::parse(out, failure);
    EXPECT_FALSE(failure) << out << err;
    return value;
}

void BinaryTest::SetUp() {
    std::string name = ::testing::TempDir() + "tallystick-XXXXXX";
    folder_ = ::mkdtemp(name.data());
}

void BinaryTest::TearDown() { std::filesystem::remove_all(folder_); }

std::unique_ptr<Process> BinaryTest::start(std::vector<std::string> arguments, std::vector<std::string> variables) {
    arguments.insert(arguments.begin(), binary_);
    variables.push_back("HOME=" + folder_.string());
    return std::make_unique<Process>(std::move(arguments), Process::Environment{std::move(variables)});
}

BinaryTest::Ended BinaryTest::run(std::vector<std::string> arguments, std::vector<std::string> variables,
                                  const std::string& input, Process::Seconds limit) {
    arguments.insert(arguments.begin(), binary_);
    variables.push_back("HOME=" + folder_.string());
    Process process(std::move(arguments), {std::move(variables)}, input);
    const auto code = process.wait(limit);
    EXPECT_TRUE(code) << "it still runs";
    return {code.value_or(-1), process.out(), process.err()};
}

BinaryTest::Server BinaryTest::serve(const std::string& data, std::vector<std::string> more) {
    std::vector<std::string> arguments{"serve", "--data", data, "--listen", "127.0.0.1:0", "--log.level", "warning"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Server server{start(std::move(arguments)), {}};
    const auto line = server.process->wait_for_line("serves http://", Process::Seconds(20));
    EXPECT_TRUE(line) << server.process->out() << server.process->err();
    if (line) server.url = line->substr(line->find("http://"));
    return server;
}

std::string BinaryTest::write(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
}

}  // namespace tally::testing
