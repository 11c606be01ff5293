#include "tallystick/demo/demo_shop.hpp"

#include <array>
#include <optional>

#include <boost/describe.hpp>
#include <fmt/format.h>

#include "tally/base/random.hpp"
#include "tally/event/codec.hpp"

namespace tally {

struct DemoLine {
    std::string sku;
    std::string description;
    std::int64_t quantity = 0;
    Money unit_price;
    bool stocked = true;
};
BOOST_DESCRIBE_STRUCT(DemoLine, (), (sku, description, quantity, unit_price, stocked))

struct DemoAddress {
    std::string street;
    std::string city;
    std::string postcode;
    std::string country;
};
BOOST_DESCRIBE_STRUCT(DemoAddress, (), (street, city, postcode, country))

struct DemoContact {
    std::string name;
    std::string email;
    DemoAddress address;
};
BOOST_DESCRIBE_STRUCT(DemoContact, (), (name, email, address))

struct DemoOrderBody {
    std::string order;
    std::string customer;
    std::string country;
    std::vector<DemoLine> lines;
    std::string payment_method = "card";
    std::string shipping_method = "standard";
    DemoContact contact{};
};
BOOST_DESCRIBE_STRUCT(DemoOrderBody, (), (order, customer, country, lines, payment_method, shipping_method, contact))

struct DemoReceiptBody {
    std::string receipt;
    std::int64_t quantity = 0;
};
BOOST_DESCRIBE_STRUCT(DemoReceiptBody, (), (receipt, quantity))

namespace {

constexpr std::uint64_t seed = 20'101'201;
constexpr std::uint64_t restock_every = 100;
constexpr std::int64_t plenty = 2'000;

struct Goods {
    std::string_view sku;
    std::string_view description;
    std::int64_t pence = 0;
    std::int64_t first_stock = plenty;
};

constexpr std::array<Goods, 25> goods{{
    {"TEA-ASSAM", "Assam tea, 100 g", 495},
    {"TEA-DARJEELING", "Darjeeling tea, 100 g", 625},
    {"TEA-GREEN", "Green tea, 100 g", 550},
    {"TEA-MINT", "Peppermint tea, 50 g", 325},
    {"COFFEE-HOUSE", "House blend coffee, 250 g", 780},
    {"COFFEE-DECAF", "Decaffeinated coffee, 250 g", 820},
    {"CUP-WHITE", "White cup", 350},
    {"CUP-BLUE", "Blue cup", 375},
    {"SAUCER-WHITE", "White saucer", 210},
    {"POT-SMALL", "Small teapot", 1'490},
    {"POT-LARGE", "Large teapot", 2'250},
    {"STRAINER", "Tea strainer", 445},
    {"INFUSER", "Tea infuser", 520},
    {"SPOON-SET", "Six teaspoons", 1'150},
    {"TRAY-OAK", "Oak tray", 2'600},
    {"TIN-RED", "Red tea tin", 640},
    {"TIN-GREEN", "Green tea tin", 640},
    {"HONEY", "Lime blossom honey, 500 g", 895},
    {"SHORTBREAD", "Shortbread, 200 g", 410},
    {"GINGER-SNAPS", "Ginger snaps, 200 g", 390},
    {"LANTERN", "Hanging lantern", 1'275},
    {"CANDLE", "Beeswax candle", 560},
    {"CLOCK-BRASS", "Brass carriage clock", 8'900, 15},
    {"GLOBE-ANTIQUE", "Antique globe", 12'400, 12},
    {"LAST-SAMOVAR", "Samovar, the last ones", 19'900, 2},
}};

constexpr std::array<std::string_view, 6> countries{"United Kingdom", "Germany", "France", "EIRE", "Spain", "Norway"};

constexpr std::array<std::string_view, 8> first_names{"Ada",   "Bela",  "Chidi", "Dilara",
                                                      "Emeka", "Freya", "Goro",  "Hilma"};
constexpr std::array<std::string_view, 7> last_names{"Amberley", "Brook",   "Copperfield", "Dunmore",
                                                     "Elmwood",  "Fenwick", "Greenhill"};
constexpr std::array<std::string_view, 5> streets{"Lantern Lane", "Teapot Terrace", "Candle Court", "Honey Hill",
                                                  "Samovar Street"};

/// Nobody's: the mail domain is one of those that RFC 2606 keeps for examples.
DemoContact contact_of(std::uint64_t customer, std::string country) {
    const std::string_view first = first_names[customer % first_names.size()];
    const std::string_view last = last_names[customer % last_names.size()];
    return {.name = fmt::format("{} {}", first, last),
            .email = fmt::format("{}.{}.{}@example.org", first, last, customer),
            .address = {.street = fmt::format("{} {}", customer, streets[customer % streets.size()]),
                        .city = "Port Example",
                        .postcode = fmt::format("EX{:03}", customer),
                        .country = std::move(country)}};
}

bool needs_a_person(std::uint64_t number) {
    return number == demo_unanswered || number == demo_refused || number == demo_lost;
}

/// Scarce goods are asked for more seldom: most orders find their stock.
const Goods& drawn(Random& random) {
    const Goods& first = goods[random.below(goods.size())];
    return first.first_stock == plenty || random.below(3) == 0 ? first : goods[random.below(goods.size())];
}

DemoReceipt receipt_of(const Goods& which, std::int64_t quantity, std::uint64_t number) {
    std::string id = fmt::format("demo-{}-{}", which.sku, number);
    return {std::string(which.sku), encode(DemoReceiptBody{id, quantity}), id};
}

}  // namespace

std::vector<DemoReceipt> demo_first_stock() {
    std::vector<DemoReceipt> receipts;
    receipts.reserve(goods.size());
    for (const Goods& each : goods) receipts.push_back(receipt_of(each, each.first_stock, 0));
    return receipts;
}

std::string demo_order_id(std::uint64_t number) { return fmt::format("demo-{:04}", number); }

DemoOrder demo_order(std::uint64_t number) {
    const auto random = create_seeded_random(seed + number);
    const Currency pounds = Currency::parse("GBP").value();
    const std::uint64_t customer = 1 + random->below(60);
    const std::string country(countries[random->below(countries.size())]);
    DemoOrderBody order{.order = demo_order_id(number),
                        .customer = fmt::format("C-{:03}", customer),
                        .country = country,
                        .lines = {},
                        .contact = contact_of(customer, country)};
    const std::uint64_t lines = 1 + random->below(4);
    for (std::uint64_t i = 0; i < lines; ++i) {
        const Goods& which = needs_a_person(number) ? goods[random->below(10)] : drawn(*random);
        order.lines.push_back(
            {.sku = std::string(which.sku),
             .description = std::string(which.description),
             .quantity = static_cast<std::int64_t>(1 + random->below(which.first_stock < plenty ? 2 : 6)),
             .unit_price = Money(which.pence, 2, pounds),
             .stocked = true});
    }
    order.lines.push_back({.sku = "POST",
                           .description = "Postage",
                           .quantity = 1,
                           .unit_price = Money(390, 2, pounds),
                           .stocked = false});
    bool regretted = random->below(16) == 0;
    if (random->below(20) == 0) order.payment_method = "sim_decline";
    if (needs_a_person(number)) {
        order.payment_method = number == demo_unanswered ? "sim_silent" : "card";
        if (number == demo_refused) order.shipping_method = "sim_refused";
        if (number == demo_lost) order.shipping_method = "sim_lost";
        regretted = false;
    }
    return {.id = order.order, .body = encode(order), .key = order.order, .regretted = regretted};
}

std::vector<DemoReceipt> demo_more_stock(std::uint64_t number) {
    std::vector<DemoReceipt> receipts;
    if (number % restock_every != 0) return receipts;
    for (const Goods& each : goods)
        if (each.first_stock == plenty) receipts.push_back(receipt_of(each, plenty / 5, number));
    return receipts;
}

}  // namespace tally
