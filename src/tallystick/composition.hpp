#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "tally/base/config.hpp"
#include "tally/host/host.hpp"
#include "tally/store/sqlite/folder_lock.hpp"
#include "tallystick/runtime.hpp"

namespace tally {

/// Of the table of services.
[[nodiscard]] std::vector<std::string> service_names();

/// The services of this binary over one data folder: a store `DIR/<service>.db` each, with a thread that writes and one
/// that reads, the keys of persons in `DIR/keys`, and a thread for the files that services leave. Lifetime: the
/// runtime's and the settings'; `close` before destruction.
class Composition {
public:
    /// Blocks, since it opens files. `base_url` is where the services answer; empty: nowhere but in this process.
    /// Errors: those of the stores, of `page_secret`, of open_file_key_ring, and of Host::create.
    [[nodiscard]] static Result<std::unique_ptr<Composition>> open(Runtime& runtime, const Config& settings,
                                                                   std::unique_ptr<FolderLock> lock,
                                                                   const std::string& base_url);
    /// With stores in memory, for what can be known without data. Errors: those of Host::create.
    [[nodiscard]] static Result<std::unique_ptr<Composition>> in_memory(Runtime& runtime, const Config& settings);

    [[nodiscard]] Host& host() { return *host_; }
    /// Ends what runs and closes the stores.
    [[nodiscard]] Task<void> close();

private:
    explicit Composition(std::unique_ptr<FolderLock> lock) : lock_(std::move(lock)) {}
    [[nodiscard]] Executor new_thread();

    std::unique_ptr<FolderLock> lock_;
    std::vector<std::unique_ptr<boost::asio::thread_pool>> threads_;
    std::unique_ptr<KeyRing> keys_;
    std::optional<FileArea> files_;
    std::unique_ptr<Host> host_;
};

}  // namespace tally
