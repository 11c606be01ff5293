// The column `entries`: for each index entry, sorted, the index's name and the value, each after its length (4 bytes,
// big end first). A document that keeps its entries keeps these bytes, and then no index row is touched.

#include "tally/store/sqlite/document_table.hpp"

#include <algorithm>

namespace tally::sqlite {
namespace {

constexpr std::size_t length_bytes = 4;

void add_text(std::string& bytes, std::string_view text) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>((text.size() >> shift) & 0xFF);
    bytes += text;
}

std::string encode(std::vector<IndexEntry> entries) {
    std::ranges::sort(entries);
    std::string bytes;
    for (const IndexEntry& entry : entries) {
        add_text(bytes, entry.index);
        add_text(bytes, entry.value);
    }
    return bytes;
}

std::string_view take_text(std::string_view& bytes) {
    std::size_t length = 0;
    const std::size_t prefix = std::min(length_bytes, bytes.size());
    for (std::size_t i = 0; i < prefix; ++i) length = length << 8 | static_cast<unsigned char>(bytes[i]);
    bytes.remove_prefix(prefix);
    const std::string_view text = bytes.substr(0, length);
    bytes.remove_prefix(text.size());
    return text;
}

}  // namespace

DocumentTable::DocumentTable(Connection& connection)
    : connection_(connection),
      find_(connection, "SELECT id, revision, entries FROM documents WHERE collection = ? AND key = ?"),
      insert_(connection,
              "INSERT INTO documents(collection, key, revision, expires_at, entries, body) VALUES (?, ?, ?, ?, ?, ?)"),
      update_(connection, "UPDATE documents SET revision = ?, expires_at = ?, entries = ?, body = ? WHERE id = ?"),
      remove_(connection, "DELETE FROM documents WHERE id = ?"),
      insert_entry_(connection,
                    "INSERT INTO document_indexes(collection, name, value, key, document) VALUES (?, ?, ?, ?, ?)"),
      remove_entry_(connection,
                    "DELETE FROM document_indexes WHERE collection = ? AND name = ? AND value = ? AND key = ?") {}

Result<std::optional<StoredDocument>> DocumentTable::find(const DocumentKey& key) {
    std::optional<StoredDocument> stored;
    const auto take = [&stored](Row& row) -> Result<void> {
        stored.emplace();
        stored->id = row.number();
        stored->revision = row.count();
        stored->entries = row.bytes();
        return {};
    };
    if (auto done = find_.each(take, key.collection, key.key); !done) return std::unexpected(std::move(done.error()));
    return stored;
}

Result<void> DocumentTable::write(const PlannedDocument& document, const StoredDocument* stored) {
    if (document.put != nullptr) return put(document, stored);
    if (auto done = remove_entries(*document.key, stored->entries); !done) return done;
    return remove_.run(stored->id);
}

Result<void> DocumentTable::put(const PlannedDocument& document, const StoredDocument* stored) {
    const DocumentKey& key = *document.key;
    const Put& put = *document.put;
    const std::string entries = encode(put.indexes);
    if (stored == nullptr) {
        auto done =
            insert_.run(key.collection, key.key, document.revision, put.expires_at, Blob{entries}, Blob{put.body});
        return done ? add_entries(key, connection_.last_row(), entries) : done;
    }
    auto done = update_.run(document.revision, put.expires_at, Blob{entries}, Blob{put.body}, stored->id);
    if (!done || entries == stored->entries) return done;
    done = remove_entries(key, stored->entries);
    return done ? add_entries(key, stored->id, entries) : done;
}

Result<void> DocumentTable::add_entries(const DocumentKey& key, std::int64_t id, std::string_view entries) {
    while (!entries.empty()) {
        const std::string_view name = take_text(entries);
        const std::string_view value = take_text(entries);
        if (auto done = insert_entry_.run(key.collection, name, Blob{value}, key.key, id); !done) return done;
    }
    return {};
}

Result<void> DocumentTable::remove_entries(const DocumentKey& key, std::string_view entries) {
    while (!entries.empty()) {
        const std::string_view name = take_text(entries);
        const std::string_view value = take_text(entries);
        if (auto done = remove_entry_.run(key.collection, name, Blob{value}, key.key); !done) return done;
    }
    return {};
}

}  // namespace tally::sqlite
