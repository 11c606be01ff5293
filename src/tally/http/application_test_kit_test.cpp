#include "tally/http/application_test_kit.hpp"

#include <boost/json.hpp>

#include "tally/testing/together.hpp"

namespace tally::jars {

std::vector<IndexEntry> tally_indexes(const Label& label) {
    if (!label.colour) return {};
    return {{"colour", IndexKey().number(static_cast<int>(*label.colour)).text(label.text).bytes()}};
}

namespace {

struct Fill {
    JarId jar;
    std::int64_t amount = 0;
};
BOOST_DESCRIBE_STRUCT(Fill, (), (jar, amount))

struct GetJar {
    JarId jar;
};
BOOST_DESCRIBE_STRUCT(GetJar, (), (jar))

struct JarView {
    JarId jar;
    std::int64_t content = 0;
};
BOOST_DESCRIBE_STRUCT(JarView, (), (jar, content))

struct PutLabel {
    std::string text;
    std::optional<Colour> colour;
};
BOOST_DESCRIBE_STRUCT(PutLabel, (), (text, colour))

struct ListLabels {
    std::optional<Colour> colour;
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListLabels, (), (colour, page_size, page_token))

struct Echo {
    std::string word;
    std::optional<std::int64_t> number;
    std::optional<bool> flag;
    std::optional<Timestamp> at;
};
BOOST_DESCRIBE_STRUCT(Echo, (), (word, number, flag, at))

struct Part {
    std::int64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(Part, (), (size))

struct Box {
    std::string name;
    std::vector<Part> parts;
};
BOOST_DESCRIBE_STRUCT(Box, (), (name, parts))

struct Trouble {
    std::string kind;
};
BOOST_DESCRIBE_STRUCT(Trouble, (), (kind))

}  // namespace
}  // namespace tally::jars

namespace tally::testing {

using namespace tally::jars;

Application::Options Jars::quiet() {
    Application::Options options;
    options.access_log = false;
    return options;
}

Jars::Jars(Application::Options options)
    : options_(std::move(options)), disk_(create_memory_disk(simulation.random())) {
    open();
}

void Jars::open() {
    store = create_memory_store(simulation.executor(), simulation.clock(), disk_);
    application = std::make_unique<Application>(
        Application::Parts{simulation.clock(), simulation.random(), ids, *metrics, page_tokens}, options_);
    application->authenticate([](const HttpRequest& request) {
        const auto name = request.headers.find("X-Principal");
        return name ? Principal{std::string(*name), {"jars:read", "jars:write"}} : Principal::development();
    });
    Routes routes;
    add_commands(routes);
    add_queries(routes);
    const auto mounted = application->mount("jars", routes, Sources{*store, {}});
    if (!mounted) throw std::runtime_error(mounted.error().text);
}

namespace {

Task<Reply<JarView>> fill_jar(Jars& jars, Fill command, Call& call) {
    ++jars.runs;
    auto jar = co_await call.session.load<Jar>(command.jar);
    if (!jar) co_return jar.error();
    if (jars.before_fill) co_await jars.before_fill();
    if (auto stale = call.check_version(jar->version)) co_return *stale;
    call.session.record<Jar>(command.jar, JarFilled{command.jar, command.amount});
    const std::int64_t content = jar->state.content + command.amount;
    if (content > 100) co_return Rejection{"jar-full", "a jar takes 100"};
    co_return Reply(JarView{command.jar, content}).etag(jar->version + 1);
}

}  // namespace

void Jars::add_commands(Routes& routes) {
    routes.add(post, "/api/v1/jars/{jar}:fill",
               {.summary = "Fill a jar",
                .scope = "jars:write",
                .idempotent = true,
                .versioned = true,
                .problems = {"jar-full"}},
               [this](Fill command, Call& call) { return fill_jar(*this, std::move(command), call); });
    routes.add(put, "/api/v1/labels/{text}", {.summary = "Write a label", .scope = "jars:write"},
               [](PutLabel command, Call& call) -> Task<Reply<Nothing>> {
                   call.session.put(command.text, Label{command.text, command.colour});
                   co_return Nothing{};
               });
    routes.add(post, "/api/v1/boxes", {.summary = "Take a box", .scope = "jars:write"},
               [](Box box, Call&) -> Task<Reply<Box>> { co_return box; });
    routes.add(
        post, "/api/v1/trouble",
        {.summary = "Make trouble", .scope = "", .idempotent = true, .success = 204, .problems = {"trouble-made"}},
        [this](Trouble command, Call&) {
            ++runs;
            return trouble(std::move(command.kind));
        });
}

void Jars::add_queries(Routes& routes) {
    routes.add(get, "/api/v1/jars/{jar}", {.summary = "Show a jar", .scope = "jars:read"},
               [](GetJar request, Query& query) -> Task<Reply<JarView>> {
                   auto jar = co_await query.load<Jar>(request.jar);
                   if (!jar) co_return jar.error();
                   if (jar->version == 0) co_return problem("not-found", "there is no jar " + request.jar.text());
                   co_return Reply(JarView{request.jar, jar->state.content})
                       .etag(jar->version)
                       .header("Cache-Control", "private");
               });
    routes.add(get, "/api/v1/labels", {.summary = "List labels", .scope = "jars:read"},
               [](ListLabels request, Query& query) -> Task<Reply<Page<Label>>> {
                   DocumentQuery wanted;
                   if (request.colour) {
                       const auto prefix = IndexKey().number(static_cast<int>(*request.colour));
                       wanted.index = "colour";
                       wanted.lower = prefix.bytes();
                       wanted.upper = prefix.upper_bound();
                   }
                   auto page = co_await query.list<Label>(std::move(wanted), {request.page_size, request.page_token});
                   if (!page) co_return page.error();
                   co_return std::move(*page);
               });
    routes.add(get, "/api/v1/echo", {.summary = "Say it again", .scope = ""},
               [](Echo request, Query&) -> Task<Reply<Echo>> { co_return request; });
    routes.add(get, "/api/v1/secret", {.summary = "A secret", .scope = "secrets:read"},
               [](Nothing, Query&) -> Task<Reply<Nothing>> { co_return Nothing{}; });
}

Task<void> Jars::restart() {
    co_await store->close();
    application.reset();
    open();
}

void Jars::TearDown() { simulation.run(store->close()); }

Task<HttpResponse> Jars::send(Method method, std::string target, std::string body, Headers headers) {
    HttpRequest request{
        .method = method, .target = std::move(target), .headers = std::move(headers), .body = std::move(body)};
    if (!request.body.empty() && !request.headers.find("Content-Type"))
        request.headers.set("Content-Type", "application/json");
    return application->handle(std::move(request));
}

Task<HttpResponse> Jars::fill(const std::string& jar, int amount, std::string key, Headers headers) {
    headers.set("Idempotency-Key", std::move(key));
    return send(Method::post, "/api/v1/jars/" + jar + ":fill", "{\"amount\":" + std::to_string(amount) + "}",
                std::move(headers));
}

namespace {

Task<void> send_one(Application& application, HttpRequest request, HttpResponse& response) {
    response = co_await application.handle(std::move(request));
}

}  // namespace

Task<std::vector<HttpResponse>> Jars::send_together(std::vector<HttpRequest> requests) {
    std::vector<HttpResponse> responses(requests.size());
    std::vector<Task<void>> tasks;
    tasks.reserve(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i)
        tasks.push_back(send_one(*application, std::move(requests[i]), responses[i]));
    co_await together(simulation.executor(), std::move(tasks));
    co_return responses;
}

Task<std::size_t> Jars::stored_answers() {
    const auto found = co_await store->find(DocumentQuery{.collection = "tally.idempotency", .limit = 1'000});
    co_return found.value().documents.size();
}

boost::json::value json_of(const HttpResponse& response) {
    boost::system::error_code broken;
    return boost::json::parse(response.body, broken);
}

std::string slug_of(const HttpResponse& response) {
    const auto json = json_of(response);
    if (!json.is_object() || header_of(response, "Content-Type") != "application/problem+json") return {};
    const std::string type(json.at("type").as_string());
    return type.substr(type.rfind('/') + 1);
}

std::vector<std::string> pointers_of(const HttpResponse& response) {
    std::vector<std::string> pointers;
    const auto json = json_of(response);
    const auto* errors = json.is_object() ? json.get_object().if_contains("errors") : nullptr;
    if (errors != nullptr)
        for (const auto& error : errors->as_array()) pointers.emplace_back(error.at("pointer").as_string());
    return pointers;
}

std::string header_of(const HttpResponse& response, std::string_view name) {
    return std::string(response.headers.find(name).value_or(""));
}

}  // namespace tally::testing
