#include "tally/testing/store_contract.hpp"

#include "tally/testing/store_contract/sections.hpp"
#include "tally/testing/together.hpp"

namespace tally::testing {
namespace {

Task<void> commit_into(Store& store, Changes changes, CommitResult& outcome) {
    outcome = co_await store.commit(std::move(changes));
}

/// What went wrong, for a message.
std::string text_of(const CommitFailure& failure) {
    if (const auto* conflict = std::get_if<Conflict>(&failure)) return conflict->text();
    return std::get<Error>(failure).text;
}

}  // namespace

StoreContract::StoreContract() = default;
StoreContract::~StoreContract() = default;

void StoreContract::open(StoreSettings settings) { under_test_ = GetParam().open(simulation, settings); }

Store& StoreContract::store() {
    if (!under_test_) open({});
    return under_test_->store();
}

Task<void> StoreContract::reopen() { return under_test_->reopen(); }

void StoreContract::TearDown() {
    if (under_test_) simulation.run(under_test_->store().close());
}

NewEvent StoreContract::event(std::string data, std::string key) {
    NewEvent made;
    made.envelope.id = ids_.next();
    made.envelope.type = "Tested";
    made.envelope.correlation = "correlation";
    made.envelope.actor = "service:test";
    made.envelope.key = std::move(key);
    made.envelope.occurred_at = simulation.clock().now();
    made.data = std::move(data);
    return made;
}

std::vector<NewEvent> StoreContract::events(std::size_t count) {
    std::vector<NewEvent> made;
    made.reserve(count);
    for (std::size_t i = 0; i < count; ++i) made.push_back(event());
    return made;
}

Task<void> StoreContract::run_together(std::vector<Task<void>> tasks) {
    return together(simulation.executor(), std::move(tasks));
}

Task<void> StoreContract::run_together(std::size_t count, const std::function<Task<void>()>& make) {
    std::vector<Task<void>> tasks;
    tasks.reserve(count);
    for (std::size_t i = 0; i < count; ++i) tasks.push_back(make());
    return run_together(std::move(tasks));
}

Task<std::vector<CommitResult>> StoreContract::commit_together(std::vector<Changes> all) {
    std::vector<CommitResult> outcomes(all.size(), std::unexpected(Error{ErrorCode::internal, "not answered"}));
    std::vector<Task<void>> tasks;
    tasks.reserve(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) tasks.push_back(commit_into(store(), std::move(all[i]), outcomes[i]));
    co_await run_together(std::move(tasks));
    co_return outcomes;
}

Task<Committed> StoreContract::accept(Changes changes) {
    CommitResult outcome = co_await store().commit(std::move(changes));
    if (outcome) co_return std::move(*outcome);
    ADD_FAILURE() << "refused: " << text_of(outcome.error());
    co_return Committed{};
}

Task<Conflict> StoreContract::refuse(Changes changes) {
    const CommitResult outcome = co_await store().commit(std::move(changes));
    if (!outcome)
        if (const auto* conflict = std::get_if<Conflict>(&outcome.error())) co_return *conflict;
    ADD_FAILURE() << (outcome ? std::string("accepted") : text_of(outcome.error()));
    co_return Conflict{};
}

Task<ErrorCode> StoreContract::fail_with(Changes changes) {
    const CommitResult outcome = co_await store().commit(std::move(changes));
    if (!outcome)
        if (const auto* error = std::get_if<Error>(&outcome.error())) co_return error->code;
    ADD_FAILURE() << (outcome ? std::string("accepted") : text_of(outcome.error()));
    co_return ErrorCode::internal;
}

Task<EventBatch> StoreContract::read(StreamRead what) {
    auto batch = co_await store().read(std::move(what));
    EXPECT_TRUE(batch) << batch.error().text;
    co_return batch ? std::move(*batch) : EventBatch();
}

Task<EventBatch> StoreContract::read(LogRead what) {
    auto batch = co_await store().read(std::move(what));
    EXPECT_TRUE(batch) << batch.error().text;
    co_return batch ? std::move(*batch) : EventBatch();
}

Task<std::optional<Document>> StoreContract::get(DocumentKey key) {
    std::vector<DocumentKey> keys{std::move(key)};
    auto found = co_await store().get(std::move(keys));
    EXPECT_TRUE(found) << found.error().text;
    if (!found || found->empty()) co_return std::nullopt;
    co_return std::move(found->front());
}

Task<DocumentPage> StoreContract::find(DocumentQuery query) {
    auto page = co_await store().find(std::move(query));
    EXPECT_TRUE(page) << page.error().text;
    co_return page ? std::move(*page) : DocumentPage();
}

Changes append(std::string stream, ExpectedVersion expected, std::vector<NewEvent> events) {
    Changes changes;
    changes.appends.push_back({std::move(stream), expected, std::move(events)});
    return changes;
}

Changes write(DocumentKey key, ExpectedDocument expected, std::variant<Put, Remove, Check> what) {
    Changes changes;
    changes.documents.push_back({std::move(key), expected, std::move(what)});
    return changes;
}

Put body(std::string text) { return {.body = std::move(text), .indexes = {}, .expires_at = {}}; }

StoreEngine store_engine(StoreEngine engine) {
    link_append_section();
    link_concurrency_section();
    link_delivery_section();
    link_documents_section();
    link_hostile_text_section();
    link_identity_section();
    link_indexes_section();
    link_lifetime_section();
    link_reads_section();
    return engine;
}

}  // namespace tally::testing
