#include "integration/parcels.hpp"

#include <stdexcept>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace tally::testing {
namespace {

/// Services are made by plain functions, so what a test tells them is found here.
Parcels* told = nullptr;

using ParcelId = Id<struct ParcelTag>;

struct ParcelSent {
    ParcelId parcel;
    std::string to;
};
BOOST_DESCRIBE_STRUCT(ParcelSent, (), (parcel, to))
TALLY_EVENT(ParcelSent, "ParcelSent", 1, published)

struct Parcel {
    using Key = ParcelId;
    using Events = EventList<ParcelSent>;
    static constexpr std::string_view category = "parcel";
    bool sent = false;
    void apply(const ParcelSent&) { sent = true; }
};

struct ParcelEntry {
    using Events = EventList<ParcelSent>;
    ParcelId parcel;
    std::string to;
    static std::string key(const ParcelSent& event) { return event.parcel.text(); }
    void apply(const ParcelSent& event, const Envelope&) {
        if (told->illegible == event.parcel.text()) throw std::runtime_error("it cannot be read");
        parcel = event.parcel;
        to = event.to;
    }
};
BOOST_DESCRIBE_STRUCT(ParcelEntry, (), (parcel, to))
TALLY_DOCUMENT(ParcelEntry, "parcels")

struct Shelf {
    ParcelId parcel;
};
BOOST_DESCRIBE_STRUCT(Shelf, (), (parcel))
TALLY_DOCUMENT(Shelf, "shelves")

struct ReturnParcel {
    ParcelId parcel;
};
BOOST_DESCRIBE_STRUCT(ReturnParcel, (), (parcel))
TALLY_TIMER(ReturnParcel, "return")

struct Reminder {};
BOOST_DESCRIBE_STRUCT(Reminder, (), ())
TALLY_TIMER(Reminder, "reminder")

struct SendParcel {
    ParcelId parcel;
    std::string to;
};
BOOST_DESCRIBE_STRUCT(SendParcel, (), (parcel, to))

struct ListParcels {
    std::optional<std::int64_t> page_size;
    std::optional<std::string> page_token;
};
BOOST_DESCRIBE_STRUCT(ListParcels, (), (page_size, page_token))

struct GetShelf {
    ParcelId parcel;
};
BOOST_DESCRIBE_STRUCT(GetShelf, (), (parcel))

Task<Reply<ParcelEntry>> send_parcel(SendParcel command, Call& call) {
    auto parcel = co_await call.session.load<Parcel>(command.parcel);
    if (!parcel) co_return parcel.error();
    if (parcel->state.sent) co_return Rejection{"parcel-sent", "it is under way"};
    call.session.record<Parcel>(command.parcel, ParcelSent{command.parcel, command.to}, {.key = command.to});
    if (told->remind_after) call.session.schedule(command.parcel.text(), call.now + *told->remind_after, Reminder{});
    co_return ParcelEntry{command.parcel, command.to};
}

Task<Reply<Page<ParcelEntry>>> list_parcels(ListParcels request, Query& query) {
    auto page = co_await query.find<ParcelEntry>({}, {request.page_size, request.page_token});
    if (!page) co_return page.error();
    co_return std::move(*page);
}

Task<Reply<Shelf>> get_shelf(GetShelf request, Query& query) {
    auto shelf = co_await query.get<Shelf>(request.parcel.text());
    if (!shelf) co_return shelf.error();
    if (!*shelf) co_return problem("not-found", "it is not here");
    co_return **shelf;
}

Task<Handled> shelve(Delivery<ParcelSent> sent, Session& session) {
    if (told->depot_trouble) co_return std::unexpected(*told->depot_trouble);
    const std::string& parcel = sent.event.parcel.text();
    if (told->poisonous.contains(parcel)) co_return fail(ErrorCode::rejected, "<b>" + parcel + "</b> leaks");
    session.put(parcel, Shelf{sent.event.parcel});
    if (told->keep_for) session.schedule(parcel, session.now() + *told->keep_for, ReturnParcel{sent.event.parcel});
    co_return Handled{};
}

Task<Handled> send_back(Fired<ReturnParcel> due, Session& session) {
    if (told->stuck.contains(due.key)) co_return fail(ErrorCode::rejected, due.key + " is stuck");
    session.remove<Shelf>(due.timer.parcel.text());
    co_return Handled{};
}

Task<Handled> remind(Fired<Reminder> reminder, Session& session) {
    told->reminded[reminder.key] = session.now();
    co_return Handled{};
}

Manifest post_office(Platform&) {
    Manifest manifest{
        .name = "post",
        .summary = "Sends <parcels> & \"letters\"",
        .events = EventList<ParcelSent>::describe(),
        .routes = {},
        .consumers = {},
        .projections = {make_projection<ParcelEntry>()},
        .collections = {{"parcels", {}}},
        .front_page = {
            {"Parcels <all>", "/api/v1/parcels", {"parcel", "to", "nothing"}, "/api/v1/shelves/{parcel}?to={to}"},
            {"Broken", "/api/v1/nowhere", {"a"}, ""}}};
    if (told->reminds) manifest.timers.on<Reminder>(&remind);
    manifest.routes.add(post, "/api/v1/parcels",
                        {.summary = "Send a parcel",
                         .scope = "parcels:write",
                         .idempotent = true,
                         .success = 201,
                         .problems = {"parcel-sent"}},
                        &send_parcel);
    manifest.routes.add(get, "/api/v1/parcels",
                        {.summary = "List parcels", .scope = "parcels:read", .waits_for = "parcels"}, &list_parcels);
    return manifest;
}

Manifest depot(Platform&) {
    Consumer consumer("depot", "post.events");
    consumer.on<ParcelSent>(&shelve);
    Manifest manifest{.name = "depot",
                      .summary = "Shelves parcels",
                      .events = {},
                      .routes = {},
                      .consumers = {std::move(consumer)},
                      .projections = {},
                      .collections = {{"shelves", {}}}};
    manifest.timers.on<ReturnParcel>(&send_back);
    manifest.routes.add(get, "/api/v1/shelves/{parcel}", {.summary = "Look for a parcel", .scope = "parcels:read"},
                        &get_shelf);
    return manifest;
}

}  // namespace

