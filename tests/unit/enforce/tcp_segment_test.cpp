#include "enforce/tcp_segment.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "decode/ip.hpp"
#include "decode/tcp.hpp"
#include "support/hex.hpp"

namespace tollgate::enforce {
namespace {

using test::hex;

// Ethernet II with a VLAN tag, IPv4 (RFC 791), 192.0.2.1 to 198.51.100.1
const std::string_view ipv4_headers =
    "02 00 00 00 00 02 02 00 00 00 00 01 81 00 00 64 08 00"
    "45 00 00 00 12 34 40 00 40 06 00 00 c0 00 02 01 c6 33 64 01";
// IPv6 (RFC 8200) with an empty Destination Options header, 2001:db8::1 to 2001:db8::2, no link header
const std::string_view ipv6_headers =
    "60 00 00 00 00 00 3c 40 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01"
    "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02"
    "06 00 01 04 00 00 00 00";

flow::RelayHeaders model(std::string_view headers, std::uint8_t ip_at) {
  const auto octets = hex(headers);
  flow::RelayHeaders model;
  std::copy(octets.begin(), octets.end(), model.octets.begin());
  model.size = static_cast<std::uint8_t>(octets.size());
  model.ip_at = ip_at;
  return model;
}

flow::TcpMade segment(std::string_view payload) {
  return {.source_port = 40'000,
          .destination_port = 2'775,
          .sequence = 0xfedcba98,
          .acknowledgement = 0x01020304,
          .window = 513,
          .flags = decode::tcp_ack | decode::tcp_psh,
          .payload = as_octets(payload)};
}

std::vector<std::byte> written(const flow::RelayHeaders& model, const flow::TcpMade& made) {
  std::vector<std::byte> packet(tcp_packet_size(model, made));
  write_tcp_packet(packet, model, made);
  return packet;
}

/// Reads a packet with the decoders, checksums and lengths included.
struct ReadBack {
  explicit ReadBack(Octets packet, std::size_t ip_at) {
    const auto ip = decode::decode_ip(packet.subspan(ip_at));
    EXPECT_TRUE(ip);
    if (!ip) return;
    EXPECT_TRUE(decode::ip_checksum_ok(*ip));
    EXPECT_FALSE(ip->cut);
    EXPECT_EQ(ip->payload.data() + ip->payload.size(), packet.data() + packet.size());
    EXPECT_TRUE(decode::tcp_checksum_ok(ip->source, ip->destination, ip->payload));
    const auto decoded = decode::decode_tcp(ip->payload);
    EXPECT_TRUE(decoded);
    if (decoded) tcp = *decoded;
  }
  decode::TcpSegment tcp;
};

TEST(TcpSegment, a_segment_is_made_behind_ipv4_headers) {
  const auto packet = written(model(ipv4_headers, 18), segment("hello"));
  // Total Length 20 + 20 + 5; the header's checksum by hand: the sum of its words is 0x2c39c, folded c39e.
  EXPECT_EQ(std::vector(packet.begin() + 18, packet.begin() + 38),
            hex("45 00 00 2d 12 34 40 00 40 06 3c 61 c0 00 02 01 c6 33 64 01"));
  EXPECT_EQ(std::vector(packet.begin(), packet.begin() + 18), hex(ipv4_headers.substr(0, 53)));
  EXPECT_EQ(std::vector(packet.begin() + 38, packet.begin() + 54),
            hex("9c 40 0a d7 fe dc ba 98 01 02 03 04 50 18 02 01"));
  EXPECT_EQ(as_chars(ReadBack(packet, 18).tcp.payload), "hello");
}

TEST(TcpSegment, a_segment_is_made_behind_ipv6_headers) {
  const auto packet = written(model(ipv6_headers, 0), segment("hello, world"));
  EXPECT_EQ(packet[4], std::byte{0});
  EXPECT_EQ(packet[5], std::byte{8 + 20 + 12});
  const ReadBack read(packet, 0);
  EXPECT_EQ(as_chars(read.tcp.payload), "hello, world");
  EXPECT_EQ(read.tcp.sequence, 0xfedcba98U);
}

TEST(TcpSegment, timestamps_and_blocks_stand_in_the_options) {
  flow::TcpMade made = segment("");
  made.timestamps = true;
  made.timestamp = 7;
  made.timestamp_echo = 9;
  made.blocks[0] = {100, 200};
  made.blocks[1] = {300, 400};
  made.block_count = 2;
  const auto packet = written(model(ipv4_headers, 18), made);
  const ReadBack read(packet, 18);
  EXPECT_TRUE(read.tcp.payload.empty());
  EXPECT_EQ(std::vector(read.tcp.options.begin(), read.tcp.options.end()),
            hex("01 01 08 0a 00 00 00 07 00 00 00 09"
                "01 01 05 12 00 00 00 64 00 00 00 c8 00 00 01 2c 00 00 01 90"));
}

TEST(TcpSegment, octets_are_changed_in_place) {
  auto packet = written(model(ipv4_headers, 18), segment("hello, world"));
  const auto before = packet;
  const auto by = hex("4f 4c");
  const std::size_t size = change_tcp_packet(
      packet, 18, 38, 32, {.sequence = 0xfedcba98, .size = 12, .flags = 0x18, .offset = 1, .payload = by});
  EXPECT_EQ(size, packet.size());
  EXPECT_EQ(as_chars(ReadBack(packet, 18).tcp.payload), "hOLlo, world");
  EXPECT_EQ(std::vector(packet.begin(), packet.begin() + 54),
            std::vector(before.begin(), before.begin() + 54));
}

TEST(TcpSegment, a_tail_is_cut_off_with_the_padding_behind_it) {
  auto packet = written(model(ipv4_headers, 18), segment("hello, world"));
  packet.resize(packet.size() + 6);  // Ethernet padding
  const std::size_t size =
      change_tcp_packet(packet, 18, 38, 32, {.sequence = 0xfedcba98, .size = 5, .flags = 0x10});
  EXPECT_EQ(size, 38U + 20 + 5);
  packet.resize(size);
  const ReadBack read(packet, 18);
  EXPECT_EQ(as_chars(read.tcp.payload), "hello");
  EXPECT_EQ(read.tcp.flags, 0x10);
}

TEST(TcpSegment, the_urgent_pointer_goes_with_its_flag) {
  flow::TcpMade made = segment("hello");
  made.flags |= decode::tcp_urg;
  auto packet = written(model(ipv4_headers, 18), made);
  packet[38 + 19] = std::byte{3};
  change_tcp_packet(packet, 18, 38, 25, {.sequence = 0xfedcba98, .size = 5, .flags = 0x18});
  EXPECT_EQ(packet[38 + 18], std::byte{0});
  EXPECT_EQ(packet[38 + 19], std::byte{0});
  EXPECT_EQ(as_chars(ReadBack(packet, 18).tcp.payload), "hello");
}

}  // namespace
}  // namespace tollgate::enforce
