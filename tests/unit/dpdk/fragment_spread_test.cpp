#include "dpdk/fragment_spread.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "dpdk/spread.hpp"
#include "support/hex.hpp"

namespace tollgate::dpdk {
namespace {

using test::hex;

constexpr std::uint32_t workers = 64;
constexpr std::uint64_t ms = 1'000'000;

constexpr std::uint8_t udp = 17;

struct Fragment {
  unsigned id = 1;
  std::uint16_t offset = 0;
  bool more = true;
  std::string payload = "9c400b59 0000000000000000 00000000";  ///< of the first: its ports
  std::uint8_t protocol = decode::ip_protocol_sctp;
  std::uint8_t version = 4;
  bool good_checksum = true;
};

/// Those that go on are told as "NAME:WORKER".
struct Spread {
  Counters counters;
  FragmentSpread fragments;
  std::uint64_t time_ns = 1000 * ms;
  std::vector<std::vector<std::byte>> octets;  // what packets look into
  std::vector<std::string> names;

  explicit Spread(std::uint32_t datagrams = 16'384) : fragments{counters, workers, datagrams} {
    octets.reserve(1000);
    names.reserve(1000);
  }

  decode::IpPacket packet(const Fragment& of) {
    decode::IpPacket made;
    made.source.version = made.destination.version = of.version;
    made.source.octets[3] = std::byte{1};
    made.destination.octets[3] = std::byte{2};
    made.protocol = of.protocol;
    made.fragment = true;
    made.more_fragments = of.more;
    made.fragment_offset = of.offset;
    made.fragment_id = of.id;
    // RFC 1071: the sum of a header is all ones where its checksum is right.
    octets.push_back(hex(of.good_checksum ? "ffff" : "fffe"));
    made.header = octets.back();
    octets.push_back(hex(of.payload));
    made.payload = octets.back();
    return made;
  }

  std::string told(FragmentSpread::Gone gone) const {
    std::string all;
    for (const auto& one : gone) {
      all += all.empty() ? "" : " ";
      all += *static_cast<const std::string*>(one.packet) + ":" + std::to_string(one.worker);
    }
    return all;
  }
  std::string take(const std::string& name, const Fragment& of) {
    names.push_back(name);
    return told(fragments.take(packet(of), &names.back(), time_ns));
  }
  std::string expire() { return told(fragments.expire(time_ns)); }

