#pragma once

#include "tally/base/strong_id.hpp"

namespace tally {

using OrderId = Id<struct OrderTag>;
using CustomerId = Id<struct CustomerTag>;
using ReturnId = Id<struct ReturnTag>;

}  // namespace tally
