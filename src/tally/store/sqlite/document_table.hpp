#pragma once

#include "tally/store/planner.hpp"
#include "tally/store/sqlite/sqlite.hpp"

namespace tally::sqlite {

/// A stored document as the writer needs it, to replace or remove it with its index entries.
struct StoredDocument {
    std::int64_t id = 0;
    Revision revision = 0;
    std::string entries;
};

/// The tables `documents` and `document_indexes` as the writer uses them.
class DocumentTable {
public:
    explicit DocumentTable(Connection& connection);

    [[nodiscard]] Result<std::optional<StoredDocument>> find(const DocumentKey& key);
    /// Inserts, replaces or removes; `stored` is null for a document that does not exist.
    [[nodiscard]] Result<void> write(const PlannedDocument& document, const StoredDocument* stored);

private:
    [[nodiscard]] Result<void> put(const PlannedDocument& document, const StoredDocument* stored);
    [[nodiscard]] Result<void> add_entries(const DocumentKey& key, std::int64_t id, std::string_view entries);
    [[nodiscard]] Result<void> remove_entries(const DocumentKey& key, std::string_view entries);

    Connection& connection_;
    Statement find_;
    Statement insert_;
    Statement update_;
    Statement remove_;
    Statement insert_entry_;
    Statement remove_entry_;
};

}  // namespace tally::sqlite
