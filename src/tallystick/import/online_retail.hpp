#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tally/base/clock.hpp"
#include "tally/base/error.hpp"
#include "tally/base/money.hpp"
#include "tallystick/import/byte_source.hpp"

namespace tally {

/// The number tells: digits alone are a purchase, `C` and digits a return, `A` and digits an adjustment of the books.
enum class InvoiceKind : std::uint8_t { purchase, return_, adjustment };

/// Why a line counts for nothing, the first that applies. `price` stands before the `quantity` of a return.
enum class LineRejection : std::uint8_t {
    adjustment,  ///< the invoice is one
    quantity,    ///< of a purchase not above 0, of a return not below 0
    price,       ///< not above 0
};

/// `adjustment`, `quantity`, `price`.
[[nodiscard]] std::string_view name(LineRejection reason);

/// What a line sells, shared by all lines that name it alike.
struct RetailItem {
    std::string code;  ///< in upper case
    std::string description;
    bool stocked = false;  ///< the code begins with five digits; anything else is a service

    friend bool operator==(const RetailItem&, const RetailItem&) = default;
};

struct RetailLine {
    std::shared_ptr<const RetailItem> item;
    std::int64_t quantity = 0;
    Money unit_price;  ///< GBP, scale 3
};

struct RejectedLine {
    RetailLine line;
    LineRejection reason{};
};

/// All lines of one number, wherever they stand in the file, in its order; a repeated code stays several lines. The
/// time, the customer and the country are those of the first line.
struct RetailInvoice {
    std::string number;
    InvoiceKind kind{};
    Timestamp placed_at;                  ///< the shop's local time, taken as UTC
    std::optional<std::string> customer;  ///< nothing where the file is silent
    std::string country;
    std::vector<RetailLine> lines;  ///< the accepted ones
    std::vector<RejectedLine> rejected;
};

/// Of the invoices that were kept.
struct RetailTallies {
    std::uint64_t lines = 0;
    std::uint64_t invoices = 0;
    std::uint64_t purchases = 0;
    std::uint64_t purchases_without_valid_line = 0;  ///< they make no order
    std::uint64_t returns = 0;
    std::uint64_t returns_without_valid_line = 0;
    std::uint64_t adjustments = 0;
    std::map<LineRejection, std::uint64_t> rejected_lines;  ///< has every reason, also those with 0
    Money accepted;  ///< Σ quantity × unit price of accepted lines: returns subtract
    Money rejected;  ///< the same of the rejected lines
};

struct RetailFile {
    std::vector<RetailInvoice> invoices;  ///< in the order in which their numbers first appear
    RetailTallies tallies;
    /// By stocked code, the pieces that accepted purchase lines want: of the whole file, whatever is kept of it, so
    /// that what is received does not depend on how much of it is imported.
    std::map<std::string, std::int64_t> stock_needed;
};

/// Reads a year of a shop: CSV with the header InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice,
/// CustomerID, Country (data set "Online Retail", UCI Machine Learning Repository).
///
/// `limit` keeps the first so many invoices; the file is still read and checked to its end, where lines of theirs may
/// stand. About 50 MB for 541,909 lines. Errors: invalid (the text names the line and what is wrong with it), and those
/// of `CsvReader::next`.
[[nodiscard]] Result<RetailFile> read_online_retail(ByteSource& source, std::optional<std::size_t> limit = {});

}  // namespace tally
