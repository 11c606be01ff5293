#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tally/base/task.hpp"
#include "tally/net/http_client.hpp"
#include "tally/store/store_scan.hpp"

namespace tally::verify {

/// Where the stores are read from.
class Source {
public:
    virtual ~Source() = default;

    /// Errors: those of a reading; invalid (there is no data).
    [[nodiscard]] virtual Task<Result<std::vector<std::string>>> services() = 0;
    /// Errors: corrupt (it cannot be read to its end), io, unavailable, timeout.
    [[nodiscard]] virtual Task<Result<void>> scan(std::string service, StoreScan& scan) = 0;
    /// False if a log has grown since `services`: then what was read of one does not fit what was read of another.
    [[nodiscard]] virtual Task<Result<bool>> unchanged() = 0;
};

/// The files of a folder, `<service>.db` each, which nobody else may be writing to.
[[nodiscard]] std::unique_ptr<Source> create_folder_source(std::string folder);

/// The routes of a server, below `/api/v1/services`. Lifetime: the client outlives it.
[[nodiscard]] std::unique_ptr<Source> create_http_source(HttpClient& client);

}  // namespace tally::verify
