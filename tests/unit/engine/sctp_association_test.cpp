#include <gtest/gtest.h>

#include "unit/engine/in_the_wire.hpp"

// Packets of one SCTP association, whichever way they come.
namespace tollgate::engine {
namespace {

struct SctpAssociationTest : EngineInTheWire {
  /// A part of `whole`, as the client sends it.
  void fragment(live::View whole, std::size_t from, std::size_t to) {
    Bytes octets;
    sctp::common_header(octets, client.port, server.port, 77);
    const unsigned flags = (from == 0 ? sctp::flag_begin : 0U) | (to == whole.size() ? sctp::flag_end : 0U);
    sctp::data(octets, {.flags = static_cast<std::uint8_t>(flags),
                        .tsn = client_next++,
                        .ppid = 3,
                        .payload = whole.subspan(from, to - from)});
    sctp::finish(octets);
    packet(true, traffic::ip_protocol_sctp, octets);
  }
  /// As from whom the server has tag 77.
  void init(bool from_client) {
    Bytes octets;
    sctp::common_header(octets, server.port, client.port, 0);
    sctp::init(octets, sctp::ChunkType::init, 77, client_next);
    sctp::finish(octets);
    packet(from_client, traffic::ip_protocol_sctp, octets);
  }
  void take_the_other_path() {
    client = traffic::ipv4_host(0, 2, client.port);
    server = traffic::ipv4_host(1, 2, server.port);
  }
  std::uint64_t count(Count what) const { return engine->counters().of(what); }

  live::ShortMessage prize{3, "001010123456789", "447700900001", "you have won a prize"};
  live::Octets payload = live::request(prize, live::Form::unitdata, 1).front();
  std::size_t half = payload.size() / 8 * 4;
};

TEST_F(SctpAssociationTest, what_is_sent_again_on_another_path_is_the_same_message) {
  user_message(true, payload);
  EXPECT_EQ(last_map().code, 127);
  --client_next;
  take_the_other_path();
  user_message(true, payload);
  EXPECT_EQ(output.packets.size(), 2U);
  EXPECT_EQ(last_map().code, 127);
  EXPECT_EQ(events.messages.size(), 1U);
  EXPECT_EQ(count(Count::repeated_sctp_data), 1U);
}

TEST_F(SctpAssociationTest, fragments_on_two_paths_are_one_message) {
  fragment(payload, 0, half);
  EXPECT_TRUE(output.packets.empty());
  take_the_other_path();
  fragment(payload, half, payload.size());
  EXPECT_EQ(output.packets.size(), 2U);
  EXPECT_EQ(events.messages.size(), 1U);
  EXPECT_EQ(count(Count::edited_sctp_packets), 1U);
}

TEST_F(SctpAssociationTest, its_sender_keeps_no_fragments_apart_by_an_init_in_the_receivers_name) {
  settings.links[0].two_sided = true;
  start();
  fragment(payload, 0, half);
  init(true);
  fragment(payload, half, payload.size());
  EXPECT_EQ(events.messages.size(), 1U);
  EXPECT_EQ(count(Count::edited_sctp_packets), 1U);
  EXPECT_EQ(count(Count::misplaced_sctp), 1U);
}

TEST_F(SctpAssociationTest, an_init_of_the_receiver_begins_anew) {
  settings.links[0].two_sided = true;
  start();
  user_message(true, payload);
  --client_next;
  init(false);
  user_message(true, payload);
  EXPECT_EQ(events.messages.size(), 2U);
  EXPECT_EQ(count(Count::misplaced_sctp), 0U);
}

}  // namespace
}  // namespace tollgate::engine
