// Idempotency-Keys and ids are functions of the file: `online-retail-<invoice>` for an order, whose own id is the
// invoice's number, and `online-retail-<code>` for a receipt.
#include "tallystick/import/retail_import.hpp"

#include <algorithm>

#include <boost/describe.hpp>
#include <fmt/format.h>

#include "tally/base/strong_id.hpp"
#include "tally/event/codec.hpp"
#include "tallystick/import/standing.hpp"

namespace tally {

// What the routes take; a service's own types are not for its clients.
struct RetailOrderLine {
    std::string sku;
    std::string description;
    std::int64_t quantity = 0;
    Money unit_price;
    bool stocked = true;
};
BOOST_DESCRIBE_STRUCT(RetailOrderLine, (), (sku, description, quantity, unit_price, stocked))

struct RetailOrder {
    std::string order;
    std::optional<std::string> customer;
    Timestamp placed_at{};
    std::string country;
    std::vector<RetailOrderLine> lines;
    std::optional<std::string> payment_method;
};
BOOST_DESCRIBE_STRUCT(RetailOrder, (), (order, customer, placed_at, country, lines, payment_method))

struct RetailReturnLine {
    std::string sku;
    std::int64_t quantity = 0;
};
BOOST_DESCRIBE_STRUCT(RetailReturnLine, (), (sku, quantity))

struct RetailReturn {
    std::string return_id;
    std::optional<std::string> customer;
    Timestamp returned_at{};
    std::vector<RetailReturnLine> lines;
};
BOOST_DESCRIBE_STRUCT(RetailReturn, (), (return_id, customer, returned_at, lines))

struct RetailReceipt {
    std::string receipt;
    std::int64_t quantity = 0;
};
BOOST_DESCRIBE_STRUCT(RetailReceipt, (), (receipt, quantity))

namespace {

using namespace std::chrono_literals;

constexpr Duration pause_at_end_of_log = 10ms;
constexpr Duration pause_between_looks = 100ms;

std::string order_body(const RetailInvoice& invoice, const Mishaps& mishaps) {
    RetailOrder order{.order = invoice.number,
                      .customer = invoice.customer,
                      .placed_at = invoice.placed_at,
                      .country = invoice.country,
                      .lines = {},
                      .payment_method = payment_method_of(mishaps, invoice.number)};
    for (const RetailLine& line : invoice.lines)
        order.lines.push_back(
            {line.item->code, line.item->description, line.quantity, line.unit_price, line.item->stocked});
    return encode(order);
}

std::string return_body(const RetailInvoice& invoice) {
    RetailReturn sent{
        .return_id = invoice.number, .customer = invoice.customer, .returned_at = invoice.placed_at, .lines = {}};
    for (const RetailLine& line : invoice.lines) sent.lines.push_back({line.item->code, -line.quantity});
    return encode(sent);
}

/// The returns of a file: those of a customer together.
std::vector<std::vector<const RetailInvoice*>> returns_of(const RetailFile& file) {
    std::vector<std::vector<const RetailInvoice*>> all;
    std::map<std::string, std::size_t> by_customer;
    for (const RetailInvoice& invoice : file.invoices) {
        if (invoice.kind != InvoiceKind::return_ || invoice.lines.empty()) continue;
        const auto place =
            invoice.customer ? by_customer.try_emplace(*invoice.customer, all.size()).first->second : all.size();
        if (place == all.size()) all.emplace_back();
        all[place].push_back(&invoice);
    }
    return all;
}

bool makes_order(const RetailInvoice& invoice) {
    return invoice.kind == InvoiceKind::purchase && !invoice.lines.empty();
}

bool is_new(const Api::Answer& answer) { return answer.status == 201 && (!answer.replayed || answer.uncertain); }

}  // namespace

std::string receipt_id(std::string_view code) {
    std::string id = "online-retail-";
    for (const char byte : code)
        if (byte != '~' && is_id_text({&byte, 1}))
            id.push_back(byte);
        else
            id += fmt::format("~{:02X}", static_cast<unsigned char>(byte));
    return id;
}

RetailImport::RetailImport(Executor loop, Api& api, const RetailFile& file, Options options, OnProgress on_progress)
    : api_(api),
      file_(file),
      options_(options),
      pace_(options.in_flight, options.soon),
      on_progress_(std::move(on_progress)),
      log_(api),
      payments_(api, file.tallies.accepted.currency(), file.tallies.accepted.scale()),
      next_stock_(file.stock_needed.begin()),
      orders_(static_cast<std::size_t>(std::ranges::count_if(file.invoices, makes_order))),
      returns_by_customer_(returns_of(file)),
      returns_(file.tallies.returns - file.tallies.returns_without_valid_line),
      group_(std::move(loop), [this](std::string_view, const std::exception_ptr& thrown) {
          try {
              std::rethrow_exception(thrown);
          } catch (const std::exception& failure) {
              stop({ErrorCode::internal, failure.what()});
          }
      }) {}

Task<Result<ImportReport>> RetailImport::run() {
    last_change_ = api_.clock().instant();
    group_.spawn("follow the log", follow_log());
    co_await in_parallel(&RetailImport::receive_stock);
    done_ = 0;
    if (!failure_) co_await in_parallel(&RetailImport::place_orders);
    done_ = 0;
    if (!failure_) co_await in_parallel(&RetailImport::send_returns);
    log_is_read_ = false;  // the figures are of all that is stored, orders of others included
    while (!failure_ && !log_is_read_) co_await changed_.wait();
    if (!failure_) co_await come_to_rest();
    if (failure_) co_return std::unexpected(std::move(*failure_));
    co_return ImportReport{.file = file_.tallies,
                           .orders = log_.figures(),
                           .payments = payments_.figures(),
                           .seconds = 0,
                           .replayed = !anything_new_};
}

Task<void> RetailImport::in_parallel(Work work) {
    running_ = options_.in_flight;
    for (std::size_t i = 0; i < options_.in_flight; ++i) group_.spawn("import", counted(work));
    while (running_ > 0) co_await changed_.wait();
}

Task<void> RetailImport::counted(Work work) {
    struct Ended {
        RetailImport& import;
        ~Ended() {
            --import.running_;
            import.changed_.notify_all();
        }
    } const ended{*this};
    co_await (this->*work)();
}

Task<void> RetailImport::receive_stock() {
    while (!failure_ && next_stock_ != file_.stock_needed.end()) {
        const auto& [code, needed] = *next_stock_++;
        const RetailReceipt receipt{receipt_id(code), options_.stock.value_or(needed)};
        auto answer = co_await api_.post("inventory", "/api/v1/stock/" + percent_encode(code) + ":receive",
                                         encode(receipt), fmt::format("{}-{}", receipt.receipt, receipt.quantity));
        if (answer) {
            anything_new_ = anything_new_ || is_new(*answer);
            advance("stock", file_.stock_needed.size());
        } else if (answer.error().code == ErrorCode::rejected) {
            stop({ErrorCode::rejected, fmt::format("{}: the data folder was filled from another file or with another "
                                                   "--stock; use the same again, or another folder",
                                                   answer.error().text)});
        } else {
            stop({answer.error().code, fmt::format("stock of {}: {}", code, answer.error().text)});
        }
    }
}

Task<void> RetailImport::place_orders() {
    while (!failure_ && next_invoice_ < file_.invoices.size()) {
        if (!makes_order(file_.invoices[next_invoice_])) {
            ++next_invoice_;
        } else if (pace_.has_room()) {
            co_await place_order(file_.invoices[next_invoice_++]);
        } else {
            co_await changed_.wait();
        }
    }
}

/// Returns when it is final.
Task<void> RetailImport::place_order(const RetailInvoice& invoice) {
    pace_.begin();
    const Instant begun = api_.clock().instant();
    const auto answer = co_await api_.post("orders", "/api/v1/orders", order_body(invoice, options_.mishaps),
                                           "online-retail-" + invoice.number);
    if (!answer) {
        stop({answer.error().code, fmt::format("order {}: {}", invoice.number, answer.error().text)});
        co_return;
    }
    anything_new_ = anything_new_ || is_new(*answer);
    while (!failure_ && !log_.is_final(invoice.number)) co_await changed_.wait();
    if (payment_method_of(options_.mishaps, invoice.number))
        pace_.end();
    else
        pace_.end(api_.clock().instant() - begun);
    advance("orders", orders_);
}

Task<void> RetailImport::send_returns() {
    while (!failure_ && next_customer_ < returns_by_customer_.size()) {
        const auto& returns = returns_by_customer_[next_customer_++];
        for (std::size_t i = 0; i < returns.size() && !failure_; ++i) {
            const RetailInvoice& invoice = *returns[i];
            auto answer = co_await api_.post("orders", "/api/v1/returns", return_body(invoice),
                                             "online-retail-" + invoice.number);
            if (!answer) {
                stop({answer.error().code, fmt::format("return {}: {}", invoice.number, answer.error().text)});
                co_return;
            }
            anything_new_ = anything_new_ || is_new(*answer);
            advance("returns", returns_);
        }
    }
}

/// What is final may still have to be paid back, put back on the shelf, and seen in lists.
Task<void> RetailImport::come_to_rest() {
    last_change_ = api_.clock().instant();
    for (std::int64_t done = 0; !failure_;) {
        const auto now = co_await standing(api_);
        if (!now) co_return stop(now.error());
        if (const auto read = co_await payments_.read_on(); !read) co_return stop(read.error());
        if (now->at_rest && payments_.is_settled()) co_return;
        if (std::exchange(done, now->done) != now->done) last_change_ = api_.clock().instant();
        if (api_.clock().instant() - last_change_ > options_.patience)
            co_return stop({ErrorCode::unavailable,
                            "everything is placed, and nothing is done any more about what follows from it: "
                            "/health/ready and `tallystick dead-letters list` say why; then import again"});
        co_await api_.clock().sleep_for(pause_between_looks);
    }
}

/// One reader tells all that wait how their orders have ended.
Task<void> RetailImport::follow_log() {
    for (;;) {
        const auto events = co_await log_.read_on();
        if (!events) {
            stop(events.error());
            co_return;
        }
        const Instant now = api_.clock().instant();
        log_is_read_ = *events < LogReader::page_size;
        if (*events > 0 || running_ == 0) {
            last_change_ = now;
            changed_.notify_all();
        } else if (now - last_change_ > options_.patience) {
            stop({ErrorCode::unavailable,
                  "nothing has happened for a while, and orders are not final: `tallystick dead-letters list` and "
                  "/health/ready say what holds them up; then import again"});
            co_return;
        }
        if (log_is_read_) co_await api_.clock().sleep_for(pause_at_end_of_log);
    }
}

void RetailImport::stop(Error failure) {
    if (!failure_) failure_ = std::move(failure);
    changed_.notify_all();
}

void RetailImport::advance(std::string_view what, std::size_t total) {
    last_change_ = api_.clock().instant();
    ++done_;
    on_progress_({what, done_, total});
}

}  // namespace tally
