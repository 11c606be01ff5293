// A page in the order of an index is a range of document_indexes' key (collection, name, value, key), joined with the
// documents by their row; a page in the order of the keys is a range of documents' (collection, key).

#include "tally/store/sqlite/document_reader.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "tally/store/page_cursor.hpp"

namespace tally::sqlite {
namespace {

constexpr std::string_view select_documents = "SELECT documents.collection, documents.key, revision, expires_at, body ";

std::uint64_t bounded(std::uint64_t limit) {
    return std::min<std::uint64_t>(limit, std::numeric_limits<std::int64_t>::max());
}

Document read_document(Row& row) {
    Document document;
    document.key.collection = row.bytes();
    document.key.key = row.bytes();
    document.revision = row.count();
    if (row.next_is_null())
        row.skip();
    else
        document.expires_at = row.time();
    document.body = row.bytes();
    return document;
}

auto add_to(std::vector<Document>& documents) {
    return [&documents](Row& row) -> Result<void> {
        documents.push_back(read_document(row));
        return {};
    };
}

/// The parts of a query that differ, with their values in the order of the question marks.
class Search {
public:
    Search(const DocumentQuery& query, const std::optional<PageCursor>& cursor) : by_index_(!query.index.empty()) {
        sql_ = select_documents;
        if (by_index_) {
            sql_ +=
                ", value FROM document_indexes AS place CROSS JOIN documents ON documents.id = place.document "
                "WHERE place.collection = ";
            add_text(query.collection);
            sql_ += " AND name = ";
            add_text(query.index);
        } else {
            sql_ += "FROM documents WHERE collection = ";
            add_text(query.collection);
        }
        if (query.backward || !cursor) add_bound(">=", query.lower);
        if (query.upper && !(query.backward && cursor)) add_bound("<", *query.upper);
        if (cursor) add_cursor(query.backward ? "<" : ">", *cursor);
        const std::string_view way = query.backward ? "DESC" : "ASC";
        sql_ += fmt::format(fmt::runtime(by_index_ ? " ORDER BY value {0}, place.key {0}" : " ORDER BY key {0}"), way);
        sql_ += " LIMIT ?";
    }

    [[nodiscard]] const std::string& sql() const { return sql_; }
    void bind(Statement& statement, std::uint64_t limit) const {
        int index = 0;
        for (const auto& [bytes, is_blob] : values_) {
            ++index;
            is_blob ? statement.bind(index, Blob{bytes}) : statement.bind(index, bytes);
        }
        statement.bind(index + 1, static_cast<std::int64_t>(bounded(limit)));
    }

private:
    struct Value {
        std::string_view bytes;
        bool is_blob;
    };

    void add_text(std::string_view text) {
        sql_ += '?';
        values_.push_back({text, false});
    }
    void add_bound(std::string_view comparison, std::string_view bound) {
        sql_ += by_index_ ? " AND value " : " AND key ";
        sql_ += comparison;
        sql_ += " ?";
        values_.push_back({bound, by_index_});
    }
    void add_cursor(std::string_view comparison, const PageCursor& cursor) {
        if (!by_index_) return add_bound(comparison, cursor.key);
        sql_ += " AND (value, place.key) ";
        sql_ += comparison;
        sql_ += " (?, ?)";
        values_.push_back({cursor.value, true});
        values_.push_back({cursor.key, false});
    }

    bool by_index_;
    std::string sql_;
    std::vector<Value> values_;
};

}  // namespace

DocumentReader::DocumentReader(Connection& connection)
    : connection_(connection),
      get_(connection, std::string(select_documents) + "FROM documents WHERE collection = ? AND key = ?"),
      expired_(connection, std::string(select_documents) +
                               "FROM documents INDEXED BY documents_by_expiry WHERE expires_at <= ? "
                               "ORDER BY expires_at, collection, key LIMIT ?") {}

Result<std::vector<Document>> DocumentReader::get(const std::vector<DocumentKey>& keys) {
    auto snapshot = Transaction::begin(connection_, Transaction::Kind::read);
    if (!snapshot) return std::unexpected(std::move(snapshot.error()));
    std::vector<Document> found;
    for (const DocumentKey& key : keys)
        if (auto done = get_.each(add_to(found), key.collection, key.key); !done)
            return std::unexpected(std::move(done.error()));
    return found;
}

Result<std::vector<Document>> DocumentReader::expired(Timestamp now, std::size_t limit) {
    std::vector<Document> found;
    if (auto done = expired_.each(add_to(found), now, bounded(limit)); !done)
        return std::unexpected(std::move(done.error()));
    return found;
}

Result<DocumentPage> DocumentReader::find(const DocumentQuery& query) {
    std::optional<PageCursor> cursor;
    if (!query.after.empty()) {
        auto parsed = parse_cursor(query);
        if (!parsed) return std::unexpected(std::move(parsed.error()));
        cursor = std::move(*parsed);
    }
    const Search search(query, cursor);
    Statement& statement = find_.try_emplace(search.sql(), connection_, search.sql()).first->second;
    if (auto prepared = statement.prepare(); !prepared) return std::unexpected(std::move(prepared.error()));
    search.bind(statement, bounded(query.limit) + 1);

    DocumentPage page;
    PageCursor last;
    const auto take = [&](Row& row) -> Result<void> {
        if (page.documents.size() == query.limit) {
            page.next = cursor_text(query, last);
            return {};
        }
        const Document& document = page.documents.emplace_back(read_document(row));
        last = {query.index.empty() ? document.key.key : std::string(row.bytes()), document.key.key};
        return {};
    };
    if (auto done = statement.rows(take); !done) return std::unexpected(std::move(done.error()));
    return page;
}

}  // namespace tally::sqlite
