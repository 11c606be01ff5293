#include "tally/flow/saga_engine.hpp"

#include <map>

#include <fmt/format.h>

namespace tally {

/// Every version of one saga, newest last.
struct SagaVersions {
    std::string name;
    std::map<int, SagaDefinition> by_number;

    [[nodiscard]] const SagaDefinition& newest() const { return by_number.rbegin()->second; }
    [[nodiscard]] const SagaDefinition* find(int number) const {
        const auto found = by_number.find(number);
        return found == by_number.end() ? nullptr : &found->second;
    }
    [[nodiscard]] Error missing(const SagaRun& run) const {
        return {ErrorCode::unavailable,
                fmt::format("saga {}: instance {} runs under version {}, which this binary does "
                            "not have: start one that has it",
                            name, run.instance, run.version)};
    }
};

namespace {

/// What the saga does is its own doing.
void act_as(const std::string& saga, Session& session) {
    Cause cause = session.cause();
    cause.actor = "saga:" + saga;
    session.begin(std::move(cause));
}

}  // namespace

Result<Sagas> Sagas::of(std::vector<SagaDefinition> definitions) {
    std::map<std::string, std::shared_ptr<SagaVersions>> by_name;
    for (SagaDefinition& definition : definitions) {
        auto& versions = by_name[definition.name];
        if (!versions) versions = std::make_shared<SagaVersions>(SagaVersions{definition.name, {}});
        const int number = definition.version;
        if (!versions->by_number.try_emplace(number, std::move(definition)).second)
            return fail(ErrorCode::invalid, fmt::format("saga {} has version {} twice", versions->name, number));
    }
    // Streams are `saga-<saga>-<instance>`, and an instance may be called anything.
    for (const auto& [shorter, one] : by_name)
        for (const auto& [longer, other] : by_name)
            if (longer.starts_with(shorter + "-"))
                return fail(ErrorCode::invalid,
                            fmt::format("sagas {} and {} could share a stream: an instance of {} may "
                                        "be called '{}…'; give one another name",
                                        shorter, longer, shorter, longer.substr(shorter.size() + 1) + "-"));
    Sagas sagas;
    for (auto& [name, versions] : by_name) sagas.sagas_.push_back(std::move(versions));
    return sagas;
}

namespace {

Task<Handled> hear(std::shared_ptr<const SagaVersions> saga, const RecordedEvent& event, Session& session) {
    // Which member names the instance is the same in all versions that know the type.
    std::optional<std::string> instance;
    for (const auto& [number, definition] : saga->by_number) {
        const SagaTrigger* trigger = definition.trigger(event.type);
        if (trigger == nullptr) continue;
        auto named = trigger->instance(event);
        if (!named) co_return std::unexpected(std::move(named.error()));
        instance = std::move(*named);
    }
    if (!instance) co_return Handled{};
    const SagaId id(saga->name, *instance);
    auto run = co_await session.load<SagaRun>(id);
    if (!run) co_return std::unexpected(std::move(run.error()));
    if (run->state.has_taken(event.id)) co_return Handled{};
    act_as(saga->name, session);

    if (run->state.status == SagaStatus::none) {
        const SagaDefinition& newest = saga->newest();
        const SagaTrigger* trigger = newest.trigger(event.type);
        if (trigger == nullptr || trigger->kind != SagaTrigger::Kind::start) co_return Handled{};
        co_return co_await SagaTurn(newest, id, std::move(run->state), session).start();
    }
    const SagaDefinition* definition = saga->find(run->state.version);
    // What still turns up for an instance that has ended must not wait for a binary that nobody runs any more.
    if (definition == nullptr && !run->state.is_open()) co_return Handled{};
    if (definition == nullptr) co_return std::unexpected(saga->missing(run->state));
    const SagaTrigger* trigger = definition->trigger(event.type);
    if (trigger == nullptr || trigger->kind == SagaTrigger::Kind::start) co_return Handled{};
    co_return co_await SagaTurn(*definition, id, std::move(run->state), session).take(*trigger, event);
}

Task<Handled> expire(std::shared_ptr<const SagaVersions> saga, const Timer& timer, Session& session) {
    auto deadline = decode<SagaDeadline>(timer.data.text, UnknownFields::ignored);
    if (!deadline) co_return fail(ErrorCode::corrupt, key_of(timer) + ": " + to_text(deadline.error()));
    const SagaId id(saga->name, timer.key);
    auto run = co_await session.load<SagaRun>(id);
    if (!run) co_return std::unexpected(std::move(run.error()));
    if (!run->state.is_open()) co_return Handled{};
    const SagaDefinition* definition = saga->find(run->state.version);
    if (definition == nullptr) co_return std::unexpected(saga->missing(run->state));
    act_as(saga->name, session);
    co_return co_await SagaTurn(*definition, id, std::move(run->state), session).deadline_passed(std::move(*deadline));
}

}  // namespace

Result<std::vector<Consumer>> Sagas::consumers(const std::function<std::string(std::string_view)>& topic_of) const {
    std::vector<Consumer> all;
    for (const auto& saga : sagas_) {
        std::map<std::string, Consumer> by_topic;
        for (const auto& [number, definition] : saga->by_number) {
            for (const SagaTrigger& trigger : definition.triggers) {
                const std::string topic = topic_of(trigger.type);
                if (topic.empty())
                    return fail(ErrorCode::invalid, fmt::format("saga {} waits for {}, which no service publishes",
                                                                saga->name, trigger.type));
                by_topic.try_emplace(topic, saga->name, topic)
                    .first->second.on(trigger.description, [saga](const RecordedEvent& event, Session& session) {
                        return hear(saga, event, session);
                    });
            }
        }
        for (auto& [topic, consumer] : by_topic) all.push_back(std::move(consumer));
    }
    return all;
}

void Sagas::add_to(TimerHandlers& timers) const {
    for (const auto& saga : sagas_)
        timers.on(saga_timer_type(saga->name),
                  [saga](const Timer& timer, Session& session) { return expire(saga, timer, session); });
}

std::vector<std::string> Sagas::names() const {
    std::vector<std::string> all;
    all.reserve(sagas_.size());
    for (const auto& saga : sagas_) all.push_back(saga->name);
    return all;
}

const SagaVersions* Sagas::named(const std::string& saga) const {
    const auto found = std::ranges::find_if(sagas_, [&](const auto& versions) { return versions->name == saga; });
    return found == sagas_.end() ? nullptr : found->get();
}

const SagaDefinition* Sagas::find(const std::string& saga, int version) const {
    const SagaVersions* versions = named(saga);
    return versions == nullptr ? nullptr : versions->find(version);
}

std::vector<int> Sagas::versions(const std::string& saga) const {
    std::vector<int> all;
    if (const SagaVersions* versions = named(saga))
        for (const auto& [number, definition] : versions->by_number) all.push_back(number);
    return all;
}

Task<Result<SagaTurn>> Sagas::turn(std::string saga, std::string instance, Session& session) const {
    const SagaVersions* versions = named(saga);
    if (versions == nullptr) co_return fail(ErrorCode::not_found, "there is no saga " + saga);
    const SagaId id(saga, std::move(instance));
    auto run = co_await session.load<SagaRun>(id);
    if (!run) co_return std::unexpected(std::move(run.error()));
    if (run->version == 0)
        co_return fail(ErrorCode::not_found, "there is no instance " + id.instance() + " of " + saga);
    const SagaDefinition* definition = versions->find(run->state.version);
    if (definition == nullptr) co_return std::unexpected(versions->missing(run->state));
    co_return SagaTurn(*definition, id, std::move(run->state), session);
}

}  // namespace tally
