#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "tally/base/key_ring.hpp"
#include "tally/event/codec.hpp"

namespace tally {

/// Throws std::logic_error where `value` holds personal data, plain or sealed, of another subject than this one: an
/// event's envelope names the person that its personal data is of.
template <class T>
void require_subject(const T& value, std::string_view subject);

/// Whether there is anything to seal.
template <class T>
[[nodiscard]] bool has_plain(const T& value);

/// Whom the sealed data in a value is about; empty: there is none.
template <class T>
[[nodiscard]] std::string sealed_subject(const T& value);

/// Seals the plain personal data of an event that is about to be recorded, each with its place in that event; with no
/// key, it becomes erased. What is sealed already stays as it is.
template <class T>
void seal_personal(T& value, const SubjectKey& key, const std::string& subject, const EventId& event);

/// Opens the sealed personal data in a value, such as a document or an event with copies of it; what was sealed with a
/// key that is gone becomes erased. Errors: those of KeyRing::key_to_open; corrupt (a seal does not fit: altered, or
/// moved to another event or field). After one the value is not fully opened.
template <class T>
[[nodiscard]] Task<Result<void>> open_personal(T& value, KeyRing& keys);

/// Makes personal data erased for a reader who may see none but what is sealed as their own.
template <class T>
void withhold_personal(T& value, std::string_view own_subject = {});

namespace detail {

using SubjectKeys = std::map<std::string, SubjectKey, std::less<>>;

[[nodiscard]] Sealed seal_text(std::string_view json, const SivKey& key, const std::string& subject,
                               const EventId& event, std::string field);
/// Errors: corrupt.
[[nodiscard]] Result<std::string> open_text(const Sealed& sealed, const SivKey& key);
/// What opened, but is nothing of the kind that stands there.
[[nodiscard]] std::unexpected<Error> not_readable(const Sealed& sealed, const Problems& problems);
void require_subject_of(const JsonPath& path, const Sealed* sealed, std::string_view subject);

/// Calls `visit(personal, path)` for each Personal in a value, from left to right. T may be const.
template <class T, class Visit>
void each_personal(T& value, const JsonPath& path, Visit& visit) {
    using Type = std::remove_const_t<T>;
    constexpr JsonKind kind = json_kind<Type>;
    if constexpr (kind == JsonKind::personal) {
        visit(value, path);
    } else if constexpr (!has_personal<Type>) {
        return;
    } else if constexpr (kind == JsonKind::optional) {
        if (value) each_personal(*value, path, visit);
    } else if constexpr (kind == JsonKind::list) {
        for (std::size_t i = 0; i < value.size(); ++i) each_personal(value[i], path.item(i), visit);
    } else if constexpr (kind == JsonKind::map) {
        for (auto& [key, item] : value) each_personal(item, path.member(key), visit);
    } else if constexpr (kind == JsonKind::structure) {
        for_each_member<Type>(
            [&](auto member) { each_personal(value.*member.pointer, path.member(member.name), visit); });
    }
}

template <class P>
[[nodiscard]] Result<void> open_one(P& personal, const SubjectKeys& keys) {
    const Sealed* sealed = personal.sealed();
    if (sealed == nullptr) return {};
    const SubjectKey& key = keys.at(sealed->subject);
    if (!key) {
        personal = P();
        return {};
    }
    const auto json = open_text(*sealed, *key);
    if (!json) return std::unexpected(json.error());
    auto plain = decode<typename P::Value>(*json, UnknownFields::ignored, JsonLimits::own_events());
    if (!plain) return not_readable(*sealed, plain.error());
    personal = P(std::move(*plain));
    return {};
}

}  // namespace detail

template <class T>
void require_subject(const T& value, std::string_view subject) {
    auto check = [subject](const auto& personal, const detail::JsonPath& path) {
        if (!personal.erased()) detail::require_subject_of(path, personal.sealed(), subject);
    };
    detail::each_personal(value, {}, check);
}

template <class T>
bool has_plain(const T& value) {
    bool found = false;
    auto look = [&found](const auto& personal, const detail::JsonPath&) {
        found = found || personal.plain() != nullptr;
    };
    detail::each_personal(value, {}, look);
    return found;
}

template <class T>
std::string sealed_subject(const T& value) {
    std::string subject;
    auto look = [&subject](const auto& personal, const detail::JsonPath&) {
        if (personal.sealed() != nullptr) subject = personal.sealed()->subject;
    };
    detail::each_personal(value, {}, look);
    return subject;
}

template <class T>
void seal_personal(T& value, const SubjectKey& key, const std::string& subject, const EventId& event) {
    auto seal = [&](auto& personal, const detail::JsonPath& path) {
        using P = std::remove_cvref_t<decltype(personal)>;
        if (personal.plain() == nullptr) return;
        personal = key ? P(detail::seal_text(encode(*personal.plain()), *key, subject, event, path.pointer())) : P();
    };
    detail::each_personal(value, {}, seal);
}

template <class T>
Task<Result<void>> open_personal(T& value, KeyRing& keys) {
    std::set<std::string> subjects;
    auto collect = [&subjects](const auto& personal, const detail::JsonPath&) {
        if (personal.sealed() != nullptr) subjects.insert(personal.sealed()->subject);
    };
    detail::each_personal(std::as_const(value), {}, collect);

    detail::SubjectKeys found;
    for (const std::string& subject : subjects) {
        auto key = co_await keys.key_to_open(subject);
        if (!key) co_return std::unexpected(std::move(key.error()));
        found.emplace(subject, std::move(*key));
    }
    Result<void> opened;
    auto open = [&](auto& personal, const detail::JsonPath&) {
        if (opened) opened = detail::open_one(personal, found);
    };
    detail::each_personal(value, {}, open);
    co_return opened;
}

template <class T>
void withhold_personal(T& value, std::string_view own_subject) {
    auto withhold = [own_subject](auto& personal, const detail::JsonPath&) {
        const Sealed* sealed = personal.sealed();
        if (sealed == nullptr || sealed->subject != own_subject) personal = std::remove_cvref_t<decltype(personal)>();
    };
    detail::each_personal(value, {}, withhold);
}

}  // namespace tally
