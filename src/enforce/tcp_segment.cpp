#include "enforce/tcp_segment.hpp"

#include <cassert>
#include <cstring>

#include "decode/checksum.hpp"
#include "decode/ip.hpp"
#include "enforce/put.hpp"

namespace tollgate::enforce {
namespace {

constexpr std::size_t fixed_header = 20;
constexpr std::size_t timestamps_size = 12;  // two no-operations before it
constexpr std::size_t ipv6_header = 40;

// Where fields stand in the TCP header, RFC 9293 3.1
constexpr std::size_t sequence_at = 4;
constexpr std::size_t acknowledgement_at = 8;
constexpr std::size_t data_offset_at = 12;
constexpr std::size_t flags_at = 13;
constexpr std::size_t window_at = 14;
constexpr std::size_t checksum_at = 16;
constexpr std::size_t urgent_at = 18;

/// The lengths and checksums of a packet whose TCP segment, `segment_size` octets from `tcp_at` on, has
/// changed.
void mend(std::byte* packet, std::size_t ip_at, std::size_t tcp_at, std::size_t segment_size) {
  std::byte* const ip = packet + ip_at;
  std::byte* const tcp = packet + tcp_at;
  const bool is_ipv4 = std::to_integer<unsigned>(ip[0]) >> 4U == 4;
  const std::size_t size = tcp_at - ip_at + segment_size;
  std::uint64_t sum = decode::checksum_word(decode::ip_protocol_tcp);
  sum += decode::checksum_word(static_cast<std::uint16_t>(segment_size));
  if (is_ipv4) {
    put16(ip + 2, size);  // Total Length, RFC 791 3.1
    put16(ip + 10, 0);
    const std::size_t header = std::size_t{4} * (std::to_integer<unsigned>(ip[0]) & 0xfU);
    put_checksum(ip + 10, decode::checksum_add(0, {ip, header}));
    sum = decode::checksum_add(sum, {ip + 12, 8});
  } else {
    put16(ip + 4, size - ipv6_header);  // Payload Length, RFC 8200 3
    sum = decode::checksum_add(sum, {ip + 8, 32});
  }
  put16(tcp + checksum_at, 0);
  put_checksum(tcp + checksum_at, decode::checksum_add(sum, {tcp, segment_size}));
}

std::size_t header_size(const flow::TcpMade& made) {
  std::size_t size = fixed_header;
  if (made.timestamps) size += timestamps_size;
  if (made.block_count != 0) size += 4 + std::size_t{8} * made.block_count;
  return size;
}

}  // namespace

std::size_t tcp_packet_size(const flow::RelayHeaders& model, const flow::TcpMade& made) {
  return model.size + header_size(made) + made.payload.size();
}

void write_tcp_packet(std::span<std::byte> into, const flow::RelayHeaders& model, const flow::TcpMade& made) {
  assert(into.size() == tcp_packet_size(model, made));
  constexpr std::size_t no_operation = 1;
  constexpr std::size_t sack = 5;
  constexpr std::size_t timestamps = 8;
  std::memcpy(into.data(), model.octets.data(), model.size);
  std::byte* const tcp = into.data() + model.size;
  const std::size_t header = header_size(made);
  put16(tcp, made.source_port);
  put16(tcp + 2, made.destination_port);
  put32(tcp + sequence_at, made.sequence);
  put32(tcp + acknowledgement_at, made.acknowledgement);
  put8(tcp + data_offset_at, header / 4 << 4U);
  put8(tcp + flags_at, made.flags);
  put16(tcp + window_at, made.window);
  put16(tcp + urgent_at, 0);
  std::byte* option = tcp + fixed_header;
  if (made.timestamps) {
    put8(option, no_operation);
    put8(option + 1, no_operation);
    put8(option + 2, timestamps);
    put8(option + 3, 10);
    put32(option + 4, made.timestamp);
    put32(option + 8, made.timestamp_echo);
    option += timestamps_size;
  }
  if (made.block_count != 0) {
    put8(option, no_operation);
    put8(option + 1, no_operation);
    put8(option + 2, sack);
    put8(option + 3, 2 + std::size_t{8} * made.block_count);
    for (std::uint32_t i = 0; i < made.block_count; ++i) {
      put32(option + 4 + std::size_t{8} * i, made.blocks[i].begin);
      put32(option + 8 + std::size_t{8} * i, made.blocks[i].end);
    }
  }
  if (!made.payload.empty()) std::memcpy(tcp + header, made.payload.data(), made.payload.size());
  mend(into.data(), model.ip_at, model.size, header + made.payload.size());
}

std::size_t change_tcp_packet(std::span<std::byte> packet, std::size_t ip_at, std::size_t tcp_at,
                              std::size_t segment_size, const flow::TcpChange& change) {
  std::byte* const tcp = packet.data() + tcp_at;
  const std::size_t header = std::size_t{4} * (std::to_integer<unsigned>(tcp[data_offset_at]) >> 4U);
  assert(header + change.size <= segment_size && change.offset + change.payload.size() <= change.size);
  put32(tcp + sequence_at, change.sequence);
  put8(tcp + flags_at, change.flags);
  if ((change.flags & decode::tcp_urg) == 0) put16(tcp + urgent_at, 0);
  if (!change.payload.empty())
    std::memcpy(tcp + header + change.offset, change.payload.data(), change.payload.size());
  mend(packet.data(), ip_at, tcp_at, header + change.size);
  return header + change.size == segment_size ? packet.size() : tcp_at + header + change.size;
}

}  // namespace tollgate::enforce
