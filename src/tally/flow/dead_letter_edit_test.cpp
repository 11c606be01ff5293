// Goal: an event that was parked for its data is handled with other data, as if it had had them, and the log says so.
#include "tally/flow/dead_letter_edit.hpp"

#include <gmock/gmock.h>

#include "tally/flow/consumer_test_kit.hpp"
#include "tally/testing/covers.hpp"

namespace tally::shelves {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Addressed {
    std::string order;
    Personal<std::string> address;
    std::optional<Personal<std::string>> phone;
};
BOOST_DESCRIBE_STRUCT(Addressed, (), (order, address, phone))
TALLY_EVENT(Addressed, "Addressed", 2, published)
/// The first version called the order a purchase.
std::vector<Upcaster> tally_upcasters(const Addressed*) {
    return {[](boost::json::object old) -> Result<boost::json::object> {
        if (!old.contains("purchase")) return fail(ErrorCode::invalid, "there is no purchase");
        old["order"] = old["purchase"];
        old.erase("purchase");
        return old;
    }};
}

/// An event with that data after a patch.
template <EventStruct E>
std::expected<EditedData, EditedData::Failure> patched(std::string_view data, std::string_view patch,
                                                       int schema = event_type<E>.schema) {
    RecordedEvent event;
    event.type = event_type<E>.name;
    event.schema = schema;
    event.data = data;
    return EditedData::of(describe_event<E>(), event, {std::string(patch)});
}
EditedData ordered(const std::string& sku, std::int64_t number) {
    return patched<Ordered>("{}", encode(Ordered{sku, number})).value();
}
/// What is in the way, as `pointer: code`.
std::vector<std::string> problems_of(const std::expected<EditedData, EditedData::Failure>& data) {
    std::vector<std::string> all;
    if (data) return all;
    for (const Problem& problem : std::get<Problems>(data.error()))
        all.push_back(problem.pointer + ": " + problem.code);
    return all;
}
Sealed seal_of(std::string field) { return {"c2VhbA", "user:ann", {}, std::move(field)}; }
const Addressed addressed{"1", seal_of("/address"), seal_of("/phone")};

bool until_left(Instance& instance, std::size_t count) {
    return instance.world.simulation.run_until([&] { return instance.status().parked == count; }, 1min);
}

class EditedDeadLetter : public ::testing::Test {
protected:
    World world{1};
    UuidGenerator ids{world.simulation.clock(), world.simulation.random()};

