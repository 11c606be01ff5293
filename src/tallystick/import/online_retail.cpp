#include "tallystick/import/online_retail.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ranges>
#include <span>
#include <system_error>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "tally/base/text.hpp"
#include "tallystick/import/csv_reader.hpp"

namespace tally {
namespace {

constexpr int price_scale = 3;
constexpr std::size_t longest_number = 20;

enum Column : std::size_t {
    invoice_no,
    stock_code,
    description,
    quantity,
    invoice_date,
    unit_price,
    customer_id,
    country,
    column_count
};
constexpr std::array<std::string_view, column_count> header{"InvoiceNo",   "StockCode", "Description", "Quantity",
                                                            "InvoiceDate", "UnitPrice", "CustomerID",  "Country"};

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

bool is_digits(std::string_view text) {
    return !text.empty() && text.size() <= longest_number && std::ranges::all_of(text, is_digit);
}

std::unexpected<Error> fail_at(std::size_t line, std::string_view what) {
    return fail(ErrorCode::invalid, fmt::format("line {}: {}", line, what));
}

/// A value of the file as an error may print it: its start, and nothing that a terminal or a log would act on.
std::string shown(std::string_view value) {
    std::string text(value.substr(0, 40));
    std::ranges::replace_if(text, [](char byte) { return byte < ' ' || byte > '~'; }, '?');
    return '\'' + text + (value.size() > 40 ? "...'" : "'");
}

std::optional<InvoiceKind> kind_of(std::string_view number) {
    if (is_digits(number)) return InvoiceKind::purchase;
    if (number.empty() || !is_digits(number.substr(1))) return std::nullopt;
    if (number.front() == 'C') return InvoiceKind::return_;
    if (number.front() == 'A') return InvoiceKind::adjustment;
    return std::nullopt;
}

std::optional<std::int64_t> parse_quantity(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// `2010-12-01 08:26:00`
std::optional<Timestamp> parse_time(std::string_view text) {
    if (text.size() != 19 || text[10] != ' ') return std::nullopt;
    auto at = parse_timestamp(fmt::format("{}T{}Z", text.substr(0, 10), text.substr(11)));
    if (!at) return std::nullopt;
    return *at;
}

std::optional<LineRejection> reject(InvoiceKind kind, const RetailLine& line) {
    if (kind == InvoiceKind::adjustment) return LineRejection::adjustment;
    if (kind == InvoiceKind::purchase && line.quantity <= 0) return LineRejection::quantity;
    if (line.unit_price.units() <= 0) return LineRejection::price;
    if (kind == InvoiceKind::return_ && line.quantity >= 0) return LineRejection::quantity;
    return std::nullopt;
}

class RetailReader {
public:
    RetailReader(Currency currency, std::optional<std::size_t> limit) : currency_(currency), limit_(limit) {
        file_.tallies.accepted = file_.tallies.rejected = Money(0, price_scale, currency);
        for (auto reason : {LineRejection::adjustment, LineRejection::quantity, LineRejection::price}) {
            file_.tallies.rejected_lines[reason] = 0;
        }
    }

    Result<void> add(const CsvRow& row);
    RetailFile finish() &&;

private:
    Result<RetailInvoice> read_invoice(const CsvRow& row) const;
    Result<RetailLine> read_line(const CsvRow& row);
    Result<std::shared_ptr<const RetailItem>> read_item(const CsvRow& row);
    Result<void> want(const CsvRow& row, InvoiceKind kind, const RetailLine& line);
    RetailInvoice* find_or_keep(RetailInvoice&& invoice);
    Result<void> count(const CsvRow& row, RetailInvoice& invoice, RetailLine line);

    Currency currency_;
    std::optional<std::size_t> limit_;
    RetailFile file_;
    std::unordered_map<std::string, std::size_t> invoice_by_number_;
    std::unordered_map<std::string, std::shared_ptr<const RetailItem>> items_;
};

Result<void> RetailReader::add(const CsvRow& row) {
    if (row.fields.size() != column_count) {
        return fail_at(row.line, fmt::format("{} columns instead of {}", row.fields.size(), +column_count));
    }
    auto invoice = read_invoice(row);
    if (!invoice) return std::unexpected(invoice.error());
    auto line = read_line(row);
    if (!line) return std::unexpected(line.error());
    const InvoiceKind kind = invoice->kind;
    if (RetailInvoice* kept = find_or_keep(std::move(*invoice)); kept != nullptr)
        if (auto counted = count(row, *kept, *line); !counted) return counted;
    return want(row, kind, *line);
}

Result<RetailInvoice> RetailReader::read_invoice(const CsvRow& row) const {
    RetailInvoice invoice;
    invoice.number = row.fields[invoice_no];
    const auto kind = kind_of(invoice.number);
    if (!kind) {
        return fail_at(row.line, "invoice number " + shown(invoice.number) + " is not digits, or C or A and digits");
    }
    const auto placed_at = parse_time(row.fields[invoice_date]);
    if (!placed_at) {
        return fail_at(row.line, "date " + shown(row.fields[invoice_date]) + " is not like 2010-12-01 08:26:00");
    }
    if (std::string_view customer = row.fields[customer_id]; !customer.empty()) {
        if (customer.ends_with(".0")) customer.remove_suffix(2);
        if (!is_digits(customer)) {
            return fail_at(row.line, "customer " + shown(row.fields[customer_id]) + " is not a number like 17850.0");
        }
        invoice.customer = customer;
    }
    invoice.country = row.fields[country];
    if (!is_clean_text(invoice.country)) {
        return fail_at(row.line, "country " + shown(invoice.country) + " is not UTF-8 without NUL");
    }
    invoice.kind = *kind;
    invoice.placed_at = *placed_at;
    return invoice;
}

Result<RetailLine> RetailReader::read_line(const CsvRow& row) {
    RetailLine line;
    auto item = read_item(row);
    if (!item) return std::unexpected(item.error());
    const auto pieces = parse_quantity(row.fields[quantity]);
    if (!pieces) return fail_at(row.line, "quantity " + shown(row.fields[quantity]) + " is not a whole number");
    auto price = Money::parse(row.fields[unit_price], price_scale, currency_);
    if (!price) return fail_at(row.line, "price " + shown(row.fields[unit_price]) + ": " + price.error().text);
    line.item = std::move(*item);
    line.quantity = *pieces;
    line.unit_price = *price;
    return line;
}

Result<std::shared_ptr<const RetailItem>> RetailReader::read_item(const CsvRow& row) {
    RetailItem item;
    item.code = to_upper(row.fields[stock_code]);
    item.description = row.fields[description];
    // Clean text has no NUL, so that the key of clean values is unambiguous; others are never stored.
    std::string key = item.code + '\0' + item.description;
    if (auto known = items_.find(key); known != items_.end()) return known->second;
    if (item.code.empty()) return fail_at(row.line, "the stock code is empty");
    for (const auto& text : {item.code, item.description}) {
        if (!is_clean_text(text)) return fail_at(row.line, "text " + shown(text) + " is not UTF-8 without NUL");
    }
    item.stocked = item.code.size() >= 5 && std::ranges::all_of(item.code | std::views::take(5), is_digit);
    return items_.emplace(std::move(key), std::make_shared<const RetailItem>(std::move(item))).first->second;
}

Result<void> RetailReader::want(const CsvRow& row, InvoiceKind kind, const RetailLine& line) {
    if (kind != InvoiceKind::purchase || !line.item->stocked || reject(kind, line)) return {};
    std::int64_t& pieces = file_.stock_needed[line.item->code];
    if (__builtin_add_overflow(pieces, line.quantity, &pieces)) return fail_at(row.line, "too many pieces of a code");
    return {};
}

/// The kept invoice of that number; nullptr if it comes after the limit.
RetailInvoice* RetailReader::find_or_keep(RetailInvoice&& invoice) {
    if (auto known = invoice_by_number_.find(invoice.number); known != invoice_by_number_.end()) {
        return &file_.invoices[known->second];
    }
    if (limit_ && file_.invoices.size() >= *limit_) return nullptr;
    invoice_by_number_.emplace(invoice.number, file_.invoices.size());
    return &file_.invoices.emplace_back(std::move(invoice));
}

Result<void> RetailReader::count(const CsvRow& row, RetailInvoice& invoice, RetailLine line) {
    const auto reason = reject(invoice.kind, line);
    Money& sum = reason ? file_.tallies.rejected : file_.tallies.accepted;
    const auto amount = line.unit_price.times(line.quantity);
    const auto added = amount ? sum.plus(*amount) : amount;
    if (!added) return fail_at(row.line, "quantity times price is too large an amount");
    sum = *added;
    ++file_.tallies.lines;
    if (reason) {
        ++file_.tallies.rejected_lines[*reason];
        invoice.rejected.push_back({std::move(line), *reason});
    } else {
        invoice.lines.push_back(std::move(line));
    }
    return {};
}

RetailFile RetailReader::finish() && {
    RetailTallies& tallies = file_.tallies;
    tallies.invoices = file_.invoices.size();
    for (const RetailInvoice& invoice : file_.invoices) {
        const unsigned without = invoice.lines.empty() ? 1 : 0;
        switch (invoice.kind) {
            case InvoiceKind::purchase:
                ++tallies.purchases;
                tallies.purchases_without_valid_line += without;
                break;
            case InvoiceKind::return_:
                ++tallies.returns;
                tallies.returns_without_valid_line += without;
                break;
            case InvoiceKind::adjustment:
                ++tallies.adjustments;
                break;
        }
    }
    return std::move(file_);
}

}  // namespace

std::string_view name(LineRejection reason) {
    switch (reason) {
        case LineRejection::adjustment:
            return "adjustment";
        case LineRejection::quantity:
            return "quantity";
        case LineRejection::price:
            return "price";
    }
    std::unreachable();
}

Result<RetailFile> read_online_retail(ByteSource& source, std::optional<std::size_t> limit) {
    auto currency = Currency::parse("GBP");
    if (!currency) return std::unexpected(currency.error());
    CsvReader csv(source);
    auto row = csv.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return fail(ErrorCode::invalid, "the file is empty");
    if (!std::ranges::equal((*row)->fields, header)) {
        return fail_at((*row)->line, fmt::format("the header is not {}", fmt::join(header, ",")));
    }
    RetailReader reader(*currency, limit);
    for (row = csv.next(); row && *row; row = csv.next()) {
        if (auto added = reader.add(**row); !added) return std::unexpected(added.error());
    }
    if (!row) return std::unexpected(row.error());
    return std::move(reader).finish();
}

}  // namespace tally
