#include "tallystick/import/csv_reader.hpp"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tally {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Row = std::vector<std::string>;

struct Outcome {
    std::vector<Row> rows;
    std::vector<std::size_t> lines;
    std::optional<Error> error;
};

Outcome parse(ByteSource& source) {
    Outcome outcome;
    CsvReader reader(source);
    for (;;) {
        auto row = reader.next();
        if (!row) {
            outcome.error = row.error();
            return outcome;
        }
        if (!*row) return outcome;
        outcome.rows.emplace_back((*row)->fields.begin(), (*row)->fields.end());
        outcome.lines.push_back((*row)->line);
    }
}

Outcome parse(std::string text) { return parse(*byte_source_of(std::move(text), "memory").value()); }

struct Accepted {
    std::string_view name;
    std::string text;
    std::vector<Row> rows;
};

class CsvReaderAccepts : public ::testing::TestWithParam<Accepted> {};

TEST_P(CsvReaderAccepts, Text) {
    const Outcome outcome = parse(GetParam().text);
    EXPECT_EQ(outcome.error, std::nullopt);
    EXPECT_EQ(outcome.rows, GetParam().rows);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CsvReaderAccepts,
    ::testing::Values(Accepted{"nothing", "", {}},  //
                      Accepted{"plain", "a,b\n1,2\n", {{"a", "b"}, {"1", "2"}}},
                      Accepted{"crlf", "a,b\r\n1,2\r\n", {{"a", "b"}, {"1", "2"}}},
                      Accepted{"no_final_newline", "a,b\n1,2", {{"a", "b"}, {"1", "2"}}},
                      Accepted{"no_final_newline_after_quote", "a,\"b\"", {{"a", "b"}}},
                      Accepted{"byte_order_mark", "\xEF\xBB\xBF\"a\",b\n", {{"a", "b"}}},
                      Accepted{"byte_order_mark_alone", "\xEF\xBB\xBF", {}},
                      Accepted{"byte_order_mark_later_is_text", "a\n\xEF\xBB\xBF", {{"a"}, {"\xEF\xBB\xBF"}}},
                      Accepted{"empty_fields", ",\n,", {{"", ""}, {"", ""}}},
                      Accepted{"empty_line", "a\n\nb\n", {{"a"}, {""}, {"b"}}},
                      Accepted{"empty_quotes", "\"\",\"\"\n", {{"", ""}}},
                      Accepted{"quoted_comma", "\"a,b\",c\n", {{"a,b", "c"}}},
                      Accepted{"doubled_quotes", "\"\"\"a\"\" \"\"\",b\n", {{"\"a\" \"", "b"}}},
                      Accepted{"newline_in_quotes", "\"a\r\nb\n\",c\r\n", {{"a\r\nb\n", "c"}}},
                      Accepted{"spaces_are_kept", " a , b \n", {{" a ", " b "}}},
                      Accepted{"any_bytes", std::string("\0\xFF,b", 4), {{std::string("\0\xFF", 2), "b"}}}),
    [](const auto& test) { return std::string(test.param.name); });

struct Refused {
    std::string_view name;
    std::string text;
    std::string_view error;
};

class CsvReaderRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(CsvReaderRefuses, Text) {
    const Outcome outcome = parse(GetParam().text);
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->code, ErrorCode::invalid);
    EXPECT_EQ(outcome.error->text, GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Table, CsvReaderRefuses,
    ::testing::Values(Refused{"unclosed", "a\nb,\"c\nd\n", "line 2: a quoted field is never closed"},
                      Refused{"unclosed_at_once", "\"", "line 1: a quoted field is never closed"},
                      Refused{"unclosed_after_doubled", "\"a\"\"", "line 1: a quoted field is never closed"},
                      Refused{"text_after_quote", "a\n\"b\"c\n",
                              "line 2: text between a closing quote and the next comma"},
                      Refused{"text_after_quote_over_lines", "\"a\nb\" ,c\n",
                              "line 2: text between a closing quote and the next comma"},
                      Refused{"quote_inside", "a\nb\"c\"\n", "line 2: a quote inside a field that is not quoted"},
                      Refused{"lone_carriage_return", "a\rb\n", "line 1: a carriage return without a line feed"},
                      Refused{"carriage_return_at_end", "a\n\"b\"\r", "line 2: a carriage return without a line feed"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(CsvReader, RowsBearTheLineOnWhichTheyBegin) {
    EXPECT_THAT(parse("a\r\n\"b\nb\nb\",c\nd\n").lines, ElementsAre(1, 2, 5));
}

TEST(CsvReader, RowsBeforeAMalformedOneAreRead) {
    EXPECT_THAT(parse("a\nb\n\"c").rows, ElementsAre(Row{"a"}, Row{"b"}));
}

// The reader gets the source in chunks. Method: a row with all that takes two bytes to decide is moved across the end
// of the first chunk, byte by byte.
TEST(CsvReader, ChunksEndAnywhere) {
    const std::string row = "x,\"q\"\"q\",,\"\r\n\"\r\n,y\r\n";
    const std::vector<Row> expected{{"x", "q\"q", "", "\r\n"}, {"", "y"}};
    for (std::size_t shift = 0; shift <= row.size() + 2; ++shift) {
        std::string filler;
        while (filler.size() < CsvReader::max_row_bytes - 1000) filler += std::string(999, 'f') + '\n';
        filler += std::string(CsvReader::max_row_bytes - filler.size() - 1 - shift, 'f') + '\n';
        Outcome outcome = parse(filler + row);
        ASSERT_EQ(outcome.error, std::nullopt) << shift;
        ASSERT_GE(outcome.rows.size(), 2U);
        EXPECT_EQ(std::vector<Row>(outcome.rows.end() - 2, outcome.rows.end()), expected) << shift;
    }
}

TEST(CsvReader, ARecordHasALimit) {
    const std::string longest(CsvReader::max_row_bytes - 1, 'x');
    EXPECT_EQ(parse(longest + "\n").rows, std::vector<Row>{{longest}});
    for (const auto& text : {"a\n" + longest + "xx\n", "a\n\"" + longest + "xx\"\n",
                             "a\n\"" + std::string(1'000'000, '\n'), "a\n" + std::string(1'000'000, ',')}) {
        const Outcome outcome = parse(text);
        ASSERT_TRUE(outcome.error);
        EXPECT_EQ(outcome.error->code, ErrorCode::too_large);
        EXPECT_THAT(outcome.error->text, HasSubstr("line 2: the record is longer than"));
    }
}

/// Ends with an error instead of an end.
class BreakingSource final : public ByteSource {
public:
    explicit BreakingSource(std::string bytes) : bytes_(std::move(bytes)) {}
    Result<std::size_t> read(std::span<char> into) override {
        if (at_ == bytes_.size()) return fail(ErrorCode::io, "the disk is on fire");
        const std::size_t count = bytes_.copy(into.data(), into.size(), at_);
        at_ += count;
        return count;
    }

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

TEST(CsvReader, AFailureOfTheSourceIsNoEndOfTheFile) {
    for (const auto* start : {"", "a,b\n", "a,", "\"a"}) {
        BreakingSource source(start);
        EXPECT_EQ(parse(source).error, (Error{ErrorCode::io, "the disk is on fire"})) << start;
    }
}

}  // namespace
}  // namespace tally
