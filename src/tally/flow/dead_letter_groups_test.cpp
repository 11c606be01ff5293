// Goal: acting on many dead letters is acting on each of them, and the answer says exactly for which it was asked.
#include <gmock/gmock.h>

#include "tally/flow/consumer_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally::shelves {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string id_of(Position position) { return dead_letter_key("stock", "products.events", position); }

bool until_left(Instance& instance, std::size_t count) {
    return instance.world.simulation.run_until([&] { return instance.status().parked == count; }, 1min);
}

/// Parks one letter for each of `numbers`, in that order.
std::vector<DeadLetter> park(World& world, const std::vector<std::int64_t>& numbers) {
    for (const std::int64_t number : numbers) {
        world.publish("sku" + std::to_string(number), number);
        world.poisonous.insert(number);
    }
    Instance instance(world);
    EXPECT_TRUE(instance.settle());
    return world.letters();
}

DeadLetter letter(Position position, Timestamp parked_at = {}) {
    DeadLetter made;
    made.consumer = "stock";
    made.topic = "products.events";
    made.position = position;
    made.type = "Ordered";
    made.key = "key" + std::to_string(position);
    made.error_code = 102;
    made.parked_at = parked_at;
    return made;
}

void write(World& world, const std::vector<DeadLetter>& letters) {
    Changes changes;
    for (const DeadLetter& each : letters)
        changes.documents.push_back({document_key<DeadLetter>(key_of(each)), ExpectedDocument::absent(), put_of(each)});
    ASSERT_TRUE(world.run(world.stock->commit(std::move(changes))));
}

TEST(DeadLetterGroups, a_filter_fits_by_everything_that_it_says) {
    const Timestamp noon = parse_timestamp("2011-12-09T12:00:00Z").value();
    const DeadLetter five = letter(5, noon);
    const std::vector<std::pair<DeadLetterFilter, bool>> cases{
        {{}, true},
        {{.consumer = "stock", .topic = "products.events", .type = "Ordered", .key = "key5", .error_code = 102}, true},
        {{.consumer = "stoc"}, false},
        {{.topic = "orders.events"}, false},
        {{.type = "Order"}, false},
        {{.key = "key"}, false},
        {{.error_code = 101}, false},
        {{.type = "Ordered", .key = "key6"}, false},
        {{.topic = "products.events", .from_position = 5, .to_position = 5}, true},
        {{.topic = "products.events", .from_position = 6}, false},
        {{.topic = "products.events", .to_position = 4}, false},
        {{.parked_since = noon, .parked_until = noon + 1us}, true},
        {{.parked_since = noon + 1us}, false},
        {{.parked_until = noon}, false}};
    for (std::size_t i = 0; i < cases.size(); ++i) EXPECT_EQ(cases[i].first.fits(five), cases[i].second) << i;
}

TEST(DeadLetterGroups, a_list_holds_what_fits_and_nothing_else) {
    World world(1);
    std::vector<DeadLetter> all;
    for (const Position position : {1U, 2U, 9U, 10U, 11U, 100U}) all.push_back(letter(position));
    DeadLetter other = letter(10);
    other.consumer = "stock0";
    DeadLetter elsewhere = letter(10);
    elsewhere.topic = "products.events0";
    DeadLetter last = letter(std::numeric_limits<std::int64_t>::max());
    all.insert(all.end(), {other, elsewhere, last});
    write(world, all);
    DeadLetters letters(*world.stock);
    const std::vector<DeadLetterFilter> filters{
        {},
        {.consumer = "stock"},
        {.consumer = "stock", .topic = "products.events"},
        {.topic = "products.events", .from_position = 2, .to_position = 10},
        {.consumer = "stock", .topic = "products.events", .from_position = 2, .to_position = 10},
        {.consumer = "stock", .topic = "products.events", .from_position = 11},
        {.consumer = "stock", .topic = "products.events", .to_position = 9},
        {.consumer = "stock", .topic = "products.events", .to_position = std::numeric_limits<Position>::max()},
        {.consumer = "nobody"}};
    for (std::size_t i = 0; i < filters.size(); ++i) {
        std::set<std::string> expected;
        for (const DeadLetter& each : all)
            if (filters[i].fits(each)) expected.insert(key_of(each));
        std::set<std::string> listed;
        const auto page = world.run(letters.list(filters[i], 100));
        ASSERT_TRUE(page) << page.error().text;
        for (const DeadLetter& each : page->items) listed.insert(key_of(each));
        EXPECT_EQ(listed, expected) << i;
    }
    EXPECT_EQ(world.run(letters.list({.from_position = 1})).error().code, ErrorCode::invalid);
    EXPECT_EQ(world.run(letters.list({.topic = "t", .from_position = 2, .to_position = 1})).error().code,
              ErrorCode::invalid);
}

