// persons erase
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "tallystick/commands/client_command.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

struct PersonsOptions {
    ClientOptions client;
    std::string subject;
    std::string reason;
    bool for_ever = false;
};

/// The keys of persons are those of all services, so any of them may be asked.
Task<Result<ExitCode>> erase(Api& api, PersonsOptions options) {
    const boost::json::object body{{"reason", options.reason}, {"for_ever", options.for_ever}};
    const auto done = co_await api.post("orders", "/api/v1/persons/" + percent_encode(options.subject) + ":erase",
                                        boost::json::serialize(body), "");
    if (!done) co_return std::unexpected(done.error());
    const auto erased = json_of(*done);
    if (!erased) co_return std::unexpected(erased.error());
    if (options.client.json)
        print_json(*erased);
    else
        print_text(fmt::format("{} is erased: nobody can read what was stored about them\n",
                               printable(text_at(*erased, "subject"))));
    co_return ExitCode::ok;
}

}  // namespace

void add_persons(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("persons", "Those whom personal data is about");
    group->require_subcommand(1);
    const auto options = std::make_shared<PersonsOptions>();  // shared with the callbacks

    CLI::App* erases = add_shop_command(*group, chosen, options, "erase",
                                        "Destroy a person's key: what is stored about them is gone for ever", &erase);
    erases->add_option("subject", options->subject, "customer:<id>, or order:<id> for the guest who placed it")
        ->required()
        ->type_name("SUBJECT");
    erases->add_option("--reason", options->reason, "Why, without a word about the person; is written to the log")
        ->required()
        ->type_name("TEXT");
    erases->add_flag("--for-ever", options->for_ever, "You know that this cannot be undone")->required();
    erases->footer("Examples:\n  tallystick persons erase customer:17850 --reason 'request 4711' --for-ever");
}

}  // namespace tally
