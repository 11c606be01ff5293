#include "tally/flow/timer_desk.hpp"

namespace tally {

Task<Result<TimerDesk::Page>> TimerDesk::list(Filter filter) {
    DocumentQuery query{.collection = std::string(collection_of<Timer>), .index = std::string(timers_by_due)};
    query.limit = filter.limit;
    query.after = std::move(filter.after);
    if (filter.type) {
        IndexKey of_type;
        of_type.text(*filter.type);
        query.index = timers_by_type;
        query.lower = of_type.bytes();
        query.upper = of_type.upper_bound();
    }
    auto found = co_await store_.find(std::move(query));
    if (!found) co_return std::unexpected(std::move(found.error()));
    Page page;
    page.next = std::move(found->next);
    for (const Document& document : found->documents) {
        auto timer = decode_document<Timer>(document.key, document.body);
        if (!timer) co_return std::unexpected(std::move(timer.error()));
        page.items.push_back(std::move(*timer));
    }
    co_return page;
}

Task<Result<Document>> TimerDesk::read(std::string id) {
    auto found = co_await store_.get({document_key<Timer>(id)});
    if (!found) co_return std::unexpected(std::move(found.error()));
    if (found->empty()) co_return fail(ErrorCode::not_found, "no timer " + id);
    co_return std::move(found->front());
}

Task<Result<Timer>> TimerDesk::show(std::string id) {
    auto found = co_await read(std::move(id));
    if (!found) co_return std::unexpected(std::move(found.error()));
    co_return decode_document<Timer>(found->key, found->body);
}

Task<Result<void>> TimerDesk::cancel(std::string id) {
    auto found = co_await read(std::move(id));
    if (!found) co_return std::unexpected(std::move(found.error()));
    co_return co_await write(std::move(*found), Remove{});
}

Task<Result<Timer>> TimerDesk::move(std::string id, Timestamp due) {
    auto found = co_await read(std::move(id));
    if (!found) co_return std::unexpected(std::move(found.error()));
    auto timer = decode_document<Timer>(found->key, found->body);
    if (!timer) co_return timer;
    timer->due = due;
    auto written = co_await write(std::move(*found), put_of(*timer));
    if (!written) co_return std::unexpected(std::move(written.error()));
    co_return timer;
}

Task<Result<void>> TimerDesk::write(Document read, std::variant<Put, Remove, Check> write) {
    const std::string id = read.key.key;
    Changes changes;
    changes.documents.push_back({std::move(read.key), ExpectedDocument::revision_is(read.revision), std::move(write)});
    const CommitResult result = co_await store_.commit(std::move(changes));
    if (result) co_return Result<void>{};
    if (const auto* error = std::get_if<Error>(&result.error())) co_return std::unexpected(*error);
    co_return fail(ErrorCode::conflict, id + " fires or was changed by somebody else meanwhile");
}

}  // namespace tally
