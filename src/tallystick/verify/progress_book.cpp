#include "tallystick/verify/progress_book.hpp"

#include <fmt/format.h>

#include "tally/event/json_reader.hpp"
#include "tallystick/verify/json_fields.hpp"

namespace tally::verify {
namespace {

constexpr std::string_view progress_collection = "tally.progress";
constexpr std::string_view projections_collection = "tally.projections";
constexpr std::string_view topic_suffix = ".events";

std::vector<std::string> split(std::string_view key) {
    std::vector<std::string> parts{""};
    for (const char c : key)
        if (c == '/')
            parts.emplace_back();
        else
            parts.back() += c;
    return parts;
}

/// Whose log a progress key speaks of; empty for a key of neither form.
std::string log_of(const std::string& service, std::string_view key) {
    const std::vector<std::string> parts = split(key);
    if (parts.size() == 3 && parts[2] == "log") return service;
    if (parts.size() == 4 && parts[2].ends_with(topic_suffix))
        return parts[2].substr(0, parts[2].size() - topic_suffix.size());
    return "";
}

std::string progress_key(const std::string& service, std::string_view projection, int generation) {
    return fmt::format("{}/{}/{}/log", service, projection, generation);
}

}  // namespace

bool ProgressBook::take(const std::string& service, const Document& document, Findings& findings) {
    const std::string& collection = document.key.collection;
    if (collection != progress_collection && collection != projections_collection) return false;
    bool good = false;
    if (collection == progress_collection) {
        good = take_progress(service, document);
    } else if (const auto body = read_json(document.body, JsonLimits::own_events())) {
        const auto live = number_at(*body, "/live");
        good = live.has_value();
        if (good) live_[service + "/" + document.key.key] = static_cast<int>(*live);
    }
    if (!good)
        findings.violation(Invariant::rows, fmt::format("{}/documents/{}/{}", service, collection, document.key.key),
                           "it does not say how far anybody has got");
    return true;
}

bool ProgressBook::take_progress(const std::string& service, const Document& document) {
    const auto body = read_json(document.body, JsonLimits::own_events());
    const std::string log = log_of(service, document.key.key);
    if (!body || log.empty()) return false;
    const auto position = number_at(*body, "/position");
    const auto incarnation = text_at(*body, "/incarnation");
    if (!position || *position < 0 || !incarnation) return false;
    progress_[service + "/" + document.key.key] = {
        fmt::format("{}/documents/{}/{}", service, progress_collection, document.key.key), log,
        static_cast<Position>(*position), *incarnation};
    return true;
}

int ProgressBook::live(const std::string& service, std::string_view projection) const {
    const auto found = live_.find(service + "/" + std::string(projection));
    return found != live_.end() ? found->second : 1;
}

Position ProgressBook::position(const std::string& service, std::string_view projection, int generation) const {
    const auto found = progress_.find(progress_key(service, projection, generation));
    return found != progress_.end() ? found->second.position : 0;
}

Position ProgressBook::handled(std::string_view service, std::string_view consumer, std::string_view publisher,
                               int shard) const {
    const auto found =
        progress_.find(fmt::format("{}/{}/1/{}{}/{}", service, consumer, publisher, topic_suffix, shard));
    return found != progress_.end() ? found->second.position : 0;
}

std::string ProgressBook::problem_of(const Progress& progress, const LogCheck& log) {
    if (progress.position > log.end())
        return fmt::format("it is {}, the log of {} ends at {}", progress.position, progress.log, log.end());
    // Before anything is processed nobody need know whose log it is.
    if (progress.position > 0 && log.log() != nullptr && progress.incarnation != log.log()->incarnation.text())
        return fmt::format("it is in another history of the log of {}: {} instead of {}", progress.log,
                           progress.incarnation, log.log()->incarnation.text());
    return "";
}

void ProgressBook::finish(const std::map<std::string, LogCheck>& logs, Findings& findings) const {
    for (const auto& [key, progress] : progress_) {
        const auto log = logs.find(progress.log);
        const std::string problem =
            log == logs.end() ? "there is no log of " + progress.log : problem_of(progress, log->second);
        if (!problem.empty()) findings.violation(Invariant::progress, progress.subject, problem);
    }
}

bool ProgressBook::is_possible(const std::string& service, std::string_view projection, int generation,
                               const LogCheck& log) const {
    const auto found = progress_.find(progress_key(service, projection, generation));
    return found == progress_.end() || problem_of(found->second, log).empty();
}

}  // namespace tally::verify
