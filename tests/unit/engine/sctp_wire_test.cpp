#include "engine/sctp_wire.hpp"

#include <deque>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "decode/sctp.hpp"

namespace tollgate::engine {
namespace {

constexpr std::uint64_t millisecond = 1'000'000;

void put(std::string& octets, std::uint64_t number, int width) {
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) octets += static_cast<char>(number >> shift);
}

enum Flags : unsigned { end = 1, beginning = 2, whole = 3 };

/// RFC 9260 3.3.1.
std::string data(std::uint32_t tsn, std::string_view text, unsigned flags = whole) {
  std::string octets{'\0', static_cast<char>(flags)};
  put(octets, 16 + text.size(), 2);
  put(octets, tsn, 4);
  put(octets, 1, 2);
  put(octets, 0, 2);
  put(octets, 3, 4);
  octets += text;
  octets.resize((octets.size() + 3) / 4 * 4);
  return octets;
}

/// A chunk of user data of which one octet is left, and the room of the others behind it (RFC 4820 3).
std::string spoiled(std::uint32_t tsn, std::size_t size, unsigned flags = whole) {
  std::string octets = data(tsn, std::string(1, '\0'), flags);
  const std::size_t rest = (size + 3) / 4 * 4 - 4;
  if (rest == 0) return octets;
  octets += std::string("\x84\0", 2);
  put(octets, rest, 2);
  return octets + std::string(rest - 4, '\0');
}

/// A chunk that has become one of padding.
std::string left_out(std::string chunk) {
  chunk[0] = '\x84';
  return chunk;
}

/// RFC 9260 3.3.4, acknowledging nothing.
std::string sack() { return std::string("\x03\0\0\x10", 4) + std::string(12, '\0'); }

std::string packet_of(const std::string& chunks, std::uint32_t tag) {
  std::string octets;
  put(octets, 2905, 2);
  put(octets, 2905, 2);
  put(octets, tag, 4);
  put(octets, 0, 4);
  octets += chunks;
  const auto checksum = decode::sctp::checksum(as_octets(octets));
  for (std::size_t i = 0; i < 4; ++i) octets[8 + i] = static_cast<char>(checksum[i]);
  return octets;
}

struct Sent final : Output {
  std::vector<std::string> packets;
  unsigned dropped = 0;
  void send(const Packet& packet) override { packets.emplace_back(as_chars(packet.octets)); }
  void drop(const Packet& /*packet*/) override { ++dropped; }
  bool make(std::size_t size, Packet& packet) override {
    std::string& octets = made.emplace_back(size, '\0');
    packet.octets = std::as_writable_bytes(std::span{octets});
    return has_buffers;
  }
  std::deque<std::string> made;
  bool has_buffers = true;
};

/// Associations, and in the place of the inspectors one that knows three kinds of user data: `bad...` has its
/// last three octets changed to `###`; `1:...` is a segment that waits for `2:...`; what both say together is
/// changed where it has `bad`. All else passes.
struct Wire : flow::SctpAssociations::Sink {
  explicit Wire(std::span<std::byte> memory) : sctp(counters, associations, memory, links) {}

  void receive(const std::string& chunks, std::uint32_t tag = 7) {
    std::string& octets = kept.emplace_back(packet_of(chunks, tag));
    const Packet packet{.octets = std::as_writable_bytes(std::span{octets}), .time_ns = time_ns};
    const auto decoded = decode::sctp::decode(packet.octets);
    sctp.begin();
    associations.packet({.time_ns = time_ns}, {}, *decoded, *this);
    sctp.let_go(packet, {0, static_cast<std::uint32_t>(octets.size())}, output);
  }
  void pass(std::uint64_t milliseconds) {
    time_ns += milliseconds * millisecond;
    sctp.expire(time_ns, output);
  }

