// sales list
#include "tallystick/commands/client_command.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

struct SalesOptions {
    ClientOptions client;
    std::string from, to, currency, token;
    std::int64_t limit = 20;
    bool latest = false;
};

void print_list(const boost::json::value& page) {
    Table table({"DAY", "CREATED", "PAID", "CONFIRMED", "DELIVERED", "CANCELLED", "PLACED", "CAPTURED", "REFUNDED"});
    for (const auto& day : items_of(page))
        table.add({cell(day, "day"), cell(day, "created"), cell(day, "paid"), cell(day, "confirmed"),
                   cell(day, "delivered"), cell(day, "cancelled"), money_at(day, "placed"), money_at(day, "captured"),
                   money_at(day, "refunded")});
    table.print("no sales");
    print_next_page(page);
}

Task<Result<ExitCode>> list(Api& api, SalesOptions options) {
    const std::string path = with_query("/api/v1/sales/days", {{"from", options.from},
                                                               {"to", options.to},
                                                               {"currency", options.currency},
                                                               {"backward", options.latest ? "true" : ""},
                                                               {"page_size", std::to_string(options.limit)},
                                                               {"page_token", options.token}});
    co_return co_await show_answer(api, "analytics", path, options.client.json, &print_list);
}

}  // namespace

void add_sales(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("sales", "What became of the orders of each day");
    group->require_subcommand(1);
    const auto options = std::make_shared<SalesOptions>();  // shared with the callbacks

    CLI::App* lists = add_shop_command(*group, chosen, options, "list", "Days, by currency", &list);
    lists->add_option("--from", options->from, "This day and later ones")->type_name("DAY");
    lists->add_option("--to", options->to, "Earlier days")->type_name("DAY");
    lists->add_option("--currency", options->currency, "Only this one")->type_name("GBP");
    lists->add_flag("--latest", options->latest, "The latest first");
    lists->add_option("--limit", options->limit, "So many (20)")->check(CLI::Range(1, 1000))->type_name("N");
    lists->add_option("--page-token", options->token, "Go on where a list ended")->type_name("TOKEN");
    lists->footer("Examples:\n  tallystick sales list --from 2010-12-01 --to 2011-01-01");
}

}  // namespace tally
