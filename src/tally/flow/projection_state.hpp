#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "tally/flow/document_type.hpp"
#include "tally/store/store.hpp"

namespace tally {

/// Which generations a projection has: the document `tally.projections/<name>`. Without it, generation 1 is live.
struct ProjectionState {
    int live = 1;    ///< reads answer from it
    int newest = 1;  ///< the highest begun so far: a number is never used twice
    std::optional<int> rebuilding;
    std::optional<Timestamp> rebuild_started_at;
    std::vector<int> retired;  ///< their documents and progress are still to be removed
};
BOOST_DESCRIBE_STRUCT(ProjectionState, (), (live, newest, rebuilding, rebuild_started_at, retired))
TALLY_DOCUMENT(ProjectionState, "tally.projections")

/// How far a generation has got: the document `tally.progress/<name>/<generation>/log`, in the commit of its documents.
struct ProjectionProgress {
    Position position = 0;  ///< everything up to here is applied
    Uuid incarnation;       ///< of the log
};
BOOST_DESCRIBE_STRUCT(ProjectionProgress, (), (position, incarnation))
TALLY_DOCUMENT(ProjectionProgress, "tally.progress")

struct StoredProjectionState {
    ProjectionState state;
    Revision revision = 0;  ///< 0: not stored yet
};

/// Errors: those of Store::get, corrupt.
[[nodiscard]] Task<Result<StoredProjectionState>> load_projection_state(Store& store, std::string name);

/// The state's write, if it still is as it was loaded.
[[nodiscard]] DocumentWrite put_state(const std::string& name, Revision loaded, const ProjectionState& next);

[[nodiscard]] DocumentKey state_key(const std::string& name);
[[nodiscard]] DocumentKey progress_key(const std::string& name, int generation);
/// `<name>.g<generation>`: where a generation's documents are.
[[nodiscard]] std::string generation_collection(std::string_view name, int generation);

/// That a document still is as it was read; revision 0: that there is none.
[[nodiscard]] ExpectedDocument unchanged(Revision revision);

}  // namespace tally
