#include "tallystick/import/import_report.hpp"

#include <cmath>

#include <boost/describe.hpp>
#include <fmt/format.h>

#include "tally/event/codec.hpp"

namespace tally {

struct OrdersOnWire {
    std::uint64_t placed = 0;
    std::uint64_t completed = 0;
    std::uint64_t cancelled = 0;
    std::map<std::string, std::uint64_t> cancelled_by;
};
BOOST_DESCRIBE_STRUCT(OrdersOnWire, (), (placed, completed, cancelled, cancelled_by))

struct ReturnsOnWire {
    std::uint64_t accepted = 0;
};
BOOST_DESCRIBE_STRUCT(ReturnsOnWire, (), (accepted))

struct SumsOnWire {
    std::string accepted;
    std::string rejected;
};
BOOST_DESCRIBE_STRUCT(SumsOnWire, (), (accepted, rejected))

struct ReportOnWire {
    std::uint64_t lines = 0;
    std::uint64_t invoices = 0;
    std::uint64_t purchases_without_valid_line = 0;
    OrdersOnWire orders;
    ReturnsOnWire returns;
    std::map<std::string, std::uint64_t> rejected_lines;
    SumsOnWire money;
    double seconds = 0;
    bool replayed = false;
};
BOOST_DESCRIBE_STRUCT(ReportOnWire, (),
                      (lines, invoices, purchases_without_valid_line, orders, returns, rejected_lines, money, seconds,
                       replayed))

std::string to_json(const ImportReport& report) {
    const RetailTallies& file = report.file;
    ReportOnWire wire{
        .lines = file.lines,
        .invoices = file.invoices,
        .purchases_without_valid_line = file.purchases_without_valid_line,
        .orders = {report.orders.placed, report.orders.completed, report.orders.cancelled, report.orders.cancelled_by},
        .returns = {file.returns - file.returns_without_valid_line},
        .rejected_lines = {},
        .money = {file.accepted.decimal(), file.rejected.decimal()},
        .seconds = std::round(report.seconds * 1000) / 1000,
        .replayed = report.replayed};
    for (const auto& [reason, count] : file.rejected_lines) wire.rejected_lines.emplace(name(reason), count);
    return encode(wire);
}

std::string to_text(const ImportReport& report) {
    const RetailTallies& file = report.file;
    std::string text = fmt::format(
        "lines      {}\ninvoices   {} ({} purchases without a valid line, {} returns counted)\n", file.lines,
        file.invoices, file.purchases_without_valid_line, file.returns - file.returns_without_valid_line);
    text += fmt::format("orders     {} placed, {} completed, {} cancelled\n", report.orders.placed,
                        report.orders.completed, report.orders.cancelled);
    for (const auto& [reason, count] : report.orders.cancelled_by)
        text += fmt::format("           {} cancelled: {}\n", count, reason);
    for (const auto& [reason, count] : file.rejected_lines)
        text += fmt::format("rejected   {} lines: {}\n", count, name(reason));
    text += fmt::format("money      {} accepted, {} rejected ({})\n", file.accepted.decimal(), file.rejected.decimal(),
                        file.accepted.currency().text());
    text +=
        fmt::format("took       {:.1f} s{}\n", report.seconds, report.replayed ? "; everything was there already" : "");
    return text;
}

}  // namespace tally
