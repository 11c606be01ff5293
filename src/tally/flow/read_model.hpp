#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tally/flow/view_reader.hpp"

namespace tally {

/// Reads a projection's documents as its struct, from whichever generation is live.
///
/// Threads: one loop, the runner's. Lifetime: store and runner outlive it.
template <ReadModel V>
class ReadModelReader {
public:
    ReadModelReader(Store& store, const ProjectionRunner& runner) : store_(store), runner_(runner) {}

    struct Item {
        std::string key;
        Revision revision = 0;  ///< changes with the content; a rebuild changes it too
        V view;
    };
    struct Page {
        std::vector<Item> items;
        std::string next;  ///< for `after` of the same query; empty: this was the last page
    };

    /// Errors: those of Store::get, corrupt.
    [[nodiscard]] Task<Result<std::optional<Item>>> get(std::string key) const {
        auto document = co_await read_view(store_, runner_, std::move(key));
        if (!document) co_return std::unexpected(std::move(document.error()));
        if (!*document) co_return std::nullopt;
        auto item = item_of(std::move(**document));
        if (!item) co_return std::unexpected(std::move(item.error()));
        co_return std::move(*item);
    }

    /// Views in the order of an index; the query's collection is the projection's. Errors: invalid (`after` belongs to
    /// another query), those of Store::find, corrupt.
    [[nodiscard]] Task<Result<Page>> find(DocumentQuery query) const {
        auto documents = co_await find_views(store_, runner_, std::move(query));
        if (!documents) co_return std::unexpected(std::move(documents.error()));
        Page page{.items = {}, .next = std::move(documents->next)};
        for (Document& document : documents->documents) {
            auto item = item_of(std::move(document));
            if (!item) co_return std::unexpected(std::move(item.error()));
            page.items.push_back(std::move(*item));
        }
        co_return page;
    }

private:
    static Result<Item> item_of(Document document) {
        auto view = decode_document<V>(document.key, document.body);
        if (!view) return std::unexpected(std::move(view.error()));
        return Item{std::move(document.key.key), document.revision, std::move(*view)};
    }

    Store& store_;
    const ProjectionRunner& runner_;
};

}  // namespace tally
