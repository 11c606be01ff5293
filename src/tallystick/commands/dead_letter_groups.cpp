#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "tally/base/sha256.hpp"
#include "tallystick/commands/dead_letter_options.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

/// One request about a group, and its answer.
Task<Result<boost::json::value>> ask(Api& api, std::string service, std::string verb, boost::json::object body) {
    const std::string text = boost::json::serialize(body);
    const std::string key = to_hex(sha256(fmt::format("{} {} {} {}", service, verb, text, to_text(api.clock().now()))));
    auto answer = co_await api.post(service, service_path(service, "/dead-letters:" + verb), text, key);
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    co_return json_of(*answer);
}

const boost::json::value* dry_run_of(const boost::json::value& outcome) {
    return outcome.is_object() ? outcome.get_object().if_contains("dry_run") : nullptr;
}

void print_outcomes(const boost::json::array& outcomes) {
    Table counts({"SERVICE", "ASKED", "ALREADY", "QUEUED", "REFUSED"});
    for (const auto& outcome : outcomes) {
        const auto& refused = list_at(outcome, "refused");
        const auto fit = number_at(outcome, "asked") + number_at(outcome, "already") + number_at(outcome, "queued");
        if (fit > 0 || !refused.empty())
            counts.add({text_at(outcome, "service"), cell(outcome, "asked"), cell(outcome, "already"),
                        cell(outcome, "queued"), std::to_string(refused.size())});
    }
    counts.print("no dead letter fits");
    for (const auto& outcome : outcomes) {
        for (const auto& refused : list_at(outcome, "refused"))
            print_text(printable(fmt::format("{}: {}", text_at(refused, "id"), text_at(refused, "detail"))) + "\n");
        const auto* report = dry_run_of(outcome);
        if (report != nullptr && !list_at(*report, "letters").empty()) print_dry_run(*report);
    }
}

bool is_good(const boost::json::value& outcome) {
    const auto* report = dry_run_of(outcome);
    return list_at(outcome, "refused").empty() && (report == nullptr || goes_well(*report));
}

}  // namespace

Task<Result<ExitCode>> act_on_group(Api& api, LettersOptions options, std::string verb) {
    boost::json::object body;
    if (auto filter = filter_of(options); !filter.empty()) body["filter"] = std::move(filter);
    if (options.all) body["all"] = true;
    if (options.dry_run) body["dry_run"] = true;
    if (!options.reason.empty()) body["reason"] = options.reason;
    boost::json::array outcomes;
    std::optional<Error> failure;
    for (const std::string& service : services_asked(options.service)) {
        for (boost::json::object request = body; !failure;) {
            auto outcome = co_await ask(api, service, verb, request);
            if (!outcome) {
                failure = Error{outcome.error().code, service + ": " + outcome.error().text};
                break;
            }
            const std::string next = text_at(*outcome, "next");
            outcomes.push_back(std::move(*outcome));
            if (next.empty()) break;
            request["after"] = next;
        }
        if (failure) break;
    }
    // What was asked for before something failed stands, so it is told.
    const bool good = std::ranges::all_of(outcomes, is_good);
    if (options.client.json)
        print_json(boost::json::object{{"items", std::move(outcomes)}});
    else if (!failure || !outcomes.empty())
        print_outcomes(outcomes);
    if (failure) co_return std::unexpected(std::move(*failure));
    co_return good ? ExitCode::ok : ExitCode::failed;
}

}  // namespace tally
