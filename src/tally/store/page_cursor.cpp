// base64url of: format (1 byte, 0x01), tag (8 bytes of SHA-256 over the query and the cursor), length of the value
// (4 bytes, big end first), value, key.

#include "tally/store/page_cursor.hpp"

#include "tally/base/sha256.hpp"
#include "tally/base/text.hpp"

namespace tally {
namespace {

constexpr char format = '\x01';
constexpr std::size_t tag_size = 8;
constexpr std::size_t length_size = 4;
constexpr std::size_t head_size = 1 + tag_size + length_size;

std::string tag_of(const DocumentQuery& query, const PageCursor& cursor) {
    const Digest digest = Sha256()
                              .field(query.collection)
                              .field(query.index)
                              .field(query.lower)
                              .field(std::uint64_t{query.upper.has_value()})
                              .field(query.upper.value_or(""))
                              .field(std::uint64_t{query.backward})
                              .field(cursor.value)
                              .field(cursor.key)
                              .finish();
    return {digest.begin(), digest.begin() + tag_size};
}

}  // namespace

std::string cursor_text(const DocumentQuery& query, const PageCursor& cursor) {
    std::string bytes(1, format);
    bytes += tag_of(query, cursor);
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>((cursor.value.size() >> shift) & 0xFF);
    bytes += cursor.value;
    bytes += cursor.key;
    return to_base64url(bytes);
}

Result<PageCursor> parse_cursor(const DocumentQuery& query) {
    const auto refused = fail(ErrorCode::invalid, "this cursor does not belong to this query: begin at the first page");
    std::string bytes;
    if (!from_base64url(query.after, bytes) || bytes.size() < head_size || bytes.front() != format) return refused;
    std::size_t length = 0;
    for (std::size_t i = 0; i < length_size; ++i)
        length = length << 8 | static_cast<unsigned char>(bytes[1 + tag_size + i]);
    if (length > bytes.size() - head_size) return refused;
    PageCursor cursor{bytes.substr(head_size, length), bytes.substr(head_size + length)};
    if (bytes.compare(1, tag_size, tag_of(query, cursor)) != 0) return refused;
    return cursor;
}

}  // namespace tally
