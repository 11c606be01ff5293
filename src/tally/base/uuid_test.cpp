#include "tally/base/uuid.hpp"

#include <set>
#include <string>
#include <unordered_set>

#include <gtest/gtest.h>

namespace tally {
namespace {

using namespace std::chrono_literals;

class SteppedClock final : public Clock {
public:
    Timestamp at{};
    Timestamp now() const override { return at; }
    Instant instant() const override { return {}; }
    Task<void> sleep_until(Instant) override { co_return; }
};

std::uint64_t milliseconds_of(const Uuid& id) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 6; ++i) number = number << 8 | id.bytes[i];
    return number;
}

class UuidGeneration : public ::testing::Test {
protected:
    SteppedClock clock;
    std::unique_ptr<Random> random = create_seeded_random(1);
    UuidGenerator generator{clock, *random};
};

TEST_F(UuidGeneration, has_the_layout_of_version_7) {
    clock.at = parse_timestamp("2022-02-22T19:22:22.000999Z").value();  // the example of RFC 9562, A.6
    for (int i = 0; i < 100; ++i) {
        const Uuid id = generator.next();
        EXPECT_EQ(milliseconds_of(id), 0x017F22E279B0U);
        EXPECT_EQ(id.bytes[6] >> 4, 7);
        EXPECT_EQ(id.bytes[8] >> 6, 2);
        EXPECT_EQ(id.text().substr(0, 15), "017f22e2-79b0-7");
    }
}

TEST_F(UuidGeneration, rises_strictly_whatever_the_clock_does) {
    clock.at = parse_timestamp("2011-06-01T00:00:00Z").value();
    Uuid last;
    for (int i = 0; i < 200'000; ++i) {
        const auto draw = random->below(100);
        if (draw < 5) clock.at += Duration(random->below(3'000));
        if (draw == 99) clock.at -= Duration(random->below(2'000'000));
        const Uuid id = generator.next();
        ASSERT_LT(last, id) << i;
        ASSERT_LT(last.text(), id.text());
        last = id;
    }
}

TEST_F(UuidGeneration, borrows_from_the_next_millisecond_when_one_is_full) {
    class Ones final : public Random {
    public:
        std::uint64_t next() override { return UINT64_MAX; }
    } ones;
    UuidGenerator full(clock, ones);
    clock.at = Timestamp(5ms);
    const Uuid last_of_its_millisecond = full.next();
    const Uuid first_of_the_next = full.next();
    EXPECT_EQ(milliseconds_of(last_of_its_millisecond), 5U);
    EXPECT_EQ(milliseconds_of(first_of_the_next), 6U);
    EXPECT_LT(first_of_the_next, full.next());
    clock.at = Timestamp(6ms);  // lived through already
    EXPECT_LT(first_of_the_next, full.next());
}

TEST_F(UuidGeneration, survives_a_clock_before_1970) {
    clock.at = Timestamp(-1s);
    const Uuid first = generator.next();
    EXPECT_EQ(milliseconds_of(first), 0U);
    EXPECT_LT(first, generator.next());
}

TEST(UuidText, round_trips) {
    const auto random = create_seeded_random(2);
    for (int i = 0; i < 1000; ++i) {
        Uuid id;
        random->fill(id.bytes);
        ASSERT_EQ(Uuid::parse(id.text()), id);
        std::string upper = id.text();
        for (char& c : upper) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
        ASSERT_EQ(Uuid::parse(upper), id);
    }
    EXPECT_EQ(Uuid().text(), "00000000-0000-0000-0000-000000000000");
    EXPECT_TRUE(Uuid().is_nil());
}

TEST(UuidText, is_strict) {
    for (const std::string bad : {"", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
                                  "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
                                  "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e2_79b0-7cc3-98c4-dc0c0c07398f",
                                  "017f22e-279b0-7cc3-98c4-dc0c0c07398f", " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
                                  "+17f22e2-79b0-7cc3-98c4-dc0c0c07398f"}) {
        const auto id = Uuid::parse(bad);
        ASSERT_FALSE(id) << bad;
        EXPECT_EQ(id.error().code, ErrorCode::invalid);
    }
}

TEST(Derive, is_the_same_for_ever) {
    // Computed with Python's hashlib; stored events depend on it.
    const Uuid cause = Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f").value();
    EXPECT_EQ(derive(cause, "orders", 0).text(), "017f22e2-79b0-8206-bb93-cc49c5cc8a2d");
    EXPECT_EQ(derive(cause, "orders", 1).text(), "017f22e2-79b0-84a7-86cc-4139f34527ae");
}

TEST(Derive, depends_on_everything) {
    const Uuid cause = Uuid::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f").value();
    std::unordered_set<Uuid> ids;
    for (std::uint32_t ordinal = 0; ordinal < 100; ++ordinal)
        for (const std::string consumer : {"", "orders", "order", "payments"})
            ids.insert(derive(cause, consumer, ordinal));
    ids.insert(derive(derive(cause, "orders", 0), "orders", 0));
    EXPECT_EQ(ids.size(), 401U);
    for (const Uuid& id : ids) {
        EXPECT_EQ(milliseconds_of(id), milliseconds_of(cause));
        EXPECT_EQ(id.bytes[6] >> 4, 8);
        EXPECT_EQ(id.bytes[8] >> 6, 2);
    }
}

}  // namespace
}  // namespace tally
