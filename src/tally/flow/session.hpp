#pragma once

#include <any>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "tally/flow/aggregate.hpp"
#include "tally/flow/document_type.hpp"
#include "tally/flow/load.hpp"
#include "tally/store/store.hpp"

namespace tally {

/// One unit of work over a store: what it reads becomes a precondition, what it records and puts lands in one commit.
///
/// Reads see committed state as of their first reading, plus this session's own writes. There is no `find`: a search
/// cannot be a precondition. Nothing is written before `commit`.
/// Threads: one loop, one user at a time. Lifetime: store and ids outlive it.
class Session {
public:
    /// Makes the id of the `ordinal`-th event that `cause` brings about.
    using MakeId = std::function<EventId(const Cause& cause, std::uint32_t ordinal)>;
    struct Options {
        MakeId make_id;   ///< see ids_of_command and ids_of_consumer
        Timestamp now{};  ///< becomes occurred_at
    };
    Session(Store& store, Cause cause, Options options);

    /// The aggregate's state; its version becomes the expected one. Errors: those of Store::read and decode_event.
    template <Aggregate A>
    [[nodiscard]] Task<Result<Loaded<A>>> load(typename A::Key key);

    struct RecordOptions {
        std::string key;      ///< partition key; empty: the aggregate's key
        std::string subject;  ///< data subject
        std::optional<Timestamp> expires_at;
        std::optional<EventId> reply_to;  ///< the request that this answers, where it is not the cause itself
    };
    /// Appends an event of the aggregate, with the version as loaded expected (any, if it was not loaded).
    template <Aggregate A, EventStruct E>
    void record(const typename A::Key& key, const E& event, RecordOptions options = {});

    /// Documents by key; each one's revision (or absence) becomes the expected one.
    template <DocumentStruct D>
    [[nodiscard]] Task<Result<std::optional<D>>> get(std::string key);
    /// Many in one read, in the order of `keys`.
    template <DocumentStruct D>
    [[nodiscard]] Task<Result<std::vector<std::optional<D>>>> get(std::vector<std::string> keys);
    template <DocumentStruct D>
    void put(std::string key, const D& document);
    template <DocumentStruct D>
    void remove(std::string key);

    [[nodiscard]] Timestamp now() const noexcept { return options_.now; }
    [[nodiscard]] const Cause& cause() const noexcept { return cause_; }

    /// A point to come back to: what was recorded and put since is forgotten, what was read is not.
    struct Mark {
        std::size_t events = 0;
        std::size_t writes = 0;
    };
    [[nodiscard]] Mark mark() const noexcept;
    void rollback_to(Mark mark);

    // For the platform's own use: consumers handle many causes in one session and add documents of their own.
    void begin(Cause cause);
    void add(DocumentWrite write);
    [[nodiscard]] bool empty() const noexcept { return events_.empty() && writes_.empty(); }
    [[nodiscard]] Changes changes() const;
    [[nodiscard]] Task<CommitResult> commit();

private:
    struct Stream {
        Version version = 0;
        std::any state;  ///< as committed
    };
    struct PendingEvent {
        std::string stream;
        NewEvent event;
        std::function<void(std::any&)> apply;
    };
    struct PendingWrite {
        DocumentKey key;
        std::optional<Put> put;  ///< none: remove
    };
    struct Snapshot {
        Version version = 0;
        std::string body;
    };

    [[nodiscard]] Task<Result<void>> read_documents(std::vector<DocumentKey> keys);
    [[nodiscard]] const std::string* body_of(const DocumentKey& key) const;
    void record_event(std::string stream, const EventType& type, std::string data, std::string key,
                      RecordOptions options, std::function<void(std::any&)> apply);

    Store& store_;
    Cause cause_;
    Options options_;
    std::uint32_t ordinal_ = 0;
    std::unordered_map<std::string, Stream> streams_;
    std::map<DocumentKey, Document> documents_;  ///< as read; revision 0: absent
    std::vector<PendingEvent> events_;
    std::vector<PendingWrite> writes_;
    std::vector<DocumentWrite> added_;
};

/// Time-ordered new ids, for a command from outside.
[[nodiscard]] Session::MakeId ids_of_command(UuidGenerator& ids);
/// Ids derived from the cause, so that the same event handled again makes the same events.
[[nodiscard]] Session::MakeId ids_of_consumer(std::string consumer);

}  // namespace tally

#include "tally/flow/session_impl.hpp"
