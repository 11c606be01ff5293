// import online-retail
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "tallystick/commands/command.hpp"
#include "tallystick/commands/progress_line.hpp"
#include "tallystick/import/retail_import.hpp"
#include "tallystick/output.hpp"

namespace tally {
namespace {

using namespace std::chrono_literals;

struct ImportOptions {
    /// Payments are given up soon: nobody waits at a screen, and what comes late is part of the exercise.
    ClientOptions client{.data = {},
                         .server = {},
                         .creates = true,
                         .patience = 60s,
                         .environment = {{"TALLY_ORDERS_PAY_WITHIN_MS", "2000"}}};
    std::string file;
    std::int64_t stock = 0;     ///< 0: what the purchases need
    std::int64_t invoices = 0;  ///< 0: all
    Mishaps mishaps;
};

Result<RetailFile> read_file(const ImportOptions& options) {
    auto source = open_byte_source(options.file);
    if (!source) return std::unexpected(std::move(source.error()));
    std::optional<std::size_t> limit;
    if (options.invoices > 0) limit = static_cast<std::size_t>(options.invoices);
    return read_online_retail(**source, limit);
}

Task<Result<ImportReport>> import_file(Client& client, const RetailFile& file, const ImportOptions& options) {
    ProgressLine line(client.api().clock());
    RetailImport::Options wanted;
    if (options.stock > 0) wanted.stock = options.stock;
    wanted.mishaps = options.mishaps;
    RetailImport import(client.loop(), client.api(), file, wanted, [&](const RetailImport::Progress& progress) {
        line.show(progress.what, progress.done, progress.total);
    });
    auto report = co_await import.run();
    co_await import.close();
    co_return report;
}

Task<Result<ExitCode>> run(Client& client, const RetailFile& file, const ImportOptions& options, Instant begun) {
    auto report = co_await import_file(client, file, options);
    if (!report) co_return std::unexpected(std::move(report.error()));
    report->seconds = std::chrono::duration<double>(client.api().clock().instant() - begun).count();
    print_text(options.client.json ? to_json(*report) + "\n" : to_text(*report));
    co_return ExitCode::ok;
}

ExitCode import_online_retail(const ImportOptions& options) {
    const Instant begun = create_system_clock()->instant();
    const Mishaps& mishaps = options.mishaps;
    if (mishaps.decline + mishaps.lose + mishaps.late + mishaps.twice > 100) {
        report({ErrorCode::invalid, "--decline, --lose, --late and --twice are more than 100 percent together"});
        return ExitCode::usage;
    }
    auto file = read_file(options);
    if (!file) {
        report({file.error().code, fmt::format("{}: {}", options.file, file.error().text)});
        return ExitCode::usage;
    }
    return run_client(options.client, [&](Client& client) { return run(client, *file, options, begun); });
}

}  // namespace

void add_import(CLI::App& app, Chosen& chosen) {
    CLI::App* group = app.add_subcommand("import", "Bring in the data of others");
    group->require_subcommand(1);
    const auto options = std::make_shared<ImportOptions>();  // shared with the callback
    CLI::App* command = group->add_subcommand(
        "online-retail",
        "A shop's year (data set \"Online Retail\") as stock, orders and returns; waits until all is done");
    command->add_option("file", options->file, "CSV, plain or xz; - is standard input")->required()->type_name("FILE");
    add_client_options(*command, options->client);
    command->add_option("--stock", options->stock, "Receive N pieces of each code, not what the purchases need")
        ->check(CLI::Range(1, 10'000'000))
        ->type_name("N");
    command->add_option("--invoices", options->invoices, "Only the first N invoices")
        ->check(CLI::Range(1, 1'000'000'000))
        ->type_name("N");
    for (const auto& [name, share, what] :
         {std::tuple("--decline", &options->mishaps.decline, "have their card declined"),
          std::tuple("--lose", &options->mishaps.lose, "lose the provider's first answer"),
          std::tuple("--late", &options->mishaps.late, "are charged after they were given up"),
          std::tuple("--twice", &options->mishaps.twice, "hear from the provider twice")})
        command->add_option(name, *share, fmt::format("So many percent of the orders {}", what))
            ->check(CLI::Range(0, 100))
            ->type_name("PERCENT");
    command->add_option("--seed", options->mishaps.seed, "Which orders these are")->type_name("N");
    command->footer(
        "Importing again changes nothing and finishes what was interrupted.\nExamples:\n"
        "  tallystick import online-retail online-retail.csv.xz --data /tmp/year\n"
        "  tallystick import online-retail online-retail.csv.xz --stock 500 --json\n"
        "  tallystick import online-retail online-retail.csv.xz --decline 3 --lose 1 --late 1 --twice 1 --seed 7\n"
        "  xzcat online-retail.csv.xz | tallystick import online-retail - --invoices 1000");
    command->callback([&chosen, options] { chosen = [options] { return import_online_retail(*options); }; });
}

}  // namespace tally
