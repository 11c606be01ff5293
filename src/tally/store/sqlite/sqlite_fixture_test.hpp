#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tally/base/uuid.hpp"
#include "tally/store/sqlite/sqlite.hpp"
#include "tally/store/sqlite/sqlite_store.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally::sqlite {

/// A folder of its own, removed with all that is in it.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }

private:
    std::filesystem::path folder_;
};

/// A store in a file of its own, on the simulation.
class SqliteFixture : public testing::CoroutineTest {
public:
    using CoroutineTest::simulation;

    [[nodiscard]] SqliteStoreOptions options(std::string vfs = {}) const;
    [[nodiscard]] Result<std::unique_ptr<Store>> try_open(const SqliteStoreOptions& options);
    /// Opens `store`, or fails the test.
    void open(std::string vfs = {});
    [[nodiscard]] Task<void> close();
    /// Another connection to the file, as another program has one.
    [[nodiscard]] std::unique_ptr<Connection> connect() const;

    [[nodiscard]] NewEvent event(std::string data = "{}");
    /// An append of one event to a stream, whatever it holds.
    [[nodiscard]] Changes append(std::string stream, std::string data = "{}");
    [[nodiscard]] static Changes put(DocumentKey key, std::string body);
    /// Commits all at once and waits for the outcomes.
    [[nodiscard]] Task<std::vector<CommitResult>> commit_together(std::vector<Changes> all);

    void TearDown() override;

    TemporaryFolder folder;
    std::unique_ptr<Store> store;

private:
    UuidGenerator ids_{simulation.clock(), simulation.random()};
};

/// The error of a commit; `internal` if it has none.
[[nodiscard]] ErrorCode code_of(const CommitResult& outcome);

}  // namespace tally::sqlite
