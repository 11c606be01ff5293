#include "tallystick/verify/verdict.hpp"

#include <fmt/format.h>

namespace tally::verify {

std::string to_text(const Verdict& verdict) {
    const Checked& seen = verdict.checked;
    std::string text =
        fmt::format("checked  {} logs with {} events in {} streams\n", seen.logs, seen.events, seen.streams);
    text += fmt::format("         {} orders, {} sagas, {} stock items, {} documents\n", seen.orders, seen.sagas,
                        seen.stock_items, seen.documents);
    if (verdict.in_flight > 0) text += fmt::format("         {} in flight\n", verdict.in_flight);
    for (const Violation& violation : verdict.violations)
        text += fmt::format("{:<16} {}: {}\n", violation.invariant, violation.subject, violation.detail);
    text += verdict.ok ? "ok: everything holds\n" : "not ok\n";
    return text;
}

}  // namespace tally::verify
