#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "tally/base/error.hpp"

namespace tally {

/// Bytes that are read once, from front to back. Reading blocks. Threads: one at a time.
class ByteSource {
public:
    virtual ~ByteSource() = default;

    /// Fills the front of `into` (not empty) and says how much; 0 only at the end. After an error nothing more is read.
    /// Errors: io (the system refused), corrupt (damaged or cut-off xz), too_large (xz that wants over 256 MiB of
    /// memory), unsupported (xz made with an unknown filter or check).
    [[nodiscard]] virtual Result<std::size_t> read(std::span<char> into) = 0;
};

/// Reads until `into` is full or the source ends; less than `into.size()` means that it has ended. Errors: as `read`.
[[nodiscard]] Result<std::size_t> read_full(ByteSource& source, std::span<char> into);

/// A file, or standard input for `-`, decompressed if its first bytes are those of the xz format (xz-file-format 1.2.0
/// §2.1.1.1; several streams in a row are read as one). Errors: not_found, and those of `ByteSource::read`.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_byte_source(const std::string& path);

/// Bytes in memory, decompressed as above. `name` stands in error texts. Errors: those of `ByteSource::read`.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> byte_source_of(std::string bytes, std::string name);

}  // namespace tally
