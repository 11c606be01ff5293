#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tally/flow/timer.hpp"
#include "tally/store/store.hpp"

namespace tally {

/// What an operator sees and does of the timers of one service. A change is a commit at the revision that was read;
/// the runner is to be told of it (see TimerRunner::poke).
class TimerDesk {
public:
    explicit TimerDesk(Store& store) : store_(store) {}

    struct Filter {
        std::optional<std::string> type{};
        std::size_t limit = 50;
        std::string after{};  ///< `next` of the page before
    };
    struct Page {
        std::vector<Timer> items;  ///< the soonest first
        std::string next;          ///< empty: this was the last page
    };
    [[nodiscard]] Task<Result<Page>> list(Filter filter);
    /// Errors: not_found.
    [[nodiscard]] Task<Result<Timer>> show(std::string id);
    /// It never fires; one that cannot be read may be cancelled as well. Errors: not_found, conflict (it fires or is
    /// changed just now).
    [[nodiscard]] Task<Result<void>> cancel(std::string id);
    /// It fires at another time; one that has passed means at once. Errors: as for cancel.
    [[nodiscard]] Task<Result<Timer>> move(std::string id, Timestamp due);

private:
    [[nodiscard]] Task<Result<Document>> read(std::string id);
    [[nodiscard]] Task<Result<void>> write(Document read, std::variant<Put, Remove, Check> write);
    Store& store_;
};

}  // namespace tally
