#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include "tally/base/clock.hpp"
#include "tally/base/error.hpp"
#include "tally/base/money.hpp"
#include "tally/event/json_reader.hpp"
#include "tally/event/personal.hpp"

namespace tally {

/// How a C++ type stands in JSON; `decode`, `encode` and `json_schema` each have one case per kind.
enum class JsonKind : std::uint8_t {
    boolean,
    integer,
    real,
    text,
    timestamp,
    money,
    raw,
    text_value,     ///< a class with `parse` and `text()`
    integer_value,  ///< a class with `of` and `value()`
    enumeration,    ///< with BOOST_DESCRIBE_ENUM: a string
    optional,
    list,
    map,
    structure,  ///< with BOOST_DESCRIBE_STRUCT: an object
    personal,
    unsupported,
};

/// How personal data stands in JSON.
enum class PersonalForm : std::uint8_t {
    sealed,  ///< in what is stored and published: under seal, or null where it is erased
    plain,   ///< in requests and answers: as it is; null in an answer where it is erased
};

template <class T>
concept TextValue = requires(std::string_view text, const T& value) {
    { T::parse(text) } -> std::same_as<Result<T>>;
    { value.text() } -> std::convertible_to<std::string_view>;
};

template <class T>
concept IntegerValue = requires(std::int64_t number, const T& value) {
    { T::of(number) } -> std::same_as<Result<T>>;
    { value.value() } -> std::convertible_to<std::int64_t>;
};

template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

template <class T>
concept DescribedStruct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_list = false;
template <class T, class Allocator>
inline constexpr bool is_list<std::vector<T, Allocator>> = true;

template <class T>
inline constexpr bool is_text_map = false;
template <class T, class Compare, class Allocator>
inline constexpr bool is_text_map<std::map<std::string, T, Compare, Allocator>> = true;

template <class T>
inline constexpr bool is_personal = false;
template <class T>
inline constexpr bool is_personal<Personal<T>> = true;

template <class T>
inline constexpr bool is_character =
    boost::mp11::mp_contains<boost::mp11::mp_list<char, wchar_t, char8_t, char16_t, char32_t>, T>::value;

template <class T>
consteval JsonKind find_json_kind() {
    if (std::is_same_v<T, bool>) return JsonKind::boolean;
    if (std::is_integral_v<T> && !is_character<T>) return JsonKind::integer;
    if (std::is_same_v<T, double>) return JsonKind::real;
    if (std::is_same_v<T, std::string>) return JsonKind::text;
    if (std::is_same_v<T, Timestamp>) return JsonKind::timestamp;
    if (std::is_same_v<T, Money>) return JsonKind::money;
    if (std::is_same_v<T, RawJson>) return JsonKind::raw;
    if (is_optional<T>) return JsonKind::optional;
    if (is_list<T>) return JsonKind::list;
    if (is_text_map<T>) return JsonKind::map;
    if (is_personal<T>) return JsonKind::personal;
    if (TextValue<T>) return JsonKind::text_value;
    if (IntegerValue<T>) return JsonKind::integer_value;
    if (DescribedEnum<T>) return JsonKind::enumeration;
    if (DescribedStruct<T>) return JsonKind::structure;
    return JsonKind::unsupported;
}

}  // namespace detail

template <class T>
inline constexpr JsonKind json_kind = detail::find_json_kind<T>();

