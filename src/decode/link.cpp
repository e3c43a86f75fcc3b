#include "decode/link.hpp"

#include <utility>

#include "decode/reader.hpp"

namespace tollgate::decode {
namespace {

enum EtherType : std::uint16_t {
  ipv4 = 0x0800,
  arp = 0x0806,
  c_tag = 0x8100,  // IEEE 802.1Q customer VLAN
  ipv6 = 0x86dd,
  mpls = 0x8847,
  mpls_upstream = 0x8848,
  s_tag = 0x88a8,      // IEEE 802.1ad service VLAN
  old_s_tag = 0x9100,  // QinQ before 802.1ad
};
constexpr std::uint16_t first_ether_type = 0x0600;  // below it stands a length (IEEE 802.3 3.2.6)

std::string_view ether_type_name(std::uint64_t type) {
  switch (type) {
    case ipv4: return "IPv4";
    case arp: return "ARP";
    case c_tag: return "802.1Q VLAN";
    case ipv6: return "IPv6";
    case mpls: return "MPLS";
    case mpls_upstream: return "MPLS, upstream-assigned label";
    case s_tag: return "802.1ad service VLAN";
    case old_s_tag: return "QinQ VLAN";
    default: return type < first_ether_type ? "Length (LLC follows)" : "";
  }
}

std::string_view packet_type_name(std::uint64_t type) {
  switch (type) {
    case 0: return "to this host";
    case 1: return "broadcast";
    case 2: return "multicast";
    case 3: return "to another host";
    case 4: return "from this host";
    default: return "";
  }
}

template <class R>
LinkPayload payload(R& r, LinkPayloadKind kind) {
  return {kind, r.take_rest()};
}

bool is_ip(std::uint8_t first_octet) { return first_octet >> 4U == 4 || first_octet >> 4U == 6; }

// MPLS label stack entry, RFC 3032 2.1
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  +-----------------------------------------------+-+-------------+
//  |               Label                   | TC  |S|      TTL      |
//  +---------------------------------------------------------------+
//
// S is 1 in the last entry. What follows the stack is not said; by convention its first four bits tell an
// IP version from everything else (RFC 4928 3).
template <class R>
Result<LinkPayload> label_stack(R& r) {
  for (unsigned depth = 0; depth < max_link_depth; ++depth) {
    TraceScope scope{r.trace(), "MPLS",
                     r.input().subspan(r.position(), std::min<std::size_t>(4, r.remaining()))};
    const std::uint32_t entry = r.u32("Label stack entry", hexadecimal);
    if (r.failed()) return r.truncated(Layer::mpls);
    r.bits("Label", r.last(4), 0xfffff000);
    r.bits("Traffic Class", r.last(4), 0x00000e00);
    r.bits("Bottom of Stack", r.last(4), 0x00000100);
    r.bits("Time to Live", r.last(4), 0x000000ff);
    if ((entry & 0x100U) != 0)
      return payload(r, is_ip(r.peek()) ? LinkPayloadKind::ip : LinkPayloadKind::other);
  }
  return r.error(Layer::mpls, Reason::too_deep);
}

// VLAN tag, IEEE 802.1Q 9.6: the EtherType before it has been read, the one after it belongs to what it tags.
//
//  +-----+---+-------------+----------------+
//  | PCP |DEI| VID 12 bits | EtherType  16  |
//  +-----+---+-------------+----------------+
template <class R>
Result<LinkPayload> by_ether_type(R& r, std::uint16_t type) {
  for (unsigned depth = 0; type == c_tag || type == s_tag || type == old_s_tag; ++depth) {
    if (depth == max_link_depth) return r.error(Layer::link, Reason::too_deep);
    TraceScope scope{r.trace(), "VLAN",
                     r.input().subspan(r.position(), std::min<std::size_t>(4, r.remaining()))};
    r.u16("Tag control information", hexadecimal);
    r.bits("PCP", r.last(2), 0xe000);
    r.bits("DEI", r.last(2), 0x1000);
    r.bits("VID", r.last(2), 0x0fff);
    type = r.u16("EtherType", in_hex(ether_type_name));
    if (r.failed()) return r.truncated(Layer::link);
  }
  switch (type) {
    case ipv4:
    case ipv6: return payload(r, LinkPayloadKind::ip);
    case mpls:
    case mpls_upstream: return label_stack(r);
    default: return payload(r, LinkPayloadKind::other);
  }
}

// Ethernet II, IEEE 802.3 3.1.1
//
//  +-----------------------+-----------------------+--------------+
//  | Destination address 6 |  Source address 6     | EtherType 2  |
//  +-----------------------+-----------------------+--------------+
template <class R>
Result<LinkPayload> ethernet(R& r) {
  std::uint16_t type = 0;
  {
    TraceScope scope{r.trace(), "Ethernet", r.input().first(std::min<std::size_t>(14, r.remaining()))};
    r.octets(6, "Destination address");
    r.octets(6, "Source address");
    type = r.u16("EtherType", in_hex(ether_type_name));
    if (r.failed()) return r.truncated(Layer::link);
  }
  return by_ether_type(r, type);
}

// Linux cooked capture, LINKTYPE_LINUX_SLL (113)
//
//  +---------------+---------------+----------------+--------------+-----------------+
//  | Packet type 2 | ARPHRD type 2 | Address len. 2 |  Address 8   | Protocol type 2 |
//  +---------------+---------------+----------------+--------------+-----------------+
template <class R>
Result<LinkPayload> linux_sll(R& r) {
  std::uint16_t type = 0;
  {
    TraceScope scope{r.trace(), "Linux cooked capture",
                     r.input().first(std::min<std::size_t>(16, r.remaining()))};
    r.u16("Packet type", packet_type_name);
    r.u16("ARPHRD type");
    r.u16("Link-layer address length");
    r.octets(8, "Link-layer address");
    type = r.u16("Protocol type", in_hex(ether_type_name));
    if (r.failed()) return r.truncated(Layer::link);
  }
  return by_ether_type(r, type);
}

// Linux cooked capture v2, LINKTYPE_LINUX_SLL2 (276)
//
//  +-----------------+------------+-------------------+
//  | Protocol type 2 | Reserved 2 | Interface index 4 |
//  +-----------------+---------+--+-----------+-------+---+
//  | ARPHRD type 2 | Pkt type 1| Addr. len. 1 | Address 8 |
//  +---------------+-----------+--------------+-----------+
template <class R>
Result<LinkPayload> linux_sll2(R& r) {
  std::uint16_t type = 0;
  {
    TraceScope scope{r.trace(), "Linux cooked capture v2",
                     r.input().first(std::min<std::size_t>(20, r.remaining()))};
    type = r.u16("Protocol type", in_hex(ether_type_name));
    r.u16("Reserved");
    r.u32("Interface index");
    r.u16("ARPHRD type");
    r.u8("Packet type", packet_type_name);
    r.u8("Link-layer address length");
    r.octets(8, "Link-layer address");
    if (r.failed()) return r.truncated(Layer::link);
  }
  return by_ether_type(r, type);
}

// BSD loopback, LINKTYPE_NULL (0) and LINKTYPE_LOOP (108): an address family of four octets, in the byte
// order of the machine that captured. AF_INET is 2 everywhere; AF_INET6 is 24, 28 or 30, by system.
template <class R>
Result<LinkPayload> null_loopback(R& r) {
  TraceScope scope{r.trace(), "BSD loopback", r.input().first(std::min<std::size_t>(4, r.remaining()))};
  std::uint32_t family = r.u32("Address family");
  if (r.failed()) return r.truncated(Layer::link);
  if (family > 0xffff) family = family >> 24U;
  const bool ip = family == 2 || family == 24 || family == 28 || family == 30;
  return payload(r, ip ? LinkPayloadKind::ip : LinkPayloadKind::other);
}

// LINKTYPE_MTP2_WITH_PHDR (139)
//
//  +--------+------------------+---------------+
//  | Sent 1 | Annex A used 1   | Link number 2 |
//  +--------+------------------+---------------+
template <class R>
Result<LinkPayload> mtp2_with_phdr(R& r) {
  TraceScope scope{r.trace(), "MTP2 pseudo-header", r.input().first(std::min<std::size_t>(4, r.remaining()))};
  r.u8("Sent");
  r.u8("Annex A used");
  r.u16("Link number");
  if (r.failed()) return r.truncated(Layer::link);
  return payload(r, LinkPayloadKind::mtp2);
}

template <class R>
Result<LinkPayload> read(R r, LinkType type) {
  switch (type) {
    case LinkType::ethernet: return ethernet(r);
    case LinkType::linux_sll: return linux_sll(r);
    case LinkType::linux_sll2: return linux_sll2(r);
    case LinkType::raw_ip: return payload(r, LinkPayloadKind::ip);
    case LinkType::null_loopback: return null_loopback(r);
    case LinkType::mtp2: return payload(r, LinkPayloadKind::mtp2);
    case LinkType::mtp2_with_phdr: return mtp2_with_phdr(r);
    case LinkType::mtp3: return payload(r, LinkPayloadKind::mtp3);
    case LinkType::sccp: return payload(r, LinkPayloadKind::sccp);
    case LinkType::unknown: break;
  }
  return payload(r, LinkPayloadKind::other);
}

}  // namespace

Result<LinkPayload> decode_link(LinkType type, Octets packet, Trace* trace) {
  return with_reader(packet, trace, [type](auto r) { return read(r, type); });
}

}  // namespace tollgate::decode
