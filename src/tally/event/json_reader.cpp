// Boost.JSON's parser checks the grammar and UTF-8; the handler below builds the value and refuses what Boost.JSON lets
// through: duplicate keys (inserting finds them, by hash in big objects), NUL, integers that only fit a double, and
// sizes. Numbers are read again from their text, since Boost 1.81 rounds some doubles wrongly.
#include "tally/event/json_reader.hpp"

#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace tally {
namespace {

namespace json = boost::json;
using boost::json::error_code;

class ValueBuilder {
public:
    static constexpr std::size_t max_object_size = SIZE_MAX;
    static constexpr std::size_t max_array_size = SIZE_MAX;
    static constexpr std::size_t max_key_size = SIZE_MAX;
    static constexpr std::size_t max_string_size = SIZE_MAX;

    explicit ValueBuilder(const JsonLimits& limits) : limits_(limits) {}

    json::value root;
    ProblemList problems;

    void add_problem(std::string_view code, std::string detail) { problems.add(pointer(), code, std::move(detail)); }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_array_begin(error_code& ec) { return open(json::value(json::array()), ec); }
    bool on_array_end(std::size_t, error_code& ec) { return close(ec); }
    bool on_object_begin(error_code& ec) { return open(json::value(json::object()), ec); }
    bool on_object_end(std::size_t, error_code& ec) { return close(ec); }
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }
    bool on_bool(bool value, error_code& ec) { return put(json::value(value), ec); }
    bool on_null(error_code& ec) { return put(json::value(nullptr), ec); }

    bool on_key_part(json::string_view part, std::size_t size, error_code& ec) {
        Frame& frame = frames_.back();
        if (size == part.size()) frame.key.clear();
        frame.has_key = size <= limits_.string_bytes;
        if (!frame.has_key) return over_limit(fmt::format("a key has more than {} bytes", limits_.string_bytes), ec);
        frame.key.append(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t size, error_code& ec) {
        if (!on_key_part(part, size, ec)) return false;
        if (++keys_ > limits_.keys) return over_limit(fmt::format("more than {} members", limits_.keys), ec);
        refuse_nul(frames_.back().key);
        return may_go_on(ec);
    }

    bool on_string_part(json::string_view part, std::size_t size, error_code& ec) {
        if (size == part.size()) text_.clear();
        if (size > limits_.string_bytes)
            return over_limit(fmt::format("a string has more than {} bytes", limits_.string_bytes), ec);
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_string(json::string_view part, std::size_t size, error_code& ec) {
        if (!on_string_part(part, size, ec)) return false;
        refuse_nul(text_);
        json::value value = json::string_view(text_);
        text_.clear();
        return put(std::move(value), ec);
    }

    bool on_number_part(json::string_view part, error_code& ec) {
        if (text_.size() + part.size() > limits_.string_bytes)
            return over_limit(fmt::format("a number has more than {} digits", limits_.string_bytes), ec);
        text_.append(part.data(), part.size());
        return true;
    }
    bool on_int64(std::int64_t value, json::string_view part, error_code& ec) {
        return on_number_part(part, ec) && put_number(json::value(value), ec);
    }
    bool on_uint64(std::uint64_t value, json::string_view part, error_code& ec) {
        return on_number_part(part, ec) && put_number(json::value(value), ec);
    }
    bool on_double(double, json::string_view part, error_code& ec) {
        if (!on_number_part(part, ec)) return false;
        double value = 0;
        const auto end = text_.data() + text_.size();
        const auto [read_to, failure] = std::from_chars(text_.data(), end, value);
        if (text_.find_first_of(".eE") == std::string::npos)
            add_problem(problem_code::value, "an integer does not fit in 64 bits");
        else if (failure != std::errc{} || read_to != end || !std::isfinite(value))
            add_problem(problem_code::value, "a number is beyond the range of a double");
        return put_number(json::value(value), ec);
    }

private:
    struct Frame {
        json::value container;
        std::string key;  ///< of the member that is being read
        bool has_key = false;
    };

    /// RFC 6901 pointer of the value that is being read.
    [[nodiscard]] std::string pointer() const {
        std::string text;
        for (const Frame& frame : frames_) {
            if (frame.container.is_array())
                append_token(text, std::to_string(frame.container.get_array().size()));
            else if (frame.has_key)
                append_token(text, frame.key);
        }
        return text;
    }

    bool open(json::value container, error_code& ec) {
        if (frames_.size() >= limits_.depth)
            return over_limit(fmt::format("arrays and objects are nested deeper than {}", limits_.depth), ec);
        frames_.push_back({std::move(container), {}, false});
        return true;
    }
    bool close(error_code& ec) {
        json::value done = std::move(frames_.back().container);
        frames_.pop_back();
        return put(std::move(done), ec);
    }
    bool put_number(json::value value, error_code& ec) {
        text_.clear();
        return put(std::move(value), ec);
    }
    bool put(json::value value, error_code& ec) {
        if (frames_.empty()) {
            root = std::move(value);
            return may_go_on(ec);
        }
        Frame& frame = frames_.back();
        if (frame.container.is_array()) {
            frame.container.get_array().push_back(std::move(value));
        } else {
            const auto [place, added] = frame.container.get_object().emplace(frame.key, std::move(value));
            if (!added) add_problem(problem_code::duplicate_key, "the object has this key twice");
            frame.has_key = false;
        }
        return may_go_on(ec);
    }

    void refuse_nul(std::string_view text) {
        if (text.find('\0') != std::string_view::npos) add_problem(problem_code::value, "U+0000 is not accepted");
    }
    bool over_limit(std::string detail, error_code& ec) {
        add_problem(problem_code::limit, std::move(detail));
        ec = make_error_code(json::error::exception);
        return false;
    }
    bool may_go_on(error_code& ec) const {
        if (problems.full()) ec = make_error_code(json::error::exception);
        return !problems.full();
    }

    JsonLimits limits_;
    std::vector<Frame> frames_;
    std::string text_;  ///< of the string or number that is being read
    std::size_t keys_ = 0;
};

void add_parse_problem(ValueBuilder& builder, const error_code& ec) {
    if (ec == json::error::exponent_overflow)
        return builder.add_problem(problem_code::value, "a number is beyond the range of a double");
    if (ec == json::error::incomplete)
        return builder.add_problem(problem_code::syntax, "the text ends in the middle of a value");
    builder.add_problem(problem_code::syntax, "not JSON (RFC 8259) in UTF-8: " + ec.message());
}

}  // namespace

std::expected<json::value, Problems> read_json(std::string_view text, const JsonLimits& limits) {
    json::parse_options options;
    options.max_depth = limits.depth + 1;  // ours comes first, with a pointer
    json::basic_parser<ValueBuilder> parser(options, limits);
    ValueBuilder& builder = parser.handler();
    if (text.starts_with("\xEF\xBB\xBF")) {
        builder.add_problem(problem_code::syntax, "a byte order mark is not accepted (RFC 8259 section 8.1)");
        return std::unexpected(builder.problems.take());
    }
    error_code ec;
    const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
    if (ec && ec != json::error::exception)
        add_parse_problem(builder, ec);
    else if (!ec && read < text.size())
        builder.add_problem(problem_code::syntax, "something follows the value");
    if (!builder.problems.empty()) return std::unexpected(builder.problems.take());
    return std::move(builder.root);
}

}  // namespace tally