namespace detail {

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
template <class T>
using Enumerators = boost::describe::describe_enumerators<T>;

/// The type of the member that a descriptor of Boost.Describe names.
template <class T, class Descriptor>
using MemberOf = std::remove_cvref_t<decltype(std::declval<T&>().*Descriptor::pointer)>;

/// Calls `visit` with the descriptor (`pointer`, `name`) of each member, in declared order.
template <class T, class Visit>
constexpr void for_each_member(Visit visit) {
    boost::mp11::mp_for_each<Members<T>>(visit);
}

template <class T>
consteval auto find_member_names() {
    std::array<std::string_view, boost::mp11::mp_size<Members<T>>::value> names{};
    std::size_t next = 0;
    for_each_member<T>([&](auto member) { names[next++] = member.name; });
    return names;
}
template <class T>
inline constexpr auto member_names = find_member_names<T>();

/// `Around` are the structs that T stands in, so that the search in a type that holds itself ends.
template <class T, class... Around>
consteval bool find_personal() {
    constexpr JsonKind kind = json_kind<T>;
    if constexpr (kind == JsonKind::personal) return true;
    if constexpr (kind == JsonKind::optional || kind == JsonKind::list)
        return find_personal<typename T::value_type, Around...>();
    if constexpr (kind == JsonKind::map) return find_personal<typename T::mapped_type, Around...>();
    bool found = false;
    if constexpr (kind == JsonKind::structure && !(std::same_as<T, Around> || ...))
        for_each_member<T>(
            [&](auto member) { found = found || find_personal<MemberOf<T, decltype(member)>, T, Around...>(); });
    return found;
}

template <class E>
consteval auto find_enum_names() {
    std::array<std::string_view, boost::mp11::mp_size<Enumerators<E>>::value> names{};
    std::size_t next = 0;
    boost::mp11::mp_for_each<Enumerators<E>>([&](auto enumerator) { names[next++] = enumerator.name; });
    return names;
}
template <class E>
consteval auto find_enum_values() {
    std::array<E, boost::mp11::mp_size<Enumerators<E>>::value> values{};
    std::size_t next = 0;
    boost::mp11::mp_for_each<Enumerators<E>>([&](auto enumerator) { values[next++] = enumerator.value; });
    return values;
}
/// Of a described enum, in declared order; the n-th name is that of the n-th value.
template <class E>
inline constexpr auto enum_names = find_enum_names<E>();
template <class E>
inline constexpr auto enum_values = find_enum_values<E>();

constexpr std::size_t round_up(std::size_t size, std::size_t alignment) {
    return (size + alignment - 1) / alignment * alignment;
}

/// False where a description leaves members out: those that it names, laid out in its order, do not fill the struct.
template <class T>
consteval bool describes_whole_struct() {
    std::size_t size = 0;
    for_each_member<T>([&](auto member) {
        using Member = MemberOf<T, decltype(member)>;
        size = round_up(size, alignof(Member)) + sizeof(Member);
    });
    return std::is_empty_v<T> || round_up(size, alignof(T)) == sizeof(T);
}

/// Stops the compiler where a struct cannot be read and written as it is described.
template <class T>
consteval void check_struct() {
    static_assert(boost::mp11::mp_empty<boost::describe::describe_bases<T, boost::describe::mod_any_access>>::value,
                  "JSON: a described struct has no bases, since their members would be left out");
    static_assert(std::is_default_constructible_v<T>, "JSON: a described struct needs a default constructor");
    static_assert(!std::is_aggregate_v<T> || describes_whole_struct<T>(),
                  "JSON: BOOST_DESCRIBE_STRUCT must name every member of the struct, in their declared order");
}

/// Stops the compiler, with a hint, at a type that is no JsonKind.
template <class T>
consteval void check_type() {
    static_assert(json_kind<T> != JsonKind::unsupported,
                  "JSON: this type cannot be read or written. Describe it (BOOST_DESCRIBE_STRUCT or "
                  "BOOST_DESCRIBE_ENUM), or give it `parse` and `text()`, or `of` and `value()`: see codec.hpp");
    if constexpr (is_optional<T>)
        static_assert(!is_optional<typename T::value_type>, "JSON: an optional of an optional has only one null");
    if constexpr (is_personal<T>) {
        static_assert(!is_optional<typename T::Value>, "JSON: null is erased; write std::optional<Personal<T>>");
        static_assert(!find_personal<typename T::Value>(), "JSON: what is sealed as a whole needs no seal within");
    }
}

/// Money as it is written; see Money.
struct MoneyOnWire {
    struct Amount {
        std::string digits;
        [[nodiscard]] static Result<Amount> parse(std::string_view text);
        [[nodiscard]] const std::string& text() const { return digits; }
        static constexpr std::string_view json_pattern = "^-?[0-9]+([.][0-9]{1,6})?$";
    };
    Amount amount;
    Currency currency;

    [[nodiscard]] static MoneyOnWire from(const Money& money);
    [[nodiscard]] Result<Money> money() const;
};
BOOST_DESCRIBE_STRUCT(MoneyOnWire, (), (amount, currency))

}  // namespace detail

/// Whether a T can hold personal data anywhere in it.
template <class T>
inline constexpr bool has_personal = detail::find_personal<T>();

}  // namespace tally
