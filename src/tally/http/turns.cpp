#include "tally/http/turns.hpp"

namespace tally::detail {

Turns::Turn::~Turn() {
    if (turns_ == nullptr) return;
    const auto taken = turns_->taken_.extract(name_);
    if (!taken.empty()) taken.mapped()->notify_all();
}

std::optional<Turns::Turn> Turns::try_take(const std::string& name) {
    if (!taken_.try_emplace(name, std::make_shared<Signal>()).second) return std::nullopt;
    return Turn(*this, name);
}

Task<Turns::Turn> Turns::take(std::string name) {
    for (;;) {
        if (auto turn = try_take(name)) co_return std::move(*turn);
        const auto ended = taken_.at(name);
        co_await ended->wait();
    }
}

}  // namespace tally::detail
