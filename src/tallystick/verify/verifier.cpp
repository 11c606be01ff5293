#include "tallystick/verify/verifier.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tally/event/json_reader.hpp"
#include "tallystick/verify/json_fields.hpp"
#include "tallystick/verify/stream_rules.hpp"

namespace tally::verify {

class Verifier::Scan final : public StoreScan {
public:
    Scan(Verifier& of, std::string service)
        : of_(of),
          service_(std::move(service)),
          log_(of_.logs_.try_emplace(service_, service_, of_.causes_, of_.findings_).first->second) {}

    void log(const ScannedLog& log) override { log_.begin(log); }

    void document(const Document& document) override {
        const ScannedLog* log = log_.log();
        if (log != nullptr && log->revision && document.revision > *log->revision)
            of_.findings_.violation(
                Invariant::revisions, subject_of(document.key),
                fmt::format("its revision is {}, the highest one given is {}", document.revision, *log->revision));
        if (of_.read_models_.take(service_, document)) return;  // counts those of the live generation
        const bool is_letter = document.key.collection == "tally.dead_letters";
        if (is_letter) take_letter(document);
        const bool is_share = of_.sales_.take(service_, document, of_.findings_);
        if (is_letter || is_share || of_.progress_.take(service_, document, of_.findings_) ||
            of_.stock_.take(service_, document, of_.findings_))
            ++of_.findings_.checked.documents;
    }

    void event(const RecordedEvent& event) override {
        if (!log_.take(event)) return;
        const auto data = read_json(event.data, JsonLimits::own_events());
        if (!data) {
            unreadable(fmt::format("events/{}", event.position),
                       "its data is no JSON: " + tally::to_text(data.error()));
            return;
        }
        check_stream(service_, event, *data, of_.findings_);
        of_.orders_.take(service_, event, *data, of_.findings_);
        of_.payments_.take(service_, event, *data, of_.findings_);
        of_.returns_.take(service_, event, *data, of_.findings_);
        of_.sagas_.take(service_, event, *data);
        of_.sales_.take(service_, event, *data);
        of_.stock_.take(service_, event, *data, of_.findings_);
        of_.read_models_.take(service_, event, *data);
    }

    void unreadable_event(Position position, std::string why) override {
        log_.pass(position);
        unreadable(fmt::format("events/{}", position), std::move(why));
    }
    void unreadable(std::string what, std::string why) override {
        of_.findings_.violation(Invariant::rows, service_ + "/" + what, std::move(why));
    }

private:
    [[nodiscard]] std::string subject_of(const DocumentKey& key) const {
        return fmt::format("{}/documents/{}/{}", service_, key.collection, key.key);
    }
    void take_letter(const Document& document) {
        const auto body = read_json(document.body, JsonLimits::own_events());
        if (!body) return unreadable("documents/tally.dead_letters/" + document.key.key, "it is no dead letter");
        of_.findings_.in_flight(
            subject_of(document.key),
            fmt::format("{} of {} is parked: {}", text_at(*body, "/type").value_or("an event"),
                        text_at(*body, "/key").value_or("?"), text_at(*body, "/error").value_or("")));
    }

    Verifier& of_;
    std::string service_;
    LogCheck& log_;
};

std::unique_ptr<StoreScan> Verifier::store(std::string service) {
    return std::make_unique<Scan>(*this, std::move(service));
}

void Verifier::broken(const std::string& service, std::string why) {
    findings_.violation(Invariant::rows, service + "/file", std::move(why));
    logs_.try_emplace(service, service, causes_, findings_).first->second.cut();
}

Verdict Verifier::verdict(bool in_flight_ok) {
    for (auto& [service, log] : logs_) log.finish();
    const bool has_gaps = std::ranges::any_of(logs_, [](const auto& log) { return log.second.has_gaps(); });
    causes_.finish(has_gaps, findings_);
    progress_.finish(logs_, findings_);
    read_models_.finish(logs_);
    if (!findings_.log_is_damaged()) {
        orders_.finish(findings_);
        payments_.finish(findings_);
        returns_.finish(findings_);
        sagas_.finish(findings_);
        stock_.finish(findings_);
        if (logs_.contains("analytics")) sales_.finish(progress_, findings_);
    }
    return findings_.verdict(in_flight_ok);
}

}  // namespace tally::verify
