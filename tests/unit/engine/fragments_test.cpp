#include <gtest/gtest.h>

#include "unit/engine/in_the_wire.hpp"

// IP fragments, as an engine in the wire takes them.
namespace tollgate::engine {
namespace {

struct FragmentsTest : EngineInTheWire {
  void fragment(std::uint8_t protocol, std::uint32_t id, std::uint32_t offset, bool more,
                std::uint16_t link = 0) {
    Bytes part;
    part.text("01234567");
    Bytes octets;
    traffic::encode_ip(
        octets, client, server, protocol, part.size(),
        {.fragment = true, .more_fragments = more, .fragment_offset = offset, .identification = id});
    octets.append(part);
    const auto whole = std::as_bytes(octets.span());
    auto& room = output.rooms.emplace_back(whole.begin(), whole.end());
    const Packet packet{.octets = room,
                        .wire_length = static_cast<std::uint32_t>(room.size()),
                        .link_type = decode::LinkType::raw_ip,
                        .link = link,
                        .time_ns = ++frame * 1'000'000,
                        .frame = frame};
    engine->process(std::span{&packet, 1}, output);
  }
  std::uint64_t count(Count of) const { return engine->counters().of(of); }
};

TEST_F(FragmentsTest, of_what_is_not_read_take_no_room) {
  constexpr std::uint8_t udp = 17;
  constexpr std::uint8_t esp = 50;
  fragment(traffic::ip_protocol_sctp, 1, 0, true);
  for (std::uint32_t id = 2; id < 1'302; ++id) fragment(id % 100 == 0 ? esp : udp, id, 0, true);
  fragment(udp, 2, 8, false);
  EXPECT_EQ(output.packets.size(), 1'302U) << "SCTP's went on unread, the others at once";
  EXPECT_EQ(count(Count::unread_other_transport), 1'287U);
  EXPECT_EQ(count(Count::unread_encrypted), 13U);
  EXPECT_EQ(count(Count::evicted_ip_fragments), 0U);
}

TEST_F(FragmentsTest, that_are_not_read_are_counted_by_link) {
  constexpr std::uint8_t esp = 50;
  settings.links.push_back({.name = "second", .route = "hub"});
  start();
  fragment(esp, 1, 0, true);
  for (std::uint32_t id = 2; id < 5; ++id) fragment(esp, id, 0, true, 1);
  EXPECT_EQ(count(Count::unread_encrypted), 4U);
  EXPECT_EQ(engine->counters().of(Count::unread_encrypted, 0), 1U);
  EXPECT_EQ(engine->counters().of(Count::unread_encrypted, 1), 3U);
}

}  // namespace
}  // namespace tollgate::engine
