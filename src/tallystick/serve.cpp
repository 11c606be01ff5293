#include "tallystick/serve.hpp"

#include <csignal>
#include <cstdlib>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include "tally/base/log.hpp"
#include "tally/base/task_group.hpp"
#include "tally/http/server.hpp"
#include "tallystick/composition.hpp"
#include "tallystick/data_folder.hpp"
#include "tallystick/demo/demo.hpp"
#include "tallystick/output.hpp"
#include "tallystick/settings.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;

constexpr Duration longest_start = 10s;

HttpServerOptions server_options(const Config& settings, const Address& address) {
    return {.host = address.host,
            .port = address.port,
            .max_connections = static_cast<std::size_t>(settings.integer("http.max_connections")),
            .max_header_bytes = static_cast<std::size_t>(settings.integer("http.max_header_bytes")),
            .max_body = static_cast<std::size_t>(settings.integer("http.max_body_bytes")),
            .header_limit = settings.duration("http.header_limit_ms"),
            .idle_limit = settings.duration("http.idle_limit_ms"),
            .body_limit = settings.duration("http.body_limit_ms"),
            .write_limit = settings.duration("http.write_limit_ms")};
}

/// The parts of a serving process; what is made first is needed longest.
class Serving {
public:
    Serving(Runtime& runtime, const Config& settings)
        : runtime_(runtime),
          settings_(settings),
          folder_(settings.text("data.folder")),
          signals_(runtime.loop(), SIGINT, SIGTERM),
          watch_(runtime.loop()),
          tasks_(runtime.loop()),
          accepting_(runtime.loop(), [this](std::string_view, const std::exception_ptr& thrown) { broken(thrown); }) {}

    /// Blocks. Errors: locked, those of the stores and of create_http_server.
    [[nodiscard]] Result<void> open();
    [[nodiscard]] Task<ExitCode> run();

private:
    void announce() const;
    void broken(const std::exception_ptr& thrown);
    [[nodiscard]] Task<void> become_ready();
    [[nodiscard]] Task<void> end_at_next_signal();
    [[nodiscard]] Task<void> stop();
    [[nodiscard]] std::string url() const;

    Runtime& runtime_;
    const Config& settings_;
    std::string folder_;
    Address address_;
    boost::asio::signal_set signals_;
    TaskGroup watch_;
    TaskGroup tasks_;
    TaskGroup accepting_;
    std::unique_ptr<Composition> composition_;
    std::unique_ptr<HttpServer> server_;
    std::unique_ptr<Api> api_;
    bool broken_ = false;
};

std::string Serving::url() const { return url_of({address_.host, server_->port()}); }

Result<void> Serving::open() {
    auto lock = lock_folder(folder_);
    if (!lock) return std::unexpected(std::move(lock.error()));
    remove_endpoint(folder_);  // of an owner that was killed

    // The port is known before the services are made, for their documents name it.
    address_ = parse_address(settings_.text("http.listen")).value();
    const auto handle = [this](HttpRequest request) {
        return composition_->host().application().handle(std::move(request));
    };
    auto server = create_http_server(runtime_.loop(), runtime_.clock(), runtime_.metrics(),
                                     server_options(settings_, address_), handle);
    if (!server) return std::unexpected(std::move(server.error()));
    server_ = std::move(*server);

    auto composition = Composition::open(runtime_, settings_, std::move(*lock), url());
    if (!composition) return std::unexpected(std::move(composition.error()));
    composition_ = std::move(*composition);
    api_ = std::make_unique<Api>(composition_->host().transport(), runtime_.clock(), 60s);
    return {};
}

Task<ExitCode> Serving::run() {
    composition_->host().start();
    accepting_.spawn("http server", server_->run());
    if (auto written = write_endpoint(folder_, url()); !written) {
        report(written.error());
        co_await stop();
        co_return ExitCode::unavailable;
    }
    if (settings_.boolean("demo.enabled"))
        tasks_.spawn("demo", run_demo(*api_, {.orders = static_cast<std::uint64_t>(settings_.integer("demo.orders")),
                                              .interval = settings_.duration("demo.interval_ms")}));
    tasks_.spawn("announcement", become_ready());

    const auto [failure, signal] = co_await signals_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    log::info("stopping", {{"signal", signal}});
    watch_.spawn("second signal", end_at_next_signal());
    co_await stop();
    co_await watch_.close();
    co_return broken_ ? ExitCode::unavailable : ExitCode::ok;
}

Task<void> Serving::stop() {
    co_await server_->stop(settings_.duration("http.drain_limit_ms"));
    co_await accepting_.close();
    co_await tasks_.close();
    co_await composition_->close();
    remove_endpoint(folder_);
    log::info("stopped");
}

/// Somebody who asks twice will not wait; what was acknowledged is on the disk.
Task<void> Serving::end_at_next_signal() {
    const int signal = co_await signals_.async_wait(boost::asio::use_awaitable);
    std::_Exit(128 + signal);
}

void Serving::broken(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& failure) {
        log::error("the server has ended", {{"error", failure.what()}});
    }
    broken_ = true;
    signals_.cancel();
}

Task<void> Serving::become_ready() {
    const Instant until = runtime_.clock().instant() + longest_start;
    while (!composition_->host().ready() && runtime_.clock().instant() < until)
        co_await runtime_.clock().sleep_for(20ms);
    announce();
}

void Serving::announce() const {
    const std::string at = url();
    print_text(
        fmt::format("Tallystick serves {}\n"
                    "Data folder: {}\n"
                    "Try:\n"
                    "  tallystick orders list --server {}\n"
                    "  tallystick events tail --follow --server {}\n"
                    "  curl {}/health/ready\n",
                    at, folder_, at, at, at));
    if (const auto ready = composition_->host().ready(); !ready)
        print_text(fmt::format("Not ready yet:\n{}\n", ready.error().text));
}

}  // namespace

Task<ExitCode> serve(Runtime& runtime, const Config& settings) {
    Serving serving(runtime, settings);
    if (auto opened = serving.open(); !opened) co_return report(opened.error());
    co_return co_await serving.run();
}

}  // namespace tally
