#pragma once

#include <boost/json/value.hpp>

#include "tally/event/recorded_event.hpp"
#include "tallystick/verify/findings.hpp"

namespace tally::verify {

/// Checks that an event stands in the stream, and has the partition key, that its type and data call for. Services that
/// are not in the table are passed over.
void check_stream(const std::string& service, const RecordedEvent& event, const boost::json::value& data,
                  Findings& findings);

}  // namespace tally::verify
