#include "tally/flow/session.hpp"

#include <set>
#include <stdexcept>

#include "tally/base/log.hpp"
#include "tally/flow/timer_signal.hpp"

namespace tally {

Session::Session(Store& store, Cause cause, Options options)
    : store_(store), cause_(std::move(cause)), options_(std::move(options)) {}

const Session::Stream& Session::fold_own(const std::string& stream) {
    Stream& known = streams_.at(stream);
    if (!known.current.has_value()) known.current = known.committed;
    for (; known.seen < events_.size(); ++known.seen) {
        const PendingEvent& pending = events_[known.seen];
        if (pending.stream != stream) continue;
        pending.apply(known.current);
        ++known.own;
    }
    return known;
}

EventId Session::record_event(std::string stream, const EventType& type, Content content, std::string key,
                              RecordOptions options, std::function<void(std::any&)> apply) {
    if (content.seal && options_.keys == nullptr)
        throw std::logic_error("personal data is recorded, and there are no keys to seal it");
    NewEvent event;
    event.envelope = {.id = options_.make_id(cause_, ordinal_++),
                      .type = std::string(type.name),
                      .schema = type.schema,
                      .correlation = std::move(options.correlation).value_or(cause_.correlation),
                      .causation = options.reply_to ? options.reply_to : cause_.event,
                      .actor = cause_.actor,
                      .key = options.key.empty() ? std::move(key) : std::move(options.key),
                      .occurred_at = options_.now,
                      .expires_at = options.expires_at,
                      .traceparent = cause_.traceparent,
                      .subject = std::move(options.subject)};
    event.data = std::move(content.data);
    event.visibility = type.visibility;
    const EventId id = event.envelope.id;
    events_.push_back({std::move(stream), std::move(event), std::move(apply), std::move(content.seal)});
    return id;
}

Task<Result<std::optional<Envelope>>> Session::first_of(std::string stream) {
    auto batch = co_await store_.read(StreamRead{.stream = std::move(stream), .limit = 1});
    if (!batch) co_return std::unexpected(std::move(batch.error()));
    if (batch->empty()) co_return std::nullopt;
    co_return batch->begin()->envelope();
}

Task<Result<void>> Session::seal_events() {
    std::map<std::string, SubjectKey> keys;
    for (PendingEvent& pending : events_) {
        if (!pending.seal) continue;
        const Envelope& envelope = pending.event.envelope;
        if (!keys.contains(envelope.subject)) {
            auto key = co_await options_.keys->key_to_seal(envelope.subject);
            if (!key) co_return std::unexpected(std::move(key.error()));
            keys.emplace(envelope.subject, std::move(*key));
        }
        const SubjectKey& key = keys.at(envelope.subject);
        if (!key)
            log::warning("personal data of an erased subject is left out", {{"correlation_id", envelope.correlation},
                                                                            {"event_id", envelope.id.text()},
                                                                            {"subject", envelope.subject}});
        pending.event.data = std::exchange(pending.seal, nullptr)(key, envelope);
    }
    co_return Result<void>{};
}

Task<Result<void>> Session::read_documents(std::vector<DocumentKey> keys) {
    std::erase_if(keys, [this](const DocumentKey& key) { return documents_.contains(key) || newest_.contains(key); });
    std::ranges::sort(keys);
    const auto twins = std::ranges::unique(keys);
    keys.erase(twins.begin(), twins.end());
    if (keys.empty()) co_return Result<void>{};
    auto found = co_await store_.get(keys);
    if (!found) co_return std::unexpected(std::move(found.error()));
    for (DocumentKey& key : keys) documents_.try_emplace(key, Document{.key = key});
    for (Document& document : *found) {
        Document& known = documents_.at(document.key);
        known = std::move(document);
    }
    co_return Result<void>{};
}

void Session::write(DocumentKey key, std::optional<Put> put) {
    const auto [newest, first] = newest_.try_emplace(key, writes_.size());
    const auto before = first ? std::nullopt : std::optional(newest->second);
    newest->second = writes_.size();
    writes_.push_back({std::move(key), std::move(put), before});
}

void Session::schedule(std::string type, std::string key, Timestamp due, std::string data_json) {
    first_timer_ = std::min(first_timer_.value_or(due), due);
    const Timer timer{.type = std::move(type),
                      .key = std::move(key),
                      .due = due,
                      .id = options_.make_id(cause_, ordinal_++),
                      .correlation = cause_.correlation,
                      .causation = cause_.event,
                      .traceparent = cause_.traceparent,
                      .attempts = 0,
                      .error = {},
                      .data = {std::move(data_json)}};
    put(key_of(timer), timer);
}

void Session::cancel(std::string type, std::string key) { remove<Timer>(timer_id(type, key)); }

void Session::adopt(Document document) {
    DocumentKey key = document.key;
    documents_.insert_or_assign(std::move(key), std::move(document));
}

const std::string* Session::body_of(const DocumentKey& key) const {
    if (const auto newest = newest_.find(key); newest != newest_.end()) {
        const PendingWrite& write = writes_[newest->second];
        return write.put ? &write.put->body : nullptr;
    }
    const auto known = documents_.find(key);
    return known == documents_.end() || known->second.revision == 0 ? nullptr : &known->second.body;
}

ExpectedDocument Session::expected(const DocumentKey& key) const {
    const auto known = documents_.find(key);
    if (known == documents_.end()) return ExpectedDocument::any();
    const Revision revision = known->second.revision;
    return revision == 0 ? ExpectedDocument::absent() : ExpectedDocument::revision_is(revision);
}

Session::Mark Session::mark() const noexcept { return {events_.size(), writes_.size(), added_.size(), ordinal_}; }

void Session::rollback_to(Mark mark) {
    events_.erase(events_.begin() + static_cast<std::ptrdiff_t>(mark.events), events_.end());
    for (; writes_.size() > mark.writes; writes_.pop_back()) {
        const PendingWrite& write = writes_.back();
        if (write.before)
            newest_[write.key] = *write.before;
        else
            newest_.erase(write.key);
    }
    added_.erase(added_.begin() + static_cast<std::ptrdiff_t>(mark.added), added_.end());
    ordinal_ = mark.ordinal;
    for (auto& [name, stream] : streams_) {
        if (stream.seen <= mark.events) continue;
        stream.current.reset();
        stream.seen = stream.own = 0;
    }
}

void Session::begin(Cause cause) {
    cause_ = std::move(cause);
    ordinal_ = 0;
}

void Session::add(DocumentWrite write) { added_.push_back(std::move(write)); }

std::vector<Session::Recorded> Session::recorded_since(Mark mark) const {
    std::vector<Recorded> recorded;
    for (std::size_t i = mark.events; i < events_.size(); ++i)
        recorded.push_back({events_[i].event.envelope.type, events_[i].stream});
    return recorded;
}

Changes Session::changes() const {
    Changes changes;
    std::set<std::string_view> written;
    for (const PendingEvent& pending : events_) {
        // A new run at each change of stream keeps positions in the order of recording.
        if (changes.appends.empty() || changes.appends.back().stream != pending.stream) {
            const auto known = streams_.find(pending.stream);
            const bool first = written.insert(pending.stream).second;
            const auto version = first && known != streams_.end() ? ExpectedVersion::exactly(known->second.version)
                                                                  : ExpectedVersion::any();
            changes.appends.push_back({pending.stream, version, {}});
        }
        changes.appends.back().events.push_back(pending.event);
    }
    for (const auto& [name, stream] : streams_)
        if (!written.contains(name)) changes.appends.push_back({name, ExpectedVersion::exactly(stream.version), {}});

    for (const auto& [key, newest] : newest_) {
        const auto& put = writes_[newest].put;
        changes.documents.push_back({key, expected(key), Remove{}});
        if (put) changes.documents.back().write = *put;
    }
    for (const auto& [key, document] : documents_)
        if (!newest_.contains(key)) changes.documents.push_back({key, expected(key), Check{}});
    changes.documents.insert(changes.documents.end(), added_.begin(), added_.end());
    return changes;
}

Task<CommitResult> Session::commit(bool derived) {
    if (options_.dry_run) throw std::logic_error("a dry run is never committed");
    if (auto sealed = co_await seal_events(); !sealed) co_return std::unexpected(std::move(sealed.error()));
    Changes all = changes();
    all.derived = derived && all.appends.empty();
    if (all.appends.empty() && all.documents.empty()) co_return Committed{};
    CommitResult result = co_await store_.commit(std::move(all));
    if (result && first_timer_ && options_.timers != nullptr) options_.timers->scheduled(*first_timer_);
    if (result && !snapshots_.empty()) {
        Changes snapshots{.appends = {}, .documents = std::exchange(snapshots_, {}), .derived = true};
        const CommitResult kept = co_await store_.commit(std::move(snapshots));
        // The commit stands whatever becomes of them: they only save later reading.
        if (!kept) log::warning("a snapshot was not written", {{"correlation_id", cause_.correlation}});
    }
    co_return result;
}

DocumentKey snapshot_key(std::string stream) { return {"tally.snapshots", std::move(stream)}; }

Session::MakeId ids_of_command(UuidGenerator& ids) {
    return [&ids](const Cause&, std::uint32_t) { return ids.next(); };
}

Session::MakeId ids_of_consumer(std::string consumer) {
    return [consumer = std::move(consumer)](const Cause& cause, std::uint32_t ordinal) {
        return derive(cause.event.value(), consumer, ordinal);
    };
}

}  // namespace tally
