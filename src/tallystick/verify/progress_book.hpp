#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tally/store/types.hpp"
#include "tallystick/verify/findings.hpp"
#include "tallystick/verify/log_check.hpp"

namespace tally::verify {

/// How far consumers and projections say that they have got: the documents of `tally.progress` and `tally.projections`.
///
///     tally.progress/<projection>/<generation>/log                {"position", "incarnation"} in the service's own log
///     tally.progress/<consumer>/<generation>/<topic>/<shard>      the same, in the log of the topic
///     tally.projections/<projection>                              {"live", …}; without it generation 1 is live
class ProgressBook {
public:
    /// True if it is one of these documents.
    bool take(const std::string& service, const Document& document, Findings& findings);

    /// The generation that reads answer from.
    [[nodiscard]] int live(const std::string& service, std::string_view projection) const;
    /// Up to where it is folded; 0 where it has not begun.
    [[nodiscard]] Position position(const std::string& service, std::string_view projection, int generation) const;

    /// Up to where the consumer has handled a shard of the topic of `publisher`; 0 where it has not begun.
    [[nodiscard]] Position handled(std::string_view service, std::string_view consumer, std::string_view publisher,
                                   int shard) const;

    /// Each against the log that it is in.
    void finish(const std::map<std::string, LogCheck>& logs, Findings& findings) const;
    /// The same for one projection: false where its progress says nothing.
    [[nodiscard]] bool is_possible(const std::string& service, std::string_view projection, int generation,
                                   const LogCheck& log) const;

private:
    struct Progress {
        std::string subject;
        std::string log;  ///< the service whose log it is
        Position position = 0;
        std::string incarnation;
    };
    [[nodiscard]] static std::string problem_of(const Progress& progress, const LogCheck& log);
    bool take_progress(const std::string& service, const Document& document);

    std::map<std::string, Progress> progress_;  ///< by service/key
    std::map<std::string, int> live_;           ///< by service/projection
};

}  // namespace tally::verify
