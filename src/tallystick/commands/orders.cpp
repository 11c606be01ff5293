// orders list | show | timeline
#include <fmt/format.h>

#include "tallystick/commands/client_command.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

struct OrdersOptions {
    ClientOptions client;
    std::string order;
    std::string status, customer, from, to, token, at;
    std::int64_t limit = 20;
    std::int64_t version = 0;
};

void print_list(const boost::json::value& page) {
    Table table({"ORDER", "STATUS", "REASON", "CUSTOMER", "PLACED AT", "LINES", "TOTAL"});
    for (const auto& order : items_of(page))
        table.add({cell(order, "order"), cell(order, "status"), cell(order, "reason"), cell(order, "customer"),
                   short_time(text_at(order, "placed_at")), cell(order, "lines"), money_at(order, "total")});
    table.print("no orders");
    print_next_page(page);
}

void print_order(const boost::json::value& order) {
    for (const char* member : {"order", "status", "reason", "customer", "country", "placed_at", "payment_method",
                               "shipping_method", "version"})
        if (const std::string text = cell(order, member); !text.empty())
            print_text(fmt::format("{:<15} {}\n", member, printable(text)));
    print_text(fmt::format("{:<15} {}\n", "total", money_at(order, "total")));
    if (const std::string refunded = money_at(order, "refunded"); !refunded.empty())
        print_text(fmt::format("{:<15} {}\n", "refunded", refunded));
    print_text("\n");
    Table table({"SKU", "DESCRIPTION", "QUANTITY", "UNIT PRICE", "RETURNED"});
    for (const auto& line : list_at(order, "lines"))
        table.add({cell(line, "sku"), cell(line, "description"), cell(line, "quantity"), money_at(line, "unit_price"),
                   cell(line, "returned")});
    table.print("no lines");
}

void print_timeline(const boost::json::value& timeline) {
    Table table({"AFTER MS", "SERVICE", "EVENT", "STREAM", "RECORDED AT", "ID"});
    for (const auto& entry : items_of(timeline))
        table.add({cell(entry, "after_ms"), cell(entry, "service"), cell(entry, "type"), cell(entry, "stream"),
                   short_time(text_at(entry, "recorded_at")), cell(entry, "event")});
    table.print("no events");
    if (cell(timeline, "complete") == "false")
        print_text(fmt::format("not complete: {} did not answer\n", cell(timeline, "unreachable")));
}

Task<Result<ExitCode>> list(Api& api, OrdersOptions options) {
    const std::vector<std::pair<std::string, std::string>> query{{"status", options.status},
                                                                 {"customer", options.customer},
                                                                 {"from", options.from},
                                                                 {"to", options.to},
                                                                 {"page_size", std::to_string(options.limit)},
                                                                 {"page_token", options.token}};
    co_return co_await show_answer(api, "orders", with_query("/api/v1/orders", query), options.client.json,
                                   &print_list);
}

Task<Result<ExitCode>> show(Api& api, OrdersOptions options) {
    const std::string version = options.version > 0 ? std::to_string(options.version) : "";
    const std::string path =
        with_query("/api/v1/orders/" + percent_encode(options.order), {{"at", options.at}, {"version", version}});
    co_return co_await show_answer(api, "orders", path, options.client.json, &print_order);
}

Task<Result<ExitCode>> timeline(Api& api, OrdersOptions options) {
    const std::string path = "/api/v1/orders/" + percent_encode(options.order) + "/timeline";
    co_return co_await show_answer(api, "orders", path, options.client.json, &print_timeline);
}

}  // namespace

void add_orders(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("orders", "Look at orders");
    group->require_subcommand(1);
    const auto options = std::make_shared<OrdersOptions>();  // shared with the callbacks

    CLI::App* lists = add_shop_command(*group, chosen, options, "list", "Orders, latest first", &list);
    lists->add_option("--status", options->status, "Only these")
        ->check(CLI::IsMember(
            {"created", "reserving_stock", "paying", "shipping", "completed", "compensating", "cancelled", "failed"}));
    lists->add_option("--customer", options->customer, "Only those of a customer")->type_name("ID");
    lists->add_option("--from", options->from, "Placed at or after, such as 2010-12-01T00:00:00Z")->type_name("TIME");
    lists->add_option("--to", options->to, "Placed before")->type_name("TIME");
    lists->add_option("--limit", options->limit, "So many (20)")->check(CLI::Range(1, 1000))->type_name("N");
    lists->add_option("--page-token", options->token, "Go on where a list ended")->type_name("TOKEN");
    lists->footer(
        "Examples:\n  tallystick orders list --status cancelled --limit 5\n"
        "  tallystick orders list --customer 17850 --json");

    CLI::App* shows = add_shop_command(*group, chosen, options, "show", "One order, now or as it was", &show);
    shows->add_option("order", options->order, "Its id")->required()->type_name("ORDER");
    shows->add_option("--at", options->at, "As it was then")->type_name("TIME");
    shows->add_option("--version", options->version, "As it was after its n-th event")
        ->check(CLI::Range(1, 1'000'000))
        ->type_name("N");
    shows->footer("Examples:\n  tallystick orders show 536365\n  tallystick orders show 536365 --version 1 --json");

    CLI::App* timelines =
        add_shop_command(*group, chosen, options, "timeline", "All that an order has brought about", &timeline);
    timelines->add_option("order", options->order, "Its id")->required()->type_name("ORDER");
    timelines->footer("Examples:\n  tallystick orders timeline 536365");
}

}  // namespace tally