  // What SctpAssociations tells.
  void deliver(const flow::Carriage& /*carriage*/, const flow::SctpUserMessage& message) {
    edits.begin(message.payload, message.tsn);
    ++delivered;
    inspect(std::string(as_chars(message.payload)), message);
    sctp.decide(message, edits);
  }
  void waits(const flow::SctpDataId& id, std::uint32_t /*ppid*/) { waits(id); }
  void waits(const flow::SctpDataId& id) {
    if (unread) sctp.leaves(id);
    else sctp.waits(id);
  }
  void repeated(const flow::SctpDataId& id, flow::SctpAssociations::Decision decision) {
    if (decision == flow::SctpAssociations::Decision::none_yet) waits(id);
    else sctp.repeated(id, decision);
  }
  void reused(const flow::SctpDataId& id) { sctp.reused(id); }
  bool remembers(const flow::SctpDataId& id) { return sctp.remembers(id); }

  void inspect(const std::string& text, const flow::SctpUserMessage& message) {
    if (text.starts_with("1:")) {
      first_segment = text;
      first_position = message.tsn;
      edits.wait();
    } else if (text.starts_with("2:")) {
      const std::string both = first_segment.substr(2) + text.substr(2);
      const std::size_t at = both.find("bad");
      for (std::size_t i = at; at != std::string::npos && i < at + 3; ++i) {
        const bool in_first = i + 2 < first_segment.size();
        const std::size_t offset = in_first ? i + 2 : i + 4 - first_segment.size();
        EXPECT_TRUE(edits.replace_at(in_first ? first_position : message.tsn,
                                     static_cast<std::uint32_t>(offset), as_octets("#")));
      }
      edits.decided(first_position);
      edits.decided(message.tsn);
    } else if (text.starts_with("bad")) {
      EXPECT_TRUE(edits.replace(message.payload.last(3), as_octets("###")));
    }
  }

  void expect_sent(const std::vector<std::string>& chunks, std::uint32_t tag = 7) {
    std::vector<std::string> packets;
    for (const std::string& all : chunks) packets.push_back(packet_of(all, tag));
    EXPECT_EQ(output.packets, packets);
  }

