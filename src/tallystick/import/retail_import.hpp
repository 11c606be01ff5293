#pragma once

#include <functional>
#include <optional>
#include <string>

#include "tally/base/signal.hpp"
#include "tally/base/task_group.hpp"
#include "tallystick/api/api.hpp"
#include "tallystick/import/import_report.hpp"
#include "tallystick/import/mishaps.hpp"
#include "tallystick/import/online_retail.hpp"
#include "tallystick/import/pace.hpp"

namespace tally {

/// Places a shop's purchases as orders and sends its returns, as any client would: through the routes, under the shop's
/// own numbers, so that doing it again, or after a kill, changes nothing that is there.
///
/// First the stock is received, then the orders are placed in the order of the file, so many at once as are not final
/// yet. When all are, the returns follow: each customer's one after the other. Threads: one loop. Lifetime: `close`
/// must have returned before it is destroyed.
class RetailImport {
public:
    struct Options {
        std::optional<std::int64_t> stock;  ///< pieces of each stocked code; none: what the file's purchases need
        std::size_t in_flight = 64;         ///< at most so many orders are neither completed nor cancelled
        /// An order takes longer where the services do not keep up: then fewer are placed at once, so that none is
        /// overdue for want of speed.
        Duration soon = std::chrono::milliseconds(400);
        Duration patience = std::chrono::seconds(60);  ///< without anything happening
        Mishaps mishaps{};
    };
    struct Progress {
        std::string_view what;  ///< `stock`, `orders` or `returns`
        std::size_t done = 0;
        std::size_t total = 0;
    };
    using OnProgress = std::function<void(const Progress&)>;

    /// Lifetime: `api` and `file` outlive it.
    RetailImport(Executor loop, Api& api, const RetailFile& file, Options options, OnProgress on_progress);

    /// Returns when every order is final and nothing more follows from it; `seconds` is left to the caller. Errors:
    /// rejected (the folder has other stock or another order under such a number), unavailable (the services are away,
    /// or nothing happens any more), and those of Api::post.
    [[nodiscard]] Task<Result<ImportReport>> run();
    [[nodiscard]] Task<void> close() { return group_.close(); }

private:
    using Work = Task<void> (RetailImport::*)();

    [[nodiscard]] Task<void> in_parallel(Work work);
    [[nodiscard]] Task<void> counted(Work work);
    [[nodiscard]] Task<void> receive_stock();
    [[nodiscard]] Task<void> place_orders();
    [[nodiscard]] Task<void> place_order(const RetailInvoice& invoice);
    [[nodiscard]] Task<void> send_returns();
    [[nodiscard]] Task<void> follow_log();
    [[nodiscard]] Task<void> come_to_rest();
    void stop(Error failure);
    void advance(std::string_view what, std::size_t total);

    Api& api_;
    const RetailFile& file_;
    Options options_;
    Pace pace_;
    OnProgress on_progress_;
    OrderLog log_;
    PaymentLog payments_;

    std::map<std::string, std::int64_t>::const_iterator next_stock_;
    std::size_t next_invoice_ = 0;
    std::size_t orders_ = 0;
    /// In the order of the file; those without a customer are alone.
    std::vector<std::vector<const RetailInvoice*>> returns_by_customer_;
    std::size_t next_customer_ = 0;
    std::size_t returns_ = 0;
    std::size_t done_ = 0;
    std::size_t running_ = 0;
    bool anything_new_ = false;
    bool log_is_read_ = false;
    std::optional<Error> failure_;
    Instant last_change_{};
    Signal changed_;
    TaskGroup group_;
};

/// The id of a code's receipt, which has fewer characters than a code may have.
[[nodiscard]] std::string receipt_id(std::string_view code);

}  // namespace tally