TEST(DeadLetterGroups, only_what_fits_is_redriven) {
    TALLY_COVERS("A03.2", "A19.5");
    World world(2);
    const auto parked = park(world, {1, 2, 3, 4});
    ASSERT_EQ(parked.size(), 4U);
    world.poisonous.clear();
    DeadLetters letters(*world.stock);
    const auto told = world.run(letters.redrive_all(
        {.topic = "products.events", .from_position = parked[1].position, .to_position = parked[2].position},
        "mended"));
    EXPECT_FALSE(told.failure);
    EXPECT_EQ(told.asked, 2U);
    EXPECT_EQ(told.already + told.queued, 0U);
    EXPECT_THAT(told.refused, IsEmpty());
    EXPECT_THAT(told.next, IsEmpty());
    Instance instance(world);
    ASSERT_TRUE(until_left(instance, 2));
    EXPECT_THAT(world.taken(), ElementsAre(std::pair("sku2", std::vector<std::int64_t>{2}),
                                           std::pair("sku3", std::vector<std::int64_t>{3})));
}

TEST(DeadLetterGroups, the_answer_counts_everything_that_fits_once) {
    World world(3);
    const Position first = world.publish("bad", 1);
    world.publish("bad", 2);
    world.publish("bad", 3);
    const Position skipped = world.publish("worse", 4);
    const Position asked = world.publish("other", 5);
    world.publish("new", 6);
    world.poisonous = {1, 4, 5, 6};
    {
        Instance instance(world);
        ASSERT_TRUE(instance.settle());
    }
    DeadLetters letters(*world.stock);
    ASSERT_TRUE(world.run(letters.skip(id_of(skipped), "by somebody")));
    ASSERT_TRUE(world.run(letters.redrive(id_of(asked), "before")));
    const auto told = world.run(letters.redrive_all({}, "all"));
    EXPECT_EQ(told.asked, 2U);
    EXPECT_EQ(told.already, 1U);
    EXPECT_EQ(told.queued, 2U);
    ASSERT_EQ(told.refused.size(), 1U);
    EXPECT_EQ(told.refused[0].id, id_of(skipped));
    EXPECT_THAT(told.refused[0].detail, HasSubstr("already"));
    EXPECT_EQ(world.run(letters.show(id_of(first)))->note, "all");
    EXPECT_EQ(world.run(letters.show(id_of(asked)))->note, "before");
    const auto again = world.run(letters.redrive_all({}, "again"));
    EXPECT_EQ(again.asked, 0U);
    EXPECT_EQ(again.already, 3U);
}

TEST(DeadLetterGroups, a_letter_that_changes_meanwhile_is_refused_and_the_others_are_not) {
    World world(4);
    (void)park(world, {1, 2, 3});
    FrontStore front(*world.stock);
    front.before_commit = [&]() -> Task<void> {
        front.before_commit = nullptr;
        (void)co_await DeadLetters(*world.stock).skip(id_of(2), "faster");
    };
    const auto told = world.run(DeadLetters(front).redrive_all({}, "slower"));
    EXPECT_EQ(told.asked, 2U);
    ASSERT_EQ(told.refused.size(), 1U);
    EXPECT_EQ(told.refused[0].id, id_of(2));
    EXPECT_EQ(world.letters()[1].state, DeadLetterState::skipping);
    EXPECT_EQ(world.letters()[2].state, DeadLetterState::redriving);
}

