#pragma once

#include <concepts>
#include <string_view>
#include <vector>

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

}  // namespace tally

/// Gives a described struct the collection that its documents are stored in, beside BOOST_DESCRIBE_STRUCT.
///
///     TALLY_DOCUMENT(StockItem, "stock")
#define TALLY_DOCUMENT(Struct, Collection) \
    [[maybe_unused]] constexpr std::string_view tally_collection(const Struct*) { return Collection; }
