// payments list | show
#include <fmt/format.h>

#include "tallystick/commands/client_command.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

struct PaymentsOptions {
    ClientOptions client;
    std::string order;
    std::string status, from, to, token;
    std::int64_t limit = 20;
};

void print_list(const boost::json::value& page) {
    Table table({"ORDER", "STATUS", "REASON", "METHOD", "REQUESTED AT", "AMOUNT", "REFUNDED"});
    for (const auto& payment : items_of(page))
        table.add({cell(payment, "order"), cell(payment, "status"), cell(payment, "reason"), cell(payment, "method"),
                   short_time(text_at(payment, "requested_at")), money_at(payment, "amount"),
                   money_at(payment, "refunded")});
    table.print("no payments");
    print_next_page(page);
}

void print_payment(const boost::json::value& payment) {
    for (const char* member : {"order", "status", "reason", "method", "reference", "version"})
        if (const std::string text = cell(payment, member); !text.empty())
            print_text(fmt::format("{:<10} {}\n", member, printable(text)));
    for (const char* member : {"amount", "captured", "refunded"})
        if (const std::string money = money_at(payment, member); !money.empty())
            print_text(fmt::format("{:<10} {}\n", member, money));
    print_text("\n");
    Table table({"REFUND", "STATUS", "AMOUNT", "FOR RETURN"});
    for (const auto& refund : list_at(payment, "refunds"))
        table.add(
            {cell(refund, "request"), cell(refund, "status"), money_at(refund, "amount"), cell(refund, "return_id")});
    table.print("no refunds");
}

Task<Result<ExitCode>> list(Api& api, PaymentsOptions options) {
    const std::string path = with_query("/api/v1/payments", {{"status", options.status},
                                                             {"from", options.from},
                                                             {"to", options.to},
                                                             {"page_size", std::to_string(options.limit)},
                                                             {"page_token", options.token}});
    co_return co_await show_answer(api, "payments", path, options.client.json, &print_list);
}

Task<Result<ExitCode>> show(Api& api, PaymentsOptions options) {
    const std::string path = "/api/v1/payments/" + percent_encode(options.order);
    co_return co_await show_answer(api, "payments", path, options.client.json, &print_payment);
}

}  // namespace

void add_payments(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("payments", "What was charged and given back");
    group->require_subcommand(1);
    const auto options = std::make_shared<PaymentsOptions>();  // shared with the callbacks

    CLI::App* lists = add_shop_command(*group, chosen, options, "list", "Payments, latest first", &list);
    lists->add_option("--status", options->status, "Only these")
        ->check(CLI::IsMember({"initiated", "authorized", "captured", "failed", "voided", "refunded"}));
    lists->add_option("--from", options->from, "Asked for at or after")->type_name("TIME");
    lists->add_option("--to", options->to, "Asked for before")->type_name("TIME");
    lists->add_option("--limit", options->limit, "So many (20)")->check(CLI::Range(1, 1000))->type_name("N");
    lists->add_option("--page-token", options->token, "Go on where a list ended")->type_name("TOKEN");
    lists->footer("Examples:\n  tallystick payments list --status refunded --limit 5");

    CLI::App* shows = add_shop_command(*group, chosen, options, "show", "The payment of an order", &show);
    shows->add_option("order", options->order, "The order's id")->required()->type_name("ORDER");
    shows->footer("Examples:\n  tallystick payments show 536365");
}

}  // namespace tally
