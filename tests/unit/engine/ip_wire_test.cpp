#include "engine/ip_wire.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "support/hex.hpp"

namespace tollgate::engine {
namespace {

constexpr std::uint64_t millisecond = 1'000'000;
constexpr unsigned sctp = 132;
constexpr unsigned udp = 17;

void put16(std::string& octets, std::size_t at, std::size_t number) {
  octets[at] = static_cast<char>(number >> 8U);
  octets[at + 1] = static_cast<char>(number);
}

/// RFC 1071.
unsigned internet_sum(std::string_view octets) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < octets.size(); i += 2)
    sum += static_cast<unsigned char>(octets[i]) * 256U + static_cast<unsigned char>(octets[i + 1]);
  while (sum > 0xffff) sum = (sum & 0xffffU) + (sum >> 16U);
  return ~sum & 0xffffU;
}

/// Ethernet with a VLAN tag: what stands before IP is not ours.
const std::string link_header("\2\0\0\0\0\2\2\0\0\0\0\1\x81\0\0\7\x08\0", 18);

/// RFC 791 3.1, from 192.0.2.1 to 198.51.100.1. `offset` may be no multiple of 8 only where it is 0.
std::string ipv4(std::string_view part, std::size_t offset, bool more, unsigned protocol = sctp,
                 unsigned id = 7) {
  std::string octets("\x45\0\0\0\0\0\0\0\x40\0\0\0\xc0\0\2\1\xc6\x33\x64\1", 20);
  put16(octets, 2, 20 + part.size());
  put16(octets, 4, id);
  put16(octets, 6, (more ? 0x2000U : 0U) | offset / 8);
  octets[9] = static_cast<char>(protocol);
  put16(octets, 10, internet_sum(octets));
  return link_header + octets + std::string(part);
}

/// RFC 8200 4.5: a destination options header, then the fragment header.
std::string ipv6(std::string_view part, std::size_t offset, bool more, unsigned next_header = sctp) {
  std::string octets("\x60\0\0\0\0\0\x3c\x40", 8);
  for (const char last : {'\1', '\2'})
    octets += std::string("\x20\1\x0d\xb8", 4) + std::string(11, '\0') + last;
  octets += std::string("\x2c\0\1\4\0\0\0\0", 8);  // PadN
  put16(octets, 4, 8 + 8 + part.size());
  octets += static_cast<char>(next_header);
  octets += std::string("\0\0\0\0\0\0\7", 7);
  put16(octets, 50, offset | (more ? 1U : 0U));
  return link_header + octets + std::string(part);
}

struct Sent final : Output {
  std::vector<std::string> packets;
  unsigned dropped = 0;
  void send(const Packet& packet) override {
    EXPECT_EQ(packet.octets.size(), packet.wire_length);
    packets.emplace_back(as_chars(packet.octets));
  }
  void drop(const Packet& /*packet*/) override { ++dropped; }
  bool make(std::size_t /*size*/, Packet& /*packet*/) override { return false; }
};

/// In the place of the layers above stands one that changes `bad` to `###`, cuts behind `|`, drops what has
/// `drop`, and holds what has `hold`.
struct Wire {
  void receive(const std::string& octets) {
    std::string& room = kept.emplace_back(octets);
    const Packet packet{.octets = std::as_writable_bytes(std::span{room}),
                        .wire_length = static_cast<std::uint32_t>(room.size()),
                        .time_ns = time_ns};
    const auto fragment = decode::decode_ip(Octets(packet.octets).subspan(link_header.size()));
    ASSERT_TRUE(fragment && fragment->fragment);
    const auto added = fragments.add(*fragment, time_ns);
    if (!wire.takes(*fragment, added, time_ns)) return output.send(packet);
    auto whole = wire.take(packet, *fragment, added, output);
    if (whole) inspect(*whole);
  }
  void inspect(IpWire::Whole& whole) {
    EXPECT_TRUE(wire.made(whole.packet));
    wholes.emplace_back(as_chars(whole.packet.octets));
    payloads.emplace_back(as_chars(whole.ip.payload));
    std::string_view text = payloads.back();
    for (std::size_t at = 0; (at = text.find("bad", at)) != std::string::npos; ++at)
      std::memcpy(const_cast<std::byte*>(whole.ip.payload.data()) + at, "###", 3);
    if (const std::size_t cut = text.find('|'); cut != std::string::npos) {
      whole.packet.octets = whole.packet.octets.first(whole.packet.octets.size() - text.size() + cut + 1);
      whole.packet.wire_length = static_cast<std::uint32_t>(whole.packet.octets.size());
    }
    if (text.find("drop") != std::string::npos) return pieces.drop(whole.packet);
    if (text.find("hold") != std::string::npos) return held.push_back(whole.packet);
    pieces.send(whole.packet);
  }
  void pass(std::uint64_t milliseconds) {
    time_ns += milliseconds * millisecond;
    wire.expire(time_ns, output);
  }

