#include "tally/http/principal.hpp"

namespace tally {

bool Principal::may(std::string_view scope) const {
    return scope.empty() || scopes.contains(std::string(scope)) || scopes.contains("*");
}

}  // namespace tally
