#include "tally/host/dead_letter_views.hpp"

namespace tally {

std::string note_of(const std::string& who, const std::optional<std::string>& reason) {
    return reason ? who + ": " + *reason : who;
}

Result<ConsumerRunner*> consumer_of(RunningService& service, const DeadLetter& letter) {
    for (const auto& runner : service.consumers)
        if (runner->consumer().name() == letter.consumer && runner->consumer().topic() == letter.topic)
            return runner.get();
    return fail(ErrorCode::rejected, "consumer " + letter.consumer + " of " + letter.topic + " does not run here");
}

void poke(RunningService& service, const std::optional<std::string>& consumer) {
    for (const auto& runner : service.consumers)
        if (!consumer || runner->consumer().name() == *consumer) runner->poke();
}

}  // namespace tally
