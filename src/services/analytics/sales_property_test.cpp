// Goal: whatever is said of orders, in whatever order over the topics, delivered more than once and in batches as they
// happen to come, the days show what a clerk has noted who was told everything once.
//
// Method: publishers that say random things about random orders, often of one topic before another; a store that
// refuses commits and loses answers, a bus that delivers late and twice, restarts. When it has come to rest, days and
// notes must agree, and once more after the service has lost its store and counted anew.
#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "services/analytics/analytics_service.hpp"
#include "services/analytics/sales_day.hpp"
#include "tally/base/log.hpp"
#include "tally/flow/session.hpp"
#include "tally/host/host.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/covers.hpp"
#include "tally/testing/faults.hpp"
#include "tally/testing/simulation.hpp"

namespace tally::analytics {
namespace {

using namespace std::chrono_literals;
using orders::CancelReason;

/// Where a publisher says anything about an order.
struct Sayings {
    using Key = OrderId;
    using Events = EventList<>;
    static constexpr std::string_view category = "saying";
    static constexpr bool holds_others = true;
};

template <class Events, SalesSource source>
Manifest told(Platform&) {
    return {.name = boost::describe::enum_to_string(source, ""),
            .summary = "Says what it is told",
            .events = Events::describe(),
            .routes = {},
            .consumers = {},
            .projections = {},
            .collections = {}};
}

/// What a clerk notes of a day: texts and thousandths of a currency.
using Notes = std::map<std::string, std::map<std::string, std::int64_t>>;

class Town {
public:
    explicit Town(std::uint64_t seed) : simulation_(seed), random_(simulation_.random()) {}

    void run() { simulation_.run(everything()); }

    std::map<std::string, std::uint64_t>& hits() { return faults_.hits; }
    std::uint64_t early = 0;  ///< times that something was said of an order before it was created

private:
    struct Order {
        OrderId id;
        std::optional<Timestamp> placed_at;
        Money total;
        std::string day;  ///< of its notes; empty: not created yet
        std::vector<std::pair<std::string, std::int64_t>> noted_early;
    };

    void start() {
        Host::Options options;
        options.application.access_log = false;
        options.page_secret = std::string(32, 's');
        auto host = Host::create(
            {simulation_.executor(), simulation_.clock(), random_, *metrics_, settings_}, options,
            {{"orders", &told<orders::OrderEvents, SalesSource::orders>},
             {"inventory", &told<inventory::ReservationEvents, SalesSource::inventory>},
             {"payments", &told<payments::PaymentEvents, SalesSource::payments>},
             {"shipping", &told<shipping::ShipmentEvents, SalesSource::shipping>},
             {"analytics", &analytics_service}},
            [this](const std::string& service) -> Result<std::unique_ptr<Store>> {
                auto& disk = disks_[service];
                if (!disk) disk = create_memory_disk(random_);
                auto store = create_memory_store(simulation_.executor(), simulation_.clock(), disk);
                stores_[service] = store.get();
                return service == "analytics" ? create_faulty_store(std::move(store), faults_) : std::move(store);
            },
            [this](std::map<std::string, Store*> publishers) {
                return create_faulty_bus(create_log_bus(std::move(publishers)), faults_);
            });
        host_ = std::move(host.value());
        host_->start();
    }
    Task<void> stop() {
        co_await host_->stop();
        host_.reset();
    }

    template <EventStruct E>
    Task<void> say(std::string service, OrderId order, E event) {
        Session session(*stores_.at(service),
                        {.correlation = order.text(), .event = {}, .actor = "test", .traceparent = ""},
                        {.make_id = ids_of_command(ids_), .now = simulation_.clock().now()});
        session.record<Sayings>(order, event);
        EXPECT_TRUE(co_await session.commit());
    }

    void note(Order& order, std::string what, std::int64_t amount = 1) {
        if (!order.day.empty()) {
            notes_[order.day][std::move(what)] += amount;
        } else {
            ++early;
            order.noted_early.emplace_back(std::move(what), amount);
        }
    }
    static std::int64_t thousandths(const Money& money) {
        return money.scale() == 2 ? money.units() * 10 : money.units();
    }

