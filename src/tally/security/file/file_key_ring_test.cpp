#include "tally/security/file/file_key_ring.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "tally/base/file.hpp"
#include "tally/security/file/master_key.hpp"
#include "tally/store/sqlite/sqlite.hpp"
#include "tally/testing/key_ring_contract.hpp"

namespace tally::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// A folder of its own, removed with all that is in it.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "tally-keys-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder can be made");
        path = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { fs::remove_all(path); }

    fs::path path;
};

class FileUnderTest final : public KeyRingUnderTest {
public:
    explicit FileUnderTest(Simulation& simulation) : simulation_(simulation) { reopen(); }
    KeyRing& ring() override { return *ring_; }
    void reopen() override {
        ring_.reset();
        ring_ =
            std::move(open_file_key_ring(folder_.path / "keys", simulation_.executor(), simulation_.random()).value());
    }

private:
    Simulation& simulation_;
    TemporaryFolder folder_;
    std::unique_ptr<KeyRing> ring_;
};

std::unique_ptr<KeyRingUnderTest> open_file(Simulation& simulation) {
    return std::make_unique<FileUnderTest>(simulation);
}

TALLY_KEY_RING_CONTRACT(file, open_file);

class FileKeyRingTest : public CoroutineTest {
protected:
    Result<std::unique_ptr<KeyRing>> try_open() {
        return open_file_key_ring(folder, simulation.executor(), simulation.random());
    }
    std::unique_ptr<KeyRing> open() { return std::move(try_open().value()); }
    void expect_refusal(ErrorCode code, const std::string& advice) {
        const auto opened = try_open();
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code, code) << opened.error().text;
        EXPECT_THAT(opened.error().text, HasSubstr(advice));
    }
    static Task<std::string> key(KeyRing& ring, std::string subject) {
        co_return std::string((*(co_await ring.key_to_seal(std::move(subject))))->bytes());
    }
    static Task<ErrorCode> refusal(KeyRing& ring, std::string subject) {
        const auto found = co_await ring.key_to_open(std::move(subject));
        co_return found ? ErrorCode::internal : found.error().code;
    }
    /// How a key stands in the file.
    std::string wrapped(const std::string& subject, const std::string& bytes) const {
        return siv_seal(*read_master_key(folder / "master.key"), bytes, {"key", subject});
    }
    /// Whether any file of the folder holds the bytes, or half of them.
    bool is_on_disk(const std::string& bytes) const {
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            const auto content = read_file(entry.path());
            if (content->contains(bytes.substr(0, bytes.size() / 2)) ||
                content->contains(bytes.substr(bytes.size() / 2)))
                return true;
        }
        return false;
    }
    void change(const std::string& sql) {
        auto connection = sqlite::Connection::open({.file = folder / "keys.db", .vfs = {}, .create = false});
        ASSERT_TRUE((*connection)->execute(sql));
    }

    TemporaryFolder parent;
    fs::path folder = parent.path / "keys";
};

CORO_TEST_F(FileKeyRingTest, keys_stand_wrapped_in_files_of_their_owner) {
    const auto ring = open();
    const std::string bytes = co_await key(*ring, "user:1");
    EXPECT_FALSE(is_on_disk(bytes));
    EXPECT_TRUE(is_on_disk(wrapped("user:1", bytes)));
    EXPECT_FALSE(is_on_disk("user:1"));
    for (const char* name : {"master.key", "keys.db"})
        EXPECT_EQ(fs::status(folder / name).permissions(), fs::perms(0600)) << name;
    EXPECT_EQ(fs::status(folder).permissions(), fs::perms(0700));
}

CORO_TEST_F(FileKeyRingTest, nothing_of_an_erased_key_is_left_on_the_disk) {
    constexpr int subjects = 120;
    const auto ring = open();
    std::map<std::string, std::string> keys;
    std::vector<std::string> erased;
    for (int i = 0; i < subjects; ++i) {
        const std::string subject = "user:" + std::to_string(i);
        keys[subject] = wrapped(subject, co_await key(*ring, subject));
        if (i % 4 != 3) continue;
        const auto victim = std::next(keys.begin(), static_cast<long>(simulation.random().below(keys.size())));
        EXPECT_TRUE(is_on_disk(victim->second));
        EXPECT_TRUE(co_await ring->erase(victim->first));
        erased.push_back(victim->second);
        keys.erase(victim);
    }
    for (const std::string& bytes : erased) EXPECT_FALSE(is_on_disk(bytes));
    for (const auto& [subject, bytes] : keys) EXPECT_TRUE(is_on_disk(bytes)) << subject;
}

