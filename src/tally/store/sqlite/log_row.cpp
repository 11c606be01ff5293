// shard_heads: 8 bytes a shard, big end first.

#include "tally/store/sqlite/log_row.hpp"

#include <fmt/format.h>

namespace tally::sqlite {
namespace {

constexpr std::size_t head_bytes = 8;

std::string encode(const std::vector<Position>& heads) {
    std::string bytes;
    for (const Position head : heads)
        for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>((head >> shift) & 0xFF);
    return bytes;
}

std::vector<Position> decode(std::string_view bytes) {
    std::vector<Position> heads(bytes.size() / head_bytes);
    for (std::size_t i = 0; i < heads.size() * head_bytes; ++i)
        heads[i / head_bytes] = heads[i / head_bytes] << 8 | static_cast<unsigned char>(bytes[i]);
    return heads;
}

}  // namespace

LogTable::LogTable(Connection& connection)
    : connection_(connection),
      load_(connection, "SELECT incarnation, head, revision, shard_heads FROM log"),
      head_(connection, "SELECT head FROM log"),
      update_(connection, "UPDATE log SET head = ?, revision = ?, shard_heads = ?") {}

Result<LogRow> LogTable::load() {
    LogRow log;
    bool good = false;
    const auto take = [&](Row& row) -> Result<void> {
        good = row.read(log.incarnation);
        log.head = row.count();
        log.revision = row.count();
        const std::string_view heads = row.bytes();
        good = good && !heads.empty() && heads.size() % head_bytes == 0;
        log.shard_heads = decode(heads);
        return {};
    };
    if (auto done = load_.each(take); !done) return std::unexpected(std::move(done.error()));
    if (good) return log;
    return fail(ErrorCode::corrupt,
                fmt::format("{}: the log row is missing or damaged; restore a backup", connection_.file()));
}

Result<Position> LogTable::head() {
    Position head = 0;
    const auto take = [&head](Row& row) -> Result<void> {
        head = row.count();
        return {};
    };
    if (auto done = head_.each(take); !done) return std::unexpected(std::move(done.error()));
    return head;
}

Result<void> LogTable::update(Position head, Revision revision, const std::vector<Position>& shard_heads) {
    const std::string heads = encode(shard_heads);
    return update_.run(head, revision, Blob{heads});
}

Result<void> insert_log_row(Connection& connection, int shards, Random& random) {
    Uuid incarnation;
    random.fill(incarnation.bytes);
    incarnation.bytes[6] = static_cast<std::uint8_t>((incarnation.bytes[6] & 0x0F) | 0x40);  // version 4, RFC 9562
    incarnation.bytes[8] = static_cast<std::uint8_t>((incarnation.bytes[8] & 0x3F) | 0x80);
    const std::string heads = encode(std::vector<Position>(static_cast<std::size_t>(shards)));
    return Statement(connection, "INSERT INTO log VALUES (1, ?, 0, 0, ?)").run(blob(incarnation), Blob{heads});
}

}  // namespace tally::sqlite