  Counters counters;
  flow::SctpAssociations associations{
      counters, {.directions = 512, .fragments = 512, .fragment_octets = 1U << 20U, .tsns = 1U << 16U}};
  std::vector<Link> links{Link{}};
  SctpWire sctp;
  Edits edits;
  Sent output;
  std::deque<std::string> kept;
  std::uint64_t time_ns = 1'000 * millisecond;
  unsigned delivered = 0;
  bool unread = false;  ///< what comes leaves with nothing decided
  std::string first_segment;
  std::uint64_t first_position = 0;
};

class SctpWireTest : public testing::Test {
 protected:
  static std::uint64_t direction_of_tag_7() {
    struct Find : flow::SctpAssociations::Sink {
      std::uint64_t& found;
      void deliver(const flow::Carriage& /*carriage*/, const flow::SctpUserMessage& message) {
        found = message.id.direction;
      }
    };
    std::uint64_t found = 0;
    Counters counters;
    flow::SctpAssociations associations{
        counters, {.directions = 512, .fragments = 512, .fragment_octets = 1U << 20U, .tsns = 1U << 16U}};
    const std::string packet = packet_of(data(1, "any"), 7);
    associations.packet({}, {}, *decode::sctp::decode(as_octets(packet)), Find{{}, found});
    return found;
  }
  std::vector<std::byte> memory = std::vector<std::byte>(enforce::SctpEdits::memory_size());
  Wire wire{memory};
};

TEST_F(SctpWireTest, what_passes_leaves_as_it_came_and_at_once) {
  wire.receive(data(1, "good"));
  wire.receive(sack());
  wire.expect_sent({data(1, "good"), sack()});
}

TEST_F(SctpWireTest, of_bundled_chunks_only_the_bad_one_is_edited) {
  wire.receive(data(1, "good") + data(2, "bad one") + sack() + data(3, "good too"));
  wire.expect_sent({data(1, "good") + data(2, "bad ###") + sack() + data(3, "good too")});
  EXPECT_EQ(wire.counters.of(Count::edited_sctp_packets), 1U);
}

TEST_F(SctpWireTest, a_chunk_sent_again_in_another_bundle_gets_the_same_edit_and_is_delivered_once) {
  wire.receive(data(1, "good") + data(2, "bad one"));
  wire.receive(data(2, "bad one") + data(3, "good too"));
  wire.expect_sent({data(1, "good") + data(2, "bad ###"), data(2, "bad ###") + data(3, "good too")});
  EXPECT_EQ(wire.delivered, 3U);
}

TEST_F(SctpWireTest, the_same_tsn_of_another_association_is_another_message) {
  wire.receive(data(1, "bad one"), 7);
  wire.receive(data(1, "good"), 8);
  EXPECT_EQ(wire.output.packets,
            (std::vector{packet_of(data(1, "bad ###"), 7), packet_of(data(1, "good"), 8)}));
}

TEST_F(SctpWireTest, a_tsn_with_two_contents_does_not_pass_the_second_time) {
  wire.receive(data(1, "good"));
  wire.receive(data(1, "bad one"));
  wire.receive(data(2, "bad one") + data(2, "good"));  // which one would the receiver take?
  wire.expect_sent({data(1, "good")});
  EXPECT_EQ(wire.output.dropped, 2U);
  EXPECT_EQ(wire.counters.of(Count::dropped_sctp_ambiguous), 2U);
}

TEST_F(SctpWireTest, fragments_wait_and_are_edited_where_the_message_is) {
  wire.receive(data(1, "bad lo", beginning));
  wire.receive(data(2, "ng mess", 0));
  wire.receive(data(3, "harmless?"));  // behind them: waits too
  EXPECT_TRUE(wire.output.packets.empty());
  wire.receive(data(4, "unrelated"), 8);  // another association does not wait
  EXPECT_EQ(wire.output.packets.size(), 1U);
  wire.receive(data(5, "x"));
  wire.output.packets.clear();
  wire.receive(data(2, "ng mess", 0));  // again
  wire.receive(data(2, "ng mess", 0) + data(3, "harmless?"));
  EXPECT_TRUE(wire.output.packets.empty());
}

TEST_F(SctpWireTest, an_edit_is_laid_over_the_fragments_that_hold_it) {
  wire.receive(data(1, "bad lo", beginning));
  wire.receive(data(2, "ng messa", 0));
  wire.receive(data(3, "ge", end));
  wire.expect_sent({data(1, "bad lo", beginning), data(2, "ng mess#", 0), data(3, "##", end)});
}

TEST_F(SctpWireTest, fragments_out_of_order_leave_in_the_order_in_which_they_came) {
  wire.receive(data(3, "ge", end));
  wire.receive(data(1, "bad lo", beginning));
  wire.receive(data(2, "ng messa", 0));
  wire.expect_sent({data(3, "##", end), data(1, "bad lo", beginning), data(2, "ng mess#", 0)});
}

TEST_F(SctpWireTest, segments_wait_for_each_other_and_each_is_edited) {
  wire.receive(data(1, "1:a ba"));
  wire.receive(data(2, "good"));
  EXPECT_TRUE(wire.output.packets.empty());
  wire.receive(data(3, "2:d b"));
  wire.expect_sent({data(1, "1:a ##"), data(2, "good"), data(3, "2:# b")});
  wire.output.packets.clear();
  wire.receive(data(1, "1:a ba"));  // sent again
  wire.expect_sent({data(1, "1:a ##")});
}

TEST_F(SctpWireTest, segments_that_are_cut_into_fragments_are_edited_where_they_stand) {
  wire.receive(data(1, "1:a", beginning));
  wire.receive(data(2, " ba", end));
  wire.receive(data(3, "2:", beginning));
  wire.receive(data(4, "d b", end));
  wire.expect_sent(
      {data(1, "1:a", beginning), data(2, " ##", end), data(3, "2:", beginning), data(4, "# b", end)});
}

TEST_F(SctpWireTest, what_completes_a_bad_message_whose_beginning_has_left_is_made_unreadable) {
  wire.receive(data(1, "1:a ba"));
  wire.pass(3'000);  // its beginning leaves
  wire.receive(data(2, "2:d b"));
  wire.expect_sent({data(1, "1:a ba"), spoiled(2, 5)});
  EXPECT_EQ(wire.counters.of(Count::spoiled_sctp_hold), 1U);
  wire.output.packets.clear();
  wire.receive(data(2, "2:d b"));  // sent again
  wire.expect_sent({spoiled(2, 5)});
}

TEST_F(SctpWireTest, what_completes_a_bad_message_of_which_a_fragment_has_left_is_made_unreadable) {
  wire.receive(data(2, "ge", end));
  wire.pass(3'000);
  wire.receive(data(1, "bad lo mess", beginning));
  wire.expect_sent({data(2, "ge", end), spoiled(1, 11, beginning)});
}

TEST_F(SctpWireTest, so_is_what_completes_one_of_which_a_fragment_has_passed_unread) {
  wire.unread = true;
  wire.receive(data(2, "ge", end));
  wire.unread = false;
  wire.receive(data(1, "bad lo mess", beginning));
  wire.expect_sent({data(2, "ge", end), spoiled(1, 11, beginning)});
}

TEST_F(SctpWireTest, where_what_has_left_needs_no_change_the_rest_gets_it) {
  wire.receive(data(1, "bad lo", beginning));
  wire.pass(3'000);
  wire.receive(data(2, "ng message", end));
  wire.expect_sent({data(1, "bad lo", beginning), data(2, "ng mess###", end)});
}

TEST_F(SctpWireTest, a_payload_of_more_chunks_than_are_remembered_is_not_taken_for_edited) {
  wire.receive(data(1, "1:", beginning));
  for (std::uint32_t tsn = 2; tsn < 20; ++tsn) wire.receive(data(tsn, ".", 0));
  wire.receive(data(20, "ba", end));
  wire.receive(data(21, "2:d"));
  wire.pass(50);
  wire.expect_sent({spoiled(21, 3)});
}

TEST_F(SctpWireTest, what_follows_a_lost_piece_goes_on_before_it) {
  wire.receive(data(1, "bad", beginning));
  wire.receive(data(3, "good"));
  wire.receive(data(4, "1:a ba"));
  wire.pass(49);
  EXPECT_TRUE(wire.output.packets.empty());
  wire.pass(1);
  wire.expect_sent({data(3, "good")});
  wire.receive(data(5, "bad one"));
  wire.receive(data(6, "2:d b"));
  wire.receive(data(2, " one", end));
  wire.expect_sent({data(3, "good"), data(5, "bad ###"), data(4, "1:a ##"), data(6, "2:# b"),
                    data(1, "bad", beginning), data(2, " ###", end)});
  EXPECT_EQ(wire.counters.of(Count::uninspected_sctp_hold), 0U);
  wire.output.packets.clear();
  wire.receive(data(7, "ba", beginning));  // in order again
  wire.receive(data(9, "good"));
  EXPECT_TRUE(wire.output.packets.empty());
}

TEST_F(SctpWireTest, what_shares_a_packet_with_a_lone_piece_goes_on_in_a_copy) {
  const std::string piece = data(2, "bad", beginning);
  wire.receive(data(1, "good") + piece + sack());
  wire.pass(50);
  wire.expect_sent({data(1, "good") + left_out(piece) + sack()});
  EXPECT_EQ(wire.counters.of(Count::divided_sctp_packets), 1U);
  wire.output.packets.clear();
  wire.receive(piece + data(4, "bad one"));  // sent again, with more
  wire.receive(piece);
  wire.pass(50);
  wire.expect_sent({left_out(piece) + data(4, "bad ###")});
  wire.output.packets.clear();
  wire.receive(data(3, " one", end));
  wire.expect_sent({data(1, "good") + piece + sack(), data(3, " ###", end)});
}

TEST_F(SctpWireTest, without_a_buffer_for_a_copy_all_waits) {
  wire.output.has_buffers = false;
  wire.receive(data(1, "good") + data(2, "bad", beginning));
  wire.pass(100);
  EXPECT_TRUE(wire.output.packets.empty());
  wire.receive(data(3, " one", end));
  wire.expect_sent({data(1, "good") + data(2, "bad", beginning), data(3, " ###", end)});
}

TEST_F(SctpWireTest, segments_of_one_packet_do_not_wait) {
  wire.receive(data(1, "1:a ba") + data(2, "2:d b"));
  wire.expect_sent({data(1, "1:a ##") + data(2, "2:# b")});
}

TEST_F(SctpWireTest, an_open_link_lets_a_lone_piece_pass_after_its_time) {
  wire.receive(data(1, "1:lone"));
  wire.pass(2'999);
  EXPECT_TRUE(wire.output.packets.empty());
  wire.counters.be_on(7);
  wire.pass(1);
  wire.expect_sent({data(1, "1:lone")});
  EXPECT_EQ(wire.counters.of(Count::uninspected_sctp_hold), 1U);
  EXPECT_EQ(wire.counters.of(Count::uninspected_sctp_hold, 0), 1U) << "whatever link was read last";
  wire.output.packets.clear();
  wire.receive(data(1, "1:lone"));  // sent again: it does not wait again
  wire.expect_sent({data(1, "1:lone")});
}

TEST_F(SctpWireTest, a_closed_link_makes_a_lone_piece_unreadable) {
  wire.links[0].closed = true;
  wire.receive(data(1, "1:lone") + data(2, "good"));
  wire.receive(data(3, "ab", beginning));
  wire.pass(3'000);
  wire.expect_sent({left_out(data(1, "1:lone")) + data(2, "good"), spoiled(1, 6) + data(2, "good"),
                    spoiled(3, 2, beginning)});
  EXPECT_EQ(wire.counters.of(Count::spoiled_sctp_hold), 2U);
  wire.output.packets.clear();
  wire.receive(data(1, "1:lone"));
  wire.expect_sent({spoiled(1, 6)});
}

TEST_F(SctpWireTest, a_direction_holds_no_more_than_its_bound_for_the_sake_of_order) {
  constexpr std::uint32_t most = SctpWire::most_held_a_direction;
  wire.receive(data(1, "1:a ba"));
  for (std::uint32_t tsn = 2; tsn <= most; ++tsn) wire.receive(data(tsn, "good"));
  EXPECT_TRUE(wire.output.packets.empty());
  wire.receive(data(most + 1, "good"));
  EXPECT_EQ(wire.output.packets.size(), most);  // all but the piece
  wire.output.packets.clear();
  wire.receive(data(most + 2, "2:d b"));
  wire.expect_sent({data(1, "1:a ##"), data(most + 2, "2:# b")});
  EXPECT_EQ(wire.counters.of(Count::uninspected_sctp_hold), 0U);
}

TEST_F(SctpWireTest, a_direction_holds_no_more_pieces_than_its_bound) {
  constexpr std::uint32_t most = SctpWire::most_held_a_direction;
  for (std::uint32_t tsn = 1; tsn <= most; ++tsn) wire.receive(data(2 * tsn, "piece", beginning));
  EXPECT_TRUE(wire.output.packets.empty());
  wire.receive(data(1'000, "piece", beginning));
  wire.expect_sent({data(2, "piece", beginning)});
  EXPECT_EQ(wire.counters.of(Count::uninspected_sctp_hold), 1U);
}

TEST_F(SctpWireTest, where_more_directions_wait_than_there_is_room_for_the_oldest_waits_no_more) {
  for (std::uint32_t tag = 1; tag <= SctpWire::most_directions; ++tag) {
    wire.receive(data(1, "1:lone"), tag);
    wire.pass(1);
  }
  const auto lone = [](std::uint32_t tag) { return packet_of(data(1, "1:lone"), tag); };
  wire.output.packets.clear();
  wire.receive(data(1, "1:lone"), 1'000'000);
  EXPECT_EQ(wire.output.packets, std::vector{lone(1)});
  wire.receive(data(1, "bad one"), 1'000'001);  // what does not wait passes
  EXPECT_EQ(wire.output.packets.size(), 2U);
  EXPECT_EQ(wire.counters.of(Count::dropped_sctp_forgotten), 0U);
}

TEST_F(SctpWireTest, a_packet_whose_edits_are_forgotten_before_it_leaves_is_dropped) {
  // Five of one set of four in the table of edits: reproduces how SctpEdits scatters them.
  std::vector<std::uint32_t> tsns;
  const auto place = [direction = direction_of_tag_7()](std::uint32_t tsn) {
    constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15;
    return ((direction + tsn) * golden_ratio >> 40U) % (enforce::SctpEdits::entries / 4);
  };
  for (std::uint32_t tsn = 1; tsns.size() < 5; ++tsn) {
    if (place(tsn) == place(1)) tsns.push_back(tsn);
  }
  std::string chunks;
  for (const std::uint32_t tsn : tsns) chunks += data(tsn, "bad one");
  wire.receive(chunks);
  EXPECT_TRUE(wire.output.packets.empty());
  EXPECT_EQ(wire.output.dropped, 1U);
  EXPECT_EQ(wire.counters.of(Count::dropped_sctp_forgotten), 1U);
}

TEST_F(SctpWireTest, another_fragment_in_the_place_of_one_that_was_sent_does_not_pass) {
  wire.receive(data(1, "good", beginning));
  wire.receive(data(2, " one", end));
  wire.receive(data(1, "bad!", beginning));  // the receiver may not have had the first
  EXPECT_EQ(wire.output.dropped, 1U);
  wire.output.packets.clear();
  wire.receive(data(1, "bad!", beginning));
  wire.expect_sent({spoiled(1, 4, beginning)});
}

TEST_F(SctpWireTest, what_would_end_an_association_does_so_in_a_packet_of_its_own_only) {
  const std::string shutdown_complete{"\x0e\0\0\x04", 4};
  wire.receive(data(1, "bad one") + shutdown_complete + data(2, "good"));
  wire.expect_sent({data(1, "bad ###") + shutdown_complete + data(2, "good")});
}

TEST_F(SctpWireTest, data_in_another_chunk_type_is_other_data) {
  std::string other = data(1, "bad one");
  other[0] = 64;  // I-DATA (RFC 8260 2.1)
  wire.receive(other);
  wire.receive(data(1, "bad one"));
  EXPECT_EQ(wire.counters.of(Count::reused_sctp_tsn), 1U);
  EXPECT_EQ(wire.output.dropped, 1U);
}

TEST_F(SctpWireTest, at_the_end_everything_leaves) {
  wire.receive(data(1, "1:lone"));
  wire.receive(data(1, "ab", beginning), 8);
  wire.sctp.finish(wire.output);
  EXPECT_EQ(wire.output.packets.size(), 2U);
}

TEST_F(SctpWireTest, another_process_with_the_same_memory_goes_on_with_the_same_edits) {
  wire.receive(data(2, "bad one"));
  Wire next{memory};
  flow::SctpDataId id;
  wire.sctp.begin();
  struct Find : flow::SctpAssociations::Sink {
    flow::SctpDataId& id;
    void repeated(const flow::SctpDataId& at, flow::SctpAssociations::Decision /*decision*/) { id = at; }
  };
  const std::string again = packet_of(data(2, "bad one"), 7);
  wire.associations.packet({}, {}, *decode::sctp::decode(as_octets(again)), Find{{}, id});
  EXPECT_TRUE(next.sctp.remembers(id));
}

TEST_F(SctpWireTest, what_was_decided_and_is_forgotten_is_judged_again) {
  wire.receive(data(2, "bad one"));
  std::fill(memory.begin() + 64, memory.end(), std::byte{});  // all but the header
  wire.receive(data(2, "bad one"));
  wire.expect_sent({data(2, "bad ###"), data(2, "bad ###")});
  EXPECT_EQ(wire.delivered, 2U);
  EXPECT_EQ(wire.counters.of(Count::forgotten_sctp_edit), 1U);
}

}  // namespace
}  // namespace tollgate::engine