Parcels::Parcels() { told = this; }

void Parcels::start() {
    Host::Options options;
    options.application.access_log = false;
    auto made = Host::create({simulation.executor(), simulation.clock(), simulation.random(), *metrics_, settings_},
                             options, {{"post", &post_office}, {"depot", &depot}},
                             [this](const std::string& service) -> Result<std::unique_ptr<Store>> {
                                 return open_memory_store(simulation, disks_, service);
                             });
    if (!made) throw std::runtime_error(made.error().text);
    host = std::move(*made);
    host->start();
}

Task<void> Parcels::stop() {
    co_await host->stop();
    host.reset();
}

Task<HttpResponse> Parcels::send(Method method, std::string target, std::string body, Headers headers) {
    HttpRequest request{
        .method = method, .target = std::move(target), .headers = std::move(headers), .body = std::move(body)};
    if (!request.body.empty()) request.headers.set("Content-Type", "application/json");
    if (method == Method::post) request.headers.set("Idempotency-Key", fmt::format("test-{}", ++keys_));
    return host->application().handle(std::move(request));
}

Task<boost::json::value> Parcels::read(std::string target) {
    const HttpResponse response = co_await send(Method::get, std::move(target));
    co_return boost::json::parse(response.body);
}

Task<int> Parcels::post_parcel(std::string parcel, std::string to) {
    const boost::json::object body{{"parcel", parcel}, {"to", to}};
    co_return (co_await send(Method::post, "/api/v1/parcels", boost::json::serialize(body))).status;
}

Task<void> Parcels::pause(Duration how_long) { return simulation.clock().sleep_for(how_long); }

Task<bool> Parcels::shelved(std::string parcel) {
    co_return (co_await send(Method::get, "/api/v1/shelves/" + parcel)).status == 200;
}

std::unique_ptr<Store> open_memory_store(Simulation& simulation,
                                         std::map<std::string, std::shared_ptr<MemoryDisk>>& disks,
                                         const std::string& service) {
    auto& disk = disks[service];
    if (!disk) disk = create_memory_disk(simulation.random());
    return create_memory_store(simulation.executor(), simulation.clock(), disk);
}

}  // namespace tally::testing
