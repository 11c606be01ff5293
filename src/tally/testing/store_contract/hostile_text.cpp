// Data, bodies, keys, names and index values are bytes to a store: none is changed, folded, or taken for another.

#include "tally/testing/hostile_text.hpp"

#include <algorithm>

#include "tally/store/planner.hpp"
#include "tally/testing/store_contract.hpp"
#include "tally/testing/store_contract/sections.hpp"

namespace tally::testing {

void link_hostile_text_section() {}

namespace {

bool may_be_a_name(const HostileText& text) {
    return !text.text.empty() && text.text.find('\0') == std::string::npos && text.text.size() <= max_name_bytes;
}

std::vector<IndexEntry> index_of(const HostileText& text) {
    if (text.text.size() > max_index_value_bytes) return {};
    return {{"i", text.text}};
}

CORO_TEST_P(StoreContract, any_bytes_are_data) {
    const std::vector<HostileText>& texts = hostile_texts();
    for (const HostileText& text : texts)
        co_await test.accept(append("s", ExpectedVersion::any(), {test.event(text.text)}));
    const EventBatch batch = co_await test.read(StreamRead{.stream = "s"});
    EXPECT_EQ(batch.size(), texts.size());
    for (const RecordedEvent& event : batch) EXPECT_EQ(event.data, texts[event.version - 1].text);
}

CORO_TEST_P(StoreContract, any_bytes_are_a_body_and_an_index_value) {
    for (const HostileText& text : hostile_texts())
        co_await test.accept(
            write({"c", std::string(text.name)}, ExpectedDocument::absent(), Put{text.text, index_of(text), {}}));
    for (const HostileText& text : hostile_texts()) {
        EXPECT_EQ((co_await test.get({"c", std::string(text.name)})).value_or(Document{}).body, text.text);
        const DocumentPage page = co_await test.find(
            {.collection = "c", .index = "i", .lower = text.text, .upper = text.text + std::string(1, '\0')});
        EXPECT_EQ(page.documents.size(), index_of(text).size()) << text.name;
        for (const Document& document : page.documents) EXPECT_EQ(document.key.key, text.name);
    }
}

CORO_TEST_P(StoreContract, stream_names_are_told_apart_by_their_bytes) {
    for (const HostileText& text : hostile_texts())
        if (may_be_a_name(text))
            co_await test.accept(append(text.text, ExpectedVersion::none(), {test.event(std::string(text.name))}));
    co_await test.reopen();
    for (const HostileText& text : hostile_texts()) {
        if (!may_be_a_name(text)) continue;
        const EventBatch batch = co_await test.read(StreamRead{.stream = text.text});
        EXPECT_EQ(batch.size(), 1U) << text.name;
        for (const RecordedEvent& event : batch) {
            EXPECT_EQ(event.stream, text.text);
            EXPECT_EQ(event.data, text.name);
        }
    }
}

CORO_TEST_P(StoreContract, texts_of_the_envelope_are_kept) {
    for (const HostileText& text : hostile_texts()) {
        if (!may_be_a_name(text)) continue;
        NewEvent event = test.event();
        for (std::string Envelope::* field : {&Envelope::type, &Envelope::correlation, &Envelope::actor, &Envelope::key,
                                              &Envelope::traceparent, &Envelope::subject})
            event.envelope.*field = text.text;
        co_await test.accept(append("s", ExpectedVersion::any(), {event}));
        const EventBatch batch = co_await test.read(LogRead{.correlation = text.text});
        EXPECT_EQ(batch.size(), 1U) << text.name;
        for (const RecordedEvent& stored : batch) EXPECT_EQ(stored.envelope(), event.envelope) << text.name;
    }
}

CORO_TEST_P(StoreContract, document_names_are_told_apart_by_their_bytes) {
    std::vector<std::string> names;
    for (const HostileText& text : hostile_texts()) {
        if (!may_be_a_name(text)) continue;
        names.push_back(text.text);
        co_await test.accept(write({"c", text.text}, ExpectedDocument::absent(), body(text.text)));
        co_await test.accept(
            write({text.text, "k"}, ExpectedDocument::absent(), Put{text.text, {{text.text, "v"}}, {}}));
    }
    std::ranges::sort(names);
    const DocumentPage all = co_await test.find({.collection = "c", .limit = 1'000});
    std::vector<std::string> found;
    found.reserve(all.documents.size());
    for (const Document& document : all.documents) found.push_back(document.key.key);
    EXPECT_EQ(found, names);
    for (const std::string& name : names) {
        EXPECT_EQ((co_await test.get({"c", name})).value_or(Document{}).body, name);
        EXPECT_EQ((co_await test.get({name, "k"})).value_or(Document{}).body, name);
        EXPECT_EQ((co_await test.find({.collection = name, .index = name})).documents.size(), 1U);
    }
    for (const std::string& name : names) co_await test.accept(write({"c", name}, ExpectedDocument::any(), Remove{}));
    EXPECT_TRUE((co_await test.find({.collection = "c"})).documents.empty());
}

}  // namespace
}  // namespace tally::testing
