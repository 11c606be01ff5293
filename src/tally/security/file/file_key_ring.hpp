#pragma once

#include <memory>
#include <string>

#include "tally/base/key_ring.hpp"

namespace tally {

/// Opens or makes a key ring in a folder of its own: `FOLDER/keys.db`, whose keys are wrapped with the key in
/// `FOLDER/master.key`. Lose either, and all that was sealed is lost; keep copies of the two apart, from one another
/// and from those of the stores. Blocks; for start-up.
///
/// The ring keeps no key in memory but the master key: each call reads the file, on `blocking`, an executor that runs
/// one thing at a time. `random` is fit for keys and of the callers' loop; both outlive the ring. Several processes of
/// one machine may open one folder. Errors: invalid (`master.key` is missing, is another ring's, or everybody may read
/// it), unsupported (no key ring, or a newer one), io, corrupt, disk_full.
[[nodiscard]] Result<std::unique_ptr<KeyRing>> open_file_key_ring(const std::string& folder, Executor blocking,
                                                                  Random& random);

}  // namespace tally
