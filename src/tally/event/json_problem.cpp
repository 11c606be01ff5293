#include "tally/event/json_problem.hpp"

#include <utility>

namespace tally {

std::string to_text(const Problems& problems) {
    std::string text;
    for (const Problem& problem : problems) {
        if (!text.empty()) text += "; ";
        if (!problem.pointer.empty()) text += problem.pointer + ": ";
        text += problem.code + ": " + problem.detail;
    }
    return text;
}

void append_token(std::string& pointer, std::string_view token) {
    pointer += '/';
    for (const char c : token) {
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer += c;
    }
}

void ProblemList::add(std::string pointer, std::string_view code, std::string detail) {
    if (full()) return;
    pointer_bytes_ += pointer.size();
    problems_.push_back({std::move(pointer), std::string(code), std::move(detail)});
}

bool ProblemList::full() const noexcept {
    return problems_.size() >= most_problems || pointer_bytes_ >= most_pointer_bytes;
}

}  // namespace tally