    Session operators() {
        return {*world.stock,
                {.correlation = "request", .event = {}, .actor = "user:ann", .traceparent = {}},
                {.make_id = ids_of_command(ids), .now = world.simulation.clock().now()}};
    }
    Result<DeadLetter> edit(const DeadLetter& letter, EditedData data, std::string reason = "a typing error") {
        return world.run(
            DeadLetters(*world.stock).redrive_edited(operators(), key_of(letter), std::move(data), std::move(reason)));
    }
    /// `bad` has the numbers 1, which is poisonous, and 2 behind it.
    DeadLetter park() {
        world.publish("bad", 1);
        world.publish("bad", 2);
        world.poisonous = {1};
        Instance instance(world);
        EXPECT_TRUE(instance.settle());
        return world.letters().at(0);
    }
    std::vector<std::pair<Envelope, DeadLetterEdited>> edits() {
        std::vector<std::pair<Envelope, DeadLetterEdited>> all;
        const auto log = world.run(world.stock->read(LogRead{.limit = 10'000}));
        for (const RecordedEvent& event : *log)
            if (event.type == "DeadLetterEdited")
                all.emplace_back(event.envelope(), decode_event<DeadLetterEdited>(event).value());
        return all;
    }
};

TEST_F(EditedDeadLetter, is_handled_with_the_new_data_under_its_own_envelope) {
    TALLY_COVERS("A03.2", "I3");
    const DeadLetter parked = park();
    const auto asked = edit(parked, ordered("bad", 7));
    ASSERT_TRUE(asked) << asked.error().text;
    EXPECT_EQ(asked->state, DeadLetterState::redriving);
    EXPECT_EQ(asked->note, "user:ann: a typing error");
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    ASSERT_TRUE(until_left(instance, 0));
    EXPECT_THAT(world.taken()["bad"], ElementsAre(7, 2));
    EXPECT_THAT(world.ledgers()["bad"], ElementsAre(7, 2));

    const auto original = world.run(world.publisher->read(LogRead{}));
    EXPECT_EQ(original->begin()->data, encode(Ordered{"bad", 1}));
    const auto log = world.run(world.stock->read(StreamRead{.stream = "shelf-bad"}));
    EXPECT_EQ(log->begin()->causation, parked.event);
    EXPECT_EQ(log->begin()->id, derive(parked.event, "stock", 0));
    EXPECT_EQ(log->begin()->correlation, parked.correlation);
}

TEST_F(EditedDeadLetter, the_log_links_the_edit_to_the_event) {
    TALLY_COVERS("A08.4");
    const DeadLetter parked = park();
    const auto asked = edit(parked, ordered("bad", 7));
    const auto recorded = edits();
    ASSERT_THAT(recorded, SizeIs(1));
    const auto& [envelope, edited] = recorded[0];
    EXPECT_EQ(envelope.id, asked->edit->recorded);
    EXPECT_EQ(envelope.causation, parked.event);
    EXPECT_EQ(envelope.correlation, parked.correlation);
    EXPECT_EQ(envelope.actor, "user:ann");
    EXPECT_EQ(envelope.key, "bad");
    EXPECT_EQ(edited.consumer, "stock");
    EXPECT_EQ(edited.topic, "products.events");
    EXPECT_EQ(edited.position, parked.position);
    EXPECT_EQ(edited.event, parked.event);
    EXPECT_EQ(edited.type, "Ordered");
    EXPECT_EQ(edited.schema, 1);
    EXPECT_EQ(edited.data.text, encode(Ordered{"bad", 7}));
    EXPECT_EQ(edited.reason, "a typing error");
    const auto stream = world.run(world.stock->read(StreamRead{.stream = "dead-letter-" + key_of(parked)}));
    EXPECT_EQ(stream->size(), 1U);
    EXPECT_EQ(stream->begin()->shard, RecordedEvent::no_shard);
}

TEST_F(EditedDeadLetter, what_fails_again_shows_the_data_that_it_was_tried_with_and_keeps_it) {
    const DeadLetter parked = park();
    world.poisonous = {1, 7};
    ASSERT_TRUE(edit(parked, ordered("bad", 7)));
    Instance instance(world);
    const auto is_poisoned = [&] { return world.letters().at(0).attempts == 6; };
    for (int i = 0; i < 100 && !is_poisoned(); ++i) world.simulation.run_until([] { return false; }, 100ms);
    const DeadLetter again = world.letters().at(0);
    EXPECT_EQ(again.state, DeadLetterState::poisoned);
    EXPECT_EQ(again.error, "poison at 7");
    ASSERT_TRUE(again.edit);
    EXPECT_EQ(again.edit->data.text, encode(Ordered{"bad", 7}));

    // Redriven as it is, it is tried with the edited data; edited again, with those.
    ASSERT_TRUE(world.run(DeadLetters(*world.stock).redrive(key_of(parked), "")));
    instance.runner.poke();
    for (int i = 0; i < 100 && world.letters().at(0).attempts < 7; ++i)
        world.simulation.run_until([] { return false; }, 100ms);
    EXPECT_EQ(world.tried.back(), 7);
    ASSERT_TRUE(edit(parked, ordered("bad", 8)));
    instance.runner.poke();
    ASSERT_TRUE(until_left(instance, 0));
    EXPECT_THAT(world.taken()["bad"], ElementsAre(8, 2));
    EXPECT_THAT(edits(), SizeIs(2));
}

TEST_F(EditedDeadLetter, an_edited_one_can_be_skipped) {
    const DeadLetter parked = park();
    world.poisonous = {7};
    ASSERT_TRUE(edit(parked, ordered("bad", 7)));
    Instance instance(world);
    world.simulation.run_until([] { return false; }, 5s);
    ASSERT_TRUE(world.run(DeadLetters(*world.stock).skip(key_of(parked), "given up")));
    instance.runner.poke();
    ASSERT_TRUE(until_left(instance, 0));
    EXPECT_THAT(world.taken()["bad"], ElementsAre(2));
}

TEST(EditedData, is_the_data_after_a_merge_patch) {
    const auto after = [](std::string_view patch) {
        return patched<Ordered>(R"({"sku":"a","number":1,"later":true})", patch)->edit().data.text;
    };
    EXPECT_EQ(after("{}"), R"({"sku":"a","number":1})");
    EXPECT_EQ(after(R"({"number":2})"), R"({"sku":"a","number":2})");
    EXPECT_EQ(after(R"({"number":3,"sku":"b"})"), R"({"sku":"b","number":3})");
}

TEST(EditedData, of_what_cannot_be_read_keeps_what_is_there) {
    EXPECT_EQ(patched<Ordered>(R"({"number":1})", R"({"sku":"a"})")->edit().data.text, R"({"sku":"a","number":1})");
    for (const char* unreadable : {"", "[1]", "null", "{\"sku\":"}) {
        EXPECT_TRUE(patched<Ordered>(unreadable, R"({"sku":"a","number":1})")) << unreadable;
        EXPECT_FALSE(patched<Ordered>(unreadable, R"({"sku":"a"})")) << unreadable;
    }
}

TEST(EditedData, is_in_the_current_version) {
    const std::string address = encode(addressed.address);
    const auto data = patched<Addressed>(R"({"purchase":"1","address":)" + address + "}", R"({"order":"2"})", 1);
    EXPECT_EQ(data->edit().schema, 2);
    EXPECT_EQ(data->edit().data.text, R"({"order":"2","address":)" + address + "}");
    // The upcaster refuses it: everything has to be brought.
    EXPECT_THAT(problems_of(patched<Addressed>(R"({"address":null})", R"({"order":"2"})", 1)),
                ElementsAre("/address: missing"));
    EXPECT_EQ(std::get<Error>(patched<Addressed>("{}", "{}", 3).error()).code, ErrorCode::unsupported);
}

TEST(EditedData, that_the_type_does_not_take_is_refused_with_its_places) {
    const auto places = [](std::string_view patch) {
        return problems_of(patched<Ordered>(R"({"sku":"a","number":1})", patch));
    };
    EXPECT_THAT(places(R"({"number":2})"), IsEmpty());
    EXPECT_THAT(places(R"({"sku":1,"number":null})"), ElementsAre("/sku: type", "/number: missing"));
    EXPECT_THAT(places(R"({"more":2})"), ElementsAre("/more: unknown_field"));
    EXPECT_THAT(places("[]"), ElementsAre(": type"));
    EXPECT_THAT(places("{"), ElementsAre(": syntax"));
}

TEST(EditedData, keeps_the_seals_of_the_event_and_takes_nothing_plain) {
    const std::string data = encode(addressed);
    const auto after = [&](const std::string& patch) { return patched<Addressed>(data, patch); };
    EXPECT_EQ(after(R"({"order":"2"})")->edit().data.text, encode(Addressed{"2", addressed.address, addressed.phone}));
    EXPECT_EQ(after(R"({"phone":null})")->edit().data.text, encode(Addressed{"1", addressed.address, {}}));
    EXPECT_EQ(after(R"({"phone":)" + encode(addressed.address) + "}")->edit().data.text,
              encode(Addressed{"1", addressed.address, addressed.address}));

    EXPECT_THAT(problems_of(after(R"({"address":"1 Way"})")), ElementsAre("/address: type"));
    EXPECT_THAT(problems_of(after(R"({"address":{"sealed":"1 Way"}})")), ElementsAre("/address: value"));
    EXPECT_THAT(problems_of(after(R"({"address":{"street":"1 Way"}})")), ElementsAre("/address/street: unknown_field"));
    EXPECT_THAT(problems_of(after(R"({"phone":)" + encode(Personal<std::string>(seal_of("/other"))) + "}")),
                ElementsAre("/phone: value"));
}

TEST_F(EditedDeadLetter, is_refused_where_it_makes_no_sense) {
    const DeadLetter parked = park();
    const DeadLetter queued = world.letters().at(1);
    EXPECT_EQ(edit(queued, ordered("bad", 7)).error().code, ErrorCode::rejected);
    const auto other = patched<Counted>("{}", R"({"number":1})").value();
    EXPECT_EQ(edit(parked, other).error().code, ErrorCode::invalid);
    DeadLetter none = parked;
    none.position = 99;
    EXPECT_EQ(edit(none, ordered("bad", 7)).error().code, ErrorCode::not_found);
    EXPECT_THAT(edits(), IsEmpty());

    ASSERT_TRUE(edit(parked, ordered("bad", 7)));
    EXPECT_TRUE(edit(parked, ordered("bad", 7)));  // asked before
    EXPECT_EQ(edit(parked, ordered("bad", 8)).error().code, ErrorCode::conflict);
    EXPECT_THAT(edits(), SizeIs(1));
}

TEST_F(EditedDeadLetter, a_dry_run_tries_the_new_data_and_records_nothing) {
    DeadLetter parked = park();
    Instance instance(world);
    ASSERT_TRUE(instance.settle());
    ASSERT_TRUE(ask_for(parked, DeadLetterState::redriving, ""));
    EXPECT_EQ(world.run(instance.runner.dry_run(parked, 10))->letters[0].outcome, DryRunOutcome::failed);
    parked.edit = ordered("bad", 7).edit();
    EXPECT_EQ(world.run(instance.runner.dry_run(parked, 10))->letters[0].outcome, DryRunOutcome::handled);
    EXPECT_THAT(edits(), IsEmpty());
    EXPECT_FALSE(world.letters().at(0).edit);
}

TEST_F(EditedDeadLetter, an_instance_that_holds_the_key_for_parked_is_fenced_by_the_edited_redrive) {
    TALLY_COVERS("I4", "F31");
    const DeadLetter parked = park();
    Instance one(world);
    ConsumerOptions idle;
    idle.poll = std::chrono::hours(1);
    Instance other(world, idle);
    ASSERT_TRUE(world.simulation.run_until([&] { return one.settled() && other.settled(); }, 1min));
    ASSERT_TRUE(edit(parked, ordered("bad", 7)));
    one.runner.poke();
    ASSERT_TRUE(until_left(one, 0));
    one.kill();
    EXPECT_EQ(other.status().parked, 2U);
    world.publish("bad", 3);
    ASSERT_TRUE(other.settle());
    ASSERT_TRUE(world.simulation.run_until([&] { return world.taken()["bad"].size() == 3; }, 1min));
    EXPECT_EQ(other.status().fenced, 1U);
    EXPECT_THAT(world.taken()["bad"], ElementsAre(7, 2, 3));
    EXPECT_THAT(world.ledgers()["bad"], ElementsAre(7, 2, 3));
    EXPECT_THAT(world.letters(), IsEmpty());
    EXPECT_THAT(edits(), SizeIs(1));
}

TEST_F(EditedDeadLetter, of_two_operators_one_edits) {
    const DeadLetter parked = park();
    FrontStore front(*world.stock);
    front.before_commit = [&]() -> Task<void> {
        front.before_commit = nullptr;
        (void)co_await DeadLetters(*world.stock).redrive_edited(operators(), key_of(parked), ordered("bad", 7), "one");
    };
    Session slower(front, {.correlation = "c", .event = {}, .actor = "user:bob", .traceparent = {}},
                   {.make_id = ids_of_command(ids), .now = world.simulation.clock().now()});
    const auto refused =
        world.run(DeadLetters(front).redrive_edited(std::move(slower), key_of(parked), ordered("bad", 8), "other"));
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    ASSERT_THAT(edits(), SizeIs(1));
    EXPECT_EQ(edits()[0].second.reason, "one");
    EXPECT_EQ(world.letters().at(0).edit->data.text, encode(Ordered{"bad", 7}));
}

}  // namespace
}  // namespace tally::shelves
