#include "tally/flow/parked_keys.hpp"

namespace tally {

Task<Result<void>> ParkedKeys::load(Store& store, std::string consumer, std::string topic) {
    counts_.clear();
    total_ = 0;
    unfinished.clear();
    IndexKey ours;
    ours.text(consumer).text(topic);
    DocumentQuery query{.collection = std::string(collection_of<DeadLetter>),
                        .index = std::string(dead_letters_by_key),
                        .lower = ours.bytes(),
                        .upper = ours.upper_bound(),
                        .limit = 500};
    do {
        auto page = co_await store.find(query);
        if (!page) co_return std::unexpected(std::move(page.error()));
        for (const Document& document : page->documents) {
            auto letter = decode_document<DeadLetter>(document.key, document.body);
            if (!letter) co_return std::unexpected(std::move(letter.error()));
            const bool first = count(letter->key) == 0;
            if (first && letter->state != DeadLetterState::poisoned) unfinished.insert(letter->key);
            add(letter->key);
        }
        query.after = std::move(page->next);
    } while (!query.after.empty());
    co_return Result<void>{};
}

std::size_t ParkedKeys::count(std::string_view key) const {
    const auto found = counts_.find(key);
    return found == counts_.end() ? 0 : found->second;
}

void ParkedKeys::add(std::string_view key) {
    const auto known = counts_.find(key);
    if (known == counts_.end())
        counts_.emplace(key, 1);
    else
        ++known->second;
    ++total_;
}

void ParkedKeys::remove(std::string_view key) {
    const auto known = counts_.find(key);
    if (known == counts_.end()) return;
    if (--known->second == 0) counts_.erase(known);
    --total_;
}

void ParkedKeys::forget(std::string_view key) {
    const auto known = counts_.find(key);
    if (known == counts_.end()) return;
    total_ -= known->second;
    counts_.erase(known);
}

}  // namespace tally
