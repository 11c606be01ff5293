#include "tally/store/types.hpp"

#include <fmt/format.h>

namespace tally {

bool ExpectedVersion::holds(Version actual) const noexcept {
    switch (kind) {
        case Kind::any:
            return true;
        case Kind::none:
            return actual == 0;
        case Kind::exists:
            return actual != 0;
        case Kind::exactly:
            return actual == version;
    }
    return false;
}

bool ExpectedDocument::holds(Revision actual) const noexcept {
    switch (kind) {
        case Kind::any:
            return true;
        case Kind::absent:
            return actual == 0;
        case Kind::revision_is:
            return actual == revision;
    }
    return false;
}

std::string Conflict::text() const {
    switch (on) {
        case On::event_id:
            return fmt::format("event {} is stored already, at position {}, and is not the same", subject, actual);
        case On::stream:
            return actual == 0 ? fmt::format("stream {} does not exist", subject)
                               : fmt::format("stream {} is at version {}", subject, actual);
        case On::document:
            return actual == 0 ? fmt::format("document {} does not exist", subject)
                               : fmt::format("document {} is at revision {}", subject, actual);
    }
    return subject;
}

}  // namespace tally
