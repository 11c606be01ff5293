#include "tally/flow/timer_handlers.hpp"

#include <stdexcept>

namespace tally {

TimerHandlers& TimerHandlers::on(std::string type, Handler handle) {
    if (type.empty() || type.contains('/'))
        throw std::invalid_argument("a timer type has a name without a slash: '" + type + "'");
    if (handlers_.contains(type)) throw std::invalid_argument("two handlers for timers of type " + type);
    handlers_[std::move(type)] = std::move(handle);
    return *this;
}

const TimerHandlers::Handler* TimerHandlers::handler(std::string_view type) const {
    const auto found = handlers_.find(type);
    return found == handlers_.end() ? nullptr : &found->second;
}

std::vector<std::string> TimerHandlers::types() const {
    std::vector<std::string> names;
    names.reserve(handlers_.size());
    for (const auto& [name, handler] : handlers_) names.push_back(name);
    return names;
}

}  // namespace tally
