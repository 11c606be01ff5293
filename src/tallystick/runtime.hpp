#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "tally/base/clock.hpp"
#include "tally/base/metrics.hpp"
#include "tally/base/random.hpp"
#include "tally/base/task.hpp"
#include "tallystick/exit_code.hpp"

namespace tally {

/// The loop of the process, which is its main thread, and what everything on it shares.
class Runtime {
public:
    Runtime();

    /// Runs `main` and whatever it leaves on the loop; throws what it threw.
    [[nodiscard]] ExitCode run(Task<ExitCode> main);

    [[nodiscard]] Executor loop() { return context_.get_executor(); }
    [[nodiscard]] Clock& clock() { return *clock_; }
    [[nodiscard]] Random& random() { return *random_; }
    [[nodiscard]] Metrics& metrics() { return *metrics_; }

private:
    boost::asio::io_context context_{1};
    std::unique_ptr<Clock> clock_;
    std::unique_ptr<Random> random_;
    std::unique_ptr<Metrics> metrics_;
};

}  // namespace tally
