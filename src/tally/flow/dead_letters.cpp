#include "tally/flow/dead_letters.hpp"

#include <fmt/format.h>

namespace tally {

std::vector<IndexEntry> tally_indexes(const DeadLetter& letter) {
    std::vector<IndexEntry> entries;
    entries.push_back({std::string(dead_letters_by_key), IndexKey()
                                                             .text(letter.consumer)
                                                             .text(letter.topic)
                                                             .text(letter.key)
                                                             .number(static_cast<std::int64_t>(letter.position))
                                                             .bytes()});
    if (letter.state == DeadLetterState::redriving || letter.state == DeadLetterState::skipping)
        entries.push_back(
            {std::string(dead_letters_requested), IndexKey().text(letter.consumer).text(letter.topic).bytes()});
    return entries;
}

std::string dead_letter_key(std::string_view consumer, std::string_view topic, Position position) {
    return fmt::format("{}/{}/{:020}", consumer, topic, position);
}

std::string key_of(const DeadLetter& letter) { return dead_letter_key(letter.consumer, letter.topic, letter.position); }

Task<Result<DeadLetters::Page>> DeadLetters::list(Filter filter) {
    DocumentQuery query{
        .collection = std::string(collection_of<DeadLetter>), .limit = filter.limit, .after = std::move(filter.after)};
    if (filter.consumer) {
        query.lower = *filter.consumer + "/";
        query.upper = *filter.consumer + "0";  // the character after '/'
    }
    auto found = co_await store_.find(std::move(query));
    if (!found) co_return std::unexpected(std::move(found.error()));
    Page page;
    page.next = std::move(found->next);
    for (const Document& document : found->documents) {
        auto letter = decode_document<DeadLetter>(document.key, document.body);
        if (!letter) co_return std::unexpected(std::move(letter.error()));
        page.items.push_back(std::move(*letter));
    }
    co_return page;
}

Task<Result<DeadLetters::Stored>> DeadLetters::read(std::string id) {
    auto found = co_await store_.get({document_key<DeadLetter>(id)});
    if (!found) co_return std::unexpected(std::move(found.error()));
    if (found->empty()) co_return fail(ErrorCode::not_found, "no dead letter " + id);
    auto letter = decode_document<DeadLetter>(found->front().key, found->front().body);
    if (!letter) co_return std::unexpected(std::move(letter.error()));
    co_return Stored{std::move(*letter), found->front().revision};
}

Task<Result<DeadLetter>> DeadLetters::show(std::string id) {
    auto stored = co_await read(std::move(id));
    if (!stored) co_return std::unexpected(std::move(stored.error()));
    co_return std::move(stored->letter);
}

Task<Result<DeadLetter>> DeadLetters::redrive(std::string id, std::string note) {
    return request(std::move(id), DeadLetterState::redriving, std::move(note));
}

Task<Result<DeadLetter>> DeadLetters::skip(std::string id, std::string note) {
    return request(std::move(id), DeadLetterState::skipping, std::move(note));
}

Task<Result<DeadLetter>> DeadLetters::request(std::string id, DeadLetterState state, std::string note) {
    auto stored = co_await read(std::move(id));
    if (!stored) co_return std::unexpected(std::move(stored.error()));
    DeadLetter letter = std::move(stored->letter);
    if (letter.state == state) co_return letter;
    if (letter.state == DeadLetterState::queued)
        co_return fail(ErrorCode::rejected, key_of(letter) + " waits behind another event of key " + letter.key +
                                                ": act on the poisoned one");
    if (letter.state != DeadLetterState::poisoned)
        co_return fail(ErrorCode::conflict, key_of(letter) + " is being redriven or skipped already");
    letter.state = state;
    letter.note = std::move(note);
    Changes changes;
    changes.documents.push_back(
        {document_key<DeadLetter>(key_of(letter)), ExpectedDocument::revision_is(stored->revision), put_of(letter)});
    const CommitResult result = co_await store_.commit(std::move(changes));
    if (result) co_return letter;
    if (const auto* error = std::get_if<Error>(&result.error())) co_return std::unexpected(*error);
    co_return fail(ErrorCode::conflict, key_of(letter) + " was changed by somebody else meanwhile");
}

}  // namespace tally
