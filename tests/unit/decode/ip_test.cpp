#include "decode/ip.hpp"

#include <list>

#include <gtest/gtest.h>

#include "decode/checksum.hpp"
#include "support/checking_trace.hpp"
#include "support/hex.hpp"
#include "support/recording_trace.hpp"

namespace tollgate::decode {
namespace {

using test::to_hex;

/// Octets that live as long as the test program, so that decoded views into them stay good.
std::vector<std::byte>& hex(std::string_view digits) {
  static std::list<std::vector<std::byte>> kept;
  return kept.emplace_back(test::hex(digits));
}

IpPacket decoded(Octets packet) {
  const auto result = decode_ip(packet);
  test::CheckingTrace trace{packet};
  EXPECT_EQ(bool(result), bool(decode_ip(packet, &trace)));
  EXPECT_TRUE(result);
  return result ? *result : IpPacket{};
}

Error refused(Octets packet) {
  const auto result = decode_ip(packet);
  test::CheckingTrace trace{packet};
  EXPECT_EQ(bool(result), bool(decode_ip(packet, &trace)));
  EXPECT_FALSE(result);
  return result ? Error{} : result.error();
}

std::string address(const IpAddress& address) {
  return to_hex(Octets{address.octets}.first(address.version == 4 ? 4 : 16));
}

// A header whose checksum is worked out in many textbooks: 192.168.0.1 to 192.168.0.199, UDP, 115 octets.
constexpr std::string_view textbook = "45000073 00004000 4011b861 c0a80001 c0a800c7";

TEST(Ip, checksum_agrees_with_the_textbook_header) {
  auto& packet = hex(textbook);
  EXPECT_TRUE(ip_checksum_ok(decoded(packet)));
  packet[8] = std::byte{0x3f};
  EXPECT_FALSE(ip_checksum_ok(decoded(packet)));
}

TEST(Ip, checksum_agrees_with_the_example_of_rfc_1071) {
  // Section 3: 00 01 f2 03 f4 f5 f6 f7 sum to ddf2.
  EXPECT_EQ(checksum_fold(checksum_add(0, hex("0001f203f4f5f6f7"))), checksum_fold(checksum_word(0xddf2)));
}

TEST(Ip, checksum_of_any_length_is_that_of_the_obvious_loop) {
  std::vector<std::byte> octets(100);
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<std::byte>(i * 37 + 200);
  for (std::size_t length = 0; length <= octets.size(); ++length) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < length; ++i)
      sum += std::to_integer<unsigned>(octets[i]) << (i % 2 == 0 ? 8U : 0U);
    while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
    EXPECT_EQ(checksum_fold(checksum_add(0, Octets{octets}.first(length))),
              checksum_fold(checksum_word(static_cast<std::uint16_t>(sum))));
  }
}

TEST(Ip, reads_ipv4_and_leaves_ethernet_padding_out) {
  const auto& octets = hex("4500001a 12340000 40840000 c0000201 c6336401 aabbccddeeff 0000000000");
  const IpPacket packet = decoded(octets);
  EXPECT_EQ(packet.source.version, 4);
  EXPECT_EQ(address(packet.source), "c0000201");
  EXPECT_EQ(address(packet.destination), "c6336401");
  EXPECT_EQ(packet.protocol, ip_protocol_sctp);
  EXPECT_EQ(to_hex(packet.payload), "aabbccddeeff");
  EXPECT_FALSE(packet.fragment);
  EXPECT_FALSE(packet.cut);
}

TEST(Ip, total_length_zero_means_to_the_end) {
  EXPECT_EQ(to_hex(decoded(hex("45000000 12340000 40060000 c0000201 c6336401 aabb")).payload), "aabb");
}

TEST(Ip, ipv4_options_are_not_payload) {
  const IpPacket packet = decoded(hex("4600001a 12340000 40840000 c0000201 c6336401 94040000 aabb"));
  EXPECT_EQ(packet.header.size(), 24U);
  EXPECT_EQ(to_hex(packet.payload), "aabb");
}

TEST(Ip, a_datagram_cut_by_the_capture_says_so) {
  const IpPacket packet = decoded(hex("45000020 12340000 40840000 c0000201 c6336401 aabb"));
  EXPECT_TRUE(packet.cut);
  EXPECT_EQ(to_hex(packet.payload), "aabb");
}

TEST(Ip, reads_ipv4_fragments) {
  const IpPacket first = decoded(hex("4500001c 12342000 40840000 c0000201 c6336401 0011223344556677"));
  EXPECT_TRUE(first.fragment);
  EXPECT_TRUE(first.more_fragments);
  EXPECT_EQ(first.fragment_id, 0x1234U);
  EXPECT_EQ(first.fragment_offset, 0);
  const IpPacket last = decoded(hex("45000018 12340001 40840000 c0000201 c6336401 00112233"));
  EXPECT_TRUE(last.fragment);
  EXPECT_FALSE(last.more_fragments);
  EXPECT_EQ(last.fragment_offset, 8);
}

