#include "decode/other_ip.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "decode/link.hpp"
#include "support/hex.hpp"

namespace tollgate::decode {
namespace {

using test::hex;

/// Ethernet, a header whose checksum is worked out in many textbooks (192.168.0.1 to 192.168.0.199, UDP, 115
/// octets), and what it says follows.
std::vector<std::byte> udp_frame() {
  auto frame = hex("020000000002 020000000001 0800  45000073 00004000 4011b861 c0a80001 c0a800c7");
  frame.resize(14 + 115);
  return frame;
}

void set_checksum(std::vector<std::byte>& frame) {
  frame[24] = frame[25] = std::byte{};
  const auto sum = static_cast<std::uint16_t>(~checksum_fold(checksum_add(0, Octets{frame}.subspan(14, 20))));
  std::copy_n(reinterpret_cast<const std::byte*>(&sum), sizeof sum, frame.begin() + 24);
}

/// What the decoders make of it.
bool is_other(Octets frame) {
  const auto link = decode_link(LinkType::ethernet, frame);
  if (!link || link->kind != LinkPayloadKind::ip) return false;
  const auto ip = decode_ip(link->payload);
  if (!ip || !ip_checksum_ok(*ip) || ip->cut || ip->fragment) return false;
  const auto protocol = ip->protocol;
  return protocol != ip_protocol_tcp && protocol != ip_protocol_sctp && protocol != ip_protocol_esp;
}

TEST(OtherIp, udp_and_icmp_are) {
  auto frame = udp_frame();
  EXPECT_TRUE(is_other_ip(frame));
  frame[23] = std::byte{1};
  EXPECT_FALSE(is_other_ip(frame));  // its checksum
  set_checksum(frame);
  EXPECT_TRUE(is_other_ip(frame));
  frame.resize(200);  // padding of the link
  EXPECT_TRUE(is_other_ip(frame));
}

TEST(OtherIp, what_is_read_or_encrypted_is_not) {
  for (const unsigned protocol : {6U, 132U, 50U, 51U}) {
    auto frame = udp_frame();
    frame[23] = static_cast<std::byte>(protocol);
    set_checksum(frame);
    EXPECT_FALSE(is_other_ip(frame)) << protocol;
  }
}

TEST(OtherIp, a_frame_that_ends_early_is_not) {
  const auto frame = udp_frame();
  for (std::size_t size = 0; size < frame.size(); ++size)
    EXPECT_FALSE(is_other_ip(Octets{frame}.first(size))) << size;
}

TEST(OtherIp, it_never_says_what_the_decoders_do_not) {
  std::size_t others = 0;
  for (std::size_t at = 12; at < 34; ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      auto frame = udp_frame();
      frame[at] = static_cast<std::byte>(value);
      EXPECT_LE(is_other_ip(frame), is_other(frame)) << at << ' ' << value;
      set_checksum(frame);
      EXPECT_LE(is_other_ip(frame), is_other(frame)) << at << ' ' << value;
      others += is_other_ip(frame) ? 1 : 0;
    }
  }
  EXPECT_GT(others, 13 * 256U);  // whatever its type of service, identification, time to live and addresses
}

}  // namespace
}  // namespace tollgate::decode