  Counters counters;
  flow::IpFragments fragments{counters, 1'024};
  std::vector<Link> links{Link{}};
  IpWire wire{counters, fragments, links};
  Sent output;
  StageClock clock;
  IpWire::Pieces pieces{wire, output, clock};
  std::deque<std::string> kept;
  std::vector<std::string> wholes;
  std::vector<std::string> payloads;
  std::vector<Packet> held;
  std::uint64_t time_ns = 1'000 * millisecond;
};

using Packets = std::vector<std::string>;

TEST(IpWire, pieces_wait_for_the_last_and_leave_as_they_came_in_their_order) {
  Wire wire;
  const Packets sent{ipv4("16 to", 16, false), ipv4("0 to 7: ", 0, true), ipv4("8 to 15:", 8, true)};
  wire.receive(sent[0]);
  wire.receive(sent[1]);
  EXPECT_TRUE(wire.output.packets.empty());
  wire.receive(sent[2]);
  EXPECT_EQ(wire.output.packets, sent);
  EXPECT_EQ(wire.payloads, Packets{"0 to 7: 8 to 15:16 to"});
}

TEST(IpWire, the_layers_above_see_a_packet_that_was_never_cut) {
  Wire wire;
  wire.receive(ipv4("the end", 8, false));
  wire.receive(ipv4("is not: ", 0, true));
  EXPECT_EQ(wire.wholes, Packets{ipv4("is not: the end", 0, false)});
}

TEST(IpWire, of_ipv6_the_fragment_header_is_left_out_and_the_first_piece_says_what_follows) {
  Wire wire;
  wire.receive(ipv6("the end", 8, false, 99));
  wire.receive(ipv6("is not: ", 0, true));
  std::string expected = ipv6("is not: the end", 0, false);
  expected.erase(link_header.size() + 48, 8);
  put16(expected, link_header.size() + 4, 8 + 15);
  expected[link_header.size() + 40] = static_cast<char>(sctp);
  EXPECT_EQ(wire.wholes, Packets{expected});
}

TEST(IpWire, what_was_changed_leaves_in_the_same_pieces) {
  Wire wire;
  wire.receive(ipv4("ad, bad", 16, false));
  wire.receive(ipv4("not so b", 8, true));
  wire.receive(ipv4("bad, or ", 0, true));
  EXPECT_EQ(wire.output.packets,
            (Packets{ipv4("##, ###", 16, false), ipv4("not so #", 8, true), ipv4("###, or ", 0, true)}));
}

TEST(IpWire, of_ipv6_too) {
  Wire wire;
  wire.receive(ipv6("0123456b", 0, true));
  wire.receive(ipv6("ad", 8, false));
  EXPECT_EQ(wire.output.packets, (Packets{ipv6("0123456#", 0, true), ipv6("##", 8, false)}));
}

TEST(IpWire, pieces_that_overlap_are_changed_alike) {
  Wire wire;
  wire.receive(ipv4("01234567bad.....", 0, true));
  wire.receive(ipv4("bad.....end", 8, false));
  EXPECT_EQ(wire.output.packets, (Packets{ipv4("01234567###.....", 0, true), ipv4("###.....end", 8, false)}));
}

TEST(IpWire, what_was_cut_ends_in_the_piece_where_it_was_cut) {
  Wire wire;
  wire.receive(ipv4("gone", 16, false));
  wire.receive(ipv4("89|gone.", 8, true));
  wire.receive(ipv4("01234567", 0, true));
  EXPECT_EQ(wire.output.packets, (Packets{ipv4("89|", 8, false), ipv4("01234567", 0, true)}));
  EXPECT_EQ(wire.output.dropped, 1U);
}

TEST(IpWire, what_was_cut_between_two_pieces_ends_with_the_first) {
  Wire wire;
  wire.receive(ipv6("0123456|", 0, true));
  wire.receive(ipv6("gone", 8, false));
  EXPECT_EQ(wire.output.packets, Packets{ipv6("0123456|", 0, false)});
  EXPECT_EQ(wire.output.dropped, 1U);
}

TEST(IpWire, what_is_dropped_above_is_dropped_in_all_its_pieces) {
  Wire wire;
  wire.receive(ipv4("drop it ", 0, true));
  wire.receive(ipv4("all", 8, false));
  EXPECT_TRUE(wire.output.packets.empty());
  EXPECT_EQ(wire.output.dropped, 2U);
}

TEST(IpWire, what_is_held_above_stays_while_others_come_and_go) {
  Wire wire;
  wire.receive(ipv4("hold it ", 0, true, sctp, 1));
  wire.receive(ipv4("bad", 8, false, sctp, 1));
  wire.pass(1'000);
  for (unsigned id = 2; id < 300; ++id) {
    wire.receive(ipv4("01234567", 0, true, sctp, id));
    wire.receive(ipv4("8", 8, false, sctp, id));
  }
  wire.output.packets.clear();
  ASSERT_EQ(wire.held.size(), 1U);
  wire.pieces.send(wire.held[0]);
  EXPECT_EQ(wire.output.packets,
            (Packets{ipv4("hold it ", 0, true, sctp, 1), ipv4("###", 8, false, sctp, 1)}));
}

TEST(IpWire, other_protocols_do_not_wait) {
  Wire wire;
  wire.receive(ipv4("01234567", 0, true, udp));
  wire.receive(ipv4("bad", 8, false, udp));
  EXPECT_EQ(wire.output.packets, (Packets{ipv4("01234567", 0, true, udp), ipv4("bad", 8, false, udp)}));
}

TEST(IpWire, a_later_fragment_that_names_another_protocol_hides_nothing) {
  Wire wire;
  wire.receive(ipv6("bad", 8, false, udp));
  EXPECT_EQ(wire.output.packets.size(), 1U);
  wire.receive(ipv6("01234567", 0, true));
  wire.receive(ipv6("01234567", 0, true));
  EXPECT_EQ(wire.output.packets.size(), 1U);
  EXPECT_EQ(wire.output.dropped, 2U);
  EXPECT_EQ(wire.counters.of(Count::stopped_ip_late), 1U);
}

TEST(IpWire, pieces_of_an_open_link_wait_200_ms) {
  Wire wire;
  wire.receive(ipv4("01234567", 0, true));
  wire.pass(199);
  EXPECT_TRUE(wire.output.packets.empty());
  wire.counters.be_on(7);
  wire.pass(1);
  EXPECT_EQ(wire.output.packets, Packets{ipv4("01234567", 0, true)});
  EXPECT_EQ(wire.counters.of(Count::uninspected_ip_hold), 1U);
  EXPECT_EQ(wire.counters.of(Count::uninspected_ip_hold, 0), 1U) << "whatever link was read last";
  wire.receive(ipv4("8", 8, false));
  EXPECT_EQ(wire.output.packets.size(), 2U);
}

TEST(IpWire, what_would_have_been_changed_is_never_whole_when_a_piece_has_left) {
  for (const char* const first : {"01234567", "bad 4567"}) {
    Wire wire;
    wire.receive(ipv4(first, 0, true));
    wire.pass(200);
    wire.receive(ipv4("bad", 8, false));
    wire.receive(ipv4("bad", 8, false));  // again
    wire.pass(200);
    wire.receive(ipv4("bad", 8, false));
    wire.receive(ipv4(first, 0, true));
    wire.pass(200);
    EXPECT_EQ(wire.output.packets, Packets{ipv4(first, 0, true)});
    EXPECT_EQ(wire.counters.of(Count::stopped_ip_late), 1U);
  }
}

TEST(IpWire, so_it_is_where_very_many_others_came_in_between) {
  for (const bool is_ipv6 : {false, true}) {
    Wire wire;
    wire.receive(is_ipv6 ? ipv6("bad", 8, false, udp) : ipv4("01234567", 0, true));
    wire.pass(200);
    wire.output.packets.clear();
    for (unsigned id = 100; id < 1'300; ++id) {
      wire.receive(ipv4("01234567", 0, true, sctp, id));
      wire.pass(1);
    }
    EXPECT_GT(wire.counters.of(Count::evicted_ip_fragments), 0U);
    wire.pass(200);
    EXPECT_EQ(wire.output.packets.size(), 1'200U);
    wire.receive(is_ipv6 ? ipv6("01234567", 0, true) : ipv4("bad", 8, false));
    wire.pass(200);
    EXPECT_EQ(wire.output.packets.size(), 1'200U) << "their receiver never has it whole";
    EXPECT_EQ(wire.counters.of(Count::dropped_ip_no_hold), 1U);
  }
}

TEST(IpWire, what_is_dropped_above_is_never_whole_when_a_piece_has_left) {
  Wire wire;
  wire.receive(ipv4("01234567", 0, true));
  wire.pass(200);
  wire.receive(ipv4("drop", 8, false));
  wire.receive(ipv4("drop", 8, false));
  wire.pass(200);
  EXPECT_EQ(wire.output.packets.size(), 1U);
  EXPECT_EQ(wire.output.dropped, 2U);
}

TEST(IpWire, a_closed_link_drops_what_is_not_whole_in_time) {
  Wire wire;
  wire.links[0].closed = true;
  wire.receive(ipv4("01234567", 0, true));
  wire.pass(200);
  EXPECT_TRUE(wire.output.packets.empty());
  EXPECT_EQ(wire.output.dropped, 1U);
  EXPECT_EQ(wire.counters.of(Count::stopped_ip_hold), 1U);
}

TEST(IpWire, a_datagram_that_contradicts_itself_is_dropped_and_stays_so) {
  Wire wire;
  wire.receive(ipv4("01234567", 0, true));
  wire.receive(ipv4("0123456X", 0, true));
  wire.receive(ipv4("8", 8, false));
  wire.pass(30'000);
  wire.receive(ipv4("01234567", 0, true));
  wire.receive(ipv4("8", 8, false));
  EXPECT_TRUE(wire.output.packets.empty());
  EXPECT_EQ(wire.output.dropped, 5U);
  EXPECT_EQ(wire.counters.of(Count::dropped_ip_refused), 4U);
}

TEST(IpWire, what_left_changed_leaves_changed_again_or_not_at_all) {
  Wire wire;
  const Packets changed{ipv4("0123456#", 0, true), ipv4("##", 8, false)};
  wire.receive(ipv4("0123456b", 0, true));
  wire.receive(ipv4("ad", 8, false));
  EXPECT_EQ(wire.output.packets, changed);
  wire.receive(ipv4("0123456b", 0, true));
  wire.pass(200);
  EXPECT_EQ(wire.counters.of(Count::dropped_ip_repeated), 1U);
  EXPECT_EQ(wire.output.dropped, 1U);
  EXPECT_EQ(wire.output.packets, changed);
  wire.receive(ipv4("ad", 8, false));
  wire.receive(ipv4("0123456b", 0, true));
  EXPECT_EQ(wire.output.packets, (Packets{changed[0], changed[1], changed[1], changed[0]}));
}

TEST(IpWire, a_piece_that_comes_twice_leaves_twice) {
  Wire wire;
  wire.receive(ipv4("0123456b", 0, true));
  wire.receive(ipv4("0123456b", 0, true));
  wire.receive(ipv4("ad", 8, false));
  EXPECT_EQ(wire.output.packets,
            (Packets{ipv4("0123456#", 0, true), ipv4("0123456#", 0, true), ipv4("##", 8, false)}));
}

TEST(IpWire, where_all_places_are_taken_the_oldest_waits_no_more) {
  Wire wire;
  for (unsigned id = 0; id <= IpWire::most_datagrams; ++id) wire.receive(ipv4("01234567", 0, true, sctp, id));
  EXPECT_EQ(wire.output.packets, Packets{ipv4("01234567", 0, true, sctp, 0)});
  EXPECT_EQ(wire.counters.of(Count::uninspected_ip_hold), 1U);
}

TEST(IpWire, where_no_more_pieces_fit_the_oldest_waits_no_more) {
  Wire wire;
  const auto begin = [&](unsigned id) {
    for (std::size_t at = 0; at < 250; ++at) wire.receive(ipv4("01234567", at * 8, true, sctp, id));
  };
  for (unsigned id = 0; id < 4; ++id) begin(id);
  EXPECT_TRUE(wire.output.packets.empty());
  begin(4);
  EXPECT_EQ(wire.output.packets.size(), 250U);
  EXPECT_EQ(wire.output.packets[249], ipv4("01234567", 249 * 8, true, sctp, 0));
}

TEST(IpWire, where_all_is_held_above_nothing_more_is_taken) {
  Wire wire;
  for (unsigned id = 0; id < IpWire::most_datagrams; ++id) {
    wire.receive(ipv4("hold it ", 0, true, sctp, id));
    wire.receive(ipv4("8", 8, false, sctp, id));
  }
  wire.receive(ipv4("01234567", 0, true, sctp, 999));
  EXPECT_EQ(wire.output.dropped, 1U);
  EXPECT_EQ(wire.counters.of(Count::dropped_ip_no_hold), 1U);
  for (const Packet& packet : wire.held) wire.pieces.drop(packet);
  wire.receive(ipv4("01234567", 0, true, sctp, 1'000));
  EXPECT_EQ(wire.output.dropped, 1U + 2 * IpWire::most_datagrams);
}

TEST(IpWire, what_waits_for_pieces_that_nobody_puts_together_any_more_is_dropped) {
  Wire wire;
  wire.receive(ipv4("01234567", 0, true));
  for (unsigned id = 1'000; id < 2'024; ++id) wire.receive(ipv4("01234567", 0, true, udp, id));
  const std::size_t before = wire.output.packets.size();
  wire.receive(ipv4("bad", 8, false));
  wire.pass(200);
  EXPECT_EQ(wire.output.packets.size(), before);
  EXPECT_EQ(wire.output.dropped, 2U);
}

TEST(IpWire, a_datagram_longer_than_any_packet_is_dropped) {
  Wire wire;
  const std::string part(32'768, 'x');
  wire.receive(ipv4(part, 0, true));
  wire.receive(ipv4(part.substr(0, 32'760), 32'768, false));  // with a header of 20 octets: 65,548
  EXPECT_TRUE(wire.output.packets.empty());
  EXPECT_EQ(wire.output.dropped, 2U);
}

TEST(IpWire, the_end_lets_go_and_leaving_drops) {
  for (const bool leaves : {true, false}) {
    Wire wire;
    wire.receive(ipv4("01234567", 0, true, sctp, 1));
    wire.receive(ipv4("01234567", 0, true, sctp, 2));
    leaves ? wire.wire.drop_all(wire.output) : wire.wire.finish(wire.output);
    EXPECT_EQ(wire.output.dropped, leaves ? 2U : 0U);
    EXPECT_EQ(wire.output.packets.size(), leaves ? 0U : 2U);
  }
}

}  // namespace
}  // namespace tollgate::engine
