#include "support/shop.hpp"

#include <stdexcept>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "tally/security/memory_key_ring.hpp"
#include "tallystick/service_table.hpp"

namespace tally::testing {

Shop::Shop(Simulation& simulation, OpenStore open)
    : random_of_keys_(create_seeded_random(1)),
      services(service_table()),
      keys(create_memory_key_ring(*random_of_keys_)),
      simulation_(simulation),
      metrics_(create_metrics()),
      open_(std::move(open)) {
    options.application.access_log = false;
    options.page_secret = std::string(32, 's');
    if (open_) return;
    open_ = [this](const std::string& service) {
        auto& disk = disks_[service];
        if (!disk) disk = create_memory_disk(simulation_.random());
        return create_memory_store(simulation_.executor(), simulation_.clock(), disk);
    };
}
Shop::~Shop() = default;

void Shop::start() {
    auto loaded = load_config(settings_of(services), {.file = {}, .environment = {}, .flags = settings});
    if (!loaded) throw std::runtime_error(loaded.error().text);
    config_ = std::move(*loaded);
    auto host = Host::create({simulation_.executor(), simulation_.clock(), simulation_.random(), *metrics_, config_,
                              keys.get(), files ? &*files : nullptr},
                             options, services, [this](const std::string& service) -> Result<std::unique_ptr<Store>> {
                                 return open_(service);
                             });
    if (!host) throw std::runtime_error(host.error().text);
    host_ = std::move(*host);
    host_->start();
}

Task<void> Shop::stop() {
    co_await host_->stop();
    host_.reset();
}

Task<HttpResponse> Shop::send(Method method, std::string target, std::string body, Headers headers) {
    HttpRequest request{
        .method = method, .target = std::move(target), .headers = std::move(headers), .body = std::move(body)};
    if (!request.body.empty() && !request.headers.find("Content-Type"))
        request.headers.set("Content-Type", "application/json");
    if (method == Method::post && !request.headers.find("Idempotency-Key"))
        request.headers.set("Idempotency-Key", fmt::format("test-{}", ++keys_));
    co_return co_await host_->application().handle(std::move(request));
}

Task<boost::json::value> Shop::read(std::string target) {
    const HttpResponse response = co_await send(Method::get, std::move(target));
    if (response.status != 200) co_return nullptr;
    co_return boost::json::parse(response.body);
}

Task<std::string> Shop::settled(std::string order) {
    std::string status;
    for (int i = 0; i < 6'000; ++i) {
        const auto shown = co_await read("/api/v1/orders/" + order);
        if (shown.is_object()) status = shown.at("status").as_string();
        if (status == "completed" || status == "cancelled" || status == "failed") break;
        co_await simulation_.clock().sleep_for(std::chrono::milliseconds(10));
    }
    co_return status;
}

std::string order_json(const std::string& order, const std::string& sku, int quantity) {
    return fmt::format(R"({{"order":"{}","lines":[{{"sku":"{}","quantity":{},)"
                       R"("unit_price":{{"amount":"2.550","currency":"GBP"}}}}]}})",
                       order, sku, quantity);
}

}  // namespace tally::testing
