#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tally/base/error.hpp"
#include "tallystick/import/byte_source.hpp"

namespace tally {

/// One record. The fields are views that hold until the next call of the reader.
struct CsvRow {
    std::size_t line = 0;  ///< of the file, from 1, on which the record begins
    std::span<const std::string_view> fields;
};

/// Comma-separated records (RFC 4180), read as a stream: quoted fields, doubled quotes, line breaks inside quotes.
///
/// Beyond the RFC, a line may end with LF alone, and a UTF-8 byte order mark at the start is skipped. The number of
/// fields is not compared between records; an empty line is a record of one empty field. Threads: one at a time.
class CsvReader {
public:
    /// Of one record: so that a quote that nobody closes is found early and costs no memory.
    static constexpr std::size_t max_row_bytes = std::size_t{64} * 1024;

    /// The source must outlive the reader.
    explicit CsvReader(ByteSource& source);

    /// The next record, nothing at the end. Errors: invalid (malformed; the text names the line), too_large, and those
    /// of the source. After an error the reader is of no more use.
    [[nodiscard]] Result<std::optional<CsvRow>> next();

private:
    enum class Stop { field, row, input };

    bool fill();
    bool at_end() { return at_ == size_ && !fill(); }
    Result<Stop> read_field();
    Result<Stop> read_bare();
    Result<Stop> read_quoted();
    Result<Stop> read_stop();
    [[nodiscard]] bool keep(std::size_t from);

    ByteSource& source_;
    std::optional<Error> source_failure_;
    std::vector<char> chunk_;
    std::size_t at_ = 0;
    std::size_t size_ = 0;
    bool started_ = false;
    std::size_t line_ = 1;

    std::string text_;
    std::vector<std::size_t> ends_;
    std::vector<std::string_view> fields_;
};

}  // namespace tally
