#include "tally/base/money.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "tally/base/random.hpp"

namespace tally {
namespace {

const Currency gbp = Currency::parse("GBP").value();
const Currency eur = Currency::parse("EUR").value();

TEST(Currencies, are_three_capital_letters) {
    EXPECT_EQ(gbp.text(), "GBP");
    EXPECT_EQ(Currency().text(), "XXX");
    for (const std::string bad : {"", "GB", "GBPP", "gbp", "GB1", "GB ", "\u00a3"}) EXPECT_FALSE(Currency::parse(bad));
}

TEST(MoneyParsing, reads_decimals_exactly) {
    const std::vector<std::tuple<std::string, int, std::int64_t, std::string>> table{
        {"12.34", 2, 1234, "12.34"},
        {"12.3", 2, 1230, "12.30"},
        {"12", 2, 1200, "12.00"},
        {"0", 0, 0, "0"},
        {"0", 3, 0, "0.000"},
        {"-0.5", 3, -500, "-0.500"},
        {"-0", 2, 0, "0.00"},
        {"007.10", 2, 710, "7.10"},
        {"0.000001", 6, 1, "0.000001"},
        {"9223372036854775807", 0, INT64_MAX, "9223372036854775807"},
        {"-9223372036854775808", 0, INT64_MIN, "-9223372036854775808"},
        {"92233720368547758.07", 2, INT64_MAX, "92233720368547758.07"},
        {"-9223372036854.775808", 6, INT64_MIN, "-9223372036854.775808"},
    };
    for (const auto& [text, scale, units, decimal] : table) {
        const auto money = Money::parse(text, scale, gbp);
        ASSERT_TRUE(money) << text;
        EXPECT_EQ(money->units(), units);
        EXPECT_EQ(money->scale(), scale);
        EXPECT_EQ(money->currency(), gbp);
        EXPECT_EQ(money->decimal(), decimal);
    }
}

TEST(MoneyParsing, refuses_the_rest) {
    for (const std::string bad : {"",
                                  "-",
                                  ".",
                                  "-.",
                                  ".5",
                                  "5.",
                                  "+5",
                                  "5.123",
                                  "1e2",
                                  " 5",
                                  "5 ",
                                  "5,00",
                                  "0x5",
                                  "--5",
                                  "5.0.0",
                                  "5-",
                                  "NaN",
                                  "\u0665",
                                  "9223372036854775808",
                                  "-9223372036854775809",
                                  "92233720368547758.08",
                                  "99999999999999999999"}) {
        const auto money = Money::parse(bad, 2, gbp);
        ASSERT_FALSE(money) << bad;
        EXPECT_EQ(money.error().code, ErrorCode::invalid);
    }
    EXPECT_FALSE(Money::parse("5.0", 0, gbp));
}

TEST(MoneyParsing, gives_back_what_was_printed) {
    const auto random = create_seeded_random(5);
    for (int i = 0; i < 20'000; ++i) {
        const auto scale = static_cast<int>(random->below(Money::max_scale + 1));
        const auto units = static_cast<std::int64_t>(random->next()) >> random->below(64);
        const Money money(units, scale, gbp);
        ASSERT_EQ(Money::parse(money.decimal(), scale, gbp), money) << money.decimal();
    }
}

TEST(MoneyArithmetic, is_exact) {
    const Money a(1234, 2, gbp);
    const Money b(-34, 2, gbp);
    EXPECT_EQ(a.plus(b), Money(1200, 2, gbp));
    EXPECT_EQ(a.minus(b), Money(1268, 2, gbp));
    EXPECT_EQ(a.times(-3), Money(-3702, 2, gbp));
    EXPECT_EQ(a.times(0), Money(0, 2, gbp));
    const auto random = create_seeded_random(6);
    for (int i = 0; i < 10'000; ++i) {
        const Money x(static_cast<std::int64_t>(random->next()) >> 2, 2, gbp);
        const Money y(static_cast<std::int64_t>(random->next()) >> 2, 2, gbp);
        ASSERT_EQ(x.plus(y).value().minus(y), x);
        ASSERT_EQ(x.plus(y), y.plus(x));
    }
}

TEST(MoneyArithmetic, refuses_overflow) {
    const Money most(INT64_MAX, 2, gbp);
    const Money least(INT64_MIN, 2, gbp);
    const Money one(1, 2, gbp);
    EXPECT_FALSE(most.plus(one));
    EXPECT_FALSE(least.minus(one));
    EXPECT_FALSE(Money(0, 2, gbp).minus(least));
    EXPECT_FALSE(least.times(-1));
    EXPECT_FALSE(most.times(2));
    EXPECT_EQ(most.plus(one).error().code, ErrorCode::invalid);
}

TEST(MoneyArithmetic, refuses_another_currency_or_scale) {
    const Money pounds(100, 2, gbp);
    EXPECT_EQ(pounds.plus(Money(100, 2, eur)).error().code, ErrorCode::invalid);
    EXPECT_EQ(pounds.minus(Money(100, 2, eur)).error().code, ErrorCode::invalid);
    EXPECT_EQ(pounds.plus(Money(100, 3, gbp)).error().code, ErrorCode::invalid);
    EXPECT_EQ(pounds.minus(Money(100, 3, gbp)).error().code, ErrorCode::invalid);
}

TEST(MoneyScale, is_bounded) {
    EXPECT_THROW(Money(1, -1, gbp), std::invalid_argument);
    EXPECT_THROW(Money(1, Money::max_scale + 1, gbp), std::invalid_argument);
}

}  // namespace
}  // namespace tally
