#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>

#include "tallystick/commands/command.hpp"

namespace tally {

/// What the commands about dead letters take, each its part.
struct LettersOptions {
    ClientOptions client;
    std::string service;
    std::string id;
    std::string reason;
    std::string edit;  ///< a file, or `-`; empty: no edit
    bool dry_run = false;
    bool all = false;

    // Which ones, in place of an id.
    std::string consumer;
    std::string topic;
    std::string type;
    std::string key;
    std::optional<int> error;
    std::optional<std::uint64_t> from;
    std::optional<std::uint64_t> to;
    std::string since;
    std::string until;
};

void add_filter_options(CLI::App& command, LettersOptions& options);
/// The filter that was said, as the routes name its members.
[[nodiscard]] boost::json::object filter_of(const LettersOptions& options);

/// `letter` of what a route shows.
[[nodiscard]] const boost::json::value& letter_of(const boost::json::value& view);
/// What a dry run has told.
void print_dry_run(const boost::json::value& report);
/// Whether nothing of it would fail.
[[nodiscard]] bool goes_well(const boost::json::value& report);

/// Asks for all that fit, of every service that was asked.
[[nodiscard]] Task<Result<ExitCode>> act_on_group(Api& api, LettersOptions options, std::string verb);

}  // namespace tally
