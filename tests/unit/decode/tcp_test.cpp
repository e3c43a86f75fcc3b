#include "decode/tcp.hpp"

#include <gtest/gtest.h>

#include "support/checking_trace.hpp"
#include "support/hex.hpp"
#include "support/recording_trace.hpp"

namespace tollgate::decode {
namespace {

using test::hex;
using test::to_hex;

IpAddress ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  IpAddress address;
  address.octets = {std::byte{a}, std::byte{b}, std::byte{c}, std::byte{d}};
  address.version = 4;
  return address;
}

// SYN with MSS 1460, SACK permitted, timestamps, no-operation, window scale 7.
constexpr std::string_view syn =
    "c000 0ac7 01020304 00000000 a002 faf0 0000 0000"
    "020405b4 0402 080a 0000000a 00000000 01 030307";

TEST(Tcp, reads_header_options_and_payload) {
  const auto octets = hex(std::string(syn) + "aabb");
  test::CheckingTrace trace{octets};
  const auto segment = decode_tcp(octets, &trace);
  ASSERT_TRUE(segment);
  EXPECT_EQ(segment->source_port, 49152);
  EXPECT_EQ(segment->destination_port, 2759);
  EXPECT_EQ(segment->sequence, 0x01020304U);
  EXPECT_EQ(segment->flags, tcp_syn);
  EXPECT_EQ(segment->window, 0xfaf0);
  EXPECT_EQ(to_hex(segment->payload), "aabb");
  const TcpOptions options = decode_tcp_options(segment->options);
  EXPECT_EQ(options.maximum_segment_size, 1460);
  EXPECT_EQ(options.window_scale, 7);
  EXPECT_TRUE(options.sack_permitted);
  EXPECT_EQ(options.timestamp_value, 10U);
  EXPECT_FALSE(options.authenticated);
}

TEST(Tcp, refuses_headers_that_do_not_fit) {
  const auto octets = hex(syn);
  for (std::size_t length = 0; length < octets.size(); ++length)
    EXPECT_EQ(decode_tcp(Octets{octets}.first(length)).error().reason, Reason::truncated);
  EXPECT_EQ(decode_tcp(hex("c000 0ac7 01020304 00000000 4002 faf0 0000 0000")).error(),
            (Error{Layer::tcp, Reason::bad_length, 12}));
}

TEST(Tcp, options_end_where_a_length_is_impossible) {
  EXPECT_EQ(decode_tcp_options(hex("0300 020405b4")).maximum_segment_size, std::nullopt);
  EXPECT_EQ(decode_tcp_options(hex("0209 05b4")).maximum_segment_size, std::nullopt);
  EXPECT_EQ(decode_tcp_options(hex("00 020405b4")).maximum_segment_size, std::nullopt);
  EXPECT_TRUE(decode_tcp_options(hex("1312 000102030405060708090a0b0c0d0e0f")).authenticated);
  EXPECT_TRUE(decode_tcp_options(hex("1d04 0102")).authenticated);
}

TEST(Tcp, checksum_covers_the_pseudo_header) {
  // By hand, from 192.0.2.1 to 198.51.100.2. Pseudo-header: c000+0201+c633+6402+0006+0015 = 1ec51. Segment
  // without checksum: c000+0ac7+0102+0304+5010+0001+6100 = 17fde. Together 36c2f, folded 6c32, complement
  // 93cd.
  auto segment = hex("c000 0ac7 01020304 00000000 5010 0001 93cd 0000 61");
  EXPECT_TRUE(tcp_checksum_ok(ipv4(192, 0, 2, 1), ipv4(198, 51, 100, 2), segment));
  EXPECT_FALSE(tcp_checksum_ok(ipv4(192, 0, 2, 1), ipv4(198, 51, 100, 3), segment));
  segment.back() = std::byte{0x62};
  EXPECT_FALSE(tcp_checksum_ok(ipv4(192, 0, 2, 1), ipv4(198, 51, 100, 2), segment));
}

TEST(Tcp, trace_names_flags_and_options) {
  test::RecordingTrace trace;
  ASSERT_TRUE(decode_tcp(hex(syn), &trace));
  EXPECT_NE(trace.all().find("TCP/Control bits = 2 (SYN)"), std::string::npos);
  EXPECT_NE(trace.all().find("TCP/Option/MSS = 1460"), std::string::npos);
}

}  // namespace
}  // namespace tollgate::decode
