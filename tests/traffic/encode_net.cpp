#include "traffic/encode_net.hpp"

namespace tollgate::traffic {
namespace {

constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint16_t ethertype_vlan = 0x8100;
constexpr std::uint16_t ethertype_ipv6 = 0x86dd;
constexpr std::uint16_t ethertype_mpls = 0x8847;
constexpr std::uint16_t ethertype_qinq = 0x88a8;

std::uint16_t ethertype(const Host& host) { return host.v6 ? ethertype_ipv6 : ethertype_ipv4; }

std::span<const std::uint8_t> address(const Host& host) {
  return std::span{host.address}.first(host.v6 ? 16 : 4);
}

/// A locally administered MAC address made from the last octets of the IP address.
void mac(Bytes& out, const Host& host) {
  const auto octets = address(host);
  out.u16(0x0200);
  out.append(octets.last(4));
}

/// RFC 3032 2.1: label 20, traffic class 3, bottom of stack 1, TTL 8
void mpls_entry(Bytes& out, std::uint32_t label, bool bottom) {
  out.u32(label << 12U | (bottom ? 1U : 0U) << 8U | 64U);
}

void ethernet(Bytes& out, Tags tags, const Host& from, const Host& to) {
  mac(out, to);
  mac(out, from);
  if (tags == Tags::qinq) {
    out.u16(ethertype_qinq);
    out.u16(100);
  }
  if (tags == Tags::vlan || tags == Tags::qinq || tags == Tags::vlan_mpls) {
    out.u16(ethertype_vlan);
    out.u16(0x6000 | 42U);  // priority 3, VLAN 42
  }
  const bool mpls = tags == Tags::mpls || tags == Tags::mpls_stack || tags == Tags::vlan_mpls;
  out.u16(mpls ? ethertype_mpls : ethertype(from));
  if (tags == Tags::mpls_stack) {
    mpls_entry(out, 1000, false);
    mpls_entry(out, 2000, false);
  }
  if (mpls) mpls_entry(out, 3000, true);
}

// RFC 791 3.1
void ipv4(Bytes& out, const Host& from, const Host& to, std::uint8_t protocol, std::size_t payload_length,
          const IpForm& form) {
  const std::size_t start = out.size();
  const std::size_t header_length = form.options ? 28 : 20;
  out.u8(0x40 | header_length / 4);
  out.u8(0);
  out.u16(header_length + payload_length);
  out.u16(form.identification);
  const unsigned dont_fragment = form.fragment ? 0 : 0x4000;
  out.u16(dont_fragment | (form.more_fragments ? 0x2000U : 0U) | form.fragment_offset / 8);
  out.u8(64);
  out.u8(protocol);
  out.u16(0);
  out.append(address(from));
  out.append(address(to));
  if (form.options) {
    out.append(Bytes{0x94, 0x04, 0x00, 0x00}.span());  // router alert (RFC 2113)
    out.append(Bytes{0x01, 0x01, 0x01, 0x00}.span());  // three no-operations, end of options
  }
  out.set_u16(start + 10, checksum(ones_complement_sum(out.span(start, header_length))));
}

constexpr std::uint8_t next_hop_by_hop = 0;
constexpr std::uint8_t next_routing = 43;
constexpr std::uint8_t next_fragment = 44;
constexpr std::uint8_t next_destination = 60;

// RFC 8200 3 and 4
void ipv6(Bytes& out, const Host& from, const Host& to, std::uint8_t protocol, std::size_t payload_length,
          const IpForm& form) {
  const std::size_t extensions = (form.options ? 24U : 0U) + (form.fragment ? 8U : 0U);
  const std::uint8_t inner = form.fragment ? next_fragment : protocol;
  out.u32(0x60000000);
  out.u16(extensions + payload_length);
  out.u8(form.options ? next_hop_by_hop : inner);
  out.u8(64);
  out.append(address(from));
  out.append(address(to));
  if (form.options) {
    out.append(Bytes{next_destination, 0, 1, 4, 0, 0, 0, 0}.span());  // hop-by-hop: PadN
    out.append(Bytes{next_routing, 0, 1, 4, 0, 0, 0, 0}.span());      // destination options: PadN
    out.append(Bytes{inner, 0, 253, 0, 0, 0, 0, 0}.span());  // routing type 253 (RFC 4727), none left
  }
  if (form.fragment) {
    out.u8(protocol);
    out.u8(0);
    out.u16(form.fragment_offset | (form.more_fragments ? 1U : 0U));
    out.u32(form.identification);
  }
}

}  // namespace

void encode_link(Bytes& out, LinkType link, Tags tags, const Host& from, const Host& to) {
  switch (link) {
    case LinkType::ethernet: ethernet(out, tags, from, to); return;
    case LinkType::linux_sll:  // LINKTYPE_LINUX_SLL: packet type, ARPHRD_ETHER, address, protocol
      out.u16(0);
      out.u16(1);
      out.u16(6);
      mac(out, from);
      out.u16(0);
      out.u16(ethertype(from));
      return;
    case LinkType::linux_sll2:  // LINKTYPE_LINUX_SLL2: protocol, interface, ARPHRD_ETHER, packet type,
                                // address
      out.u16(ethertype(from));
      out.u16(0);
      out.u32(2);
      out.u16(1);
      out.u8(0);
      out.u8(6);
      mac(out, from);
      out.u16(0);
      return;
    case LinkType::raw_ip:
    case LinkType::mtp2:
    case LinkType::mtp3:
    case LinkType::sccp: return;
  }
}

void encode_ip(Bytes& out, const Host& from, const Host& to, std::uint8_t protocol,
               std::size_t payload_length, const IpForm& form) {
  if (from.v6) {
    ipv6(out, from, to, protocol, payload_length, form);
  } else {
    ipv4(out, from, to, protocol, payload_length, form);
  }
}

std::uint32_t ones_complement_sum(std::span<const std::uint8_t> octets, std::uint32_t sum) {
  std::uint64_t total = sum;
  std::size_t i = 0;
  for (; i + 1 < octets.size(); i += 2) total += static_cast<unsigned>(octets[i] << 8U | octets[i + 1]);
  if (i < octets.size()) total += static_cast<unsigned>(octets[i] << 8U);
  while (total >> 32U != 0) total = (total & 0xffffffffU) + (total >> 32U);
  return static_cast<std::uint32_t>(total);
}

std::uint16_t checksum(std::uint32_t sum) {
  while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

std::uint32_t pseudo_header_sum(const Host& from, const Host& to, std::uint8_t protocol, std::size_t length) {
  std::uint32_t sum = ones_complement_sum(address(from));
  sum = ones_complement_sum(address(to), sum);
  return sum + protocol + static_cast<std::uint32_t>(length);
}

}  // namespace tollgate::traffic
