#pragma once

#include <cstdint>
#include <span>

#include "traffic/bytes.hpp"

namespace tollgate::traffic::sctp {

// RFC 9260 3.2
enum class ChunkType : std::uint8_t {
  data = 0,
  init = 1,
  init_ack = 2,
  sack = 3,
  heartbeat = 4,
  heartbeat_ack = 5,
  abort = 6,
  shutdown = 7,
  shutdown_ack = 8,
  error = 9,
  cookie_echo = 10,
  cookie_ack = 11,
  shutdown_complete = 14,
};

constexpr std::uint8_t flag_end = 1;
constexpr std::uint8_t flag_begin = 2;
constexpr std::uint8_t flag_unordered = 4;

struct Data {
  std::uint8_t flags = flag_begin | flag_end;
  std::uint32_t tsn = 0;
  std::uint16_t stream = 0;
  std::uint16_t sequence = 0;
  std::uint32_t ppid = 0;
  std::span<const std::uint8_t> payload;
};

void common_header(Bytes& out, std::uint16_t source_port, std::uint16_t destination_port,
                   std::uint32_t verification_tag);
void data(Bytes& out, const Data& chunk);
void init(Bytes& out, ChunkType type, std::uint32_t initiate_tag, std::uint32_t initial_tsn);
void sack(Bytes& out, std::uint32_t cumulative_tsn);
void heartbeat(Bytes& out, ChunkType type, std::uint64_t information);
/// COOKIE ACK, SHUTDOWN ACK and others: a header and `value`, padded.
void chunk(Bytes& out, ChunkType type, std::span<const std::uint8_t> value);
/// Puts the CRC32c of the whole packet into the common header.
void finish(Bytes& packet);

}  // namespace tollgate::traffic::sctp
