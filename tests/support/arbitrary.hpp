#pragma once

#include <bit>
#include <cmath>

#include "support/json_samples.hpp"
#include "tally/base/random.hpp"
#include "tally/testing/hostile_text.hpp"

namespace tally::samples {

/// Makes arbitrary values of any type that has JSON, hostile texts and extreme numbers included.
class Arbitrary {
public:
    explicit Arbitrary(std::uint64_t seed) : random_(create_seeded_random(seed)) {}

    template <class T>
    [[nodiscard]] T make() {
        T value{};
        fill(value);
        return value;
    }

private:
    template <class T>
    void fill(T& value) {
        constexpr JsonKind kind = json_kind<T>;
        if constexpr (kind == JsonKind::structure)
            detail::for_each_member<T>([&](auto member) { fill(value.*member.pointer); });
        else if constexpr (kind == JsonKind::integer)
            value = integer<T>();
        else if constexpr (kind == JsonKind::enumeration)
            value = detail::enum_values<T>[random_->below(detail::enum_values<T>.size())];
        else if constexpr (kind == JsonKind::list)
            for (std::uint64_t n = random_->below(4); n > 0; --n) value.push_back(make<typename T::value_type>());
        else if constexpr (kind == JsonKind::map)
            for (std::uint64_t n = random_->below(4); n > 0; --n) value[text()] = make<typename T::mapped_type>();
        else
            value = scalar(value);
    }
    template <class T>
    std::optional<T> scalar(const std::optional<T>&) {
        return random_->below(2) == 0 ? std::nullopt : std::optional<T>(make<T>());
    }

    template <class T>
    T integer() {
        constexpr std::array<T, 4> edges{std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), T{0}, T{1}};
        const std::uint64_t choice = random_->below(8);
        return choice < edges.size() ? edges[choice] : static_cast<T>(random_->next());
    }
    std::string text() {
        const auto& texts = testing::hostile_texts();
        for (;;) {
            const auto& chosen = texts[random_->below(texts.size())];
            if (chosen.clean && chosen.text.size() < 1'000) return chosen.text;
        }
    }

    bool scalar(bool) { return random_->below(2) == 1; }
    double scalar(double) {
        const auto number = std::bit_cast<double>(random_->next());
        return std::isfinite(number) ? number : random_->fraction();
    }
    std::string scalar(const std::string&) { return text(); }
    Timestamp scalar(Timestamp) {
        return Timestamp(Duration(static_cast<std::int64_t>(random_->below(4'000'000'000'000'000))));
    }
    Money scalar(const Money&) {
        return {integer<std::int64_t>(), static_cast<int>(random_->below(Money::max_scale + 1)), scalar(Currency{})};
    }
    RawJson scalar(const RawJson&) { return {encode(std::vector<std::string>{text(), text()})}; }
    Uuid scalar(const Uuid&) {
        Uuid id;
        random_->fill(id.bytes);
        return id;
    }
    Currency scalar(const Currency&) { return *Currency::parse(random_->below(2) == 0 ? "GBP" : "JPY"); }
    SkuId scalar(const SkuId&) { return SkuId::trusted("sku-" + std::to_string(random_->below(1'000'000))); }
    Quantity scalar(const Quantity&) {
        return *Quantity::of(static_cast<std::int64_t>(1 + random_->below(Quantity::most)));
    }

    std::unique_ptr<Random> random_;
};

}  // namespace tally::samples
