// returns list | show
#include <fmt/format.h>

#include "tallystick/commands/client_command.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

struct ReturnsOptions {
    ClientOptions client;
    std::string return_id;
    std::string order, outcome, customer, from, to, token;
    std::int64_t limit = 20;
};

/// `536365 5.100 GBP` of each.
std::string refunds_of(const boost::json::value& returned) {
    std::string text;
    for (const auto& refund : list_at(returned, "refunds"))
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", cell(refund, "order"), money_at(refund, "amount"));
    return text;
}

void print_list(const boost::json::value& page) {
    Table table({"RETURN", "OUTCOME", "CUSTOMER", "RETURNED AT", "LINES", "REFUNDS"});
    for (const auto& each : items_of(page))
        table.add({cell(each, "return_id"), cell(each, "outcome"), cell(each, "customer"),
                   short_time(text_at(each, "returned_at")), cell(each, "lines"), refunds_of(each)});
    table.print("no returns");
    print_next_page(page);
}

void print_of_order(const boost::json::value& page) {
    Table table({"RETURN", "SKU", "QUANTITY", "UNIT PRICE", "REFUND"});
    for (const auto& each : items_of(page)) {
        std::string id = cell(each, "return_id"), refund = money_at(each, "refund");  // once, for all of its lines
        for (const auto& line : list_at(each, "lines"))
            table.add({std::exchange(id, ""), cell(line, "sku"), cell(line, "quantity"), money_at(line, "unit_price"),
                       std::exchange(refund, "")});
    }
    table.print("nothing came back");
}

void print_return(const boost::json::value& returned) {
    for (const char* member : {"return_id", "outcome", "customer", "order", "returned_at"})
        if (const std::string text = cell(returned, member); !text.empty())
            print_text(fmt::format("{:<11} {}\n", member, printable(text)));
    print_text(fmt::format("{:<11} {}\n\n", "refunds", printable(refunds_of(returned))));
    Table table({"SKU", "QUANTITY", "MATCHED"});
    for (const auto& line : list_at(returned, "lines"))
        table.add({cell(line, "sku"), cell(line, "quantity"), cell(line, "matched")});
    table.print("no lines");
}

Task<Result<ExitCode>> list(Api& api, ReturnsOptions options) {
    if (!options.order.empty())
        co_return co_await show_answer(api, "orders", "/api/v1/orders/" + percent_encode(options.order) + "/returns",
                                       options.client.json, &print_of_order);
    const std::string path = with_query("/api/v1/returns", {{"outcome", options.outcome},
                                                            {"customer", options.customer},
                                                            {"from", options.from},
                                                            {"to", options.to},
                                                            {"page_size", std::to_string(options.limit)},
                                                            {"page_token", options.token}});
    co_return co_await show_answer(api, "orders", path, options.client.json, &print_list);
}

Task<Result<ExitCode>> show(Api& api, ReturnsOptions options) {
    const std::string path = "/api/v1/returns/" + percent_encode(options.return_id);
    co_return co_await show_answer(api, "orders", path, options.client.json, &print_return);
}

}  // namespace

void add_returns(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("returns", "Look at goods that came back");
    group->require_subcommand(1);
    const auto options = std::make_shared<ReturnsOptions>();  // shared with the callbacks

    CLI::App* lists = add_shop_command(*group, chosen, options, "list", "Returns, latest first", &list);
    auto* of_order = lists->add_option("--order", options->order, "What came back of an order")->type_name("ORDER");
    const auto filter = [&](const char* name, std::string& value, const char* help) {
        return lists->add_option(name, value, help)->excludes(of_order);
    };
    filter("--outcome", options->outcome, "Only those of which so much was found in orders")
        ->check(CLI::IsMember({"matched", "partly_matched", "unmatched"}));
    filter("--customer", options->customer, "Only those of a customer")->type_name("ID");
    filter("--from", options->from, "Returned at or after, such as 2010-12-01T00:00:00Z")->type_name("TIME");
    filter("--to", options->to, "Returned before")->type_name("TIME");
    lists->add_option("--limit", options->limit, "So many (20)")->check(CLI::Range(1, 1000))->type_name("N");
    filter("--page-token", options->token, "Go on where a list ended")->type_name("TOKEN");
    lists->footer(
        "Examples:\n  tallystick returns list --outcome unmatched --limit 5\n"
        "  tallystick returns list --order 536365");

    CLI::App* shows = add_shop_command(*group, chosen, options, "show", "One return, and what was found of it", &show);
    shows->add_option("return", options->return_id, "Its id")->required()->type_name("RETURN");
    shows->footer("Examples:\n  tallystick returns show C536379 --json");
}

}  // namespace tally
