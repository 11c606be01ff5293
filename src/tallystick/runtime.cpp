#include "tallystick/runtime.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>

namespace tally {

Runtime::Runtime() : clock_(create_system_clock()), random_(create_system_random()), metrics_(create_metrics()) {}

ExitCode Runtime::run(Task<ExitCode> main) {
    std::exception_ptr failure;
    ExitCode code = ExitCode::ok;
    // Coroutines that wait for each other are no work that the loop knows of.
    auto busy = boost::asio::make_work_guard(context_);
    boost::asio::co_spawn(context_, std::move(main), [&](std::exception_ptr thrown, ExitCode ended) {
        busy.reset();
        failure = std::move(thrown);
        code = ended;
    });
    context_.run();
    if (failure) std::rethrow_exception(failure);
    return code;
}

}  // namespace tally
