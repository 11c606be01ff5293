#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tally/base/metrics.hpp"
#include "tally/http/routes.hpp"

namespace tally {

/// Answers requests: from a plain request to a plain response, without sockets.
///
/// Per request: limits, correlation id and trace, route, scope, decoding, then for a command a session, the handler and
/// one commit with the Idempotency-Key document (again at a conflict, three times in all), for a GET the handler;
/// exceptions become a problem `internal`. Threads: one loop.
class Application {
public:
    struct Options {
        std::string base_url = "http://127.0.0.1:8080";
        Duration request_limit = std::chrono::seconds(30);
        Duration keep_answers = std::chrono::hours(24);  ///< of Idempotency-Keys
        std::size_t max_target = 8 * 1024;
        std::size_t max_body = 1024 * 1024;
        bool access_log = true;
    };
    struct Parts {
        Clock& clock;
        Random& random;
        UuidGenerator& ids;
        Metrics& metrics;
        const PageTokens& page_tokens;
    };
    /// A resource that is not a typed route: pages, metrics, documents.
    using Raw = std::function<Task<HttpResponse>(const HttpRequest&)>;

    Application(Parts parts, Options options);
    ~Application();

    /// Routes whose sessions are units of work over the service's store. Errors: invalid (a route that exists already,
    /// a projection to wait for that does not).
    [[nodiscard]] Result<void> mount(const std::string& service, const Routes& routes, Sources sources);
    void mount_raw(Method method, std::string path, Raw handler);
    /// Who is asking; by default the development principal.
    void authenticate(std::function<Principal(const HttpRequest&)> authenticate);

    /// Never fails: whatever goes wrong is a problem response.
    [[nodiscard]] Task<HttpResponse> handle(HttpRequest request);

    /// Every kind of problem that may be answered: the platform's, then those that routes name. Valid until a mount.
    [[nodiscard]] std::vector<ProblemType> problem_types() const;
    /// OpenAPI 3.1 of all that is mounted (typed routes), with the problem catalogue.
    [[nodiscard]] std::string openapi(std::string_view title, std::string_view version) const;

    struct State;  // known to this folder's sources only

private:
    std::unique_ptr<State> state_;
};

}  // namespace tally
