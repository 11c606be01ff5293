#pragma once

#include <boost/mp11/algorithm.hpp>

#include "tally/flow/session.hpp"
#include "tally/flow/stream_fold.hpp"

namespace tally {

template <Aggregate A>
Task<Result<void>> Session::read_stream(std::string stream) {
    auto folded = co_await fold_stream<A>(store_, stream);
    if (!folded) co_return std::unexpected(std::move(folded.error()));
    if constexpr (SnapshotAggregate<A>) {
        if (folded->events > snapshot_after_events) {
            const Snapshot<A> snapshot{folded->version, snapshot_schema<A>(), folded->state};
            snapshots_.push_back({snapshot_key(stream), ExpectedDocument::any(), Put{.body = encode(snapshot)}});
        }
    }
    Stream& known = streams_[std::move(stream)];
    known.version = folded->version;
    known.committed = std::move(folded->state);
    co_return Result<void>{};
}

template <Aggregate A>
Task<Result<Loaded<A>>> Session::load(typename A::Key key) {
    const std::string stream = stream_of<A>(key);
    if (!streams_.contains(stream)) {
        auto read = co_await read_stream<A>(stream);
        if (!read) co_return std::unexpected(std::move(read.error()));
    }
    const Stream& known = fold_own(stream);
    co_return Loaded<A>{std::any_cast<const A&>(known.current), known.version + known.own};
}

template <Aggregate A>
Task<Result<std::optional<Envelope>>> Session::origin(typename A::Key key) {
    return first_of(stream_of<A>(key));
}

template <Aggregate A, EventStruct E>
EventId Session::record(const typename A::Key& key, const E& event, RecordOptions options) {
    constexpr bool is_listed = boost::mp11::mp_contains<typename A::Events, E>::value;
    static_assert(is_listed || OpenAggregate<A>, "the aggregate does not list this event");
    std::function<void(std::any&)> apply = [](std::any&) {};
    if constexpr (is_listed)
        apply = [event, cause = options.reply_to ? options.reply_to : cause_.event](std::any& state) {
            detail::apply_with_cause(std::any_cast<A&>(state), event, cause);
        };
    Content content;
    if constexpr (has_personal<E>) {
        const bool unsealed = has_plain(event);
        if (!unsealed && options.subject.empty()) options.subject = sealed_subject(event);
        require_subject(event, options.subject);
        if (unsealed)
            content.seal = [event](const SubjectKey& subject_key, const Envelope& envelope) {
                E sealed = event;
                seal_personal(sealed, subject_key, envelope.subject, envelope.id);
                return encode(sealed);
            };
    }
    if (!content.seal) content.data = encode(event);
    return record_event(stream_of<A>(key), event_type<E>, std::move(content), std::string(key.text()),
                        std::move(options), std::move(apply));
}

template <DocumentStruct D>
Task<Result<std::optional<D>>> Session::get(std::string key) {
    std::vector<std::string> keys;
    keys.push_back(std::move(key));
    auto found = co_await get<D>(std::move(keys));
    if (!found) co_return std::unexpected(std::move(found.error()));
    co_return std::move(found->front());
}

template <DocumentStruct D>
Task<Result<std::vector<std::optional<D>>>> Session::get(std::vector<std::string> keys) {
    std::vector<DocumentKey> wanted;
    wanted.reserve(keys.size());
    for (std::string& key : keys) wanted.push_back(document_key<D>(std::move(key)));
    if (auto read = co_await read_documents(wanted); !read) co_return std::unexpected(std::move(read.error()));
    std::vector<std::optional<D>> documents;
    for (const DocumentKey& key : wanted) {
        const std::string* body = body_of(key);
        if (body == nullptr) {
            documents.emplace_back();
            continue;
        }
        auto document = decode_document<D>(key, *body);
        if (!document) co_return std::unexpected(std::move(document.error()));
        documents.emplace_back(std::move(*document));
    }
    co_return documents;
}

template <DocumentStruct D>
void Session::put(std::string key, const D& document, std::optional<Timestamp> expires_at) {
    write(document_key<D>(std::move(key)), put_of(document, expires_at));
}

template <DocumentStruct D>
void Session::remove(std::string key) {
    write(document_key<D>(std::move(key)), std::nullopt);
}

template <TimerStruct T>
void Session::schedule(std::string key, Timestamp due, const T& timer) {
    schedule(std::string(timer_type<T>), std::move(key), due, encode(timer));
}

template <TimerStruct T>
void Session::cancel(std::string key) {
    cancel(std::string(timer_type<T>), std::move(key));
}

}  // namespace tally
