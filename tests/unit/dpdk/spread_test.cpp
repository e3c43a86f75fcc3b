#include "dpdk/spread.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/hex.hpp"

namespace tollgate::dpdk {
namespace {

using test::hex;

struct Flow {
  unsigned source = 1;  ///< the last octet of its address
  unsigned destination = 2;
  unsigned source_port = 40000;
  unsigned destination_port = 2775;
  unsigned protocol = 6;
  unsigned fragment = 0;  ///< flags and offset as they stand in the header
  bool tagged = false;

  Flow back() const {
    Flow reverse = *this;
    std::swap(reverse.source, reverse.destination);
    std::swap(reverse.source_port, reverse.destination_port);
    return reverse;
  }
};

void put(std::vector<std::byte>& to, unsigned value, int octets) {
  for (int i = octets - 1; i >= 0; --i) to.push_back(static_cast<std::byte>(value >> 8 * i));
}

// RFC 791: an IPv4 header without options, and the ports with which TCP, UDP and SCTP begin.
std::vector<std::byte> ipv4(const Flow& flow) {
  auto frame = hex("020000000a01 020000000b02");
  if (flow.tagged) put(frame, 0x81000064, 4);
  put(frame, 0x0800, 2);
  put(frame, 0x45000028, 4);
  put(frame, 0x00010000 | flow.fragment, 4);
  put(frame, 64U << 24 | flow.protocol << 16, 4);
  put(frame, 0xc0000200 | flow.source, 4);
  put(frame, 0xc0000200 | flow.destination, 4);
  put(frame, flow.source_port << 16 | flow.destination_port, 4);
  frame.resize(frame.size() + 16);
  return frame;
}

std::uint32_t worker_of_frame(Octets frame, std::uint32_t workers = 64) {
  const auto ip = ip_in(frame);
  EXPECT_TRUE(ip);
  return ip ? worker_of(*ip, workers) : workers;
}

std::uint32_t worker(const Flow& flow, std::uint32_t workers = 64) {
  return worker_of_frame(ipv4(flow), workers);
}

TEST(Spread, both_directions_of_a_flow_meet_the_same_worker) {
  for (const unsigned protocol : {6U, 17U, 132U, 1U}) {
    for (unsigned port = 1024; port < 2048; ++port) {
      const Flow flow{.source_port = port, .protocol = protocol};
      ASSERT_EQ(worker(flow), worker(flow.back())) << protocol << " " << port;
    }
  }
}

TEST(Spread, flows_are_shared_out_evenly) {
  std::array<unsigned, 4> by_worker{};
  for (unsigned port = 0; port < 4000; ++port) ++by_worker.at(worker({.source_port = 10000 + port}, 4));
  for (const unsigned share : by_worker) {
    EXPECT_GT(share, 800U);
    EXPECT_LT(share, 1200U);
  }
}

TEST(Spread, other_addresses_are_other_flows) {
  std::set<std::uint32_t> seen;
  for (unsigned host = 3; host < 200; ++host) seen.insert(worker({.source = host}));
  EXPECT_GT(seen.size(), 50U) << "of 64 workers";
}

TEST(Spread, all_paths_of_an_sctp_association_meet) {
  for (unsigned port = 2000; port < 2100; ++port) {
    const Flow flow{.source_port = port, .destination_port = 2905, .protocol = 132};
    Flow other = flow;
    other.source = 101;
    other.destination = 102;
    ASSERT_EQ(worker(flow), worker(other));
    ASSERT_EQ(worker(flow), worker(other.back()));
  }
}

TEST(Spread, of_an_sctp_packet_the_worker_is_known_whoever_got_it) {
  const Flow sctp{.source_port = 2905, .protocol = 132};
  EXPECT_EQ(worker_of_association(ipv4(sctp), 64), worker(sctp));
  EXPECT_EQ(worker_of_association(ipv4(Flow{.protocol = 6}), 64), std::nullopt);
  EXPECT_EQ(worker_of_association(ipv4(Flow{.protocol = 132, .fragment = 0x2000}), 64), std::nullopt);
  EXPECT_EQ(worker_of_association(hex("ffffffffffff 020000000a01 0806 0001"), 64), std::nullopt);
}

TEST(Spread, fragments_have_no_ports) {
  constexpr unsigned more_fragments = 0x2000;
  const Flow first{.fragment = more_fragments};
  Flow second = first;
  second.fragment = 100;
  second.source_port = second.destination_port = 0x4141;  // no ports but text
  EXPECT_EQ(worker(first), worker(second));
}

TEST(Spread, a_vlan_tag_changes_nothing) {
  const Flow flow{.source_port = 4711};
  Flow tagged = flow;
  tagged.tagged = true;
  EXPECT_EQ(worker(flow), worker(tagged));
}

TEST(Spread, ipv6_counts_all_of_its_addresses) {
  const std::string head = "020000000a01 020000000b02 86dd 60000000 0014 0640 ";
  const std::string one = "20010db8000000000000000000000001 ";
  const std::string other = "20010db8000000010000000000000002 ";
  const auto there = hex(head + one + other + "9c40 0ad7" + std::string(32, '0'));
  const auto back = hex(head + other + one + "0ad7 9c40" + std::string(32, '0'));
  EXPECT_EQ(worker_of_frame(there), worker_of_frame(back));
  std::set<std::uint32_t> seen;
  for (unsigned i = 0; i < 64; ++i) {
    auto frame = there;
    frame[29] = std::byte(i);  // the last octet of the source's network
    seen.insert(worker_of_frame(frame));
  }
  EXPECT_GT(seen.size(), 20U);
}

TEST(Spread, what_is_not_ip_or_is_cut_is_no_ip_packet) {
  EXPECT_FALSE(ip_in(hex("ffffffffffff 020000000a01 0806 0001")));
  EXPECT_FALSE(ip_in(hex("020000000a01 020000000b02 0800 45")));
  EXPECT_FALSE(ip_in({}));
}

}  // namespace
}  // namespace tollgate::dpdk
