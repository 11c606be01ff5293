#pragma once

#include <map>
#include <optional>
#include <string>

#include "tally/flow/load.hpp"
#include "tally/flow/projection_runner.hpp"
#include "tally/flow/read_model.hpp"
#include "tally/flow/session.hpp"
#include "tally/http/page.hpp"
#include "tally/http/principal.hpp"
#include "tally/http/problem.hpp"

namespace tally {

/// What a service reads from: its store, and its projections by name.
struct Sources {
    Store& store;
    std::map<std::string, ProjectionRunner*, std::less<>> projections;
    TimerSignal* timers = nullptr;  ///< is told of what commands schedule; null: nobody
    KeyRing* keys = nullptr;        ///< of personal data; null: the service has none

    /// Returns when the read model has applied everything up to `position`. Errors: timeout (after five seconds).
    [[nodiscard]] Task<Result<void>> wait_for(const std::string& projection, Position position) const;
};

/// What a command's handler gets beside its request. The router commits the session afterwards, together with the
/// Idempotency-Key, and runs the handler again when something has changed in between.
class Call {
public:
    Call(Principal who, Timestamp time, std::optional<Version> expected, Session& unit, UuidGenerator& new_ids,
         const Sources& sources)
        : principal(std::move(who)), now(time), if_match(expected), session(unit), ids(new_ids), sources_(sources) {}

    Principal principal;
    Timestamp now{};
    std::optional<Version> if_match;
    Session& session;
    UuidGenerator& ids;

    /// A new id, for a thing whose client did not name it. The same command under one Idempotency-Key runs once.
    [[nodiscard]] Uuid new_id() { return ids.next(); }
    /// A problem `precondition-failed` where If-Match names another version than `actual`.
    [[nodiscard]] std::optional<HttpProblem> check_version(Version actual) const;

    /// Where to look for what the command is about: a page of a read model, in the order of an index. What it finds is
    /// a hint and no precondition: whoever decides loads what he uses in the session, and decides on that alone.
    ///
    /// It waits until the read model has applied all that was committed to this log before the first of these calls: of
    /// that nothing is overlooked; what comes later may be, as if the command had been faster. Errors: timeout (the
    /// read model is too far behind), those of ReadModelReader::find.
    template <ReadModel V>
    [[nodiscard]] Task<Result<typename ReadModelReader<V>::Page>> candidates(DocumentQuery query);

private:
    const Sources& sources_;
    std::optional<Position> committed_before_;  ///< the first search
};

/// What a GET's handler gets: reading only.
struct Query {
    Principal principal;
    Timestamp now{};
    const Sources& sources;
    const PageTokens& page_tokens;
    std::string filters;  ///< of this request, canonical: what a page token is bound to

    template <Aggregate A>
    [[nodiscard]] Task<Result<Loaded<A>>> load(typename A::Key key, LoadUntil until = {}) {
        return load_aggregate<A>(sources.store, std::move(key), until);
    }
    template <DocumentStruct D>
    [[nodiscard]] Task<Result<std::optional<D>>> get(std::string key) const;
    /// Many in one read, in the order of `keys`.
    template <DocumentStruct D>
    [[nodiscard]] Task<Result<std::vector<std::optional<D>>>> get(std::vector<std::string> keys) const;
    /// The same of a read model, from its live generation.
    template <ReadModel V>
    [[nodiscard]] Task<Result<std::optional<V>>> view(std::string key) const;
    /// A page of the service's own documents, in the order of an index (its collection is filled in). Errors: as
    /// `find`.
    template <DocumentStruct D>
    [[nodiscard]] Task<Result<Page<D>>> list(DocumentQuery query, PageRequest page) const;
    /// The same of a read model, from its live generation. Errors: invalid (a page token that is not ours, or
    /// belongs to other filters or to somebody else).
    template <ReadModel V>
    [[nodiscard]] Task<Result<Page<V>>> find(DocumentQuery query, PageRequest page) const;

    /// Where the page that `page` asks for begins; empty: at the first. Errors: invalid.
    [[nodiscard]] Result<std::string> place_of(const PageRequest& page) const;
    /// The token of the page that begins at `place`; none for the end.
    [[nodiscard]] std::optional<std::string> token_for(const std::string& place) const;
};

}  // namespace tally

#include "tally/http/call_impl.hpp"
