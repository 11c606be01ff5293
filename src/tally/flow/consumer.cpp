#include "tally/flow/consumer.hpp"

namespace tally {

const Consumer::Handler* Consumer::handler(std::string_view type) const {
    const auto found = handlers_.find(type);
    return found == handlers_.end() ? nullptr : &found->second.handle;
}

const EventDescription* Consumer::description(std::string_view type) const {
    const auto found = handlers_.find(type);
    return found == handlers_.end() ? nullptr : &found->second.type;
}

std::vector<std::string> Consumer::types() const {
    std::vector<std::string> names;
    names.reserve(handlers_.size());
    for (const auto& [name, known] : handlers_) names.push_back(name);
    return names;
}

}  // namespace tally
