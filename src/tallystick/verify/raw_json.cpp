#include "tallystick/verify/raw_json.hpp"

namespace tally::verify {
namespace {

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    [[nodiscard]] bool take(char wanted) {
        skip_blanks();
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    /// Empty where no value begins.
    [[nodiscard]] std::string_view value() {
        skip_blanks();
        const std::size_t begin = at_;
        std::size_t depth = 0;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '"') {
                skip_string();
            } else if (c == '{' || c == '[') {
                ++depth;
                ++at_;
            } else if (c == '}' || c == ']') {
                if (depth == 0) break;
                --depth;
                ++at_;
            } else if (depth == 0 && (c == ',' || c == ':' || is_blank(c))) {
                break;
            } else {
                ++at_;
            }
            if (depth == 0 && (c == '"' || c == '}' || c == ']')) break;
        }
        return depth == 0 ? text_.substr(begin, at_ - begin) : std::string_view();
    }
    [[nodiscard]] bool ended() {
        skip_blanks();
        return at_ == text_.size();
    }

private:
    static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }
    void skip_string() {
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\\')
                ++at_;
            else if (text_[at_] == '"')
                break;
        }
        at_ = std::min(at_ + 1, text_.size());
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::unexpected<Error> bad(std::string_view what) {
    return fail(ErrorCode::corrupt, "the answer is not " + std::string(what));
}

}  // namespace

Result<std::vector<std::string_view>> raw_elements(std::string_view array) {
    Scanner scanner(array);
    std::vector<std::string_view> elements;
    if (!scanner.take('[')) return bad("a JSON array");
    if (scanner.take(']')) return elements;
    for (;;) {
        elements.push_back(scanner.value());
        if (elements.back().empty()) return bad("a JSON array");
        if (scanner.take(']')) break;
        if (!scanner.take(',')) return bad("a JSON array");
    }
    if (!scanner.ended()) return bad("a JSON array");
    return elements;
}

Result<std::map<std::string_view, std::string_view>> raw_members(std::string_view object) {
    Scanner scanner(object);
    std::map<std::string_view, std::string_view> members;
    if (!scanner.take('{')) return bad("a JSON object");
    if (scanner.take('}')) return members;
    for (;;) {
        const std::string_view name = scanner.value();
        if (name.size() < 2 || name.front() != '"' || !scanner.take(':')) return bad("a JSON object");
        const std::string_view value = scanner.value();
        if (value.empty()) return bad("a JSON object");
        members[name.substr(1, name.size() - 2)] = value;
        if (scanner.take('}')) break;
        if (!scanner.take(',')) return bad("a JSON object");
    }
    if (!scanner.ended()) return bad("a JSON object");
    return members;
}

}  // namespace tally::verify
