#include "tallystick/verify/log_check.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "tally/store/planner.hpp"

namespace tally::verify {

void LogCheck::begin(const ScannedLog& log) {
    log_ = log;
    shard_heads_.assign(static_cast<std::size_t>(log.shards), 0);
}

std::string LogCheck::at(Position position) const { return fmt::format("{}/events/{}", service_, position); }

bool LogCheck::is_missing(Position position) const {
    return std::ranges::any_of(gaps_, [&](const auto& gap) { return gap.first <= position && position <= gap.second; });
}

bool LogCheck::take(const RecordedEvent& event) {
    if (!take_position(event.position)) return false;
    ++findings_.checked.events;
    if (!causes_.add(service_, event, findings_)) return false;
    take_version(event);
    const bool intact =
        content_digest(event.type, event.schema, event.key, event.subject, event.data) == event.content_digest;
    take_shard(event, intact);
    if (!intact)
        findings_.violation(Invariant::digests, at(event.position),
                            fmt::format("the content of this {} is not what was recorded", event.type));
    return intact;
}

void LogCheck::pass(Position position) {
    if (!take_position(position)) return;
    gaps_.emplace_back(position, position);
    ++unexplained_;
}

bool LogCheck::take_position(Position position) {
    if (position <= last_) {
        findings_.violation(Invariant::positions, at(position), "this position is there more than once");
        return false;
    }
    if (position > last_ + 1) {
        const Position first = last_ + 1;
        const Position last = position - 1;
        findings_.violation(Invariant::positions, at(first),
                            first == last ? "missing" : fmt::format("missing, as are all up to {}", last));
        gaps_.emplace_back(first, last);
        unexplained_ += position - first;
    }
    last_ = position;
    return true;
}

void LogCheck::take_version(const RecordedEvent& event) {
    Version& seen = streams_[std::string(event.stream)];
    const Version next = seen + 1;
    if (event.version == next) {
        seen = next;
        return;
    }
    const Version skipped = event.version > next ? event.version - next : 0;
    if (skipped > 0 && skipped <= unexplained_) {
        unexplained_ -= skipped;
        seen = event.version;
        return;
    }
    findings_.violation(
        Invariant::versions, fmt::format("{}/{}", service_, event.stream),
        fmt::format("position {} has version {}, where {} is next", event.position, event.version, next));
    if (event.version > next) seen = next;
}

/// An event that is not intact may have another key than it had: then its own word counts.
void LogCheck::take_shard(const RecordedEvent& event, bool intact) {
    if (!log_ || event.shard == RecordedEvent::no_shard) return;
    const bool is_possible = 0 <= event.shard && event.shard < log_->shards;
    const int shard = intact || !is_possible ? shard_of(event.key, log_->shards) : event.shard;
    if (event.shard != shard)
        findings_.violation(Invariant::shards, at(event.position),
                            fmt::format("it is in shard {}, its key {} in {}", event.shard, event.key, shard));
    Position& head = shard_heads_[static_cast<std::size_t>(shard)];
    const bool explained = event.previous > head && is_missing(event.previous);
    if (event.previous != head && !explained)
        findings_.violation(
            Invariant::chain, at(event.position),
            fmt::format("its previous is {}, the event before it in shard {} is {}", event.previous, shard, head));
    head = event.position;
}

Position LogCheck::end() const noexcept {
    if (is_cut_) return std::numeric_limits<Position>::max();
    return log_ ? std::max(last_, log_->head) : last_;
}

void LogCheck::finish() {
    ++findings_.checked.logs;
    findings_.checked.streams += static_cast<std::int64_t>(streams_.size());
    if (!log_ || is_cut_) return;
    if (log_->head != last_) {
        findings_.violation(Invariant::head, service_ + "/log",
                            fmt::format("its head is recorded as {}, its last event is {}", log_->head, last_));
        if (log_->head > last_) gaps_.emplace_back(last_ + 1, log_->head);
    }
    if (gaps_.empty()) check_shard_heads();
}

void LogCheck::check_shard_heads() {
    for (std::size_t shard = 0; shard < log_->shard_heads.size(); ++shard)
        if (log_->shard_heads[shard] != shard_heads_[shard])
            findings_.violation(Invariant::shards, fmt::format("{}/log", service_),
                                fmt::format("the head of shard {} is recorded as {}, its last event is {}", shard,
                                            log_->shard_heads[shard], shard_heads_[shard]));
}

}  // namespace tally::verify
