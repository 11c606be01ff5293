// A field is scanned in runs: everything up to the next byte that means something is copied at once. The fields of a
// record lie one after the other in `text_`, without quotes and commas; `ends_` has the end of each.
#include "tallystick/import/csv_reader.hpp"

#include <utility>

#include <fmt/format.h>

namespace tally {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::unexpected<Error> malformed(std::size_t line, std::string_view what) {
    return fail(ErrorCode::invalid, fmt::format("line {}: {}", line, what));
}

std::unexpected<Error> too_long(std::size_t line) {
    return fail(ErrorCode::too_large,
                fmt::format("line {}: the record is longer than {} bytes (is a quote not closed?)", line,
                            CsvReader::max_row_bytes));
}

bool ends_run(char byte) { return byte == ',' || byte == '\n' || byte == '\r' || byte == '"'; }

}  // namespace

CsvReader::CsvReader(ByteSource& source) : source_(source), chunk_(max_row_bytes) {}

Result<std::optional<CsvRow>> CsvReader::next() {
    text_.clear();
    ends_.clear();
    const std::size_t line = line_;
    if (at_end()) {
        if (source_failure_) return std::unexpected(*source_failure_);
        return std::nullopt;
    }
    for (Stop stop = Stop::field; stop == Stop::field;) {
        auto end = read_field();
        // A source that failed looks like one that ended, so its own error goes before what that end broke.
        if (source_failure_) return std::unexpected(*source_failure_);
        if (!end) return std::unexpected(end.error());
        ends_.push_back(text_.size());
        if (text_.size() + ends_.size() > max_row_bytes) return too_long(line);
        stop = *end;
    }
    fields_.clear();
    std::size_t from = 0;
    for (const std::size_t end : ends_) {
        fields_.push_back(std::string_view(text_).substr(from, end - from));
        from = end;
    }
    return CsvRow{line, fields_};
}

/// Gets the next chunk; false at the end and after a failure of the source.
bool CsvReader::fill() {
    if (source_failure_) return false;
    auto count = read_full(source_, chunk_);
    at_ = 0;
    size_ = count.value_or(0);
    if (!count) source_failure_ = count.error();
    if (!std::exchange(started_, true) && std::string_view(chunk_.data(), size_).starts_with(byte_order_mark)) {
        at_ = byte_order_mark.size();
    }
    return at_ < size_;
}

Result<CsvReader::Stop> CsvReader::read_field() {
    if (at_end()) return Stop::input;
    return chunk_[at_] == '"' ? read_quoted() : read_bare();
}

Result<CsvReader::Stop> CsvReader::read_bare() {
    while (!at_end() && !ends_run(chunk_[at_])) {
        const std::size_t from = at_;
        while (at_ < size_ && !ends_run(chunk_[at_])) ++at_;
        if (!keep(from)) return too_long(line_);
    }
    if (!at_end() && chunk_[at_] == '"') return malformed(line_, "a quote inside a field that is not quoted");
    return read_stop();
}

Result<CsvReader::Stop> CsvReader::read_quoted() {
    const std::size_t opened = line_;
    ++at_;
    while (!at_end()) {
        const std::size_t from = at_;
        for (; at_ < size_ && chunk_[at_] != '"'; ++at_) line_ += chunk_[at_] == '\n' ? 1U : 0U;
        if (!keep(from)) return too_long(opened);
        if (at_ == size_) continue;
        ++at_;
        if (at_end() || chunk_[at_] != '"') return read_stop();
        text_ += '"';
        ++at_;
    }
    return malformed(opened, "a quoted field is never closed");
}

/// What must follow a field.
Result<CsvReader::Stop> CsvReader::read_stop() {
    if (at_end()) return Stop::input;
    switch (chunk_[at_++]) {
        case ',':
            return Stop::field;
        case '\r':
            if (at_end() || chunk_[at_] != '\n') return malformed(line_, "a carriage return without a line feed");
            ++at_;
            [[fallthrough]];
        case '\n':
            ++line_;
            return Stop::row;
        default:
            return malformed(line_, "text between a closing quote and the next comma");
    }
}

/// Adds chunk_[from, at_) to the field; false if the record becomes too long.
bool CsvReader::keep(std::size_t from) {
    text_.append(chunk_.data() + from, at_ - from);
    return text_.size() <= max_row_bytes;
}

}  // namespace tally
