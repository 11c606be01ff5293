#include "tallystick/import/byte_source.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <lzma.h>

namespace tally {
namespace {

constexpr std::size_t chunk_size = std::size_t{64} * 1024;
constexpr std::uint64_t xz_memory_limit = std::uint64_t{256} * 1024 * 1024;
constexpr std::array<char, 6> xz_magic{'\xFD', '7', 'z', 'X', 'Z', '\0'};

std::string system_text(int number) { return std::generic_category().message(number); }

class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}

    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t count = bytes_.copy(into.data(), into.size(), at_);
        at_ += count;
        return count;
    }

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

class FileSource final : public ByteSource {
public:
    /// Takes over the descriptor, but never closes standard input.
    FileSource(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;
    ~FileSource() override {
        if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
    }

    Result<std::size_t> read(std::span<char> into) override {
        for (;;) {
            const ssize_t count = ::read(descriptor_, into.data(), into.size());
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR) return fail(ErrorCode::io, fmt::format("{}: {}", name_, system_text(errno)));
        }
    }

private:
    int descriptor_;
    std::string name_;
};

/// What was looked at already, then the rest.
class PrefixedSource final : public ByteSource {
public:
    PrefixedSource(std::string prefix, std::unique_ptr<ByteSource> rest)
        : prefix_(std::move(prefix)), rest_(std::move(rest)) {}

    Result<std::size_t> read(std::span<char> into) override {
        if (const std::size_t count = prefix_.read(into).value_or(0); count > 0) return count;
        return rest_->read(into);
    }

private:
    MemorySource prefix_;
    std::unique_ptr<ByteSource> rest_;
};

class XzSource final : public ByteSource {
public:
    XzSource(std::unique_ptr<ByteSource> packed, std::string name)
        : packed_(std::move(packed)), name_(std::move(name)), chunk_(chunk_size) {
        state_ = lzma_stream_decoder(&stream_, xz_memory_limit, LZMA_CONCATENATED);
    }
    XzSource(const XzSource&) = delete;
    XzSource& operator=(const XzSource&) = delete;
    ~XzSource() override { lzma_end(&stream_); }

    Result<std::size_t> read(std::span<char> into) override {
        stream_.next_out = reinterpret_cast<std::uint8_t*>(into.data());
        stream_.avail_out = into.size();
        while (state_ == LZMA_OK && stream_.avail_out == into.size()) {
            if (stream_.avail_in == 0 && !input_ended_) {
                if (auto refilled = refill(); !refilled) return std::unexpected(refilled.error());
            }
            state_ = lzma_code(&stream_, input_ended_ ? LZMA_FINISH : LZMA_RUN);
        }
        // Bytes that were decoded before a failure are handed out first.
        const std::size_t count = into.size() - stream_.avail_out;
        if (count > 0 || state_ == LZMA_STREAM_END) return count;
        return std::unexpected(failure());
    }

private:
    Result<void> refill() {
        auto count = packed_->read(chunk_);
        if (!count) return std::unexpected(count.error());
        stream_.next_in = reinterpret_cast<const std::uint8_t*>(chunk_.data());
        stream_.avail_in = *count;
        input_ended_ = *count == 0;
        return {};
    }

    Error failure() const {
        switch (state_) {
            case LZMA_BUF_ERROR:
                return {ErrorCode::corrupt, name_ + ": the xz data is cut off before its end"};
            case LZMA_MEMLIMIT_ERROR:
                return {ErrorCode::too_large, name_ + ": the xz data needs more than 256 MiB of memory to unpack"};
            case LZMA_OPTIONS_ERROR:
                return {ErrorCode::unsupported, name_ + ": the xz data uses a filter that this program does not know"};
            case LZMA_MEM_ERROR:
                return {ErrorCode::overloaded, name_ + ": no memory left to unpack the xz data"};
            default:
                return {ErrorCode::corrupt, name_ + ": the xz data is damaged"};
        }
    }

    std::unique_ptr<ByteSource> packed_;
    std::string name_;
    std::vector<char> chunk_;
    bool input_ended_ = false;
    lzma_stream stream_ = LZMA_STREAM_INIT;
    lzma_ret state_ = LZMA_OK;
};

Result<std::unique_ptr<ByteSource>> unpack_if_xz(std::unique_ptr<ByteSource> source, std::string name) {
    std::array<char, xz_magic.size()> start{};
    auto count = read_full(*source, start);
    if (!count) return std::unexpected(count.error());
    const bool is_xz = *count == start.size() && start == xz_magic;
    std::unique_ptr<ByteSource> whole =
        std::make_unique<PrefixedSource>(std::string(start.data(), *count), std::move(source));
    if (is_xz) return std::make_unique<XzSource>(std::move(whole), std::move(name));
    return whole;
}

}  // namespace

Result<std::size_t> read_full(ByteSource& source, std::span<char> into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
        auto count = source.read(into.subspan(filled));
        if (!count) return count;
        if (*count == 0) break;
        filled += *count;
    }
    return filled;
}

Result<std::unique_ptr<ByteSource>> open_byte_source(const std::string& path) {
    if (path == "-") {
        return unpack_if_xz(std::make_unique<FileSource>(STDIN_FILENO, "standard input"), "standard input");
    }
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        const int number = errno;
        return fail(number == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                    fmt::format("{}: {}", path, system_text(number)));
    }
    return unpack_if_xz(std::make_unique<FileSource>(descriptor, path), path);
}

Result<std::unique_ptr<ByteSource>> byte_source_of(std::string bytes, std::string name) {
    return unpack_if_xz(std::make_unique<MemorySource>(std::move(bytes)), std::move(name));
}

}  // namespace tally
