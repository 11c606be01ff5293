#pragma once

#include <string>
#include <string_view>

#include "tally/store/types.hpp"

namespace tally {

/// Where a page of documents ended: the value in the order of the query (its key, if by keys) and the document's key.
struct PageCursor {
    std::string value;
    std::string key;
    friend bool operator==(const PageCursor&, const PageCursor&) = default;
};

/// The cursor as `DocumentPage::next`; it fits only the query that it was made for, whatever its limit.
[[nodiscard]] std::string cursor_text(const DocumentQuery& query, const PageCursor& cursor);
/// Reads `query.after`, which must not be empty. Errors: invalid (damaged, or of another query).
[[nodiscard]] Result<PageCursor> parse_cursor(const DocumentQuery& query);

}  // namespace tally
