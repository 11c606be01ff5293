#include "tally/flow/dead_letters.hpp"

namespace tally {
namespace {

DocumentWrite write_of(const DeadLetter& letter, Revision read) {
    return {document_key<DeadLetter>(key_of(letter)), ExpectedDocument::revision_is(read), put_of(letter)};
}

std::string changed_meanwhile(const std::string& id) { return id + " was changed by somebody else meanwhile"; }

/// Nothing, or why it failed.
Result<void> outcome_of(const CommitResult& result, const std::string& id) {
    if (result) return {};
    if (const auto* error = std::get_if<Error>(&result.error())) return std::unexpected(*error);
    return fail(ErrorCode::conflict, changed_meanwhile(id));
}

}  // namespace

Task<Result<DeadLetters::Page>> DeadLetters::list(DeadLetterFilter filter, std::size_t limit, std::string after) {
    auto query = query_for(filter);
    if (!query) co_return std::unexpected(std::move(query.error()));
    query->limit = limit;
    query->after = std::move(after);
    auto found = co_await store_.find(std::move(*query));
    if (!found) co_return std::unexpected(std::move(found.error()));
    Page page;
    page.next = std::move(found->next);
    for (const Document& document : found->documents) {
        auto letter = decode_document<DeadLetter>(document.key, document.body);
        if (!letter) co_return std::unexpected(std::move(letter.error()));
        if (filter.fits(*letter)) page.items.push_back(std::move(*letter));
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
    auto stored = co_await read(id);
    if (!stored) co_return std::unexpected(std::move(stored.error()));
    DeadLetter letter = std::move(stored->letter);
    const auto asked = ask_for(letter, state, note);
    if (!asked) co_return std::unexpected(asked.error());
    if (!*asked) co_return letter;
    Changes changes;
    changes.documents.push_back(write_of(letter, stored->revision));
    const CommitResult result = co_await store_.commit(std::move(changes));
    if (auto done = outcome_of(result, id); !done) co_return std::unexpected(std::move(done.error()));
    co_return letter;
}

Task<Result<DeadLetter>> DeadLetters::redrive_edited(Session session, std::string id, EditedData data,
                                                     std::string reason) {
    auto stored = co_await session.get<DeadLetter>(id);
    if (!stored) co_return std::unexpected(std::move(stored.error()));
    if (!*stored) co_return fail(ErrorCode::not_found, "no dead letter " + id);
    DeadLetter letter = std::move(**stored);
    if (letter.type != data.type())
        co_return fail(ErrorCode::invalid, id + " is a " + letter.type + ", and the data is that of " + data.type());
    const std::string& actor = session.cause().actor;
    const auto asked = ask_for(letter, DeadLetterState::redriving, reason.empty() ? actor : actor + ": " + reason);
    if (!asked) co_return std::unexpected(asked.error());
    if (!*asked) {
        if (letter.edit && letter.edit->data == data.edit().data) co_return letter;
        co_return fail(ErrorCode::conflict, id + " is being redriven already, with other data");
    }
    record_edit(session, letter, data, std::move(reason));
    session.put(id, letter);
    const CommitResult result = co_await session.commit();
    if (auto done = outcome_of(result, id); !done) co_return std::unexpected(std::move(done.error()));
    co_return letter;
}

Task<DeadLetters::Asked> DeadLetters::redrive_all(DeadLetterFilter filter, std::string note, std::string after) {
    return request_all(std::move(filter), DeadLetterState::redriving, std::move(note), std::move(after));
}

Task<DeadLetters::Asked> DeadLetters::skip_all(DeadLetterFilter filter, std::string note, std::string after) {
    return request_all(std::move(filter), DeadLetterState::skipping, std::move(note), std::move(after));
}

Task<DeadLetters::Asked> DeadLetters::request_all(DeadLetterFilter filter, DeadLetterState state, std::string note,
                                                  std::string after) {
    Asked told;
    told.next = std::move(after);
    auto query = query_for(filter);
    if (!query) told.failure = std::move(query.error());
    for (std::size_t looked = 0; !told.failure && looked < letters_of_a_request; looked += letters_of_a_commit) {
        query->limit = letters_of_a_commit;
        query->after = told.next;
        auto found = co_await store_.find(*query);
        if (!found) {
            told.failure = std::move(found.error());
            break;
        }
        std::vector<Stored> letters;
        for (const Document& document : found->documents) {
            auto letter = decode_document<DeadLetter>(document.key, document.body);
            if (!letter)
                told.refused.push_back({document.key.key, std::move(letter.error().text)});
            else if (filter.fits(*letter) && ask_and_count(*letter, state, note, told))
                letters.push_back({std::move(*letter), document.revision});
        }
        told.failure = co_await write_all(std::move(letters), told);
        if (told.failure) break;
        told.next = std::move(found->next);
        if (told.next.empty()) break;
    }
    co_return told;
}

bool DeadLetters::ask_and_count(DeadLetter& letter, DeadLetterState state, const std::string& note, Asked& told) {
    const bool queued = letter.state == DeadLetterState::queued;
    const auto asked = ask_for(letter, state, note);
    if (asked && *asked) return true;
    if (asked)
        ++told.already;
    else if (queued)
        ++told.queued;
    else
        told.refused.push_back({key_of(letter), asked.error().text});
    return false;
}

Task<std::optional<Error>> DeadLetters::write_all(std::vector<Stored> letters, Asked& told) {
    if (letters.empty()) co_return std::nullopt;
    Changes all;
    for (const auto& [letter, revision] : letters) all.documents.push_back(write_of(letter, revision));
    const CommitResult together = co_await store_.commit(std::move(all));
    if (together) told.asked += letters.size();
    if (together) co_return std::nullopt;
    if (const auto* error = std::get_if<Error>(&together.error())) co_return *error;
    // One of them has changed meanwhile: each by itself.
    for (const auto& [letter, revision] : letters) {
        Changes one;
        one.documents.push_back(write_of(letter, revision));
        const CommitResult alone = co_await store_.commit(std::move(one));
        if (alone)
            ++told.asked;
        else if (const auto* error = std::get_if<Error>(&alone.error()))
            co_return *error;
        else
            told.refused.push_back({key_of(letter), changed_meanwhile(key_of(letter))});
    }
    co_return std::nullopt;
}

}  // namespace tally
