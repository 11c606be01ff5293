// SIGTERM while clients write.
#include <csignal>
#include <iostream>
#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "end_to_end/binary.hpp"
#include "tally/net/http_client.hpp"
#include "tally/testing/covers.hpp"

namespace tally::testing {
namespace {

using namespace std::chrono_literals;

constexpr int clients = 32;
constexpr std::size_t orders_before_the_signal = 300;

HttpRequest order(const std::string& name) {
    return {.method = Method::post,
            .target = "/api/v1/orders",
            .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", "key-" + name}},
            .body = R"({"order":")" + name +
                    R"(","lines":[{"sku":"MUG","quantity":1,"unit_price":{"amount":"3.50","currency":"GBP"}}]})"};
}

/// Clients that each place one order after another until the server is gone.
class Load {
public:
    Load(const std::string& url, const Process& server)
        : server_(server),
          client_(create_http_client(loop_.get_executor(), *clock_,
                                     {.port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)))})) {
    }

    void run() {
        running_ = clients;
        for (int i = 0; i < clients; ++i)
            boost::asio::co_spawn(loop_, place(i), [](const std::exception_ptr& failure) {
                if (failure) std::rethrow_exception(failure);
            });
        loop_.run();
    }

    std::set<std::string> acknowledged;
    std::set<std::string> uncertain;  ///< no answer came, or one that told no success
    Instant signalled{};

private:
    Task<void> place(int number) {
        for (int i = 0;; ++i) {
            const std::string name = fmt::format("{}-{}", number, i);
            const auto answer = co_await client_->send(order(name), 20s);
            if (answer && answer->status == 201) {
                acknowledged.insert(name);
            } else {
                uncertain.insert(name);
                EXPECT_TRUE(!answer || answer->status == 503) << answer->status << answer->body;
                EXPECT_NE(signalled, Instant{}) << "refused before the signal";
                break;
            }
            if (acknowledged.size() == orders_before_the_signal) {
                signalled = clock_->instant();
                server_.signal(SIGTERM);
            }
        }
        if (--running_ == 0) co_await client_->close();
    }

    boost::asio::io_context loop_;
    const std::unique_ptr<Clock> clock_ = create_system_clock();
    const Process& server_;
    const std::unique_ptr<HttpClient> client_;
    int running_ = 0;
};

class Shutdown : public BinaryTest {
protected:
    static std::string status_of(const Server& server, const std::string& name) {
        const auto answer = fetch(server.url, "/api/v1/orders/" + name);
        if (answer.status != 200) return fmt::format("{} {}", answer.status, answer.body);
        return std::string(boost::json::parse(answer.body).at("status").as_string());
    }
    /// The status when it is final, or what it is after some seconds.
    static std::string final_status_of(const Server& server, const std::string& name) {
        std::string status = status_of(server, name);
        for (int i = 0; i < 500 && status != "completed" && status != "cancelled"; ++i) {
            EXPECT_FALSE(server.process->wait(Process::Seconds(0.01)));
            status = status_of(server, name);
        }
        return status;
    }
};

TEST_F(Shutdown, UnderLoadLosesNothingThatWasAcknowledged) {
    TALLY_COVERS("F02", "I1", "I3");
    const auto clock = create_system_clock();
    std::set<std::string> acknowledged;
    std::set<std::string> uncertain;
    {
        const Server server = serve(path("data"));
        HttpRequest receipt = order("receipt");
        receipt.target = "/api/v1/stock/MUG:receive";
        receipt.body = R"({"quantity":1000000})";
        ASSERT_EQ(fetch(server.url, std::move(receipt)).status, 201);
        Load load(server.url, *server.process);
        load.run();
        ASSERT_EQ(server.process->wait(Process::Seconds(10)), 0) << server.process->err();
        const auto took = clock->instant() - load.signalled;
        EXPECT_LT(took, 10s);
        std::cout << fmt::format("{} acknowledged, {} not; ended {:.2f} s after SIGTERM\n", load.acknowledged.size(),
                                 load.uncertain.size(), std::chrono::duration<double>(took).count());
        acknowledged = std::move(load.acknowledged);
        uncertain = std::move(load.uncertain);
    }
    EXPECT_GE(acknowledged.size(), orders_before_the_signal);
    const Ended left = run({"verify", "--data", path("data"), "--in-flight-ok", "--json"});
    EXPECT_EQ(left.code, 0) << left.out << left.err;

    {
        const Server again = serve(path("data"));
        for (const std::string& name : acknowledged) EXPECT_EQ(final_status_of(again, name), "completed") << name;
        // What was left without an answer gets it now, whether it had happened or not.
        for (const std::string& name : uncertain) {
            EXPECT_EQ(fetch(again.url, order(name)).status, 201) << name;
            EXPECT_EQ(final_status_of(again, name), "completed") << name;
        }
        Ended all{};
        for (int i = 0; i < 100 && all.code != 0; ++i) all = run({"verify", "--server", again.url, "--json"});
        EXPECT_EQ(all.code, 0) << all.out << all.err;
        const auto stock = boost::json::parse(fetch(again.url, "/api/v1/stock/MUG").body);
        EXPECT_EQ(stock.at("on_hand"), 1'000'000 - acknowledged.size() - uncertain.size());
        EXPECT_EQ(stock.at("reserved"), 0);
        again.process->signal(SIGTERM);
        EXPECT_EQ(again.process->wait(Process::Seconds(10)), 0) << again.process->err();
    }
    const Ended verified = run({"verify", "--data", path("data"), "--json"});
    EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
    EXPECT_EQ(verified.json().at("checked").at("orders"), acknowledged.size() + uncertain.size());
}

}  // namespace
}  // namespace tally::testing
