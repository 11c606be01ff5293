// Erasing a person: from then on nobody can read what any service has stored about them.
#include "tally/base/log.hpp"
#include "tally/base/strong_id.hpp"
#include "tally/host/admin.hpp"

namespace tally {
namespace {

using SubjectId = Id<struct SubjectTag>;

struct ErasePerson {
    SubjectId subject;
    std::string reason;
    std::optional<bool> for_ever;  ///< must be said
};
BOOST_DESCRIBE_STRUCT(ErasePerson, (), (subject, reason, for_ever))

struct ErasedPerson {
    SubjectId subject;
};
BOOST_DESCRIBE_STRUCT(ErasedPerson, (), (subject))

Task<Reply<ErasedPerson>> erase(KeyRing& keys, ErasePerson command, Call& call) {
    if (!command.for_ever.value_or(false))
        co_return problem("invalid-request", "this cannot be undone: say \"for_ever\": true");
    if (command.reason.empty()) co_return problem("invalid-request", "say a reason: it stands in the log");
    const std::string subject = command.subject.text();
    // A name that was mistyped must not be taken for a person who is erased.
    auto known = co_await keys.key_to_open(subject);
    if (!known && known.error().code == ErrorCode::not_found)
        co_return problem("not-found", "nothing was ever stored about " + subject + ": is the name right?");
    if (!known) co_return known.error();
    if (auto erased = co_await keys.erase(subject); !erased) co_return erased.error();
    log::warning(*known ? "a person was erased" : "a person who was erased is erased again",
                 {{"subject", subject}, {"actor", call.principal.id}, {"reason", command.reason}});
    co_return ErasedPerson{std::move(command.subject)};
}

}  // namespace

Routes person_routes(KeyRing& keys) {
    Routes routes;
    routes.add(post, "/api/v1/persons/{subject}:erase",
               {.summary = "Make what is stored about a person unreadable, in all services, for ever",
                .scope = "operator:erase",
                .tag = "persons"},
               [&keys](ErasePerson command, Call& call) { return erase(keys, std::move(command), call); });
    return routes;
}

}  // namespace tally
