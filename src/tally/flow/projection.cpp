#include "tally/flow/projection.hpp"

#include <algorithm>

namespace tally {

const Projection::On* Projection::find(std::string_view type) const {
    const auto found = std::ranges::find(on, type, &On::type);
    return found == on.end() ? nullptr : &*found;
}

}  // namespace tally
