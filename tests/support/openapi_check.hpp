#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tally/net/http_message.hpp"

namespace tally::testing {

/// Holds a server to its own OpenAPI document (3.1).
///
/// Stricter than the document where it is open: a member that it does not declare is a fault, so is a problem whose
/// kind does not stand in the description of its status.
class OpenApiCheck {
public:
    explicit OpenApiCheck(std::string_view document);
    ~OpenApiCheck();

    /// What is wrong with the document itself: not JSON, an operation id twice, a reference that leads nowhere, a
    /// schema that is none, a path's parameter that is not declared, an operation without a success.
    [[nodiscard]] const std::vector<std::string>& faults() const;
    /// `GET /api/v1/orders/{order}`, of all operations.
    [[nodiscard]] std::set<std::string> operations() const;

    /// What the document does not allow of an answer: its operation, status, content type or content. Empty: all is
    /// well.
    [[nodiscard]] std::vector<std::string> faults_of(Method method, std::string_view target,
                                                     const HttpResponse& response);
    /// Operations of which no success has passed `faults_of` yet.
    [[nodiscard]] std::set<std::string> unseen() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tally::testing
