#pragma once

#include <map>

#include "tally/store/sqlite/sqlite.hpp"
#include "tally/store/types.hpp"

namespace tally::sqlite {

/// Reads documents, each call within one snapshot.
class DocumentReader {
public:
    explicit DocumentReader(Connection& connection);

    [[nodiscard]] Result<std::vector<Document>> get(const std::vector<DocumentKey>& keys);
    /// Errors: invalid (`after` is no cursor of this query).
    [[nodiscard]] Result<DocumentPage> find(const DocumentQuery& query);
    [[nodiscard]] Result<std::vector<Document>> expired(Timestamp now, std::size_t limit);

private:
    Connection& connection_;
    Statement get_;
    Statement expired_;
    std::map<std::string, Statement, std::less<>> find_;  // by their SQL: a handful
};

}  // namespace tally::sqlite
