#include "tally/flow/saga_list.hpp"

namespace tally {

void SagaListEntry::apply(const SagaStarted& event, const Envelope& envelope) {
    saga = event.saga;
    version = event.version;
    instance = event.instance;
    status = SagaStatus::running;
    since = envelope.occurred_at;
}

void SagaListEntry::apply(const SagaStepStarted& event, const Envelope& envelope) {
    step = event.step;
    operator_called.reset();
    since = envelope.occurred_at;
}

void SagaListEntry::apply(const SagaCompleted&, const Envelope& envelope) {
    status = SagaStatus::completed;
    step.clear();
    operator_called.reset();
    since = envelope.occurred_at;
}

void SagaListEntry::apply(const SagaCompensating& event, const Envelope& envelope) {
    status = SagaStatus::compensating;
    failure = event.step;
    step.clear();
    operator_called.reset();
    since = envelope.occurred_at;
}

void SagaListEntry::apply(const SagaUndoStarted& event, const Envelope& envelope) {
    if (event.step != step) operator_called.reset();
    step = event.step;
    since = envelope.occurred_at;
}

void SagaListEntry::apply(const SagaCompensated&, const Envelope& envelope) {
    status = SagaStatus::compensated;
    step.clear();
    operator_called.reset();
    since = envelope.occurred_at;
}

void SagaListEntry::apply(const SagaReplyIgnored& event, const Envelope&) {
    if (event.why == SagaIgnored::late) ++late;
    if (event.why == SagaIgnored::duplicate) ++duplicate;
}

void SagaListEntry::apply(const SagaOperatorCalled& event, const Envelope&) { operator_called = event.reason; }

void SagaListEntry::apply(const SagaStepSkipped&, const Envelope& envelope) {
    step.clear();
    operator_called.reset();
    since = envelope.occurred_at;
}

void SagaListEntry::apply(const SagaResolved&, const Envelope& envelope) {
    status = SagaStatus::resolved;
    step.clear();
    operator_called.reset();
    since = envelope.occurred_at;
}

std::vector<IndexEntry> tally_indexes(const SagaListEntry& entry) {
    const bool is_open = entry.status == SagaStatus::running || entry.status == SagaStatus::compensating;
    const int rank = entry.operator_called ? 0 : static_cast<int>(entry.status);
    std::vector<IndexEntry> entries{
        {"state", IndexKey().number(rank).time(entry.since).text(entry.saga).text(entry.instance).bytes()},
        {"status", IndexKey()
                       .number(static_cast<int>(entry.status))
                       .time(entry.since)
                       .text(entry.saga)
                       .text(entry.instance)
                       .bytes()},
        {"saga", IndexKey().text(entry.saga).time(entry.since).text(entry.instance).bytes()}};
    if (is_open)
        entries.push_back({"version", IndexKey().text(entry.saga).number(entry.version).text(entry.instance).bytes()});
    return entries;
}

}  // namespace tally