    Order new_order(int number) {
        Order order{.id = OrderId::trusted(fmt::format("o{}", number)),
                    .placed_at = {},
                    .total = Money(static_cast<std::int64_t>(1 + below(10'000)), below(2) == 0 ? 2 : 3,
                                   *Currency::parse(below(3) == 0 ? "EUR" : "GBP")),
                    .day = {},
                    .noted_early = {}};
        if (below(2) == 0) order.placed_at = *parse_timestamp(fmt::format("2010-12-0{}T08:26:00Z", 1 + below(3)));
        return order;
    }

    Task<void> create(Order& order) {
        const Timestamp placed_at = order.placed_at.value_or(simulation_.clock().now());
        order.day = to_text(placed_at).substr(0, 10) + " " + order.total.currency().text();
        note(order, "created");
        note(order, "placed", thousandths(order.total));
        for (auto& [what, amount] : order.noted_early) note(order, what, amount);
        orders::OrderCreated event;
        event.order = order.id;
        event.placed_at = order.placed_at;
        event.total = order.total;
        co_await say("orders", order.id, std::move(event));
    }

    Task<void> say_anything(Order& order) {
        const std::uint64_t what = below(7);
        if (what == 0) {
            note(order, "confirmed");
            co_await say("orders", order.id, orders::OrderConfirmed{order.id});
        } else if (what == 1) {
            const bool refused = below(2) == 0;
            note(order, refused ? "payment_refused" : "out_of_stock");
            const auto reason = refused ? CancelReason::payment_refused : CancelReason::out_of_stock;
            co_await say("orders", order.id, orders::OrderCancelled{order.id, reason});
        } else if (what == 2) {
            note(order, "reservations_refused");
            co_await say("inventory", order.id, inventory::InventoryReservationFailed{order.id, {}, {}});
        } else if (what == 3) {
            note(order, "paid");
            note(order, "captured", thousandths(order.total));
            co_await say("payments", order.id, payments::PaymentConfirmed{order.id, order.total, "ref"});
        } else if (what == 4) {
            note(order, "payments_refused");
            co_await say("payments", order.id, payments::PaymentFailed{order.id, {}, ""});
        } else if (what == 5) {
            note(order, "refunded", thousandths(order.total));
            co_await say("payments", order.id, payments::PaymentRefunded{order.id, order.total, {}});
        } else {
            note(order, "delivered");
            co_await say("shipping", order.id, shipping::ShipmentDelivered{order.id});
        }
    }

    /// Nothing that is zero, as in the clerk's notes.
    Task<Notes> shown() {
        HttpRequest request{
            .method = Method::get, .target = "/api/v1/sales/days?page_size=1000", .headers = {}, .body = {}};
        const HttpResponse response = co_await host_->application().handle(std::move(request));
        Notes days;
        if (response.status != 200) co_return days;
        const auto page = boost::json::parse(response.body);
        for (const auto& item : page.at("items").as_array()) {
            auto& day =
                days[std::string(item.at("day").as_string()) + " " + std::string(item.at("currency").as_string())];
            for (const char* count :
                 {"created", "paid", "confirmed", "delivered", "reservations_refused", "payments_refused"})
                if (const auto number = item.at(count).as_int64()) day[count] = number;
            for (const auto& [reason, number] : item.at("cancelled_by").as_object()) day[reason] = number.as_int64();
            for (const char* amount : {"placed", "captured", "refunded"}) {
                const std::string decimal(item.at(amount).at("amount").as_string());
                if (const auto units = Money::parse(decimal, 3, Currency())->units()) day[amount] = units;
            }
        }
        co_return days;
    }
    Task<void> expect_the_notes() {
        for (int i = 0; i < 100 && co_await shown() != notes_; ++i) co_await simulation_.clock().sleep_for(1s);
        co_await simulation_.clock().sleep_for(30s);
        EXPECT_EQ(co_await shown(), notes_);
    }

    Task<void> everything() {
        faults_.refuse = faults_.forget = 0.1;
        faults_.duplicate = faults_.delay = 0.3;
        start();
        std::vector<Order> orders;
        for (int number = 0; number < 25; ++number) orders.push_back(new_order(number));
        for (std::uint64_t done = 0; done < 150; ++done) {
            Order& order = orders.at(below(orders.size()));
            if (order.day.empty() && below(2) == 0)
                co_await create(order);
            else
                co_await say_anything(order);
            if (below(3) == 0) co_await simulation_.clock().sleep_for(std::chrono::milliseconds(below(300)));
            if (below(60) == 0) {
                co_await stop();
                start();
            }
        }
        for (Order& order : orders)
            if (order.day.empty()) co_await create(order);
        faults_.heal();
        co_await expect_the_notes();
        co_await stop();
        disks_.erase("analytics");
        start();
        co_await expect_the_notes();
        co_await stop();
    }

    [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return random_.below(limit); }

    testing::Simulation simulation_;
    Random& random_;
    testing::Faults faults_{random_, simulation_.clock()};
    std::unique_ptr<Metrics> metrics_ = create_metrics();
    Config settings_;
    UuidGenerator ids_{simulation_.clock(), random_};
    std::map<std::string, std::shared_ptr<MemoryDisk>> disks_;
    std::map<std::string, Store*> stores_;
    std::unique_ptr<Host> host_;
    Notes notes_;
};

class SalesProperty : public ::testing::Test {
protected:
    // Faults are what these runs are made of: a line for each would drown everything else.
    static void SetUpTestSuite() { log::configure({.level = log::Level::off, .service = "property", .file = ""}); }
    static void TearDownTestSuite() { log::configure({}); }
};

TEST_F(SalesProperty, EveryEventCountsOnceHoweverItComes) {
    TALLY_COVERS("E07.1", "E07.7", "I3");
    std::uint64_t early = 0;
    std::map<std::string, std::uint64_t> hits;
    for (std::uint64_t seed = 1; seed <= 15 && !HasFailure(); ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        Town town(seed);
        town.run();
        early += town.early;
        for (const auto& [name, count] : town.hits()) hits[name] += count;
    }
    EXPECT_GE(early, 50U);
    for (const char* name : {"refuse", "forget", "delay", "duplicate"}) EXPECT_GE(hits[name], 20U) << name;
}

}  // namespace
}  // namespace tally::analytics
