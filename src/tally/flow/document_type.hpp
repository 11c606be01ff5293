#pragma once

#include <concepts>
#include <string_view>
#include <vector>

#include "tally/event/codec.hpp"
#include "tally/store/index_key.hpp"
#include "tally/store/types.hpp"

namespace tally {

/// Default: no index. A document type declares, beside its struct,
/// `std::vector<IndexEntry> tally_indexes(const StockItem& item)`.
inline std::vector<IndexEntry> tally_indexes(const auto&) { return {}; }

template <class D>
concept DocumentStruct = requires(const D* document) {
    { tally_collection(document) } -> std::convertible_to<std::string_view>;
};

template <DocumentStruct D>
inline constexpr std::string_view collection_of = tally_collection(static_cast<const D*>(nullptr));

template <DocumentStruct D>
[[nodiscard]] DocumentKey document_key(std::string key) {
    return {std::string(collection_of<D>), std::move(key)};
}

/// What is stored of a document: its JSON and its declared indexes.
template <DocumentStruct D>
[[nodiscard]] Put put_of(const D& document, std::optional<Timestamp> expires_at = {}) {
    return {encode(document), tally_indexes(document), expires_at};
}

/// Errors: corrupt (naming the document and what is wrong with it).
template <DocumentStruct D>
[[nodiscard]] Result<D> decode_document(const DocumentKey& key, std::string_view body) {
    auto decoded = decode<D>(body, UnknownFields::ignored, JsonLimits::own_events());
    if (!decoded) return fail(ErrorCode::corrupt, key.collection + "/" + key.key + ": " + to_text(decoded.error()));
    return std::move(*decoded);
}

}  // namespace tally

/// Gives a described struct the collection that its documents are stored in, beside BOOST_DESCRIBE_STRUCT.
///
///     TALLY_DOCUMENT(StockItem, "stock")
#define TALLY_DOCUMENT(Struct, Collection) \
    [[maybe_unused]] constexpr std::string_view tally_collection(const Struct*) { return Collection; }
