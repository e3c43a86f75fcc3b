#include "traffic/encode_sctp.hpp"

#include <isa-l/crc.h>

namespace tollgate::traffic::sctp {
namespace {

constexpr std::uint32_t window = 1U << 20U;

void pad(Bytes& out, std::size_t start) { out.fill((4 - (out.size() - start) % 4) % 4); }

}  // namespace

void common_header(Bytes& out, std::uint16_t source_port, std::uint16_t destination_port,
                   std::uint32_t verification_tag) {
  out.u16(source_port);
  out.u16(destination_port);
  out.u32(verification_tag);
  out.u32(0);
}

void data(Bytes& out, const Data& chunk) {
  const std::size_t start = out.size();
  out.u8(static_cast<unsigned>(ChunkType::data));
  out.u8(chunk.flags);
  out.u16(16 + chunk.payload.size());
  out.u32(chunk.tsn);
  out.u16(chunk.stream);
  out.u16(chunk.sequence);
  out.u32(chunk.ppid);
  out.append(chunk.payload);
  pad(out, start);
}

void init(Bytes& out, ChunkType type, std::uint32_t initiate_tag, std::uint32_t initial_tsn) {
  const bool acknowledges = type == ChunkType::init_ack;
  out.u8(static_cast<unsigned>(type));
  out.u8(0);
  out.u16(acknowledges ? 32 : 20);
  out.u32(initiate_tag);
  out.u32(window);
  out.u16(16);  // outbound streams
  out.u16(16);  // inbound streams
  out.u32(initial_tsn);
  if (acknowledges) {  // State Cookie parameter
    out.u16(7);
    out.u16(12);
    out.u64(initiate_tag);
  }
}

void sack(Bytes& out, std::uint32_t cumulative_tsn) {
  out.u8(static_cast<unsigned>(ChunkType::sack));
  out.u8(0);
  out.u16(16);
  out.u32(cumulative_tsn);
  out.u32(window);
  out.u16(0);
  out.u16(0);
}

void heartbeat(Bytes& out, ChunkType type, std::uint64_t information) {
  out.u8(static_cast<unsigned>(type));
  out.u8(0);
  out.u16(16);
  out.u16(1);  // Heartbeat Info parameter
  out.u16(12);
  out.u64(information);
}

void chunk(Bytes& out, ChunkType type, std::span<const std::uint8_t> value) {
  const std::size_t start = out.size();
  out.u8(static_cast<unsigned>(type));
  out.u8(0);
  out.u16(4 + value.size());
  out.append(value);
  pad(out, start);
}

void finish(Bytes& packet) {
  packet.set_u32(8, 0);
  // ISA-L's prototype lacks a const; it does not write.
  const unsigned crc =
      ~crc32_iscsi(const_cast<unsigned char*>(packet.data()), static_cast<int>(packet.size()), 0xffffffffU);
  for (unsigned i = 0; i < 4; ++i) packet.set_u8(8 + i, crc >> (8 * i));
}

}  // namespace tollgate::traffic::sctp
