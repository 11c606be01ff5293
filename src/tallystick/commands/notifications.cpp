// notifications list
#include "tallystick/commands/client_command.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

struct NotificationsOptions {
    ClientOptions client;
    std::string order, status, token;
    std::int64_t limit = 20;
};

void print_list(const boost::json::value& page) {
    Table table({"ORDER", "KIND", "CHANNEL", "STATUS", "REASON", "REQUESTED AT", "NOTIFICATION"});
    for (const auto& item : items_of(page))
        table.add({cell(item, "order"), cell(item, "kind"), cell(item, "channel"), cell(item, "status"),
                   cell(item, "reason"), short_time(text_at(item, "requested_at")), cell(item, "notification")});
    table.print("no notifications");
    print_next_page(page);
}

Task<Result<ExitCode>> list(Api& api, NotificationsOptions options) {
    const std::string path = with_query("/api/v1/notifications", {{"order", options.order},
                                                                  {"status", options.status},
                                                                  {"page_size", std::to_string(options.limit)},
                                                                  {"page_token", options.token}});
    co_return co_await show_answer(api, "notifications", path, options.client.json, &print_list);
}

}  // namespace

void add_notifications(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("notifications", "What customers were told");
    group->require_subcommand(1);
    const auto options = std::make_shared<NotificationsOptions>();  // shared with the callbacks

    CLI::App* lists = add_shop_command(*group, chosen, options, "list", "Notifications, latest first", &list);
    lists->add_option("--order", options->order, "Only of this order")->type_name("ORDER");
    lists->add_option("--status", options->status, "Only these")->check(CLI::IsMember({"requested", "sent", "failed"}));
    lists->add_option("--limit", options->limit, "So many (20)")->check(CLI::Range(1, 1000))->type_name("N");
    lists->add_option("--page-token", options->token, "Go on where a list ended")->type_name("TOKEN");
    lists->footer("Examples:\n  tallystick notifications list --status failed");
}

}  // namespace tally
