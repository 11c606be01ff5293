#include "tallystick/import/byte_source.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tally {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view content = "a,b\r\n1,2\n";

/// `content` as one xz stream (CRC32), as the xz tool writes it.
std::string packed() {
    constexpr std::string_view hex =
        "fd377a585a0000016922de360200210116000000742fe5a3010008612c620d0a312c320a00000000cc3daa9d00011d09936136a6904299"
        "0d010000000001595a";
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return bytes;
}

Result<std::string> read_all(ByteSource& source) {
    std::string all;
    std::array<char, 7> some{};  // smaller than the content, so that it takes several reads
    for (;;) {
        auto count = source.read(some);
        if (!count) return std::unexpected(count.error());
        if (*count == 0) return all;
        all.append(some.data(), *count);
    }
}

Result<std::string> read_all_of(std::string bytes) {
    auto source = byte_source_of(std::move(bytes), "orders.csv.xz");
    if (!source) return std::unexpected(source.error());
    return read_all(**source);
}

/// A file that is gone with the test.
class ScratchFile {
public:
    explicit ScratchFile(const std::string& bytes)
        : path_(std::filesystem::temp_directory_path() /
                ("byte_source_test." + std::to_string(::getpid()) + '.' +
                 ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
        std::ofstream(path_, std::ios::binary) << bytes;
    }
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;
    ~ScratchFile() { std::filesystem::remove(path_); }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

TEST(ByteSource, HandsOutPlainBytesUnchanged) {
    EXPECT_EQ(read_all_of(std::string(content)), std::string(content));
    EXPECT_EQ(read_all_of(std::string("\0\xFF\n", 3)), std::string("\0\xFF\n", 3));
}

TEST(ByteSource, AnEmptySourceIsAtItsEnd) { EXPECT_EQ(read_all_of(""), ""); }

TEST(ByteSource, UnpacksXz) { EXPECT_EQ(read_all_of(packed()), std::string(content)); }

TEST(ByteSource, ReadsSeveralXzStreamsAsOne) {
    EXPECT_EQ(read_all_of(packed() + packed()), std::string(content) + std::string(content));
}

TEST(ByteSource, ReadsStartsOfTheXzMagicAsPlainBytes) {
    for (std::size_t length = 0; length < 6; ++length) {
        EXPECT_EQ(read_all_of(packed().substr(0, length)), packed().substr(0, length));
    }
}

TEST(ByteSource, EveryXzThatIsCutOffIsCorrupt) {
    for (std::size_t length = 6; length < packed().size(); ++length) {
        auto read = read_all_of(packed().substr(0, length));
        ASSERT_FALSE(read) << length;
        EXPECT_EQ(read.error().code, ErrorCode::corrupt);
        EXPECT_THAT(read.error().text, HasSubstr("orders.csv.xz: the xz data is cut off"));
    }
}

TEST(ByteSource, EveryChangedByteOfXzIsAnError) {
    for (std::size_t at = 6; at < packed().size(); ++at) {
        std::string bytes = packed();
        bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
        EXPECT_FALSE(read_all_of(bytes)) << at;
    }
}

TEST(ByteSource, GarbageBehindXzIsCorrupt) {
    auto read = read_all_of(packed() + "not an xz stream");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
    EXPECT_THAT(read.error().text, HasSubstr("damaged"));
}

TEST(ByteSource, ReadFullStopsAtTheEnd) {
    auto source = byte_source_of(std::string(content), "memory");
    ASSERT_TRUE(source);
    std::array<char, 4> four{};
    EXPECT_EQ(read_full(**source, four), 4U);
    EXPECT_EQ(std::string_view(four.data(), 4), "a,b\r");
    EXPECT_EQ(read_full(**source, four), 4U);
    EXPECT_EQ(read_full(**source, four), 1U);
    EXPECT_EQ(read_full(**source, four), 0U);
}

TEST(ByteSource, OpensPlainAndPackedFiles) {
    for (const auto& bytes : {std::string(content), packed()}) {
        const ScratchFile file(bytes);
        auto source = open_byte_source(file.path());
        ASSERT_TRUE(source) << source.error().text;
        EXPECT_EQ(read_all(**source), std::string(content));
    }
}

TEST(ByteSource, AMissingFileIsNotFound) {
    auto source = open_byte_source("/no/such/file.csv");
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, ErrorCode::not_found);
    EXPECT_THAT(source.error().text, HasSubstr("/no/such/file.csv: No such file"));
}

TEST(ByteSource, AFolderIsAnIoError) {
    auto source = open_byte_source(std::filesystem::temp_directory_path().string());
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, ErrorCode::io);
}

TEST(ByteSource, MinusIsStandardInput) {
    const ScratchFile file(packed());
    const int saved = ::dup(STDIN_FILENO);
    ASSERT_NE(std::freopen(file.path().c_str(), "rb", stdin), nullptr);
    {
        auto source = open_byte_source("-");
        ASSERT_TRUE(source) << source.error().text;
        EXPECT_EQ(read_all(**source), std::string(content));
    }
    EXPECT_EQ(::lseek(STDIN_FILENO, 0, SEEK_CUR), static_cast<off_t>(packed().size())) << "was closed";
    if (saved >= 0) {
        ::dup2(saved, STDIN_FILENO);
        ::close(saved);
    }
}

}  // namespace
}  // namespace tally
