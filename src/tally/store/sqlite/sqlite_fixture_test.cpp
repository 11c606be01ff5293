#include "tally/store/sqlite/sqlite_fixture_test.hpp"

#include <cstdlib>

#include "tally/testing/together.hpp"

namespace tally::sqlite {
namespace {

Task<void> commit_into(Store& store, Changes changes, CommitResult& outcome) {
    outcome = co_await store.commit(std::move(changes));
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
    std::string name = ::testing::TempDir() + "tally_sqlite_XXXXXX";
    folder_ = ::mkdtemp(name.data()) != nullptr ? name : "";
}
TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

SqliteStoreOptions SqliteFixture::options(std::string vfs) const {
    SqliteStoreOptions all;
    all.file = folder.path("store.db");
    all.vfs = std::move(vfs);
    return all;
}

Result<std::unique_ptr<Store>> SqliteFixture::try_open(const SqliteStoreOptions& options) {
    const Executor executor = simulation.executor();
    return open_sqlite_store(options, {executor, executor, executor}, simulation.clock(), simulation.random());
}

void SqliteFixture::open(std::string vfs) {
    auto opened = try_open(options(std::move(vfs)));
    ASSERT_TRUE(opened) << opened.error().text;
    store = std::move(*opened);
}

Task<void> SqliteFixture::close() {
    co_await store->close();
    store.reset();
}

std::unique_ptr<Connection> SqliteFixture::connect() const {
    auto connection = Connection::open({.file = folder.path("store.db"), .vfs = {}, .create = true});
    return connection ? std::move(*connection) : nullptr;
}

NewEvent SqliteFixture::event(std::string data) {
    NewEvent made;
    made.envelope.id = ids_.next();
    made.envelope.type = "Tested";
    made.envelope.key = "key";
    made.envelope.occurred_at = simulation.clock().now();
    made.data = std::move(data);
    return made;
}

Changes SqliteFixture::append(std::string stream, std::string data) {
    Changes changes;
    changes.appends.push_back({std::move(stream), ExpectedVersion::any(), {event(std::move(data))}});
    return changes;
}

Changes SqliteFixture::put(DocumentKey key, std::string body) {
    Changes changes;
    changes.documents.push_back({std::move(key), ExpectedDocument::any(), Put{std::move(body), {}, {}}});
    return changes;
}

Task<std::vector<CommitResult>> SqliteFixture::commit_together(std::vector<Changes> all) {
    std::vector<CommitResult> outcomes(all.size(), std::unexpected(Error{ErrorCode::internal, "not answered"}));
    std::vector<Task<void>> tasks;
    tasks.reserve(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) tasks.push_back(commit_into(*store, std::move(all[i]), outcomes[i]));
    co_await testing::together(simulation.executor(), std::move(tasks));
    co_return outcomes;
}

void SqliteFixture::TearDown() {
    if (store) simulation.run(store->close());
}

ErrorCode code_of(const CommitResult& outcome) {
    if (outcome) return ErrorCode::internal;
    const auto* error = std::get_if<Error>(&outcome.error());
    return error != nullptr ? error->code : ErrorCode::internal;
}

}  // namespace tally::sqlite
