#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tally/base/task_group.hpp"
#include "tally/http/application.hpp"
#include "tally/store/memory/memory_store.hpp"
#include "tally/testing/coroutine_test.hpp"

namespace tally::jars {

using JarId = Id<struct JarTag>;

struct JarFilled {
    JarId jar;
    std::int64_t amount = 0;
};
BOOST_DESCRIBE_STRUCT(JarFilled, (), (jar, amount))
TALLY_EVENT(JarFilled, "JarFilled", 1, published)

/// An aggregate with one rule: no more than 100 in a jar.
struct Jar {
    using Key = JarId;
    using Events = EventList<JarFilled>;
    static constexpr std::string_view category = "jar";
    std::int64_t content = 0;
    void apply(const JarFilled& event) { content += event.amount; }
};

BOOST_DEFINE_ENUM_CLASS(Colour, red, green)

/// A document with an index, for lists.
struct Label {
    std::string text;
    std::optional<Colour> colour;
};
BOOST_DESCRIBE_STRUCT(Label, (), (text, colour))
TALLY_DOCUMENT(Label, "labels")
[[nodiscard]] std::vector<IndexEntry> tally_indexes(const Label& label);

}  // namespace tally::jars

namespace tally::testing {

/// An application over a store in memory, with the routes of a service that keeps jars:
///
///     POST /api/v1/jars/{jar}:fill {amount}         idempotent, versioned; refuses as `jar-full`
///     GET  /api/v1/jars/{jar}                       with an ETag
///     PUT  /api/v1/labels/{text} {colour}           a document; no Idempotency-Key
///     GET  /api/v1/labels?colour=&page_size=…       pages
///     GET  /api/v1/echo?word=&number=&flag=&at=     what it was asked
///     POST /api/v1/boxes {name, parts: [{size}]}    nested content
///     POST /api/v1/trouble {kind}                   idempotent; ends as `trouble` says
///     GET  /api/v1/secret                           needs the scope `secrets:read`
class Jars : public CoroutineTest {
public:
    explicit Jars(Application::Options options = quiet());

    [[nodiscard]] static Application::Options quiet();

    /// Who asks: the header `X-Principal`, with all scopes but `secrets:read`; the development principal without it.
    [[nodiscard]] Task<HttpResponse> send(Method method, std::string target, std::string body = {},
                                          Headers headers = {});
    [[nodiscard]] Task<HttpResponse> fill(const std::string& jar, int amount, std::string key, Headers headers = {});
    /// Sends all at once; answers in the order of the requests.
    [[nodiscard]] Task<std::vector<HttpResponse>> send_together(std::vector<HttpRequest> requests);
    /// Closes the store and opens one over the same data, with an application of its own.
    [[nodiscard]] Task<void> restart();

    [[nodiscard]] std::uint64_t events() const { return store->statistics().head; }
    [[nodiscard]] Task<std::size_t> stored_answers();

    std::unique_ptr<Metrics> metrics = create_metrics();
    UuidGenerator ids{simulation.clock(), simulation.random()};
    PageTokens page_tokens{std::string(32, 's'), simulation.clock()};
    std::unique_ptr<Store> store;
    std::unique_ptr<Application> application;

    std::function<Task<Reply<Nothing>>(std::string kind)> trouble;
    std::function<Task<void>()> before_fill;  ///< runs between reading and deciding
    int runs = 0;                             ///< of the handler of `fill`

protected:
    void TearDown() override;

private:
    void open();
    void add_commands(Routes& routes);
    void add_queries(Routes& routes);
    Application::Options options_;
    std::shared_ptr<MemoryDisk> disk_;
};

[[nodiscard]] boost::json::value json_of(const HttpResponse& response);
/// The last part of a problem's type; empty for what is no problem.
[[nodiscard]] std::string slug_of(const HttpResponse& response);
/// Pointers of a problem's errors.
[[nodiscard]] std::vector<std::string> pointers_of(const HttpResponse& response);
[[nodiscard]] std::string header_of(const HttpResponse& response, std::string_view name);

}  // namespace tally::testing
