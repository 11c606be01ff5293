#include "tally/host/host.hpp"

#include "tally/flow/dead_letter_edit.hpp"
#include "tally/flow/saga_list.hpp"
#include "tally/flow/sweeper.hpp"
#include "tally/host/admin.hpp"
#include "tally/host/host_state.hpp"
#include "tally/host/status_views.hpp"
#include "tally/security/no_key_ring.hpp"

namespace tally {
namespace {

std::string secret_of(const Host::Options& options, Random& random) {
    if (!options.page_secret.empty()) return options.page_secret;
    std::array<std::uint8_t, 32> bytes{};
    random.fill(bytes);
    return {bytes.begin(), bytes.end()};
}

std::vector<std::string> names_of(const std::vector<Service>& services) {
    std::vector<std::string> names;
    names.reserve(services.size());
    for (const Service& service : services) names.push_back(service.name);
    return names;
}

/// The sagas of a service become events and timers of its own; its consumers need the other services.
Result<void> add_sagas(RunningService& service) {
    Manifest& manifest = service.manifest;
    if (manifest.sagas.empty()) return {};
    auto sagas = Sagas::of(manifest.sagas);
    if (!sagas) return std::unexpected(std::move(sagas.error()));
    service.sagas = std::move(*sagas);
    service.sagas.add_to(manifest.timers);
    std::ranges::move(SagaEvents::describe(), std::back_inserter(manifest.events));
    manifest.projections.push_back(make_projection<SagaListEntry>());
    manifest.collections.push_back({std::string(collection_of<SagaListEntry>), {"state", "status", "saga", "version"}});
    return {};
}

/// What a service keeps in its log for its operators.
void add_operator_events(Manifest& manifest) {
    if (manifest.consumers.empty() && manifest.sagas.empty()) return;
    std::ranges::move(DeadLetterEvents::describe(), std::back_inserter(manifest.events));
}

Result<void> open_service(Host::State& state, const Service& service, const Host::OpenStore& open) {
    for (const auto& other : state.services)
        if (other->manifest.name == service.name)
            return fail(ErrorCode::invalid, "there are two services " + service.name);
    auto store = open(service.name);
    if (!store) return std::unexpected(std::move(store.error()));
    auto running = std::make_unique<RunningService>();
    running->store = std::move(*store);
    running->platform =
        std::make_unique<Platform>(Platform{*running->store, state.parts.clock, state.parts.random, state.parts.metrics,
                                            *state.transport, state.parts.settings, state.keys, state.parts.files});
    running->manifest = service.make(*running->platform);
    if (auto ready = add_sagas(*running); !ready) return ready;
    add_operator_events(running->manifest);
    for (const EventDescription& event : running->manifest.events)
        if (auto added = state.events.add(event); !added) return added;
    state.manifests.push_back(running->manifest);
    state.services.push_back(std::move(running));
    return {};
}

/// The topic that a type is published on; empty: none.
std::string topic_of(const RunningServices& services, std::string_view type) {
    for (const auto& service : services)
        for (const EventDescription& event : service->manifest.events)
            if (event.type.name == type && event.type.visibility == Visibility::published) return service->topic();
    return "";
}

Result<void> wire_sagas(const RunningServices& services, RunningService& service) {
    auto heard = service.sagas.consumers([&](std::string_view type) { return topic_of(services, type); });
    if (!heard) return std::unexpected(std::move(heard.error()));
    std::ranges::move(*heard, std::back_inserter(service.manifest.consumers));
    return {};
}

/// Consumers, projections and timers; when all stores are open, so that each finds its publisher.
void wire(Host::State& state, RunningService& service) {
    const Host::Parts& parts = state.parts;
    for (const Consumer& consumer : service.manifest.consumers)
        service.consumers.push_back(std::make_unique<ConsumerRunner>(
            consumer,
            ConsumerRunner::Parts{*service.store, *state.bus, parts.clock, parts.random, parts.metrics,
                                  &service.timer_signal, &state.keys},
            ConsumerOptions{}));
    for (const Projection& projection : service.manifest.projections)
        service.projections.push_back(std::make_unique<ProjectionRunner>(
            projection, ProjectionRunner::Parts{*service.store, parts.clock, parts.metrics}));
    service.timers =
        std::make_unique<TimerRunner>(service.manifest.name, service.manifest.timers,
                                      TimerRunner::Parts{*service.store, parts.clock, parts.random, parts.metrics,
                                                         service.timer_signal, state.tasks, &state.keys},
                                      TimerOptions{});
}

Result<void> mount(Host::State& state, RunningService& service) {
    Sources sources{*service.store, {}, &service.timer_signal, &state.keys};
    for (const auto& projection : service.projections) sources.projections[projection->name()] = projection.get();
    const std::string& name = service.manifest.name;
    if (auto mounted = state.application.mount(name, service.manifest.routes, sources); !mounted) return mounted;
    return state.application.mount(name, admin_routes(service, state.services), sources);
}

/// What is about all services at once.
Result<void> mount_platform(Host::State& state) {
    if (state.services.empty()) return {};
    const Sources any{*state.services.front()->store, {}};  // nothing is read or written there
    if (auto mounted = state.application.mount("platform", service_list_routes(state.services), any); !mounted)
        return mounted;
    return state.application.mount("platform", person_routes(state.keys), any);
}

void add_timer_troubles(const RunningService& service, std::vector<std::string>& found) {
    const TimerStatus& status = service.timers->status();
    const std::string& who = service.manifest.name;
    if (status.state != TimerStatus::State::running)
        found.push_back(who + ": timers are " + std::string(name(status.state)) +
                        (status.reason.empty() ? "" : ": " + status.reason));
    for (const auto& [type, why] : status.waiting) found.push_back(who + ": timers of type " + type + " wait: " + why);
    for (const std::string& type : status.unhandled) found.push_back(who + ": nobody handles timers of type " + type);
    for (const std::string& id : status.damaged) found.push_back(who + ": timer " + id + " cannot be read");
}

void add_saga_troubles(const RunningService& service, std::vector<std::string>& found) {
    if (service.manifest.sagas.empty()) return;
    for (const std::string& trouble : service.saga_watch.troubles())
        found.push_back(service.manifest.name + ": " + trouble);
}

}  // namespace

std::vector<Setting> settings_of(const std::vector<Service>& services) {
    std::vector<Setting> all;
    for (const Service& service : services)
        if (service.settings != nullptr) std::ranges::move(service.settings(), std::back_inserter(all));
    return all;
}

Host::State::State(Parts given, Options wanted)
    : parts(std::move(given)),
      options(std::move(wanted)),
      no_keys(create_no_key_ring()),
      keys(parts.keys != nullptr ? *parts.keys : *no_keys),
      ids(parts.clock, parts.random),
      page_tokens(secret_of(options, parts.random), parts.clock),
      application({parts.clock, parts.random, ids, parts.metrics, page_tokens}, options.application),
      tasks(parts.loop) {}

std::vector<std::string> Host::State::troubles() const {
    std::vector<std::string> found;
    for (const auto& service : services) {
        for (const auto& consumer : service->consumers) {
            const ConsumerStatus& status = consumer->status();
            const std::string who = service->manifest.name + ": consumer " + consumer->consumer().name();
            if (status.state != ConsumerStatus::State::running)
                found.push_back(who + " is " + std::string(name(status.state)) +
                                (status.reason.empty() ? "" : ": " + status.reason));
            for (const auto& [shard, why] : status.paused_shards)
                found.push_back(who + " has paused shard " + std::to_string(shard) + ": " + why);
        }
        for (const auto& projection : service->projections)
            if (const auto status = projection->status(); status.paused)
                found.push_back(service->manifest.name + ": projection " + status.name +
                                " is paused: " + *status.paused);
        add_timer_troubles(*service, found);
        add_saga_troubles(*service, found);
    }
    return found;
}

Host::Host(std::unique_ptr<State> state) : state_(std::move(state)) {}
Host::~Host() = default;

Result<std::unique_ptr<Host>> Host::create(Parts parts, Options options, const std::vector<Service>& services,
                                           const OpenStore& open, const MakeBus& make_bus) {
    auto state = std::make_unique<State>(std::move(parts), std::move(options));
    state->transport = create_local_transport(state->application, names_of(services));
    for (const Service& service : services)
        if (auto opened = open_service(*state, service, open); !opened)
            return std::unexpected(std::move(opened.error()));
    std::map<std::string, Store*> publishers;
    for (const auto& service : state->services) publishers[service->topic()] = service->store.get();
    state->bus = make_bus(std::move(publishers));
    for (const auto& service : state->services) {
        if (auto wired = wire_sagas(state->services, *service); !wired)
            return std::unexpected(std::move(wired.error()));
        wire(*state, *service);
    }
    for (const auto& service : state->services)
        if (auto mounted = mount(*state, *service); !mounted) return std::unexpected(std::move(mounted.error()));
    if (auto mounted = mount_platform(*state); !mounted) return std::unexpected(std::move(mounted.error()));
    state->mount_pages();
    return std::unique_ptr<Host>(new Host(std::move(state)));
}

void Host::start() {
    for (const auto& service : state_->services) {
        const std::string& name = service->manifest.name;
        for (const auto& consumer : service->consumers)
            state_->tasks.spawn(name + " consumer " + consumer->consumer().name(), consumer->run());
        for (const auto& projection : service->projections)
            state_->tasks.spawn(name + " projection " + projection->name(), projection->run());
        state_->tasks.spawn(name + " timers", service->timers->run());
        if (!service->manifest.sagas.empty())
            state_->tasks.spawn(name + " sagas", watch_sagas(*service, state_->parts.clock));
        state_->tasks.spawn(name + " sweeper", sweep(*service->store, state_->parts.clock));
    }
}

Task<void> Host::stop() {
    co_await state_->tasks.close();
    for (const auto& service : state_->services) co_await service->store->close();
}

Application& Host::application() { return state_->application; }
Transport& Host::transport() { return *state_->transport; }
const std::vector<Manifest>& Host::manifests() const { return state_->manifests; }

Result<void> Host::ready() const {
    std::string reasons;
    for (const std::string& trouble : state_->troubles()) reasons += (reasons.empty() ? "" : "\n") + trouble;
    if (!reasons.empty()) return fail(ErrorCode::unavailable, std::move(reasons));
    return {};
}

}  // namespace tally
