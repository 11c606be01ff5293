// shipments list | show | deliver
#include <fmt/format.h>

#include "tallystick/commands/client_command.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

struct ShipmentsOptions {
    ClientOptions client;
    std::string order;
    std::string status, token;
    std::int64_t limit = 20;
};

std::string path_of(const ShipmentsOptions& options) { return "/api/v1/shipments/" + percent_encode(options.order); }

void print_list(const boost::json::value& page) {
    Table table({"ORDER", "STATUS", "PROBLEM", "METHOD", "TRACKING", "CREATED AT"});
    for (const auto& shipment : items_of(page))
        table.add({cell(shipment, "order"), cell(shipment, "status"), cell(shipment, "problem"),
                   cell(shipment, "method"), cell(shipment, "tracking"), short_time(text_at(shipment, "created_at"))});
    table.print("no shipments");
    print_next_page(page);
}

void print_shipment(const boost::json::value& shipment) {
    for (const char* member : {"order", "status", "problem", "method", "tracking", "version"})
        if (const std::string text = cell(shipment, member); !text.empty())
            print_text(fmt::format("{:<10} {}\n", member, printable(text)));
}

Task<Result<ExitCode>> list(Api& api, ShipmentsOptions options) {
    const std::string path = with_query(
        "/api/v1/shipments",
        {{"status", options.status}, {"page_size", std::to_string(options.limit)}, {"page_token", options.token}});
    co_return co_await show_answer(api, "shipping", path, options.client.json, &print_list);
}

Task<Result<ExitCode>> show(Api& api, ShipmentsOptions options) {
    co_return co_await show_answer(api, "shipping", path_of(options), options.client.json, &print_shipment);
}

Task<Result<ExitCode>> deliver(Api& api, ShipmentsOptions options) {
    const auto done = co_await api.post("shipping", path_of(options) + ":deliver", "{}", "deliver-" + options.order);
    if (!done) co_return std::unexpected(done.error());
    const auto shipment = json_of(*done);
    if (!shipment) co_return std::unexpected(shipment.error());
    if (options.client.json)
        print_json(*shipment);
    else
        print_shipment(*shipment);
    co_return ExitCode::ok;
}

}  // namespace

void add_shipments(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("shipments", "What was sent, and where it is");
    group->require_subcommand(1);
    const auto options = std::make_shared<ShipmentsOptions>();  // shared with the callbacks

    CLI::App* lists = add_shop_command(*group, chosen, options, "list", "Shipments, latest first", &list);
    lists->add_option("--status", options->status, "Only these")
        ->check(CLI::IsMember({"shipped", "in_transit", "exception", "delivered", "returned"}));
    lists->add_option("--limit", options->limit, "So many (20)")->check(CLI::Range(1, 1000))->type_name("N");
    lists->add_option("--page-token", options->token, "Go on where a list ended")->type_name("TOKEN");
    lists->footer("Examples:\n  tallystick shipments list --status exception");

    CLI::App* shows = add_shop_command(*group, chosen, options, "show", "The shipment of an order", &show);
    CLI::App* delivers = add_shop_command(*group, chosen, options, "deliver",
                                          "Say that the goods are there, such as a parcel that was lost", &deliver);
    for (CLI::App* command : {shows, delivers})
        command->add_option("order", options->order, "The order's id")->required()->type_name("ORDER");
    shows->footer("Examples:\n  tallystick shipments show 536365");
    delivers->footer("Examples:\n  tallystick shipments deliver 536365");
}

}  // namespace tally
