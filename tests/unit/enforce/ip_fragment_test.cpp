#include "enforce/ip_fragment.hpp"

#include <gtest/gtest.h>

#include "support/hex.hpp"

namespace tollgate::enforce {
namespace {

using test::hex;

/// RFC 791 3.1: 192.0.2.1 to 198.51.100.1, identification 7, UDP; the checksums are worked out by hand as RFC
/// 1071 says. Behind two octets of a link.
const std::string_view addresses = "c0000201 c6336401";

std::vector<std::byte> packet(std::string_view until_addresses, std::string_view behind) {
  return hex(std::string("aaaa") + std::string(until_addresses) + std::string(addresses) +
             std::string(behind));
}

/// 4500 + length + 0007 + flags + 4011 + c000 + 0201 + c633 + 6401, folded and complemented.
const auto first_fragment = packet("4500 001c 0007 2000 40 11 6e94", "3031323334353637");
const auto whole = packet("4500 001f 0007 0000 40 11 8e91", "3031323334353637 383940");

/// RFC 8200 4.5: 2001:db8::1 to 2001:db8::2; hop-by-hop options with a PadN of 4, then the fragment header.
std::vector<std::byte> ipv6(std::string_view length, std::string_view options_next, std::string_view rest) {
  return hex(std::string("60000000") + std::string(length) +
             "0040 20010db8000000000000000000000001 20010db8000000000000000000000002" +
             std::string(options_next) + "00 0104 00000000" + std::string(rest));
}

TEST(IpFragment, with_the_rest_becomes_a_packet_that_was_never_cut) {
  std::vector<std::byte> into(whole.size());
  const auto payload = hex("3031323334353637 383940");
  EXPECT_EQ(headers_without_fragment(first_fragment, 2, 22), 22U);
  EXPECT_TRUE(write_datagram(
      into, {.fragment = first_fragment, .ip_at = 2, .headers = 22, .protocol = 17, .payload = payload}));
  EXPECT_EQ(into, whole);
}

TEST(IpFragment, of_ipv6_loses_its_fragment_header) {
  const auto fragment = ipv6("0018", "2c", "11000001 00000007 3031323334353637");
  const auto expected = ipv6("0013", "84", "3031323334353637 383940");
  std::vector<std::byte> into(expected.size());
  const auto payload = hex("3031323334353637 383940");
  EXPECT_EQ(headers_without_fragment(fragment, 0, 56), 48U);
  EXPECT_TRUE(write_datagram(
      into, {.fragment = fragment, .ip_at = 0, .headers = 48, .protocol = 0x84, .payload = payload}));
  EXPECT_EQ(into, expected);
}

TEST(IpFragment, that_says_no_more_than_any_length_field_holds) {
  std::vector<std::byte> into(70'000);
  const std::vector<std::byte> longest(65'515);
  const std::vector<std::byte> longer(65'516);
  EXPECT_TRUE(
      write_datagram(into, {.fragment = first_fragment, .ip_at = 2, .headers = 22, .payload = longest}));
  EXPECT_FALSE(
      write_datagram(into, {.fragment = first_fragment, .ip_at = 2, .headers = 22, .payload = longer}));
}

TEST(IpFragment, becomes_the_last_of_its_datagram) {
  auto fragment = first_fragment;
  EXPECT_EQ(end_fragment(fragment, 2, 22, 5), 27U);
  fragment.resize(27);
  EXPECT_EQ(fragment, packet("4500 0019 0007 0000 40 11 8e97", "3031323334"));
}

TEST(IpFragment, of_ipv6_becomes_the_last_of_its_datagram) {
  auto fragment = ipv6("0018", "2c", "11000009 00000007 3031323334353637");
  EXPECT_EQ(end_fragment(fragment, 0, 56, 5), 61U);
  fragment.resize(61);
  EXPECT_EQ(fragment, ipv6("0015", "2c", "11000008 00000007 3031323334"));
}

}  // namespace
}  // namespace tollgate::enforce
