#pragma once

#include <map>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "tally/flow/document_type.hpp"
#include "tally/store/store.hpp"

namespace tally {

/// The document `tally.progress/<consumer>/<generation>/<topic>/<shard>`: everything of the shard up to here is done.
struct ShardProgress {
    Position position = 0;
    Uuid incarnation;  ///< of the log that the position is in
};
BOOST_DESCRIBE_STRUCT(ShardProgress, (), (position, incarnation))
TALLY_DOCUMENT(ShardProgress, "tally.progress")
[[nodiscard]] DocumentKey shard_progress_key(std::string_view consumer, std::string_view topic, int shard);

/// A consumer's progress in the shards that are its own, as last read or committed.
///
/// Each write expects the revision known here: of two instances that think they own a shard, one is refused.
class ConsumerProgress {
public:
    ConsumerProgress(std::string consumer, std::string topic)
        : consumer_(std::move(consumer)), topic_(std::move(topic)) {}

    /// Errors: those of Store::get; corrupt.
    [[nodiscard]] Task<Result<void>> load(Store& store, std::vector<int> shards);
    void drop(const std::vector<int>& shards);
    void clear() noexcept { shards_.clear(); }

    [[nodiscard]] bool owns(int shard) const { return shards_.contains(shard); }
    [[nodiscard]] const ShardProgress& at(int shard) const { return shards_.at(shard).progress; }
    [[nodiscard]] std::map<int, Position> positions() const;

    [[nodiscard]] DocumentWrite write(int shard, const ShardProgress& progress) const;
    /// The write was committed and gave the document this revision.
    void adopt(int shard, const ShardProgress& progress, Revision revision);
    /// True for a conflict that says that somebody else has moved our progress on.
    [[nodiscard]] static bool is_fenced(const Conflict& conflict);

private:
    struct Shard {
        ShardProgress progress;
        Revision revision = 0;
    };
    std::string consumer_;
    std::string topic_;
    std::map<int, Shard> shards_;
};

}  // namespace tally
