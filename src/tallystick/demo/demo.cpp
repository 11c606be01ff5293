#include "tallystick/demo/demo.hpp"

#include <set>
#include <utility>

#include "tally/base/log.hpp"
#include "tallystick/demo/demo_shop.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;

constexpr int looks = 50;
constexpr Duration between_looks = 100ms;

Task<Result<bool>> exists(Api& api, std::uint64_t number) {
    auto order = co_await api.get("orders", "/api/v1/orders/" + demo_order_id(number));
    if (order) co_return true;
    if (order.error().code == ErrorCode::not_found) co_return false;
    co_return std::unexpected(std::move(order.error()));
}

/// The first number without an order; they have no gaps. 0: the orders of this folder are others'.
Task<Result<std::uint64_t>> first_free(Api& api) {
    auto first = co_await api.get_json("orders", "/api/v1/services/orders/events?page_size=1");
    if (!first) co_return std::unexpected(std::move(first.error()));
    if (items_of(*first).empty()) co_return 1;
    std::uint64_t taken = 0;
    std::uint64_t free = 1;
    for (;; free *= 2) {
        auto found = co_await exists(api, free);
        if (!found) co_return std::unexpected(std::move(found.error()));
        if (!*found) break;
        taken = free;
    }
    if (taken == 0) co_return 0;
    while (free - taken > 1) {
        const std::uint64_t middle = taken + (free - taken) / 2;
        auto found = co_await exists(api, middle);
        if (!found) co_return std::unexpected(std::move(found.error()));
        (*found ? taken : free) = middle;
    }
    co_return free;
}

Task<Result<void>> receive(Api& api, std::vector<DemoReceipt> receipts) {
    for (DemoReceipt& receipt : receipts) {
        auto answer = co_await api.post("inventory", "/api/v1/stock/" + receipt.sku + ":receive",
                                        std::move(receipt.body), std::move(receipt.key));
        if (!answer) co_return std::unexpected(std::move(answer.error()));
    }
    co_return Result<void>{};
}

Task<Result<void>> place(Api& api, std::uint64_t number) {
    if (auto received = co_await receive(api, demo_more_stock(number)); !received) co_return received;
    DemoOrder order = demo_order(number);
    auto placed = co_await api.post("orders", "/api/v1/orders", std::move(order.body), std::move(order.key));
    if (!placed) co_return std::unexpected(std::move(placed.error()));
    if (!order.regretted) co_return Result<void>{};
    auto cancelled = co_await api.post("orders", "/api/v1/orders/" + order.id + ":cancel", "{}", "cancel-" + order.id);
    // Whoever comes too late has his order confirmed.
    if (!cancelled && cancelled.error().code != ErrorCode::rejected)
        co_return std::unexpected(std::move(cancelled.error()));
    co_return Result<void>{};
}

/// Whether an order comes to stand so, soon; not where it has got beyond that.
Task<bool> comes_to(Api& api, std::string order, std::string wanted) {
    static const std::set<std::string> before{"created", "reserving_stock", "paying"};
    for (int i = 0; i < looks; ++i) {
        const auto shown = co_await api.get_json("orders", "/api/v1/orders/" + order);
        if (!shown) co_return false;
        const std::string status = text_at(*shown, "status");
        if (status == wanted || !before.contains(status)) co_return status == wanted;
        co_await api.clock().sleep_for(between_looks);
    }
    co_return false;
}

/// Brings two orders to where only a person can help; the third gets there by itself. What is there already stays.
Task<void> leave_to_a_person(Api& api) {
    const std::string unanswered = demo_order_id(demo_unanswered);
    if (co_await comes_to(api, unanswered, "paying"))
        (void)co_await api.post("orders", "/api/v1/orders/" + unanswered + ":cancel", "{}", "cancel-" + unanswered);
    const std::string lost = demo_order_id(demo_lost);
    if (co_await comes_to(api, lost, "shipping"))
        (void)co_await api.post(
            "orders", "/api/v1/services/orders/timers/" + percent_encode("saga-place-order/" + lost) + ":fire", "{}",
            "overdue-" + lost);
}

}  // namespace

Task<void> run_demo(Api& api, DemoOptions options) {
    auto next = co_await first_free(api);
    if (next && *next == 0) co_return;
    if (next && *next <= options.orders) {
        if (auto received = co_await receive(api, demo_first_stock()); !received)
            next = std::unexpected(std::move(received.error()));
    }
    bool all_are_placed = false;
    for (; next; ++*next) {
        if (*next > options.orders) {
            if (!std::exchange(all_are_placed, true)) co_await leave_to_a_person(api);
            co_await api.clock().sleep_for(options.interval);
        }
        if (auto placed = co_await place(api, *next); !placed) next = std::unexpected(std::move(placed.error()));
        if (!next) break;
    }
    log::warning("the demo has ended", {{"error", next.error().text}});
}

}  // namespace tally
