#include "tally/testing/hostile_text.hpp"

namespace tally::testing {
namespace {

using namespace std::string_literals;

constexpr std::size_t longest_string = 64 * 1024;  // what JsonLimits lets in by default

}  // namespace

const std::vector<HostileText>& hostile_texts() {
    static const std::vector<HostileText> texts = {
        {"empty", "", true},
        {"blanks", " \t ", true},
        {"quotes", R"(say "yes" or 'no' or `maybe`)", true},
        {"backslashes", R"(C:\new\table\\server\u0041)", true},
        {"line_ends", "one\ntwo\r\nthree\rfour", true},
        {"control_characters", "\x01\x02\b\f\x1b[31mred\x1b[0m\x1f\x7f", true},
        {"c1_and_separators", "\u0085\u2028\u2029", true},
        {"emoji", "👩‍👩‍👧‍👦 🏳️‍🌈 🇬🇧", true},
        {"right_to_left", "שלום \u202eevil\u202c مرحبا", true},
        {"combining", "e\u0301 Z\u0351\u036b\u0343a\u0328\u0302l\u0334g\u0335o\u0336", true},
        {"invisible", "\ufeffa\u200bb\u2060c\u00ad", true},
        {"last_code_points", "\ud7ff\ue000\ufffd\U00010000\U0010ffff", true},
        {"noncharacters", "\ufdd0\uffff\U0001fffe", true},
        {"sql_injection", "Robert'); DROP TABLE events;--", true},
        {"sql_comment", "' OR 1=1 /* ' \" */ --", true},
        {"json_injection", R"(","admin":true,"x":")", true},
        {"json_escape_at_end", R"(\)", true},
        {"html", "<script>alert('x')</script>&amp;<!--", true},
        {"format_strings", "%s%n%x {} {0} ${HOME} $(id) %00", true},
        {"path", "../../etc/passwd", true},
        {"spreadsheet_formula", "=HYPERLINK(\"http://example.org\")", true},
        {"pointer_characters", "a/b~c~1d~0", true},
        {"words_that_are_values", "null true NaN 1e400 undefined", true},
        {"longest", std::string(longest_string, 'x'), true},
        {"nul_alone", "\0"s, false},
        {"nul_inside", "before\0after"s, false},
        {"lone_high_surrogate", "\xed\xa0\x80", false},
        {"lone_low_surrogate", "\xed\xb0\x80", false},
        {"surrogate_pair_as_utf8", "\xed\xa0\xbd\xed\xb8\x80", false},
        {"overlong_slash", "\xc0\xaf", false},
        {"overlong_nul", "\xc0\x80", false},
        {"overlong_three_bytes", "\xe0\x80\xaf", false},
        {"overlong_four_bytes", "\xf0\x80\x80\xaf", false},
        {"beyond_unicode", "\xf4\x90\x80\x80", false},
        {"five_bytes", "\xf8\x88\x80\x80\x80", false},
        {"lone_continuation", "a\x80z", false},
        {"cut_character", "caf\xc3", false},
        {"cut_emoji", "\xf0\x9f\x98", false},
        {"latin_1", "caf\xe9", false},
        {"utf_16", "\xff\xfeh\0i\0"s, false},
    };
    return texts;
}

const std::vector<HostileLiteral>& hostile_literals() {
    static const std::vector<HostileLiteral> literals = {
        {"escapes", R"("\"\\\/\b\f\n\r\t\u0041")", true},
        {"surrogate_pair", R"("\ud83d\ude00")", true},
        {"upper_case_hex", R"("\u00E9\uD83D\uDE00")", true},
        {"escaped_control", R"("\u0001\u001f")", true},
        {"escaped_nul", R"("a\u0000b")", false},
        {"lone_high_surrogate", R"("\ud800")", false},
        {"high_surrogate_then_text", R"("\ud800abc")", false},
        {"high_surrogate_then_newline", R"("\ud800\n")", false},
        {"two_high_surrogates", R"("\ud800\ud800")", false},
        {"lone_low_surrogate", R"("\udc00")", false},
        {"swapped_pair", R"("\udc00\ud800")", false},
        {"short_escape", R"("\u12")", false},
        {"escape_not_hex", R"("\u12g4")", false},
        {"unknown_escape", R"("\x41")", false},
        {"escaped_quote_at_end", R"("\")", false},
        {"unterminated", R"("abc)", false},
        {"single_quotes", "'abc'", false},
        {"raw_newline", "\"a\nb\"", false},
        {"raw_tab", "\"a\tb\"", false},
        {"raw_nul", "\"a\0b\""s, false},
        {"overlong", "\"\xc0\xaf\"", false},
        {"surrogate_as_utf8", "\"\xed\xa0\x80\"", false},
        {"cut_character", "\"caf\xc3\"", false},
        {"latin_1", "\"caf\xe9\"", false},
    };
    return literals;
}

}  // namespace tally::testing
