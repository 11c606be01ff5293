#include "tally/store/sqlite/folder_lock.hpp"

#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "tally/store/sqlite/sqlite_fixture_test.hpp"
#include "tally/testing/covers.hpp"

namespace tally {
namespace {

using ::testing::HasSubstr;

constexpr int was_locked = 7;

/// What another process gets that tries to lock the folder.
int try_elsewhere(const std::string& folder) {
    const pid_t child = ::fork();
    if (child == 0) {
        const auto lock = lock_folder(folder);
        ::_exit(lock ? 0 : lock.error().code == ErrorCode::locked ? was_locked : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class FolderLockTest : public ::testing::Test {
protected:
    sqlite::TemporaryFolder parent;
    std::string folder = parent.path("data/of/orders");
};

TEST_F(FolderLockTest, a_folder_is_made_and_locked_once) {
    auto first = lock_folder(folder);
    ASSERT_TRUE(first) << first.error().text;
    const auto second = lock_folder(folder);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::locked);
    EXPECT_THAT(second.error().text, HasSubstr(folder));
    EXPECT_EQ(try_elsewhere(folder), was_locked);

    first->reset();
    EXPECT_EQ(try_elsewhere(folder), 0);
    EXPECT_TRUE(lock_folder(folder));
}

TEST_F(FolderLockTest, a_lock_ends_with_its_process) {
    EXPECT_EQ(try_elsewhere(folder), 0);
    EXPECT_TRUE(lock_folder(folder));
}

TEST_F(FolderLockTest, the_error_names_the_owner) {
    const auto owner = lock_folder(folder);
    ASSERT_TRUE(owner);
    std::ofstream(folder + "/endpoint") << "http://127.0.0.1:8080\n";
    const auto refused = lock_folder(folder);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text, HasSubstr("http://127.0.0.1:8080"));

    std::ofstream(folder + "/endpoint") << "\x1b[31m";
    EXPECT_THAT(lock_folder(folder).error().text, HasSubstr("another process"));
}

TEST_F(FolderLockTest, where_no_folder_can_be_made_is_an_error) {
    TALLY_COVERS("F10");
    std::ofstream(parent.path("file")) << "x";
    const auto refused = lock_folder(parent.path("file/data"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::io);
    EXPECT_THAT(refused.error().text, HasSubstr(parent.path("file/data")));
}

}  // namespace
}  // namespace tally
