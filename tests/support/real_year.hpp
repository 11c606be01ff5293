#pragma once

#include <filesystem>
#include <string>

namespace tally::testing {

/// The file of the real shop's year, beside the tree or the working folder; empty: it is not here, and the test that
/// needs it is skipped with `needs: online-retail.csv.xz`.
[[nodiscard]] inline std::string find_real_year() {
    for (const std::filesystem::path& tree :
         {std::filesystem::path(TALLY_SOURCE_DIR), std::filesystem::current_path()}) {
        const auto path = tree / "../shared/data/online-retail.csv.xz";
        if (std::filesystem::exists(path)) return path.string();
    }
    return {};
}

}  // namespace tally::testing
