// Goal: the planner decides like a store so simple that it is plainly right. Method: the model copies its whole state
// for every commit and counts where the planner remembers; random batches over few names make them collide.

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tally/base/random.hpp"
#include "tally/store/planner.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

constexpr int shards = 3;

std::string text(const CommitResult& outcome) {
    if (!outcome) {
        const auto& conflict = std::get<Conflict>(outcome.error());
        return fmt::format("conflict {} {} {}", static_cast<int>(conflict.on), conflict.subject, conflict.actual);
    }
    std::string all = outcome->replayed ? "replayed" : "committed";
    for (const auto& event : outcome->events)
        all += fmt::format(" {}@{}/{}", event.id.text(), event.version, event.position);
    for (const Revision revision : outcome->revisions) all += fmt::format(" r{}", revision);
    return all;
}

struct Model {
    struct Stored {
        EventId id;
        Digest digest;
        std::string stream;
        std::string key;
        bool published;
    };
    std::vector<Stored> log;
    std::map<DocumentKey, Revision> documents;
    Revision revision = 0;

    static Digest digest(const NewEvent& event) {
        const Envelope& e = event.envelope;
        return content_digest(e.type, e.schema, e.key, e.subject, event.data);
    }
    Position position_of(const EventId& id) const {
        for (std::size_t i = 0; i < log.size(); ++i)
            if (log[i].id == id) return i + 1;
        return 0;
    }
    Version version_at(Position position) const {
        Version version = 0;
        for (std::size_t i = 0; i < position; ++i) version += log[i].stream == log[position - 1].stream ? 1 : 0;
        return version;
    }
    Version version_of(const std::string& stream) const {
        return static_cast<Version>(std::ranges::count(log, stream, &Stored::stream));
    }
    Position last_of_shard(int shard, Position before) const {
        while (--before > 0)
            if (log[before - 1].published && shard_of(log[before - 1].key, shards) == shard) return before;
        return 0;
    }

    CommitResult commit(const Changes& changes) {
        std::vector<const NewEvent*> events;
        for (const Append& append : changes.appends)
            for (const NewEvent& event : append.events) events.push_back(&event);
        std::vector<const NewEvent*> known = events;
        std::erase_if(known, [&](const NewEvent* event) { return position_of(event->envelope.id) == 0; });
        for (const NewEvent* event : known) {
            const Position position = position_of(event->envelope.id);
            if (log[position - 1].digest != digest(*event))
                return std::unexpected(Conflict{Conflict::On::event_id, event->envelope.id.text(), position});
        }
        if (!known.empty()) {
            const EventId& id = known[0]->envelope.id;
            if (known.size() < events.size())
                return std::unexpected(Conflict{Conflict::On::event_id, id.text(), position_of(id)});
            return answer(true, events, std::vector<Revision>(changes.documents.size(), 0));
        }
        Model draft = *this;
        for (const Append& append : changes.appends) {
            const Version actual = draft.version_of(append.stream);
            if (!append.expected.holds(actual))
                return std::unexpected(Conflict{Conflict::On::stream, append.stream, actual});
            for (const NewEvent& event : append.events)
                draft.log.push_back({event.envelope.id, digest(event), append.stream, event.envelope.key,
                                     event.visibility == Visibility::published});
        }
        std::vector<Revision> revisions;
        for (const DocumentWrite& write : changes.documents) {
            const Revision actual = documents.contains(write.key) ? documents.at(write.key) : 0;
            if (!write.expected.holds(actual))
                return std::unexpected(
                    Conflict{Conflict::On::document, write.key.collection + "/" + write.key.key, actual});
            revisions.push_back(std::holds_alternative<Put>(write.write) ? ++draft.revision : 0);
            if (revisions.back() != 0) draft.documents[write.key] = revisions.back();
            if (std::holds_alternative<Remove>(write.write)) draft.documents.erase(write.key);
        }
        *this = draft;
        return answer(false, events, revisions);
    }

    CommitResult answer(bool replayed, const std::vector<const NewEvent*>& events,
                        std::vector<Revision> revisions) const {
        Committed committed{.replayed = replayed, .events = {}, .revisions = std::move(revisions)};
        for (const NewEvent* event : events) {
            const Position position = position_of(event->envelope.id);
            committed.events.push_back({event->envelope.id, version_at(position), position});
        }
        return committed;
    }

    Heads heads(const Touched& touched) const {
        Heads all;
        for (const EventId& id : touched.events)
            if (const Position position = position_of(id))
                all.events[id] = {position, version_at(position), log[position - 1].digest};
        for (const std::string& stream : touched.streams)
            if (const Version version = version_of(stream)) all.streams[stream] = version;
        for (const DocumentKey& key : touched.documents)
            if (documents.contains(key)) all.documents[key] = documents.at(key);
        all.head = log.size();
        all.revision = revision;
        for (int shard = 0; shard < shards; ++shard) all.shard_heads.push_back(last_of_shard(shard, log.size() + 1));
        return all;
    }
};

/// Random commits whose names, ids and contents are few, so that they meet.
class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_(create_seeded_random(seed)) {}

    std::vector<Changes> batch() {
        std::vector<Changes> all;
        for (std::uint64_t left = 1 + random_->below(8); left > 0; --left) {
            Changes changes = commit();
            if (check(changes)) all.push_back(std::move(changes));
        }
        oldest_id_ += random_->below(6);
        return all;
    }

