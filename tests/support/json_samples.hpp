#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "tally/base/money.hpp"
#include "tally/base/strong_id.hpp"
#include "tally/base/uuid.hpp"
#include "tally/event/codec.hpp"

/// Types that together have every JsonKind.
namespace tally::samples {

using SkuId = Id<struct SkuTag>;

/// 1 to 1,000.
class Quantity {
public:
    Quantity() = default;
    static constexpr std::int64_t least = 1;
    static constexpr std::int64_t most = 1'000;
    [[nodiscard]] static Result<Quantity> of(std::int64_t number) {
        if (number < least || number > most) return fail(ErrorCode::invalid, "a quantity is from 1 to 1000");
        Quantity quantity;
        quantity.number_ = number;
        return quantity;
    }
    [[nodiscard]] std::int64_t value() const { return number_; }
    friend bool operator==(const Quantity&, const Quantity&) = default;

private:
    std::int64_t number_ = 1;
};

BOOST_DEFINE_ENUM_CLASS(Colour, red, green, dark_blue)

struct Line {
    SkuId sku = SkuId::trusted("sku");
    Quantity quantity;
    Money price;
    std::optional<std::string> note;
    friend bool operator==(const Line&, const Line&) = default;
};
BOOST_DESCRIBE_STRUCT(Line, (), (sku, quantity, price, note))

struct Order {
    std::string customer;
    std::vector<Line> lines;
    friend bool operator==(const Order&, const Order&) = default;
};
BOOST_DESCRIBE_STRUCT(Order, (), (customer, lines))

struct Numbers {
    bool flag = false;
    std::int8_t tiny = 0;
    std::uint8_t byte = 0;
    std::int32_t whole = 0;
    std::uint32_t natural = 0;
    std::int64_t large = 0;
    std::uint64_t largest = 0;
    double real = 0;
    friend bool operator==(const Numbers&, const Numbers&) = default;
};
BOOST_DESCRIBE_STRUCT(Numbers, (), (flag, tiny, byte, whole, natural, large, largest, real))

struct Everything {
    Numbers numbers;
    std::string text;
    Timestamp at{};
    Money money;
    RawJson raw;
    Uuid uuid;
    Currency currency;
    Colour colour = Colour::red;
    std::optional<Colour> maybe_colour;
    std::optional<Line> maybe_line;
    std::optional<double> maybe_real;
    std::vector<Line> lines;
    std::map<std::string, Order> orders;
    std::vector<std::vector<std::int32_t>> matrix;
    std::vector<bool> flags;
    std::vector<std::optional<std::string>> gaps;
    friend bool operator==(const Everything&, const Everything&) = default;
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (numbers, text, at, money, raw, uuid, currency, colour, maybe_colour, maybe_line, maybe_real,
                       lines, orders, matrix, flags, gaps))

/// Holds itself.
struct Tree {
    std::string name;
    std::vector<Tree> children;
    friend bool operator==(const Tree&, const Tree&) = default;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (name, children))

}  // namespace tally::samples
