#include "tally/flow/handled.hpp"

#include <boost/asio/this_coro.hpp>

#include "tally/base/text.hpp"

namespace tally {
namespace {

std::string text_of(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {  // boundary
        return "something that is no std::exception";
    }
}

}  // namespace

Task<Handled> run_handler(std::function<Task<Handled>()> handler) {
    std::exception_ptr thrown;
    try {
        co_return co_await handler();
    } catch (...) {  // boundary
        thrown = std::current_exception();
    }
    if (!is_cancellation(thrown)) co_return fail(ErrorCode::internal, "the handler threw: " + text_of(thrown));
    const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != boost::asio::cancellation_type::none) std::rethrow_exception(thrown);
    co_return fail(ErrorCode::cancelled, "an operation of the handler was cancelled");
}

std::string kept_text(std::string_view text) {
    constexpr std::size_t longest = 2'000;
    std::string kept;
    while (!text.empty()) {
        const std::size_t size = text.front() == '\0' ? 0 : utf8_character(text);
        if (kept.size() + std::max<std::size_t>(size, 1) > longest) break;
        kept += size == 0 ? "?" : text.substr(0, size);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return kept;
}

Failure failure_of(Error error) {
    return {error.retryable() ? Failure::Kind::transient : Failure::Kind::poison, std::move(error)};
}

Failure failure_of(CommitFailure failure) {
    if (auto* error = std::get_if<Error>(&failure)) {
        const bool damage = error->code >= ErrorCode::corrupt;
        return {error->retryable() || damage ? Failure::Kind::transient : Failure::Kind::refused, std::move(*error)};
    }
    const auto& conflict = std::get<Conflict>(failure);
    const bool hopeless = conflict.on == Conflict::On::event_id;
    return {hopeless ? Failure::Kind::refused : Failure::Kind::conflict, {ErrorCode::conflict, conflict.text()}};
}

}  // namespace tally
