#pragma once
// Templates of Call and Query.

namespace tally {

template <ReadModel V>
Task<Result<typename ReadModelReader<V>::Page>> Call::candidates(DocumentQuery query) {
    const std::string projection(collection_of<V>);
    if (!committed_before_) committed_before_ = sources_.store.statistics().head;
    auto reached = co_await sources_.wait_for(projection, *committed_before_);
    if (!reached) co_return std::unexpected(std::move(reached.error()));
    ReadModelReader<V> reader(sources_.store, *sources_.projections.at(projection));
    co_return co_await reader.find(std::move(query));
}

template <DocumentStruct D>
Task<Result<std::optional<D>>> Query::get(std::string key) const {
    std::vector<std::string> keys;
    keys.push_back(std::move(key));
    auto found = co_await get<D>(std::move(keys));
    if (!found) co_return std::unexpected(std::move(found.error()));
    co_return std::move(found->front());
}

template <DocumentStruct D>
Task<Result<std::vector<std::optional<D>>>> Query::get(std::vector<std::string> keys) const {
    std::vector<DocumentKey> wanted;
    wanted.reserve(keys.size());
    for (std::string& key : keys) wanted.push_back(document_key<D>(std::move(key)));
    auto documents = co_await sources.store.get(wanted);
    if (!documents) co_return std::unexpected(std::move(documents.error()));
    std::map<DocumentKey, std::optional<D>> found;
    for (const Document& document : *documents) {
        auto decoded = decode_document<D>(document.key, document.body);
        if (!decoded) co_return std::unexpected(std::move(decoded.error()));
        found.emplace(document.key, std::move(*decoded));
    }
    std::vector<std::optional<D>> in_order;
    in_order.reserve(wanted.size());
    for (const DocumentKey& key : wanted) in_order.push_back(found[key]);
    co_return in_order;
}

template <ReadModel V>
Task<Result<std::optional<V>>> Query::view(std::string key) const {
    ReadModelReader<V> reader(sources.store, *sources.projections.at(std::string(collection_of<V>)));
    auto item = co_await reader.get(std::move(key));
    if (!item) co_return std::unexpected(std::move(item.error()));
    if (!*item) co_return std::nullopt;
    co_return std::move((*item)->view);
}

template <DocumentStruct D>
Task<Result<Page<D>>> Query::list(DocumentQuery query, PageRequest page) const {
    auto place = place_of(page);
    if (!place) co_return std::unexpected(std::move(place.error()));
    query.collection = collection_of<D>;
    query.after = std::move(*place);
    query.limit = page.size();
    auto documents = co_await sources.store.find(std::move(query));
    if (!documents) co_return std::unexpected(std::move(documents.error()));
    Page<D> found{.items = {}, .next_page_token = token_for(documents->next)};
    for (const Document& document : documents->documents) {
        auto decoded = decode_document<D>(document.key, document.body);
        if (!decoded) co_return std::unexpected(std::move(decoded.error()));
        found.items.push_back(std::move(*decoded));
    }
    co_return found;
}

template <ReadModel V>
Task<Result<Page<V>>> Query::find(DocumentQuery query, PageRequest page) const {
    auto place = place_of(page);
    if (!place) co_return std::unexpected(std::move(place.error()));
    query.after = std::move(*place);
    query.limit = page.size();
    ReadModelReader<V> reader(sources.store, *sources.projections.at(std::string(collection_of<V>)));
    auto items = co_await reader.find(std::move(query));
    if (!items) co_return std::unexpected(std::move(items.error()));
    Page<V> found{.items = {}, .next_page_token = token_for(items->next)};
    for (auto& item : items->items) found.items.push_back(std::move(item.view));
    co_return found;
}

}  // namespace tally
