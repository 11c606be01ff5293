#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "tally/base/signal.hpp"
#include "tally/base/task_group.hpp"
#include "tally/store/types.hpp"

namespace tally {

/// Merges concurrent commits: one flush is in flight, and whoever arrives meanwhile shares the next. No timer: a lone
/// caller is written at once, alone.
///
/// Threads: one executor calls `commit`; the writer may run anywhere.
class GroupCommit {
public:
    /// Writes a batch and gives an outcome for each entry; awaited, never called twice at once.
    using Write = std::function<Task<std::vector<CommitResult>>(std::vector<Changes>)>;

    struct Options {
        std::size_t max_batch = 512;     ///< entries of one transaction
        std::size_t high_water = 8'192;  ///< more waiting than this: overloaded
    };

    GroupCommit(Executor executor, Options options, Write write);
    ~GroupCommit();

    [[nodiscard]] Task<CommitResult> commit(Changes changes);
    [[nodiscard]] std::size_t waiting() const noexcept;
    /// Writes what waits, then refuses.
    [[nodiscard]] Task<void> close();

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace tally
