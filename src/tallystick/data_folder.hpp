#pragma once

#include <string>

#include "tally/base/error.hpp"
#include "tally/base/random.hpp"

/// What a data folder holds beside its stores and its lock.
namespace tally {

/// True where there is data: a client makes no new folder just to look at it.
[[nodiscard]] bool has_data(const std::string& folder);

/// The 32 bytes that seal page tokens, kept in `DIR/page.key` (only for the owner) so that tokens outlive the process.
/// Errors: io, corrupt (the file is not 32 bytes long).
[[nodiscard]] Result<std::string> page_secret(const std::string& folder, Random& random);

/// Tells in `DIR/endpoint`, whole or not at all, where the owner of the folder answers. Errors: io.
[[nodiscard]] Result<void> write_endpoint(const std::string& folder, const std::string& url);
/// Empty where the owner answers nowhere.
[[nodiscard]] std::string read_endpoint(const std::string& folder);
void remove_endpoint(const std::string& folder);

}  // namespace tally
