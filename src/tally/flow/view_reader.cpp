// A swap may come between learning the live collection and reading from it, and the old one may then be half removed:
// what was read is returned only if the collection still is the live one.

#include "tally/flow/view_reader.hpp"

#include "tally/store/page_cursor.hpp"

namespace tally {
namespace {

/// Asks for a page of one generation, with cursors that name only the projection.
Task<Result<DocumentPage>> find_in(Store& store, DocumentQuery outside, std::string collection) {
    DocumentQuery inside = outside;
    inside.collection = std::move(collection);
    if (!outside.after.empty()) {
        const auto cursor = parse_cursor(outside);
        if (!cursor) co_return std::unexpected(cursor.error());
        inside.after = cursor_text(inside, *cursor);
    }
    auto page = co_await store.find(inside);
    if (!page || page->next.empty()) co_return page;
    inside.after = page->next;
    const auto cursor = parse_cursor(inside);
    if (!cursor) co_return std::unexpected(cursor.error());
    page->next = cursor_text(outside, *cursor);
    co_return page;
}

}  // namespace

Task<Result<std::optional<Document>>> read_view(Store& store, const ProjectionRunner& runner, std::string key) {
    for (;;) {
        const auto collection = co_await runner.collection();
        if (!collection) co_return std::unexpected(collection.error());
        std::vector<DocumentKey> keys{{*collection, key}};
        auto found = co_await store.get(std::move(keys));
        if (!found) co_return std::unexpected(std::move(found.error()));
        if (const auto now = co_await runner.collection(); !now || *now != *collection) continue;
        if (found->empty()) co_return std::nullopt;
        co_return std::move(found->front());
    }
}

Task<Result<DocumentPage>> find_views(Store& store, const ProjectionRunner& runner, DocumentQuery query) {
    query.collection = runner.name();
    for (;;) {
        const auto collection = co_await runner.collection();
        if (!collection) co_return std::unexpected(collection.error());
        auto page = co_await find_in(store, query, *collection);
        if (const auto now = co_await runner.collection(); now && *now == *collection) co_return page;
    }
}

}  // namespace tally
