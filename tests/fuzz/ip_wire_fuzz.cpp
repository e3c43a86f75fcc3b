#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <map>
#include <vector>

#include "decode/reader.hpp"
#include "engine/ip_wire.hpp"

// Whether the link is closed, 8 bits; then fragments one after the other: flags 8 (more, IPv6, identification
// 2 bits, time that passes 2 bits, UDP, release what is held), offset 8 in units of 8 octets (its low 5
// bits), length 8, variant 8.
//
// All datagrams have the same octets but for the first two: the second is the variant, and the first says
// whether it is bad, of which the layers above take care. However their pieces come: no receiver ever has a
// bad datagram of SCTP whole, and each packet comes back once.

using namespace tollgate;

namespace {

constexpr std::uint64_t millisecond = 1'000'000;
constexpr std::uint64_t time_steps[] = {0, 100 * millisecond, 250 * millisecond, 59'000 * millisecond};
constexpr auto bad = std::byte{0xBA};
constexpr std::uint8_t udp = 17;
constexpr std::uint8_t sctp = decode::ip_protocol_sctp;
constexpr unsigned ipv4_header = 20;
constexpr unsigned ipv6_headers = 48;

enum Variant : unsigned { is_bad = 1, is_cut = 2, is_held = 4, is_dropped = 8 };

void check(bool holds) {
  if (!holds) std::abort();
}

/// RFC 791 3.1, RFC 8200 4.5.
std::vector<std::byte> fragment(bool ipv6, unsigned id, unsigned protocol, bool more, unsigned offset,
                                Octets part) {
  std::vector<std::byte> octets(ipv6 ? ipv6_headers : ipv4_header);
  const auto put = [&](std::size_t at, unsigned number) {
    octets[at] = static_cast<std::byte>(number >> 8U);
    octets[at + 1] = static_cast<std::byte>(number);
  };
  const auto size = static_cast<unsigned>(part.size());
  if (ipv6) {
    put(0, 0x6000);
    put(4, 8 + size);
    put(6, 44U << 8U);
    put(40, protocol << 8U);
    put(42, offset | (more ? 1U : 0U));
    put(46, id);
  } else {
    put(0, 0x4500);
    put(2, ipv4_header + size);
    put(4, id);
    put(6, (more ? 0x2000U : 0U) | offset / 8);
    put(8, protocol);
    unsigned sum = 0x4500 + ipv4_header + size + id + ((more ? 0x2000U : 0U) | offset / 8) + protocol;
    sum = (sum & 0xffffU) + (sum >> 16U);
    put(10, ~sum & 0xffffU);
  }
  octets.insert(octets.end(), part.begin(), part.end());
  return octets;
}

/// Puts together what leaves, without any suspicion. Of octets that come twice the first, or the last, count.
class Receiver {
 public:
  explicit Receiver(bool first_counts) : first_counts_(first_counts) {}

  void take(const decode::IpPacket& piece, std::uint64_t time_ns) {
    const bool ipv4 = piece.source.version == 4;
    Datagram& datagram = datagrams_[{piece.source.version, ipv4 ? piece.protocol : 0U, piece.fragment_id}];
    if (datagram.begun && time_ns - datagram.since_ns > 60'000 * millisecond) datagram = {};
    if (!datagram.begun) datagram.since_ns = time_ns;
    datagram.begun = true;
    const std::size_t end = piece.fragment_offset + piece.payload.size();
    if (!piece.more_fragments && !(first_counts_ && datagram.ended)) {
      datagram.total = end;
      datagram.ended = true;
    }
    for (std::size_t at = piece.fragment_offset; at < end; ++at) {
      if (first_counts_ && datagram.has[at]) continue;
      datagram.has[at] = true;
      if (at != 0) continue;
      datagram.first = piece.payload[0];
      datagram.protocol = piece.protocol;
    }
    if (!datagram.ended) return;
    for (std::size_t at = 0; at < datagram.total; ++at) {
      if (!datagram.has[at]) return;
    }
    check(datagram.protocol == udp || datagram.first != bad);
    datagram = {};
  }

 private:
  struct Datagram {
    bool begun = false;
    bool ended = false;
    std::uint64_t since_ns = 0;
    std::size_t total = 0;
    std::byte first{};
    std::uint8_t protocol = 0;
    std::array<bool, 1'024> has{};
  };
  bool first_counts_;
  std::map<std::array<std::uint32_t, 3>, Datagram> datagrams_;
};

struct Room {
  std::vector<std::byte> octets;
  unsigned back = 0;
};

struct Receivers final : engine::Output {
  void send(const engine::Packet& packet) override {
    const auto piece = decode::decode_ip(packet.octets);
    check(piece && decode::ip_checksum_ok(*piece) && !piece->cut);
    check(packet.wire_length == packet.octets.size());
    if (piece->fragment) {
      first.take(*piece, time_ns);
      last.take(*piece, time_ns);
    } else {
      check(piece->payload[0] != bad || piece->protocol == udp);
    }
    drop(packet);
  }
  void drop(const engine::Packet& packet) override { ++static_cast<Room*>(packet.handle)->back; }
  bool make(std::size_t /*size*/, engine::Packet& /*packet*/) override { return false; }

  Receiver first{true};
  Receiver last{false};
  std::uint64_t time_ns = 0;
};

/// The layers above.
void give_back(engine::Packet packet, Octets payload, engine::Output& output) {
  auto* const octets = packet.octets.data() + (payload.data() - packet.octets.data());
  const unsigned variant = payload.size() > 1 ? std::to_integer<unsigned>(payload[1]) : 0U;
  if (payload[0] == bad) octets[0] = std::byte{0};
  if ((variant & is_dropped) != 0) return output.drop(packet);
  if ((variant & is_cut) != 0) {
    packet.octets = packet.octets.first(packet.octets.size() - payload.size() / 2);
    packet.wire_length = static_cast<std::uint32_t>(packet.octets.size());
  }
  output.send(packet);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  struct Held {
    engine::Packet packet;
    Octets payload;
  };
  Counters counters;
  flow::IpFragments fragments(counters, 64, 1U << 20U);
  std::vector<Link> links{Link{}};
  engine::IpWire wire(counters, fragments, links);
  Receivers receivers;
  engine::StageClock clock;
  engine::IpWire::Pieces pieces(wire, receivers, clock);
  std::deque<Room> rooms;
  std::vector<Held> held;
  const auto release = [&] {
    for (const Held& one : held) give_back(one.packet, one.payload, pieces);
    held.clear();
  };

  decode::Reader r{std::as_bytes(std::span{data, size})};
  links[0].closed = (r.u8("Closed") & 1U) != 0;
  while (!r.empty()) {
    const unsigned flags = r.u8("Flags");
    const unsigned offset = (r.u8("Offset") & 31U) * 8;
    const std::size_t length = r.u8("Length");
    const unsigned variant = r.u8("Variant");
    const std::uint64_t until = receivers.time_ns + time_steps[flags >> 4U & 3U];
    while (receivers.time_ns != until) {
      receivers.time_ns = std::min(until, receivers.time_ns + engine::IpWire::hold_ns);
      wire.expire(receivers.time_ns, receivers);
    }
    if ((flags & 128U) != 0) release();

    std::vector<std::byte> content(offset + length);
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<std::byte>(i);
    if (!content.empty()) content[0] = (variant & is_bad) != 0 ? bad : std::byte{0};
    if (content.size() > 1) content[1] = static_cast<std::byte>(variant);
    rooms.emplace_back().octets =
        fragment((flags & 2U) != 0, flags >> 2U & 3U, (flags & 64U) != 0 ? udp : sctp, (flags & 1U) != 0,
                 offset, Octets(content).subspan(offset));
    const engine::Packet packet{.octets = rooms.back().octets,
                                .wire_length = static_cast<std::uint32_t>(rooms.back().octets.size()),
                                .time_ns = receivers.time_ns,
                                .handle = &rooms.back()};
    const auto piece = decode::decode_ip(packet.octets);
    check(piece.ok());
    if (!piece->fragment) {
      receivers.drop(packet);
      continue;
    }
    const auto added = fragments.add(*piece, packet.time_ns);
    if (!wire.takes(*piece, added, packet.time_ns)) {
      receivers.send(packet);
      continue;
    }
    const auto whole = wire.take(packet, *piece, added, receivers);
    if (!whole) continue;
    check(wire.made(whole->packet));
    const auto again = decode::decode_ip(whole->packet.octets);
    check(again && !again->fragment && decode::ip_checksum_ok(*again));
    check(again->protocol == whole->ip.protocol && again->payload.data() == whole->ip.payload.data() &&
          again->payload.size() == whole->ip.payload.size());
    const bool holds =
        whole->ip.payload.size() > 1 && (std::to_integer<unsigned>(whole->ip.payload[1]) & is_held) != 0;
    if (holds) held.push_back({whole->packet, whole->ip.payload});
    else give_back(whole->packet, whole->ip.payload, pieces);
  }
  release();
  wire.finish(receivers);
  for (const Room& room : rooms) check(room.back == 1);
  return 0;
}
