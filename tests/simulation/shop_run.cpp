#include "simulation/shop_run.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "tally/security/memory_key_ring.hpp"
#include "tallystick/service_table.hpp"

namespace tally::testing {
namespace {

constexpr int customers = 6;
constexpr int orders_each = 6;
constexpr int codes = 5;
/// How the simulated provider behaves; most of the time well.
constexpr std::array payment_methods{"card",        "card",     "card",     "card",
                                     "sim_decline", "sim_lose", "sim_late", "sim_twice"};
constexpr std::string_view contact =
    R"(,"contact":{"name":"Ann","email":"ann@example.org","address":{"street":"1 Way","city":"Town","country":"France"}})";
constexpr Duration convergence = std::chrono::minutes(10);

/// A few seeds are heavy in one kind of fault, most are light in several (swarm testing, Groce et al. 2012).
double drawn(Random& random) {
    const double most[] = {0, 0, 0.02, 0.05, 0.2};
    return most[random.below(5)];
}

}  // namespace

std::uint64_t ShopOutcome::fault_hits() const {
    std::uint64_t sum = restarts + zombies;
    for (const auto& [name, count] : faults) sum += count;
    return sum;
}

ShopRun::ShopRun(std::uint64_t seed)
    : simulation_(seed),
      faults_{simulation_.random(), simulation_.clock()},
      keys_of_persons_(create_memory_key_ring(simulation_.random())),
      leaving_(simulation_.executor()) {}
ShopRun::~ShopRun() = default;

ShopOutcome ShopRun::run() {
    draw_faults();
    simulation_.run(everything());
    outcome_.faults = faults_.hits;
    outcome_.hash = simulation_.hash();
    return std::move(outcome_);
}

void ShopRun::draw_faults() {
    Random& random = simulation_.random();
    faults_.refuse = drawn(random);
    faults_.forget = drawn(random);
    faults_.unread = drawn(random) / 2;
    faults_.delay = drawn(random);
    faults_.duplicate = drawn(random) * 2;
    crashes_ = random.below(4) != 0;
    zombies_ = random.below(2) == 0;
}

void ShopRun::open_stores() {
    Stores opened;
    for (const Service& service : service_table()) {
        auto& disk = disks_[service.name];
        if (!disk) disk = create_memory_disk(simulation_.random());
        opened[service.name] = create_memory_store(simulation_.executor(), simulation_.clock(), disk);
    }
    former_stores_.push_back(std::exchange(stores_, std::move(opened)));
}

std::unique_ptr<ShopRun::Node> ShopRun::start_node() {
    auto node = std::make_unique<Node>();
    node->metrics = create_metrics();
    Host::Options options;
    options.application.access_log = false;
    options.page_secret = std::string(32, 's');
    node->settings = load_config(settings_of(service_table()),
                                 {.file = {}, .environment = {}, .flags = {{"orders.pay_within_ms", "2000"}}})
                         .value();
    auto host = Host::create(
        {simulation_.executor(), simulation_.clock(), simulation_.random(), *node->metrics, node->settings,
         keys_of_persons_.get()},
        options, service_table(),
        [this](const std::string& service) -> Result<std::unique_ptr<Store>> {
            return create_faulty_store(borrow(*stores_.at(service)), faults_);
        },
        [this](std::map<std::string, Store*> publishers) {
            return create_faulty_bus(create_log_bus(std::move(publishers)), faults_);
        });
    if (!host) throw std::runtime_error(host.error().text);
    node->host = std::move(*host);
    node->host->start();
    return node;
}

Task<void> ShopRun::pause(int most_ms) {
    const auto draw = simulation_.random().below(static_cast<std::uint64_t>(most_ms) + 1);
    co_await simulation_.clock().sleep_for(std::chrono::milliseconds(draw));
}

Task<int> ShopRun::send(std::string target, std::string body) {
    const std::string key = fmt::format("key-{}", ++keys_);
    for (;;) {
        HttpRequest request{.method = Method::post,
                            .target = target,
                            .headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", key}},
                            .body = body};
        const HttpResponse response = co_await node_->host->application().handle(std::move(request));
        if (response.status < 500) co_return response.status;
        co_await pause(500);
    }
}

Task<void> ShopRun::customer(int number) {
    Random& random = simulation_.random();
    for (int i = 0; i < orders_each; ++i) {
        co_await pause(300);
        const std::string order = fmt::format("o{}-{}", number, i);
        std::string lines;
        for (std::uint64_t line = 0; line <= random.below(3); ++line)
            lines +=
                fmt::format(R"({}{{"sku":"1000{}","quantity":{},"unit_price":{{"amount":"1.250","currency":"GBP"}}}})",
                            lines.empty() ? "" : ",", random.below(codes), random.below(6) + 1);
        const int status = co_await send(
            "/api/v1/orders", fmt::format(R"({{"order":"{}","customer":"c{}","lines":[{}],"payment_method":"{}"{}}})",
                                          order, number, lines, payment_methods[random.below(payment_methods.size())],
                                          random.below(2) == 0 ? "" : contact));
        if (status != 201 && status != 200)
            outcome_.violations.push_back(fmt::format("placing {} was answered {}", order, status));
        acknowledged_.insert(order);
        if (random.below(5) == 0) (void)co_await send("/api/v1/orders/" + order + ":cancel", "");
        if (random.below(12) == 0)
            (void)co_await send(fmt::format("/api/v1/persons/customer:c{}:erase", number),
                                R"({"reason":"asked","for_ever":true})");
    }
    --busy_;
}

Task<void> ShopRun::supplier(int number) {
    for (int i = 0; i < codes; ++i) {
        co_await pause(300);
        const auto body =
            fmt::format(R"({{"receipt":"r{}-{}","quantity":{}}})", number, i, simulation_.random().below(20) + 1);
        (void)co_await send(fmt::format("/api/v1/stock/1000{}:receive", i), body);
    }
    --busy_;
}

/// The process dies: what it has not written, its successor's disk never sees. Its coroutines end as they find out.
Task<void> ShopRun::crash() {
    ++outcome_.restarts;
    open_stores();
    auto dead = std::exchange(node_, nullptr);
    node_ = start_node();
    Host& host = *dead->host;
    former_nodes_.push_back(std::move(dead));
    leaving_.spawn("a dead node's end", host.stop());
    co_return;
}

/// A second instance of everything works on the same stores for a while.
Task<void> ShopRun::zombie() {
    ++outcome_.zombies;
    auto second = start_node();
    co_await pause(2'000);
    co_await second->host->stop();
    former_nodes_.push_back(std::move(second));
}

Task<void> ShopRun::nemesis() {
    while (busy_ > 1) {
        co_await pause(1'500);
        if (crashes_ && simulation_.random().below(2) == 0)
            co_await crash();
        else if (zombies_)
            co_await zombie();
    }
    --busy_;
}

Task<void> ShopRun::come_to_rest() {
    const Instant end = simulation_.clock().instant() + convergence;
    while (!co_await at_rest(stores_)) {
        if (simulation_.clock().instant() > end) {
            outcome_.violations.emplace_back("I15: it does not come to rest");
            co_return;
        }
        co_await simulation_.clock().sleep_for(std::chrono::seconds(2));
    }
}

Task<void> ShopRun::everything() {
    open_stores();
    node_ = start_node();
    TaskGroup people(simulation_.executor());
    busy_ = customers + 2 + 1;
    for (int i = 0; i < customers; ++i) people.spawn("customer", customer(i));
    for (int i = 0; i < 2; ++i) people.spawn("supplier", supplier(i));
    people.spawn("nemesis", nemesis());
    while (busy_ > 0) co_await simulation_.clock().sleep_for(std::chrono::milliseconds(50));
    faults_.heal();
    co_await come_to_rest();
    outcome_.orders = acknowledged_.size();
    for (std::string& violation : co_await check_shop(stores_, acknowledged_))
        outcome_.violations.push_back(std::move(violation));
    co_await people.close();
    co_await node_->host->stop();
    // A dead node's stop ends by itself: cancelling it would leave its tasks running.
    while (leaving_.running() > 0) co_await simulation_.clock().sleep_for(std::chrono::milliseconds(50));
    co_await leaving_.close();
    for (const Stores& former : former_stores_)
        for (const auto& [service, store] : former) co_await store->close();
    for (const auto& [service, store] : stores_) co_await store->close();
}

}  // namespace tally::testing
