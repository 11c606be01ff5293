#include "tally/http/transport.hpp"

#include <algorithm>

#include "tally/http/application.hpp"

namespace tally {
namespace {

Error unknown(const std::string& service) { return {ErrorCode::not_found, "there is no service " + service}; }

class LocalTransport final : public Transport {
public:
    LocalTransport(Application& application, std::vector<std::string> services)
        : application_(application), services_(std::move(services)) {}

    Task<Result<HttpResponse>> send(std::string service, HttpRequest request) override {
        if (std::ranges::find(services_, service) == services_.end()) co_return std::unexpected(unknown(service));
        co_return co_await application_.handle(std::move(request));
    }
    std::vector<std::string> services() const override { return services_; }

private:
    Application& application_;
    std::vector<std::string> services_;
};

class HttpTransport final : public Transport {
public:
    HttpTransport(HttpClient& client, std::vector<std::string> services)
        : client_(client), services_(std::move(services)) {}

    Task<Result<HttpResponse>> send(std::string service, HttpRequest request) override {
        if (std::ranges::find(services_, service) == services_.end()) co_return std::unexpected(unknown(service));
        co_return co_await client_.send(std::move(request), std::chrono::seconds(35));
    }
    std::vector<std::string> services() const override { return services_; }

private:
    HttpClient& client_;
    std::vector<std::string> services_;
};

}  // namespace

std::unique_ptr<Transport> create_local_transport(Application& application, std::vector<std::string> services) {
    return std::make_unique<LocalTransport>(application, std::move(services));
}

std::unique_ptr<Transport> create_http_transport(HttpClient& client, std::vector<std::string> services) {
    return std::make_unique<HttpTransport>(client, std::move(services));
}

}  // namespace tally