private:
    Changes commit() {
        Changes changes;
        for (std::uint64_t left = random_->below(4); left > 0; --left) changes.appends.push_back(append());
        for (std::uint64_t left = random_->below(3); left > 0; --left) changes.documents.push_back(document());
        changes.derived = changes.appends.empty() && random_->below(2) == 0;
        return changes;
    }

    Append append() {
        Append made;
        made.stream = "s" + std::to_string(random_->below(3));
        const auto kind = static_cast<ExpectedVersion::Kind>(random_->below(8) < 5 ? 0 : random_->below(4));
        made.expected = {kind, kind == ExpectedVersion::Kind::exactly ? random_->below(12) : 0};
        for (std::uint64_t left = random_->below(3); left > 0; --left) made.events.push_back(event());
        return made;
    }

    NewEvent event() {
        NewEvent made;
        const std::uint64_t id = oldest_id_ + random_->below(12);
        made.envelope.id.bytes[14] = static_cast<std::uint8_t>(id >> 8);
        made.envelope.id.bytes[15] = static_cast<std::uint8_t>(id & 0xFF);
        made.envelope.type = "Tested";
        made.envelope.key = std::to_string(id % 5);
        made.data = random_->below(12) == 0 ? "other" : "same";
        made.visibility = id % 4 == 0 ? Visibility::internal : Visibility::published;
        return made;
    }

    DocumentWrite document() {
        DocumentWrite made;
        made.key = {"c", std::to_string(random_->below(4))};
        const auto kind = static_cast<ExpectedDocument::Kind>(random_->below(8) < 4 ? 0 : random_->below(3));
        made.expected = {kind, kind == ExpectedDocument::Kind::revision_is ? random_->below(20) : 0};
        if (random_->below(3) == 0)
            made.write = Remove{};
        else if (random_->below(3) == 0)
            made.write = Check{};
        return made;
    }

    std::unique_ptr<Random> random_;
    std::uint64_t oldest_id_ = 0;
};

std::string text(const Heads& heads) {
    std::string all = fmt::format("head {} revision {}", heads.head, heads.revision);
    std::map<EventId, Heads::Known> events(heads.events.begin(), heads.events.end());
    for (const auto& [id, known] : events)
        all += fmt::format(" {}@{}/{}/{}", id.text(), known.version, known.position, to_hex(known.digest));
    for (const auto& [stream, version] : std::map(heads.streams.begin(), heads.streams.end()))
        all += fmt::format(" {}:{}", stream, version);
    for (const auto& [key, revision] : heads.documents) all += fmt::format(" {}r{}", key.key, revision);
    for (const Position position : heads.shard_heads) all += fmt::format(" >{}", position);
    return all;
}

void expect_rows(const Plan& planned, const Model& before, const Model& after) {
    ASSERT_EQ(planned.events.size(), after.log.size() - before.log.size());
    for (const PlannedEvent& row : planned.events) {
        const Model::Stored& stored = after.log[row.position - 1];
        EXPECT_EQ(row.event->envelope.id, stored.id);
        EXPECT_EQ(*row.stream, stored.stream);
        EXPECT_EQ(row.digest, stored.digest);
        EXPECT_EQ(row.version, after.version_at(row.position));
        const int shard = stored.published ? shard_of(stored.key, shards) : RecordedEvent::no_shard;
        EXPECT_EQ(row.shard, shard);
        EXPECT_EQ(row.previous, stored.published ? after.last_of_shard(shard, row.position) : 0);
    }
    std::map<DocumentKey, Revision> documents = before.documents;
    for (const PlannedDocument& row : planned.documents) {
        EXPECT_EQ(row.existed, before.documents.contains(*row.key));
        EXPECT_EQ(row.put == nullptr, row.revision == 0);
        if (row.put != nullptr)
            documents[*row.key] = row.revision;
        else
            EXPECT_EQ(documents.erase(*row.key), 1U);
    }
    EXPECT_EQ(documents, after.documents);
}

TEST(PlannerModel, PlannerAndModelAgreeOnEveryBatch) {
    TALLY_COVERS("I2", "I3", "I4", "F30");
    std::map<std::string, int> reached;
    for (std::uint64_t seed = 0; seed < 300 && !::testing::Test::HasFailure(); ++seed) {
        Generator generator(seed);
        Model model;
        for (int round = 0; round < 20; ++round) {
            SCOPED_TRACE(fmt::format("seed {} round {}", seed, round));
            const std::vector<Changes> batch = generator.batch();
            const Model before = model;
            const Touched names = touched(batch);
            const Plan planned = plan(batch, before.heads(names));
            bool flush = false;
            ASSERT_EQ(planned.outcomes.size(), batch.size());
            for (std::size_t i = 0; i < batch.size(); ++i) {
                const std::string expected = text(model.commit(batch[i]));
                ASSERT_EQ(text(planned.outcomes[i]), expected);
                flush = flush || (expected.starts_with("committed") && !batch[i].derived);
                ++reached[expected.starts_with("conflict") ? expected.substr(0, 10)
                                                           : expected.substr(0, expected.find(' '))];
            }
            EXPECT_EQ(planned.flush, flush);
            ASSERT_EQ(text(planned.after), text(model.heads(names)));
            expect_rows(planned, before, model);
        }
    }
    // The batches were such that each outcome happened often.
    for (const std::string outcome : {"committed", "replayed", "conflict 0", "conflict 1", "conflict 2"})
        EXPECT_GT(reached[outcome], 100) << outcome;
}

}  // namespace
}  // namespace tally
