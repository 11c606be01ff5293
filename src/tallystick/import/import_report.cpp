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
    std::uint64_t matched_lines = 0;
    std::uint64_t unmatched_lines = 0;
};
BOOST_DESCRIBE_STRUCT(ReturnsOnWire, (), (accepted, matched_lines, unmatched_lines))

struct SumsOnWire {
    std::string accepted;
    std::string rejected;
    std::string captured;
    std::string refunded;
};
BOOST_DESCRIBE_STRUCT(SumsOnWire, (), (accepted, rejected, captured, refunded))

struct ReportOnWire {
    std::uint64_t lines = 0;
    std::uint64_t invoices = 0;
    std::uint64_t purchases_without_valid_line = 0;
    OrdersOnWire orders;
    ReturnsOnWire returns;
    std::map<std::string, std::uint64_t> rejected_lines;
    SumsOnWire money;
    std::map<std::string, std::uint64_t> compensations;
    std::uint64_t late_replies = 0;
    std::uint64_t duplicate_replies = 0;
    double seconds = 0;
    bool replayed = false;
};
BOOST_DESCRIBE_STRUCT(ReportOnWire, (),
                      (lines, invoices, purchases_without_valid_line, orders, returns, rejected_lines, money,
                       compensations, late_replies, duplicate_replies, seconds, replayed))

std::string to_json(const ImportReport& report) {
    const RetailTallies& file = report.file;
    const OrderLog::Returns& returns = report.orders.returns;
    ReportOnWire wire{
        .lines = file.lines,
        .invoices = file.invoices,
        .purchases_without_valid_line = file.purchases_without_valid_line,
        .orders = {report.orders.placed, report.orders.completed, report.orders.cancelled, report.orders.cancelled_by},
        .returns = {returns.accepted, returns.matched_lines, returns.unmatched_lines},
        .rejected_lines = {},
        .money = {file.accepted.decimal(), file.rejected.decimal(), report.payments.captured.decimal(),
                  report.payments.refunded.decimal()},
        .compensations = report.orders.compensations,
        .late_replies = report.orders.late_replies,
        .duplicate_replies = report.duplicate_replies(),
        .seconds = std::round(report.seconds * 1000) / 1000,
        .replayed = report.replayed};
    for (const auto& [reason, count] : file.rejected_lines) wire.rejected_lines.emplace(name(reason), count);
    return encode(wire);
}

std::string to_text(const ImportReport& report) {
    const RetailTallies& file = report.file;
    std::string text = fmt::format("lines      {}\ninvoices   {} ({} purchases without a valid line)\n", file.lines,
                                   file.invoices, file.purchases_without_valid_line);
    text += fmt::format("orders     {} placed, {} completed, {} cancelled\n", report.orders.placed,
                        report.orders.completed, report.orders.cancelled);
    for (const auto& [reason, count] : report.orders.cancelled_by)
        text += fmt::format("           {} cancelled: {}\n", count, reason);
    for (const auto& [step, count] : report.orders.compensations)
        text += fmt::format("           {} undone: {}\n", count, step);
    const OrderLog::Returns& returns = report.orders.returns;
    text += fmt::format("returns    {}: {} lines found in orders, {} not\n", returns.accepted, returns.matched_lines,
                        returns.unmatched_lines);
    text += fmt::format("answers    {} late, {} twice\n", report.orders.late_replies, report.duplicate_replies());
    for (const auto& [reason, count] : file.rejected_lines)
        text += fmt::format("rejected   {} lines: {}\n", count, name(reason));
    text += fmt::format("money      {} accepted, {} rejected ({})\n", file.accepted.decimal(), file.rejected.decimal(),
                        file.accepted.currency().text());
    text += fmt::format("           {} charged, {} given back\n", report.payments.captured.decimal(),
                        report.payments.refunded.decimal());
    text +=
        fmt::format("took       {:.1f} s{}\n", report.seconds, report.replayed ? "; everything was there already" : "");
    return text;
}

}  // namespace tally
