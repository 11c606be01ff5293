#pragma once

#include <any>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tally/event/seal.hpp"
#include "tally/flow/aggregate.hpp"
#include "tally/flow/document_type.hpp"
#include "tally/flow/timer.hpp"
#include "tally/store/store.hpp"

namespace tally {

class TimerSignal;

struct RecordOptions {
    std::string key{};      ///< partition key; empty: the aggregate's key
    std::string subject{};  ///< the person whom the data is about; empty: whom the sealed data in it is about
    std::optional<Timestamp> expires_at{};
    std::optional<EventId> reply_to{};           ///< the request that this answers, where it is not the cause itself
    std::optional<CorrelationId> correlation{};  ///< that request's, where it is not the cause's
};

/// One unit of work over a store: what it reads becomes a precondition, what it records and puts lands in one commit.
///
/// Reads see committed state as of their first reading, plus this session's own writes. There is no `find`: a search
/// cannot be a precondition. Nothing is written before `commit`; events take positions in the order of `record`.
/// Threads: one loop, one user at a time. Lifetime: store and ids outlive it.
class Session {
public:
    /// Makes the id of the `ordinal`-th event that `cause` brings about.
    using MakeId = std::function<EventId(const Cause& cause, std::uint32_t ordinal)>;
    struct Options {
        MakeId make_id;                 ///< see ids_of_command and ids_of_consumer
        Timestamp now{};                ///< becomes occurred_at
        TimerSignal* timers = nullptr;  ///< is told of the timers that a commit has scheduled; null: nobody
        KeyRing* keys = nullptr;        ///< seal personal data; null: none can be recorded
        bool dry_run = false;           ///< never committed: it is only to be seen what would be done
    };
    Session(Store& store, Cause cause, Options options);

    /// The aggregate's state; its version becomes the expected one. Errors: those of Store::read and decode_event.
    template <Aggregate A>
    [[nodiscard]] Task<Result<Loaded<A>>> load(typename A::Key key);

    /// The envelope of the stream's first event: what the stream began with, for events that answer that. It never
    /// changes, so it is no precondition. None where nothing is committed yet. Errors: those of Store::read.
    template <Aggregate A>
    [[nodiscard]] Task<Result<std::optional<Envelope>>> origin(typename A::Key key);

    using RecordOptions = tally::RecordOptions;
    /// Appends an event of the aggregate, with the version as loaded expected (any, if it was not loaded); its id.
    /// Personal data in it is sealed by `commit`. Throws std::logic_error for plain personal data without a subject,
    /// and for that of several persons.
    template <Aggregate A, EventStruct E>
    EventId record(const typename A::Key& key, const E& event, RecordOptions options = {});

    /// Documents by key; each one's revision (or absence) becomes the expected one.
    template <DocumentStruct D>
    [[nodiscard]] Task<Result<std::optional<D>>> get(std::string key);
    /// Many in one read, in the order of `keys`.
    template <DocumentStruct D>
    [[nodiscard]] Task<Result<std::vector<std::optional<D>>>> get(std::vector<std::string> keys);
    template <DocumentStruct D>
    void put(std::string key, const D& document, std::optional<Timestamp> expires_at = {});
    template <DocumentStruct D>
    void remove(std::string key);

    /// Has the service's handler of T called once, not before `due`. A timer of this key that is there already is
    /// replaced. Without having read it, nothing is expected of it.
    template <TimerStruct T>
    void schedule(std::string key, Timestamp due, const T& timer);
    /// No timer of this key: no matter.
    template <TimerStruct T>
    void cancel(std::string key);
    // For types that are known only at run time.
    void schedule(std::string type, std::string key, Timestamp due, std::string data_json);
    void cancel(std::string type, std::string key);

    [[nodiscard]] Timestamp now() const noexcept { return options_.now; }
    [[nodiscard]] const Cause& cause() const noexcept { return cause_; }
    /// True: what is done here never happens, so a handler must leave out whatever else it does outside the store, such
    /// as erasing a person's key.
    [[nodiscard]] bool dry_run() const noexcept { return options_.dry_run; }