TEST(Ip, refuses_what_is_no_ip_header) {
  EXPECT_EQ(refused({}), (Error{Layer::ip, Reason::truncated, 0}));
  EXPECT_EQ(refused(hex("55")), (Error{Layer::ip, Reason::bad_version, 0}));
  EXPECT_EQ(refused(hex("45000014 1234")).reason, Reason::truncated);
  EXPECT_EQ(refused(hex("44000014 12340000 40840000 c0000201 c6336401")),
            (Error{Layer::ip, Reason::bad_length, 0}));
  EXPECT_EQ(refused(hex("45000013 12340000 40840000 c0000201 c6336401")),
            (Error{Layer::ip, Reason::bad_length, 2}));
  EXPECT_EQ(refused(hex("4f00003c 12340000 40840000 c0000201 c6336401")).reason, Reason::truncated);
}

constexpr std::string_view ipv6_addresses =
    "20010db8000000000000000000000001 20010db8000000000000000000000002";

TEST(Ip, reads_ipv6_and_leaves_ethernet_padding_out) {
  const IpPacket packet = decoded(hex("60000000 0002 84 40" + std::string(ipv6_addresses) + "aabb 0000"));
  EXPECT_EQ(packet.source.version, 6);
  EXPECT_EQ(address(packet.source), "20010db8000000000000000000000001");
  EXPECT_EQ(address(packet.destination), "20010db8000000000000000000000002");
  EXPECT_EQ(packet.protocol, ip_protocol_sctp);
  EXPECT_EQ(to_hex(packet.payload), "aabb");
}

TEST(Ip, walks_ipv6_extension_headers) {
  // Hop-by-Hop (8), Routing (16), Destination Options (8), AH (24), then TCP
  const IpPacket packet = decoded(hex("60000000 003a 00 40" + std::string(ipv6_addresses) +
                                      "2b00010400000000"
                                      "3c01000000000000 0000000000000000"
                                      "3300010400000000"
                                      "06040000 00000001 00000002 000102030405060708090a0b"
                                      "aabb"));
  EXPECT_EQ(packet.protocol, ip_protocol_tcp);
  EXPECT_TRUE(packet.authenticated);
  EXPECT_EQ(to_hex(packet.payload), "aabb");
}

TEST(Ip, reads_ipv6_fragments_and_reads_on_in_the_whole) {
  const IpPacket first = decoded(
      hex("60000000 0010 2c 40" + std::string(ipv6_addresses) + "3c000001 00001234 8400010400000000"));
  EXPECT_TRUE(first.fragment);
  EXPECT_TRUE(first.more_fragments);
  EXPECT_EQ(first.fragment_id, 0x1234U);
  EXPECT_EQ(first.protocol, ip_protocol_destination);
  const auto whole = decode_ip_reassembled(first, hex("8400010400000000 aabb"));
  ASSERT_TRUE(whole);
  EXPECT_FALSE(whole->fragment);
  EXPECT_EQ(whole->protocol, ip_protocol_sctp);
  EXPECT_EQ(to_hex(whole->payload), "aabb");
}

TEST(Ip, an_atomic_ipv6_fragment_is_a_whole_datagram) {
  const IpPacket packet =
      decoded(hex("60000000 000a 2c 40" + std::string(ipv6_addresses) + "84000000 00001234 aabb"));
  EXPECT_FALSE(packet.fragment);
  EXPECT_EQ(packet.protocol, ip_protocol_sctp);
}

TEST(Ip, esp_ends_the_walk) {
  EXPECT_EQ(decoded(hex("60000000 0004 32 40" + std::string(ipv6_addresses) + "00000001")).protocol,
            ip_protocol_esp);
  EXPECT_EQ(decoded(hex("45000018 12340000 40320000 c0000201 c6336401 00000001")).protocol, ip_protocol_esp);
}

TEST(Ip, extension_headers_are_bounded_and_end_in_the_packet) {
  std::string headers;
  for (int i = 0; i < 17; ++i) headers += "3c00010400000000";
  EXPECT_EQ(refused(hex("60000000 0088 3c 40" + std::string(ipv6_addresses) + headers)).reason,
            Reason::too_deep);
  EXPECT_EQ(refused(hex("60000000 0008 3c 40" + std::string(ipv6_addresses) + "8401010400000000")).reason,
            Reason::truncated);
  EXPECT_EQ(refused(hex("60000000 0010 3c 40" + std::string(ipv6_addresses) + "8401010400000000")).reason,
            Reason::cut_by_capture);
}

TEST(Ip, trace_shows_addresses_as_people_write_them) {
  test::RecordingTrace trace;
  ASSERT_TRUE(decode_ip(hex(textbook), &trace));
  EXPECT_NE(trace.all().find("IPv4/Source Address = 192.168.0.1\n"), std::string::npos);
  EXPECT_NE(trace.all().find("(correct)\n"), std::string::npos);
  EXPECT_NE(trace.all().find("IPv4/Protocol = 17 (UDP)\n"), std::string::npos);
}

}  // namespace
}  // namespace tollgate::decode
