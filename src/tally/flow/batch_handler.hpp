#pragma once

#include <span>
#include <vector>

#include "tally/bus/bus.hpp"
#include "tally/flow/consumer_context.hpp"

namespace tally {

/// Brings a delivered batch into effect: sorts out what is known, handles the rest in as few commits as go well.
class BatchHandler {
public:
    explicit BatchHandler(ConsumerContext& context) : context_(context), chunk_size_(context.options.batch) {}

    /// Returns when every event has taken effect, is parked, or is held up by its paused shard. Errors: fenced,
    /// restored.
    [[nodiscard]] Task<Result<void>> handle(const Delivered& batch);

private:
    using Events = std::span<const RecordedEvent* const>;
    /// Some events of one session.
    struct Chunk {
        Chunk(Session work, Instant start) : session(std::move(work)), began(start) {}

        Session session;
        Instant began;
        std::map<int, Position> touched;
        std::vector<std::string> parked;  ///< keys, once for each letter
        Position from = 0;
        Position to = 0;
        std::size_t events = 0;  ///< touched
        std::vector<const RecordedEvent*> handled;
    };
    struct End {
        std::size_t done = 0;
        std::optional<Failure> failure;
    };
    /// The event that has failed by itself and is tried again, alone; nothing passes it.
    struct Trial {
        EventId event;
        int attempts = 0;
        Error last;
    };
    /// What is new of a batch, up to the first hole.
    struct Segment {
        std::vector<const RecordedEvent*> work;
        std::size_t end = 0;        ///< index in the batch
        std::optional<int> broken;  ///< the shard that has the hole there
        std::string hole;
    };

    [[nodiscard]] Result<void> check_history(const Delivered& batch) const;
    [[nodiscard]] Segment admit(const EventBatch& batch, std::size_t begin);
    [[nodiscard]] Task<Result<void>> handle_all(std::vector<const RecordedEvent*> work);
    [[nodiscard]] std::size_t size_of_next(Events work) const;
    [[nodiscard]] Task<End> run(Events work);
    [[nodiscard]] Task<Handled> take(const RecordedEvent& event, Chunk& chunk);
    [[nodiscard]] bool condemned(const RecordedEvent& event) const;
    void park(const RecordedEvent& event, DeadLetterState state, Chunk& chunk);
    [[nodiscard]] Task<std::expected<void, Failure>> commit(Chunk& chunk);
    /// Tells what to do about a failure: nothing more, if it returns; a batch that cannot go on ends with an error.
    [[nodiscard]] Task<Result<void>> recover(Failure failure, const RecordedEvent& event, std::size_t size);
    [[nodiscard]] Task<void> blame(const RecordedEvent& event, Error error);

    ConsumerContext& context_;
    std::size_t chunk_size_;
    Position head_ = 0;        ///< of the log when the batch in hand was read
    Uuid incarnation_;         ///< of the log that the batch in hand comes from
    bool all_shards_ = false;  ///< the batch in hand is of all shards in position order
    Trial trial_;
};

}  // namespace tally