    /// A point to come back to: what was recorded, put and added since is forgotten, what was read is not.
    struct Mark {
        std::size_t events = 0;
        std::size_t writes = 0;
        std::size_t added = 0;
        std::uint32_t ordinal = 0;
    };
    [[nodiscard]] Mark mark() const noexcept;
    void rollback_to(Mark mark);

    // For the platform's own use: consumers handle many causes in one session and add documents of their own.
    /// What follows is brought about by `cause`, and its ids count from 0 again.
    void begin(Cause cause);
    /// The document is read, as if by `get`.
    void adopt(Document document);
    /// These come last in `changes`, in the order of their adding.
    void add(DocumentWrite write);
    [[nodiscard]] const std::vector<DocumentWrite>& added() const noexcept { return added_; }
    struct Recorded {
        std::string type;
        std::string stream;
    };
    /// The events since then that a commit would append, in their order.
    [[nodiscard]] std::vector<Recorded> recorded_since(Mark mark) const;
    /// True when nothing was recorded or put, whatever was read or added.
    [[nodiscard]] bool empty() const noexcept { return events_.empty() && writes_.empty(); }
    [[nodiscard]] Changes changes() const;
    /// Commits, then writes the snapshots that this session's loads call for. `derived` counts only where no stream was
    /// touched. Errors: those of Store::commit, and of KeyRing::key_to_seal where there was personal data; that of a
    /// subject that was erased is left out. Throws std::logic_error in a dry run.
    [[nodiscard]] Task<CommitResult> commit(bool derived = false);

private:
    struct Stream {
        Version version = 0;
        std::any committed;
        std::any current;      ///< committed and the first `seen` of this session's events; empty: to be made
        std::size_t seen = 0;  ///< of events_
        std::size_t own = 0;   ///< how many of those were this stream's
    };
    /// Makes the data of an event with personal data, when the subject's key is there.
    using Seal = std::function<std::string(const SubjectKey& key, const Envelope& envelope)>;
    struct Content {
        std::string data;
        Seal seal;  ///< in place of the data
    };
    struct PendingEvent {
        std::string stream;
        NewEvent event;
        std::function<void(std::any&)> apply;
        Seal seal{};  ///< empty: there is nothing to seal, or it is done
    };
    struct PendingWrite {
        DocumentKey key;
        std::optional<Put> put;             ///< none: remove
        std::optional<std::size_t> before;  ///< the write of the same document that this one replaces
    };

    template <Aggregate A>
    [[nodiscard]] Task<Result<void>> read_stream(std::string stream);
    [[nodiscard]] Task<Result<std::optional<Envelope>>> first_of(std::string stream);
    /// The stream's state with this session's own events.
    [[nodiscard]] const Stream& fold_own(const std::string& stream);
    [[nodiscard]] Task<Result<void>> read_documents(std::vector<DocumentKey> keys);
    /// Null for a document that does not exist.
    [[nodiscard]] const std::string* body_of(const DocumentKey& key) const;
    [[nodiscard]] ExpectedDocument expected(const DocumentKey& key) const;
    void write(DocumentKey key, std::optional<Put> put);
    EventId record_event(std::string stream, const EventType& type, Content content, std::string key,
                         RecordOptions options, std::function<void(std::any&)> apply);
    [[nodiscard]] Task<Result<void>> seal_events();

    Store& store_;
    Cause cause_;
    Options options_;
    std::uint32_t ordinal_ = 0;
    std::map<std::string, Stream, std::less<>> streams_;
    std::map<DocumentKey, Document> documents_;  ///< as read; revision 0: absent
    std::vector<PendingEvent> events_;
    std::vector<PendingWrite> writes_;
    std::map<DocumentKey, std::size_t> newest_;  ///< last write of each document
    std::vector<DocumentWrite> added_;
    std::vector<DocumentWrite> snapshots_;
    std::optional<Timestamp> first_timer_;  ///< the earliest due time scheduled, rolled back or not
};

/// Time-ordered new ids, for a command from outside.
[[nodiscard]] Session::MakeId ids_of_command(UuidGenerator& ids);
/// Ids derived from the cause, so that the same event handled again makes the same events.
[[nodiscard]] Session::MakeId ids_of_consumer(std::string consumer);

}  // namespace tally

#include "tally/flow/session_impl.hpp"
