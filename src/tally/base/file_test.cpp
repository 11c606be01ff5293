#include "tally/base/file.hpp"

#include <csignal>
#include <filesystem>
#include <sys/resource.h>

#include <gtest/gtest.h>

namespace tally {
namespace {

namespace fs = std::filesystem;

class FileTest : public ::testing::Test {
public:
    FileTest() {
        std::string name = (fs::temp_directory_path() / "tally-file-XXXXXX").string();
        folder = ::mkdtemp(name.data());
        path = folder / "file";
    }
    ~FileTest() override { fs::remove_all(folder); }

protected:
    fs::path folder;
    std::string path;
};

TEST_F(FileTest, is_read_as_it_was_written) {
    const std::string content("a\0b\r\n\xff", 6);
    ASSERT_TRUE(write_file(path, content, 0600));
    EXPECT_EQ(read_file(path), content);
    ASSERT_TRUE(write_file(path, "", 0600));
    EXPECT_EQ(read_file(path), "");
}

TEST_F(FileTest, is_written_by_way_of_a_draft_in_another_folder) {
    fs::create_directory(folder / "drafts");
    ASSERT_TRUE(write_file_by(folder / "drafts" / "file", path, "content", 0600));
    EXPECT_EQ(read_file(path), "content");
    EXPECT_TRUE(fs::is_empty(folder / "drafts"));
}

TEST_F(FileTest, belongs_to_whom_it_was_made_for) {
    ASSERT_TRUE(write_file(path, "secret", 0600));
    EXPECT_EQ(fs::status(path).permissions(), fs::perms(0600));
}

TEST_F(FileTest, that_is_not_there_is_told_from_one_that_cannot_be_read) {
    EXPECT_EQ(read_file(path).error().code, ErrorCode::not_found);
    EXPECT_EQ(read_file(folder).error().code, ErrorCode::io);
    EXPECT_EQ(write_file(folder / "no" / "folder", "x", 0600).error().code, ErrorCode::io);
}

TEST_F(FileTest, that_cannot_be_written_whole_stays_as_it_was) {
    ASSERT_TRUE(write_file(path, "old", 0600));
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{.rlim_cur = 100, .rlim_max = before.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto written = write_file(path, std::string(1'000, 'x'), 0600);
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::io);
    EXPECT_EQ(read_file(path), "old");
}

}  // namespace
}  // namespace tally
