#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/mp11/algorithm.hpp>

#include "services/orders/order.hpp"
#include "support/shop.hpp"
#include "tally/flow/session.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally::testing {

/// Where the saga of orders would write its requests.
struct Requests {
    using Key = OrderId;
    using Events = EventList<>;
    static constexpr std::string_view category = "saga-place-order";
    static constexpr bool holds_others = true;
};
/// An event's stream: the order's own, or its saga's.
template <class E>
using StreamOf = std::conditional_t<boost::mp11::mp_contains<orders::OrderRequests, E>::value, Requests, orders::Order>;

/// One service of the shop behind a service of orders that decides nothing: it publishes what the test says.
class BehindOrders : public CoroutineTest {
public:
    /// What stands between a service and its store.
    using Front = std::function<std::unique_ptr<Store>(std::unique_ptr<Store>)>;
    explicit BehindOrders(Service service, Front front = {});

    Shop shop;

    /// Publishes an event of its order, with the order's correlation id (`of-o1`); returns its id.
    template <class Stream = void, EventStruct E>
    [[nodiscard]] Task<EventId> say(E event, RecordOptions options = {}) {
        using Written = std::conditional_t<std::is_void_v<Stream>, StreamOf<E>, Stream>;
        Session session(*orders_,
                        {.correlation = correlation(event.order), .event = {}, .actor = "test", .traceparent = ""},
                        {.make_id = ids_of_command(ids_), .now = simulation.clock().now()});
        session.record<Written>(event.order, event, std::move(options));
        const CommitResult committed = co_await session.commit();
        EXPECT_TRUE(committed);
        co_return committed->events.front().id;
    }
    [[nodiscard]] static std::string correlation(const OrderId& order) { return "of-" + order.text(); }

    /// Lets virtual time pass, for consumers and projections to get on.
    [[nodiscard]] Task<void> pause(Duration how_long = std::chrono::seconds(2));
    /// The items of a page of the service's administration: `streams/shipment-o1`.
    [[nodiscard]] Task<boost::json::array> items(std::string path);
    /// The types of the events of one of the service's streams.
    [[nodiscard]] Task<std::vector<std::string>> types(std::string stream);
    /// The service's timers, as documents.
    [[nodiscard]] Task<boost::json::array> timers() { return items("documents?collection=tally.timers"); }
    /// What is wrong with the events that the service has parked, in their order.
    [[nodiscard]] Task<std::vector<std::string>> parked();

private:
    std::string service_;
    std::map<std::string, std::shared_ptr<MemoryDisk>> disks_;
    Store* orders_ = nullptr;
    UuidGenerator ids_;
};

}  // namespace tally::testing