  std::uint64_t count(Count which) const { return counters.of(which); }
};

/// Of whole packets with these ports, and of those addresses.
std::string of_ports(const std::string& ports = "9c400b59",
                     std::uint8_t protocol = decode::ip_protocol_sctp) {
  Spread any;
  auto whole = any.packet({.payload = ports, .protocol = protocol});
  whole.fragment = false;
  return ":" + std::to_string(worker_of(whole, workers));
}
std::string of_addresses() {
  Spread any;
  const auto packet = any.packet({});
  return ":" + std::to_string(worker_of(packet.source, packet.destination, workers));
}

const Fragment first{};
const Fragment middle{.offset = 16, .payload = "4141414141414141"};
const Fragment last{.offset = 24, .more = false, .payload = "4242"};

TEST(FragmentSpread, fragments_meet_the_worker_of_their_connection) {
  ASSERT_NE(of_ports(), of_addresses());
  Spread spread;
  EXPECT_EQ(spread.take("a", first), "a" + of_ports());
  EXPECT_EQ(spread.take("b", middle), "b" + of_ports());
  EXPECT_EQ(spread.take("c", last), "c" + of_ports());
  Fragment tcp = first;
  tcp.id = 2;
  tcp.protocol = decode::ip_protocol_tcp;
  EXPECT_EQ(spread.take("d", tcp), "d" + of_ports("9c400b59", decode::ip_protocol_tcp));
}

TEST(FragmentSpread, those_before_the_first_wait_for_it) {
  Spread spread;
  Fragment other = last;
  other.id = 2;
  EXPECT_EQ(spread.take("c", last), "");
  EXPECT_EQ(spread.take("x", other), "");
  EXPECT_EQ(spread.take("b", middle), "");
  spread.time_ns += 49 * ms;
  EXPECT_EQ(spread.expire(), "");
  EXPECT_EQ(spread.take("a", first), "c" + of_ports() + " b" + of_ports() + " a" + of_ports());
  EXPECT_EQ(spread.count(Count::parted_ip_datagram), 0U);
  spread.time_ns += ms;
  EXPECT_EQ(spread.expire(), "x" + of_addresses());
  EXPECT_EQ(spread.count(Count::parted_ip_datagram), 1U);
}

TEST(FragmentSpread, a_datagram_stays_whole_where_its_first_fragment_comes_too_late) {
  Spread spread;
  EXPECT_EQ(spread.take("c", last), "");
  spread.time_ns += 50 * ms;
  EXPECT_EQ(spread.expire(), "c" + of_addresses());
  EXPECT_EQ(spread.take("a", first), "a" + of_addresses());
  EXPECT_EQ(spread.take("b", middle), "b" + of_addresses());
}

TEST(FragmentSpread, a_datagram_stays_whole_where_a_first_fragment_contradicts_another) {
  Spread spread;
  Fragment contradicting = first;
  contradicting.payload = "12345678 0000000000000000 00000000";
  ASSERT_NE(of_ports("12345678"), of_ports());
  EXPECT_EQ(spread.take("a", first), "a" + of_ports());
  EXPECT_EQ(spread.take("A", contradicting), "A" + of_ports());
  EXPECT_EQ(spread.take("c", last), "c" + of_ports());
}

TEST(FragmentSpread, what_no_receiver_takes_decides_nothing) {
  Spread spread;
  Fragment damaged = first;
  damaged.payload = "12345678 0000000000000000 00000000";
  damaged.good_checksum = false;
  EXPECT_EQ(spread.take("A", damaged), "A" + of_addresses());
  Fragment without_ports = first;
  without_ports.payload = "";
  EXPECT_EQ(spread.take("e", without_ports), "");
  EXPECT_EQ(spread.take("a", first), "e" + of_ports() + " a" + of_ports());
}

TEST(FragmentSpread, an_id_is_another_datagrams_once_no_receiver_waits) {
  Spread spread;
  spread.take("a", first);
  Fragment next = first;
  next.payload = "12345678 0000000000000000 00000000";
  spread.time_ns += 62'000 * ms;
  EXPECT_EQ(spread.take("n", next), "n" + of_ports("12345678"));
}

TEST(FragmentSpread, what_has_no_connection_does_not_wait) {
  Spread spread;
  for (const std::uint8_t protocol : {std::uint8_t{1}, udp, std::uint8_t{decode::ip_protocol_esp}}) {
    Fragment fragment = last;
    fragment.protocol = protocol;
    EXPECT_EQ(spread.take("c", fragment), "c" + of_addresses());
  }
}

// RFC 8200 4.5: only the first fragment's Next Header counts; extension headers may be behind the cut.
TEST(FragmentSpread, of_ipv6_the_first_says_what_it_is_and_where_its_ports_are) {
  Spread spread;
  const Fragment lies{.offset = 24, .more = false, .payload = "4242", .protocol = udp, .version = 6};
  EXPECT_EQ(spread.take("c", lies), "");
  const Fragment with_options{.payload = "84 00 010400000000 9c400b59 00000000",
                              .protocol = decode::ip_protocol_destination,
                              .version = 6};
  EXPECT_EQ(spread.take("a", with_options), "c" + of_ports() + " a" + of_ports());
}

TEST(FragmentSpread, where_too_many_wait_the_oldest_do_no_more) {
  Spread spread;
  for (unsigned id = 0; id < FragmentSpread::most_held; ++id) {
    Fragment fragment = last;
    fragment.id = id / 2;
    ASSERT_EQ(spread.take(std::to_string(id), fragment), "");
  }
  Fragment newest = last;
  newest.id = 1000;
  EXPECT_EQ(spread.take("n", newest), "0" + of_addresses() + " 1" + of_addresses());
  EXPECT_EQ(spread.count(Count::parted_ip_datagram), 1U);
}

TEST(FragmentSpread, a_datagram_in_too_many_pieces_waits_no_more) {
  Spread spread;
  for (unsigned i = 0; i < FragmentSpread::most_held; ++i) ASSERT_EQ(spread.take("x", middle), "");
  const std::string gone = spread.take("last", last);
  EXPECT_TRUE(gone.ends_with(" last" + of_addresses())) << gone;
  EXPECT_EQ(spread.take("a", first), "a" + of_addresses());
}

TEST(FragmentSpread, at_the_end_nothing_waits) {
  Spread spread;
  spread.take("c", last);
  EXPECT_EQ(spread.told(spread.fragments.finish(spread.time_ns)), "c" + of_addresses());
  EXPECT_EQ(spread.told(spread.fragments.finish(spread.time_ns)), "");
}

TEST(FragmentSpread, datagrams_are_forgotten_for_newer_ones) {
  Spread spread{2};
  for (unsigned id = 1; id <= 3; ++id) {
    Fragment fragment = first;
    fragment.id = id;
    spread.take("a", fragment);
  }
  EXPECT_EQ(spread.count(Count::evicted_ip_spread), 1U);
  EXPECT_EQ(spread.take("b", middle), "") << "of the first, which is forgotten";
}

}  // namespace
}  // namespace tollgate::dpdk