TEST(DeadLetterGroups, a_big_group_is_asked_for_by_pages_and_what_was_asked_before_a_failure_is_said) {
    TALLY_COVERS("I18");
    World world(5);
    std::vector<DeadLetter> many;
    for (Position position = 1; position <= 2'350; ++position) many.push_back(letter(position));
    write(world, many);
    FrontStore front(*world.stock);
    DeadLetters letters(front);
    const auto first = world.run(letters.redrive_all({}, "a"));
    EXPECT_EQ(first.asked, DeadLetters::letters_of_a_request);
    EXPECT_EQ(front.commits(), 10);
    ASSERT_FALSE(first.next.empty());

    // The fourth page from here on is not answered by the store.
    int commits = 0;
    front.before_commit = [&]() -> Task<void> {
        if (++commits == 3) front.refuse_commits = 1;
        co_return;
    };
    const auto broken = world.run(letters.redrive_all({}, "a", first.next));
    ASSERT_TRUE(broken.failure);
    EXPECT_EQ(broken.failure->code, ErrorCode::unavailable);
    EXPECT_EQ(broken.asked, 300U);
    const auto page = world.run(letters.list({}, 10'000));
    EXPECT_EQ(std::ranges::count(page->items, DeadLetterState::redriving, &DeadLetter::state), 1'300);

    const auto rest = world.run(letters.redrive_all({}, "a", broken.next));
    EXPECT_EQ(rest.asked, 1'000U);
    const auto end = world.run(letters.redrive_all({}, "a", rest.next));
    EXPECT_EQ(end.asked, 50U);
    EXPECT_THAT(end.next, IsEmpty());
    const auto another = world.run(letters.redrive_all({.consumer = "stock"}, "a", first.next));
    EXPECT_EQ(another.failure->code, ErrorCode::invalid);  // `next` of another filter
}

TEST(DeadLetterGroups, more_requests_than_one_look_takes_are_done_without_waiting_for_the_next_poll) {
    TALLY_COVERS("I16");
    World world(6);
    std::vector<std::int64_t> numbers;
    for (std::int64_t number = 1; number <= 250; ++number) numbers.push_back(number);
    ASSERT_EQ(park(world, numbers).size(), 250U);
    world.poisonous.clear();
    const auto told = world.run(DeadLetters(*world.stock).redrive_all({.consumer = "stock"}, ""));
    EXPECT_EQ(told.asked, 250U);
    ConsumerOptions options;
    options.poll = 1min;
    Instance instance(world, options);
    ASSERT_TRUE(world.simulation.run_until([&] { return instance.settled() && instance.status().parked == 0; }, 30s));
    world.expect_each_once();
}

/// What an operator and the rest of the world see.
struct Seen {
    std::map<std::string, std::vector<std::int64_t>> taken;
    std::map<std::string, std::vector<std::int64_t>> ledgers;
    std::vector<std::tuple<Position, DeadLetterState, int>> letters;
    friend bool operator==(const Seen&, const Seen&) = default;
};

/// Some keys with some poison, part of which is mended; then `act`, until nothing is asked for any more.
Seen after(std::uint64_t seed, const std::function<void(World&, DeadLetters&)>& act) {
    World world(seed);
    Random& random = world.simulation.random();
    for (std::int64_t number = 1; number <= 40; ++number) {
        world.publish("sku" + std::to_string(random.below(8)), number);
        if (random.below(3) == 0) world.poisonous.insert(number);
    }
    Instance instance(world);
    EXPECT_TRUE(instance.settle());
    std::erase_if(world.poisonous, [](std::int64_t number) { return number % 3 != 0; });
    DeadLetters letters(*world.stock);
    act(world, letters);
    instance.runner.poke();
    const auto is_asked = [](const DeadLetter& each) {
        return each.state != DeadLetterState::poisoned && each.state != DeadLetterState::queued;
    };
    for (int i = 0; i < 100 && std::ranges::any_of(world.letters(), is_asked); ++i)
        world.simulation.run_until([] { return false; }, 1s);
    Seen seen{.taken = world.taken(), .ledgers = world.ledgers(), .letters = {}};
    for (const DeadLetter& each : world.letters()) seen.letters.emplace_back(each.position, each.state, each.attempts);
    return seen;
}

TEST(DeadLetterGroups, acting_on_a_group_equals_acting_on_each_alone) {
    TALLY_COVERS("I4", "I16");
    std::size_t redriven = 0;
    std::size_t left = 0;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        SCOPED_TRACE(seed);
        const auto together = after(seed, [](World& world, DeadLetters& letters) {
            EXPECT_FALSE(world.run(letters.redrive_all({}, "")).failure);
        });
        const auto alone = after(seed, [](World& world, DeadLetters& letters) {
            for (const DeadLetter& each : world.letters())
                if (each.state == DeadLetterState::poisoned) {
                    EXPECT_TRUE(world.run(letters.redrive(key_of(each), "")));
                }
        });
        EXPECT_EQ(together, alone);
        const auto untouched = after(seed, [](World&, DeadLetters&) {});
        redriven += together.letters.size() < untouched.letters.size() ? 1 : 0;
        left += together.letters.size();

        const auto skipped_together = after(seed, [](World& world, DeadLetters& letters) {
            EXPECT_FALSE(world.run(letters.skip_all({.consumer = "stock"}, "")).failure);
        });
        const auto skipped_alone = after(seed, [](World& world, DeadLetters& letters) {
            for (const DeadLetter& each : world.letters())
                if (each.state == DeadLetterState::poisoned) {
                    EXPECT_TRUE(world.run(letters.skip(key_of(each), "")));
                }
        });
        EXPECT_EQ(skipped_together, skipped_alone);
    }
    EXPECT_GT(redriven, 20U);
    EXPECT_GT(left, 20U);
}

}  // namespace
}  // namespace tally::shelves
