#include "engine/tables.hpp"

#include <gtest/gtest.h>

#include "unit/engine/in_the_wire.hpp"

// How full the tables of an engine in the wire are, after what is known to fill them.
namespace tollgate::engine {
namespace {

struct TablesTest : EngineInTheWire {
  std::uint64_t entries(Table table) const { return engine->tables().of(table).entries; }
  std::uint64_t capacity(Table table) const { return engine->tables().of(table).capacity; }

  void fragment(std::uint32_t id, std::uint32_t offset, bool more) {
    Bytes part;
    part.text("01234567");
    Bytes octets;
    traffic::encode_ip(
        octets, client, server, traffic::ip_protocol_sctp, part.size(),
        {.fragment = true, .more_fragments = more, .fragment_offset = offset, .identification = id});
    octets.append(part);
    const auto whole = std::as_bytes(octets.span());
    auto& room = output.rooms.emplace_back(whole.begin(), whole.end());
    const Packet packet{.octets = room,
                        .wire_length = static_cast<std::uint32_t>(room.size()),
                        .link_type = decode::LinkType::raw_ip,
                        .time_ns = ++frame * 1'000'000,
                        .frame = frame};
    engine->process(std::span{&packet, 1}, output);
  }
};

TEST_F(TablesTest, an_engine_that_has_seen_nothing_has_empty_tables_with_room) {
  const TableUses uses = engine->tables();
  for (const Table table : all_tables) {
    EXPECT_EQ(uses.of(table).entries, 0U) << to_string(table);
    const bool is_elsewhere = table == Table::ip_spread_datagrams || table == Table::remembered_charges ||
                              table == Table::charge_journal;
    EXPECT_EQ(uses.of(table).capacity != 0, !is_elsewhere) << to_string(table);
  }
  EXPECT_EQ(capacity(Table::tcp_connections), settings.tcp_relay.connections);
  EXPECT_EQ(capacity(Table::tcp_buffers),
            settings.tcp_relay.small_buffers + settings.tcp_relay.large_buffers);
  EXPECT_EQ(capacity(Table::sctp_directions), settings.sctp.directions);
  EXPECT_EQ(capacity(Table::map_dialogue_ends), settings.dialogues);
  EXPECT_EQ(capacity(Table::smpp_sessions), settings.smpp_sessions);
  EXPECT_EQ(capacity(Table::smpp_requests), settings.smpp_requests);
}

TEST_F(TablesTest, those_of_smpp_are_as_full_as_they_were_made) {
  bind();
  EXPECT_EQ(entries(Table::tcp_connections), 1U);
  EXPECT_EQ(entries(Table::smpp_sessions), 1U);
  EXPECT_EQ(entries(Table::smpp_requests), 0U) << "the bind was answered";
  for (std::uint32_t sequence = 2; sequence < 5; ++sequence) submit(sequence, "hello");
  EXPECT_EQ(entries(Table::smpp_requests), 3U);
  EXPECT_EQ(entries(Table::smpp_owed_replies), 0U);
  submit(5, "a prize");
  EXPECT_EQ(entries(Table::smpp_requests), 4U);
  EXPECT_EQ(entries(Table::smpp_owed_replies), 1U);
  answered(3, 0);
  answered(5, 0);
  EXPECT_EQ(entries(Table::smpp_requests), 2U);
  EXPECT_EQ(entries(Table::smpp_owed_replies), 0U);
  EXPECT_GT(entries(Table::tcp_buffers), 0U) << "octets are kept until they are acknowledged";
  EXPECT_EQ(entries(Table::read_tcp_connections), 0U) << "it stands in all of them";
}

TEST_F(TablesTest, those_of_map_are_as_full_as_they_were_made) {
  forward_sm(3, "hello", 1);
  forward_sm(3, "hello again", 2);
  EXPECT_EQ(entries(Table::sctp_directions), 1U);
  EXPECT_EQ(entries(Table::map_dialogue_ends), 2U);
  EXPECT_EQ(entries(Table::map_owed_replies), 0U);
  forward_sm(3, "a prize", 3);
  EXPECT_EQ(entries(Table::map_dialogue_ends), 3U);
  EXPECT_EQ(entries(Table::map_owed_replies), 1U);
}

TEST_F(TablesTest, fragments_are_counted_while_they_wait) {
  fragment(1, 0, true);
  fragment(1, 8, true);
  fragment(2, 0, true);
  EXPECT_EQ(entries(Table::ip_datagrams), 2U);
  EXPECT_EQ(entries(Table::ip_held_datagrams), 2U);
  EXPECT_EQ(entries(Table::ip_held_fragments), 3U);
  fragment(1, 16, false);  // whole: a packet of SCTP that is none leaves in its pieces
  EXPECT_EQ(entries(Table::ip_held_datagrams), 1U);
  EXPECT_EQ(entries(Table::ip_held_fragments), 1U);
  frame += 300;  // milliseconds: longer than a datagram waits
  engine->tick(frame * 1'000'000, output);
  EXPECT_EQ(entries(Table::ip_held_datagrams), 0U);
  EXPECT_EQ(entries(Table::ip_held_fragments), 0U);
  EXPECT_EQ(entries(Table::ip_left_datagrams), 1U);
}

TEST_F(TablesTest, those_of_two_workers_are_added) {
  bind();
  TableUses both = engine->tables();
  both.add(engine->tables());
  EXPECT_EQ(both.of(Table::smpp_sessions), (TableUse{.entries = 2, .capacity = 32}));
}

}  // namespace
}  // namespace tollgate::engine
