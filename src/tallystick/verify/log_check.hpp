#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tally/store/store_scan.hpp"
#include "tallystick/verify/causes.hpp"

namespace tally::verify {

/// One log against itself: positions, ids, versions, shards, the chain of deliveries, digests, the recorded head.
///
/// One damage is told once: what a missing event alone explains (a version passed over in its stream, a `previous` that
/// names it) is no violation of its own.
class LogCheck {
public:
    LogCheck(std::string service, Causes& causes, Findings& findings)
        : service_(std::move(service)), causes_(causes), findings_(findings) {}

    void begin(const ScannedLog& log);
    /// True if the event is what was written, and may be folded.
    [[nodiscard]] bool take(const RecordedEvent& event);
    /// There is an event at this position, and that is all that can be said of it.
    void pass(Position position);
    /// The reading has ended before the log's end.
    void cut() noexcept { is_cut_ = true; }
    void finish();

    [[nodiscard]] bool has_gaps() const noexcept { return is_cut_ || !gaps_.empty(); }
    /// Null where the log's own row could not be read.
    [[nodiscard]] const ScannedLog* log() const noexcept { return log_ ? &*log_ : nullptr; }
    /// No progress may be beyond it; where the log was not read to its end, nobody can tell.
    [[nodiscard]] Position end() const noexcept;

private:
    [[nodiscard]] bool take_position(Position position);
    void take_version(const RecordedEvent& event);
    void take_shard(const RecordedEvent& event, bool intact);
    [[nodiscard]] bool is_missing(Position position) const;
    [[nodiscard]] std::string at(Position position) const;
    void check_shard_heads();

    std::string service_;
    Causes& causes_;
    Findings& findings_;
    std::optional<ScannedLog> log_;
    Position last_ = 0;
    std::vector<std::pair<Position, Position>> gaps_;  // first and last position of each
    Version unexplained_ = 0;                          // missing events that no stream has missed yet
    std::unordered_map<std::string, Version> streams_;
    std::vector<Position> shard_heads_;
    bool is_cut_ = false;
};

}  // namespace tally::verify
