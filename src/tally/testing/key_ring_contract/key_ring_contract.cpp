#include "tally/testing/key_ring_contract.hpp"

#include "tally/base/signal.hpp"
#include "tally/base/task_group.hpp"
#include "tally/testing/key_ring_contract/sections.hpp"

namespace tally::testing {
namespace {

std::string text_of(const Result<SubjectKey>& key) {
    if (key) return *key ? std::string((*key)->bytes()) : KeyRingContract::erased;
    ADD_FAILURE() << key.error().text;
    return "";
}

Task<void> count_down(Task<void> task, std::size_t& open, Signal& ended) {
    co_await std::move(task);
    --open;
    ended.notify_all();
}

}  // namespace

void KeyRingContract::SetUp() { under_test_ = GetParam().open(simulation); }

Task<std::string> KeyRingContract::key_to_seal(std::string subject) {
    co_return text_of(co_await ring().key_to_seal(std::move(subject)));
}

Task<std::string> KeyRingContract::key_to_open(std::string subject) {
    co_return text_of(co_await ring().key_to_open(std::move(subject)));
}

Task<void> KeyRingContract::erase(std::string subject) {
    const auto done = co_await ring().erase(std::move(subject));
    EXPECT_TRUE(done) << done.error().text;
}

Task<Digest> KeyRingContract::fingerprint(std::string text) {
    const auto found = co_await ring().fingerprint(std::move(text));
    EXPECT_TRUE(found) << found.error().text;
    co_return found.value_or(Digest{});
}

Task<void> KeyRingContract::run_together(std::vector<Task<void>> tasks) {
    std::size_t open = tasks.size();
    Signal ended;
    TaskGroup group(simulation.executor(), [](std::string_view, const std::exception_ptr&) {
        ADD_FAILURE() << "a task of the test ended by an exception";
    });
    for (Task<void>& task : tasks) group.spawn("test", count_down(std::move(task), open, ended));
    while (open > 0) co_await ended.wait();
    co_await group.close();
}

KeyRingEngine key_ring_engine(KeyRingEngine engine) {
    link_key_section();
    link_erasure_section();
    return engine;
}

}  // namespace tally::testing
