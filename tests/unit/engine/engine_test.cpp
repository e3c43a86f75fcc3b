#include "engine/engine.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/hex.hpp"
#include "support/kept_messages.hpp"

namespace tollgate::engine {
namespace {

using decode::Layer;
using decode::Reason;
using test::hex;

class KeptPackets final : public Output {
 public:
  void send(const Packet& packet) override { frames.push_back(packet.frame); }
  void drop(const Packet& /*packet*/) override { FAIL() << "a packet was dropped"; }
  bool make(std::size_t /*size*/, Packet& /*packet*/) override { return false; }
  std::vector<std::uint64_t> frames;
};

/// RFC 791 3.1: SCTP from 192.0.2.1 to 198.51.100.1, Total Length 100, of which 24 octets are here.
const std::string_view ipv4_of_100_octets =
    "45 00 0064 0001 0000 40 84 8ddf c0000201 c6336401"
    "0b590b59";

struct EngineTest : ::testing::Test {
  void process(std::string_view octets, std::uint32_t wire_length) {
    auto room = hex(octets);
    const Packet packet{.octets = room,
                        .wire_length = wire_length,
                        .link_type = link_type,
                        .frame = output.frames.size() + 1};
    engine.process(std::span{&packet, 1}, output);
  }

  decode::LinkType link_type = decode::LinkType::raw_ip;
  test::KeptMessages events;
  KeptPackets output;
  Engine engine{Settings{}, events};
};

TEST_F(EngineTest, a_datagram_that_the_capture_cut_is_not_the_senders_fault) {
  process(ipv4_of_100_octets, 100);
  EXPECT_EQ(engine.counters().of(Layer::ip, Reason::cut_by_capture), 1U);
  EXPECT_EQ(engine.counters().of(Layer::ip, Reason::truncated), 0U);
  EXPECT_EQ(output.frames, std::vector<std::uint64_t>{1});
}

TEST_F(EngineTest, a_datagram_that_claims_more_than_was_on_the_wire_is_truncated) {
  process(ipv4_of_100_octets, 24);
  EXPECT_EQ(engine.counters().of(Layer::ip, Reason::truncated), 1U);
  EXPECT_EQ(engine.counters().of(Layer::ip, Reason::cut_by_capture), 0U);
  EXPECT_EQ(output.frames, std::vector<std::uint64_t>{1});
}

/// Q.703 2.2, Q.713 4.10: an MSU with a UDT for subsystem 254 whose last octets are by accident the
/// CRC-16/X.25 of those before.
TEST_F(EngineTest, a_bare_ss7_link_shows_by_its_short_signal_units_that_it_has_no_check_bits) {
  std::string udt = "09 00 03 05 07 0242fe 0242fe 3c";
  for (int i = 0; i < 58; ++i) udt += "83";
  const std::string fill_in = "80 80 00";
  const std::string message = "00 00 3f 83 d2848b65" + udt + "a360";
  link_type = decode::LinkType::mtp2;
  process(fill_in, 3);
  process(message, 80);
  EXPECT_EQ(engine.counters().of(Layer::sccp, Reason::truncated), 0U);
  EXPECT_EQ(engine.counters().of(Count::unread_other_subsystem), 1U);
}

}  // namespace
}  // namespace tollgate::engine
