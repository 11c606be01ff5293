#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "tally/store/sqlite/sqlite_scan.hpp"
#include "tallystick/verify/source.hpp"

namespace tally::verify {
namespace {

class FolderSource final : public Source {
public:
    explicit FolderSource(std::filesystem::path folder) : folder_(std::move(folder)) {}

    Task<Result<std::vector<std::string>>> services() override {
        std::vector<std::string> found;
        std::error_code failure;
        for (const auto& entry : std::filesystem::directory_iterator(folder_, failure))
            if (entry.path().extension() == ".db") found.push_back(entry.path().stem());
        if (failure || found.empty())
            co_return fail(ErrorCode::invalid, fmt::format("there is no data in {}", folder_.string()));
        std::ranges::sort(found);
        co_return found;
    }
    Task<Result<void>> scan(std::string service, StoreScan& scan) override {
        co_return scan_sqlite_store(folder_ / (service + ".db"), scan);
    }
    Task<Result<bool>> unchanged() override { co_return true; }

private:
    std::filesystem::path folder_;
};

}  // namespace

std::unique_ptr<Source> create_folder_source(std::string folder) {
    return std::make_unique<FolderSource>(std::move(folder));
}

}  // namespace tally::verify
