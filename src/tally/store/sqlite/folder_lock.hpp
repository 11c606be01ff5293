#pragma once

#include <memory>
#include <string>

#include "tally/base/error.hpp"

namespace tally {

/// The lock on a data folder, held by the one process that owns its stores; it ends with the process at the latest.
class FolderLock {
public:
    virtual ~FolderLock() = default;
};

/// Errors: locked (another process; the text names its endpoint where `DIR/endpoint` tells it), io (no folder can be
/// made there, no permission). Makes the folder where it is missing.
[[nodiscard]] Result<std::unique_ptr<FolderLock>> lock_folder(const std::string& folder);

}  // namespace tally
