#include "tally/flow/projection_state.hpp"

#include <fmt/format.h>

namespace tally {

Task<Result<StoredProjectionState>> load_projection_state(Store& store, std::string name) {
    std::vector<DocumentKey> keys{state_key(name)};
    auto found = co_await store.get(std::move(keys));
    if (!found) co_return std::unexpected(std::move(found.error()));
    if (found->empty()) co_return StoredProjectionState{};
    auto state = decode_document<ProjectionState>(found->front().key, found->front().body);
    if (!state) co_return std::unexpected(std::move(state.error()));
    co_return StoredProjectionState{std::move(*state), found->front().revision};
}

DocumentWrite put_state(const std::string& name, Revision loaded, const ProjectionState& next) {
    return {state_key(name), unchanged(loaded), put_of(next)};
}

DocumentKey state_key(const std::string& name) { return document_key<ProjectionState>(name); }

DocumentKey progress_key(const std::string& name, int generation) {
    return document_key<ProjectionProgress>(fmt::format("{}/{}/log", name, generation));
}

std::string generation_collection(std::string_view name, int generation) {
    return fmt::format("{}.g{}", name, generation);
}

ExpectedDocument unchanged(Revision revision) {
    return revision == 0 ? ExpectedDocument::absent() : ExpectedDocument::revision_is(revision);
}

}  // namespace tally
