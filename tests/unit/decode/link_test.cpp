#include "decode/link.hpp"

#include <gtest/gtest.h>

#include "support/checking_trace.hpp"
#include "support/hex.hpp"
#include "support/recording_trace.hpp"

namespace tollgate::decode {
namespace {

using test::hex;
using test::to_hex;

constexpr std::string_view addresses = "020000000001 020000000002";
constexpr std::string_view ip_start = "45001122";

LinkPayload decoded(LinkType type, Octets packet) {
  const auto result = decode_link(type, packet);
  EXPECT_TRUE(result);
  test::CheckingTrace trace{packet};
  EXPECT_TRUE(decode_link(type, packet, &trace));
  return result ? *result : LinkPayload{};
}

struct Case {
  const char* what;
  LinkType type;
  std::string header;
  LinkPayloadKind kind;
};

TEST(Link, finds_the_payload_behind_each_header) {
  const std::string ethernet{addresses};
  const Case cases[] = {
      {"Ethernet", LinkType::ethernet, ethernet + "0800", LinkPayloadKind::ip},
      {"Ethernet with IPv6", LinkType::ethernet, ethernet + "86dd", LinkPayloadKind::ip},
      {"ARP", LinkType::ethernet, ethernet + "0806", LinkPayloadKind::other},
      {"LLC", LinkType::ethernet, ethernet + "0026", LinkPayloadKind::other},
      {"802.1Q", LinkType::ethernet, ethernet + "8100 0064 0800", LinkPayloadKind::ip},
      {"802.1ad with 802.1Q", LinkType::ethernet, ethernet + "88a8 00c8 8100 0064 0800", LinkPayloadKind::ip},
      {"QinQ of old", LinkType::ethernet, ethernet + "9100 00c8 8100 0064 0800", LinkPayloadKind::ip},
      {"MPLS", LinkType::ethernet, ethernet + "8847 00064140", LinkPayloadKind::ip},
      {"MPLS, two labels", LinkType::ethernet, ethernet + "8847 00064040 000c8140", LinkPayloadKind::ip},
      {"VLAN and MPLS", LinkType::ethernet, ethernet + "8100 0064 8848 00064140", LinkPayloadKind::ip},
      {"cooked", LinkType::linux_sll, "0000 0001 0006 0200000000010000 0800", LinkPayloadKind::ip},
      {"cooked with VLAN", LinkType::linux_sll, "0000 0001 0006 0200000000010000 8100 0064 0800",
       LinkPayloadKind::ip},
      {"cooked v2", LinkType::linux_sll2, "0800 0000 00000003 0001 00 06 0200000000010000",
       LinkPayloadKind::ip},
      {"raw IP", LinkType::raw_ip, "", LinkPayloadKind::ip},
      {"loopback, big-endian", LinkType::null_loopback, "00000002", LinkPayloadKind::ip},
      {"loopback, little-endian", LinkType::null_loopback, "02000000", LinkPayloadKind::ip},
      {"loopback, IPv6 of Darwin", LinkType::null_loopback, "1e000000", LinkPayloadKind::ip},
      {"loopback, AppleTalk", LinkType::null_loopback, "10000000", LinkPayloadKind::other},
      {"MTP2", LinkType::mtp2, "", LinkPayloadKind::mtp2},
      {"MTP2 with pseudo-header", LinkType::mtp2_with_phdr, "01 00 0005", LinkPayloadKind::mtp2},
      {"MTP3", LinkType::mtp3, "", LinkPayloadKind::mtp3},
      {"SCCP", LinkType::sccp, "", LinkPayloadKind::sccp},
      {"unknown", LinkType::unknown, "", LinkPayloadKind::other},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    const auto packet = hex(c.header + std::string(ip_start));
    const LinkPayload payload = decoded(c.type, packet);
    EXPECT_EQ(payload.kind, c.kind);
    EXPECT_EQ(to_hex(payload.payload), ip_start);
    // Each cut of the header is refused: nothing is read beyond the end.
    for (std::size_t length = 0; length + 4 < packet.size(); ++length) {
      const auto cut = decode_link(c.type, Octets{packet}.first(length));
      ASSERT_FALSE(cut);
      EXPECT_EQ(cut.error().reason, Reason::truncated);
    }
  }
}

TEST(Link, mpls_payload_that_is_not_ip_is_other) {
  const auto packet = hex(std::string(addresses) + "8847 00064140 00000000");  // a pseudowire's control word
  EXPECT_EQ(decoded(LinkType::ethernet, packet).kind, LinkPayloadKind::other);
}

TEST(Link, tags_and_labels_are_bounded) {
  std::string tags{addresses};
  for (unsigned i = 0; i <= max_link_depth; ++i) tags += "8100 0064";
  EXPECT_EQ(decode_link(LinkType::ethernet, hex(tags + "0800")).error(),
            (Error{Layer::link, Reason::too_deep, 46}));
  std::string labels = std::string(addresses) + "8847";
  for (unsigned i = 0; i <= max_link_depth; ++i) labels += "00064040";
  EXPECT_EQ(decode_link(LinkType::ethernet, hex(labels)).error(), (Error{Layer::mpls, Reason::too_deep, 46}));
}

TEST(Link, trace_names_tags_and_labels) {
  test::RecordingTrace trace;
  ASSERT_TRUE(
      decode_link(LinkType::ethernet, hex(std::string(addresses) + "8100 6064 8847 00064140 45"), &trace));
  EXPECT_NE(trace.all().find("Ethernet/EtherType = 33024 (802.1Q VLAN)"), std::string::npos);
  EXPECT_NE(trace.all().find("VLAN/VID = 100"), std::string::npos);
  EXPECT_NE(trace.all().find("MPLS/Label = 100"), std::string::npos);
}

}  // namespace
}  // namespace tollgate::decode