CORO_TEST_F(FileKeyRingTest, two_processes_may_open_one_folder) {
    const auto ring = open();
    const auto other = open();
    const std::string bytes = co_await key(*ring, "user:1");
    EXPECT_EQ(co_await key(*other, "user:1"), bytes);
    EXPECT_TRUE(co_await other->erase("user:1"));
    const auto gone = co_await ring->key_to_open("user:1");
    EXPECT_TRUE(gone && !*gone);
}

TEST_F(FileKeyRingTest, a_wrong_master_key_is_refused) {
    open();
    const std::string bytes(SivKey::size, 'x');
    ASSERT_TRUE(write_file(folder / "master.key", bytes, 0600));
    expect_refusal(ErrorCode::invalid, "another master key: put back");
}

TEST_F(FileKeyRingTest, a_missing_master_key_is_not_replaced) {
    open();
    fs::remove(folder / "master.key");
    expect_refusal(ErrorCode::invalid, "master.key is missing: put back");
    EXPECT_FALSE(fs::exists(folder / "master.key"));
}

TEST_F(FileKeyRingTest, a_master_key_of_another_length_is_refused) {
    open();
    fs::resize_file(folder / "master.key", SivKey::size - 1);
    expect_refusal(ErrorCode::invalid, "64 bytes");
}

TEST_F(FileKeyRingTest, a_master_key_that_everybody_may_read_is_refused) {
    open();
    fs::permissions(folder / "master.key", fs::perms::others_read, fs::perm_options::add);
    expect_refusal(ErrorCode::invalid, "chmod 600");
    fs::permissions(folder / "master.key", fs::perms(0640));
    EXPECT_TRUE(try_open());
}

TEST_F(FileKeyRingTest, a_file_of_another_kind_is_refused) {
    open();
    change("PRAGMA application_id = 7");
    expect_refusal(ErrorCode::unsupported, "not a key ring");
    std::ofstream(folder / "keys.db") << "This is a letter, longer than the header of a database would be: "
                                      << std::string(100, '.');
    expect_refusal(ErrorCode::corrupt, "keys.db");
}

TEST_F(FileKeyRingTest, a_newer_file_is_refused) {
    open();
    change("PRAGMA user_version = 2");
    expect_refusal(ErrorCode::unsupported, "use the newer binary");
}

CORO_TEST_F(FileKeyRingTest, wherever_the_file_is_cut_no_key_is_taken_for_erased) {
    std::string bytes;
    {
        const auto ring = open();
        for (int i = 0; i < 100; ++i) bytes = co_await key(*ring, "user:" + std::to_string(i));
    }
    const std::string whole = *read_file(folder / "keys.db");
    for (std::size_t size = 100; size < whole.size(); size += 700) {
        EXPECT_TRUE(write_file(folder / "keys.db", whole.substr(0, size), 0600));
        const auto ring = try_open();
        if (!ring) {
            EXPECT_EQ(ring.error().code, ErrorCode::corrupt) << size << ": " << ring.error().text;
            continue;
        }
        const auto found = co_await (*ring)->key_to_open("user:99");
        if (found)
            EXPECT_EQ((*found)->bytes(), bytes) << size;
        else
            EXPECT_EQ(found.error().code, ErrorCode::corrupt) << size;
    }
}

CORO_TEST_F(FileKeyRingTest, a_key_that_was_altered_or_exchanged_is_refused) {
    const auto ring = open();
    (void)co_await key(*ring, "user:1");
    (void)co_await key(*ring, "user:2");
    change("UPDATE keys SET wrapped = (SELECT max(wrapped) FROM keys)");
    const ErrorCode one = co_await refusal(*ring, "user:1");
    const ErrorCode two = co_await refusal(*ring, "user:2");
    EXPECT_TRUE((one == ErrorCode::corrupt) != (two == ErrorCode::corrupt));
    change("UPDATE keys SET wrapped = zeroblob(80)");
    EXPECT_EQ(co_await refusal(*ring, "user:1"), ErrorCode::corrupt);
    change("UPDATE keys SET wrapped = x''");
    EXPECT_EQ(co_await refusal(*ring, "user:1"), ErrorCode::corrupt);
}

CORO_TEST_F(FileKeyRingTest, a_key_that_an_older_copy_lacks_is_not_taken_for_erased) {
    open();
    const std::string old = *read_file(folder / "keys.db");
    (void)co_await key(*open(), "user:1");
    EXPECT_TRUE(write_file(folder / "keys.db", old, 0600));
    EXPECT_EQ(co_await refusal(*open(), "user:1"), ErrorCode::not_found);
}

TEST_F(FileKeyRingTest, a_folder_that_cannot_be_made_is_told) {
    std::ofstream(parent.path / "keys") << "a file";
    expect_refusal(ErrorCode::io, "keys");
}

}  // namespace
}  // namespace tally::testing
