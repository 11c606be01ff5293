#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/orders/return.hpp"

namespace tally::testing {

/// A completed purchase as a clerk would keep it: what is left of each line, and of the money.
struct Purchase {
    struct Line {
        std::string sku;
        std::int64_t price = 0;
        bool stocked = true;
        std::int64_t left = 0;
    };
    std::string id;
    std::optional<std::string> customer;
    Timestamp placed_at{};
    std::vector<Line> lines;
    std::int64_t money = 0;
};

/// What becomes of a return: pieces and money by order, and the pieces of each line of it that were found.
struct Matched {
    using Goods = std::map<std::pair<std::string, std::int64_t>, std::int64_t>;  ///< pieces by code and price
    std::map<std::string, std::pair<Goods, std::int64_t>> orders;
    std::vector<std::int64_t> lines;
    friend bool operator==(const Matched&, const Matched&) = default;
};

/// Takes goods back piece by piece, each from the newest purchase that has such a piece, and gives back its price.
inline Matched take_back_naively(std::vector<Purchase>& purchases, const orders::NewReturn& wanted, Timestamp at) {
    std::vector<Purchase*> newest_first;
    for (Purchase& purchase : purchases) {
        const bool of_customer = !wanted.customer || purchase.customer == wanted.customer->text();
        const bool is_named = wanted.order ? purchase.id == wanted.order->text() : wanted.customer.has_value();
        if (of_customer && is_named && purchase.placed_at < at) newest_first.push_back(&purchase);
    }
    std::ranges::sort(newest_first, [](const Purchase* a, const Purchase* b) {
        return std::pair(a->placed_at, a->id) > std::pair(b->placed_at, b->id);
    });
    const auto take_one = [&](const std::string& sku, Matched& matched) {
        for (Purchase* purchase : newest_first)
            for (Purchase::Line& line : purchase->lines) {
                if (line.sku != sku || line.left == 0) continue;
                --line.left;
                auto& [goods, refund] = matched.orders[purchase->id];
                ++goods[{sku, line.price}];
                const std::int64_t money = std::min(line.price, purchase->money);
                purchase->money -= money;
                refund += money;
                return true;
            }
        return false;
    };
    Matched matched;
    for (const orders::ReturnItem& item : wanted.lines) {
        std::int64_t found = 0;
        while (found < item.quantity.value() && take_one(item.sku.text(), matched)) ++found;
        matched.lines.push_back(found);
    }
    return matched;
}

/// The same by the matcher; `orders` as stored, with the times at which they were placed. Applies what it decides.
inline Matched take_back(std::vector<std::pair<Timestamp, orders::Order>>& all, const orders::NewReturn& wanted,
                         Timestamp at) {
    std::vector<std::pair<Timestamp, orders::Order>*> newest_first;
    for (auto& each : all) newest_first.push_back(&each);
    std::ranges::sort(newest_first, [](const auto* a, const auto* b) {
        return std::pair(a->first, a->second.created.order) > std::pair(b->first, b->second.created.order);
    });
    orders::ReturnMatcher matcher(wanted, at);
    for (auto* each : newest_first) {
        if (matcher.is_done()) break;
        const std::size_t before = matcher.returned().size();
        matcher.match(each->second, each->first);
        if (matcher.returned().size() > before) each->second.apply(matcher.returned().back());
    }
    Matched matched;
    for (const orders::OrderReturned& returned : matcher.returned()) {
        auto& [goods, refund] = matched.orders[returned.order.text()];
        for (const orders::ReturnedLine& line : returned.lines)
            goods[{line.sku.text(), line.unit_price.units()}] += line.quantity;
        refund = returned.refund.units();
    }
    for (const orders::ReturnLine& line : matcher.received().lines) matched.lines.push_back(line.matched);
    return matched;
}

}  // namespace tally::testing
