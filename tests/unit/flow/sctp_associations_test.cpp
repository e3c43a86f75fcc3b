#include "flow/sctp_associations.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <deque>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/hex.hpp"

namespace tollgate::flow {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

void put(std::string& octets, std::uint64_t number, int width) {
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) octets += static_cast<char>(number >> shift);
}

/// A chunk with its header and padding.
std::string chunk(unsigned type, unsigned flags, std::string_view value) {
  std::string octets;
  put(octets, type, 1);
  put(octets, flags, 1);
  put(octets, value.size() + 4, 2);
  octets += value;
  octets.resize((octets.size() + 3) / 4 * 4);
  return octets;
}

enum Flags : unsigned { end = 1, beginning = 2, whole = 3, unordered = 4, immediately = 8 };

std::string data(std::uint32_t tsn, std::string_view text, unsigned flags = whole, unsigned stream = 1,
                 unsigned sequence = 0, std::uint32_t ppid = 3) {
  std::string value;
  put(value, tsn, 4);
  put(value, stream, 2);
  put(value, sequence, 2);
  put(value, ppid, 4);
  return chunk(0, flags, value.append(text));
}

std::string i_data(std::uint32_t tsn, std::string_view text, unsigned flags, unsigned stream,
                   std::uint32_t message, std::uint32_t ppid_or_fsn) {
  std::string value;
  put(value, tsn, 4);
  put(value, stream, 2);
  put(value, 0, 2);
  put(value, message, 4);
  put(value, ppid_or_fsn, 4);
  return chunk(64, flags, value.append(text));
}

struct Wire {
  Counters counters;
  SctpAssociations associations{
      counters, {.directions = 8, .fragments = 512, .fragment_octets = 1U << 20U, .tsns = 1U << 12U}};
  std::uint64_t time_ns = second;
  std::uint8_t address = 1;  ///< the last octet of the sender's
  Entrance entrance;
  std::vector<std::string> texts;
  std::vector<SctpUserMessage> messages;
  std::vector<Carriage> carriages;

  void send(std::uint32_t tag, const std::string& chunks, std::uint16_t source = 2905,
            std::uint16_t destination = 2906) {
    Carriage carriage;
    carriage.time_ns = time_ns;
    carriage.source.octets = {std::byte{192}, std::byte{0}, std::byte{2}, std::byte{address}};
    associations.packet(carriage, entrance, {source, destination, tag, as_octets(chunks)}, Keep{{}, *this});
  }
  struct Keep : SctpAssociations::Sink {
    Wire& wire;
    void deliver(const Carriage& at, const SctpUserMessage& message) {
      wire.texts.emplace_back(as_chars(message.payload));
      wire.messages.push_back(message);
      wire.carriages.push_back(at);
      wire.fragments.emplace_back(message.fragments.begin(), message.fragments.end());
    }
    void waits(const SctpDataId& id, std::uint32_t ppid) {
      wire.waiting.push_back(id.tsn);
      wire.waiting_ppids.push_back(ppid);
    }
    void repeated(const SctpDataId& id, SctpAssociations::Decision decision) {
      wire.repeated.emplace_back(id.tsn, decision);
    }
    void reused(const SctpDataId& id) { wire.reused.push_back(id.tsn); }
    bool remembers(const SctpDataId& /*id*/) { return wire.remembers; }
  };
  std::vector<std::vector<SctpUserMessage::Fragment>> fragments;
  std::vector<std::uint32_t> waiting;
  std::vector<std::uint32_t> waiting_ppids;
  std::vector<std::pair<std::uint32_t, SctpAssociations::Decision>> repeated;
  std::vector<std::uint32_t> reused;
  bool remembers = true;
  std::string all() const {
    std::string joined;
    for (const std::string& text : texts) joined += text + '|';
    return joined;
  }
};

TEST(SctpAssociations, delivers_each_bundled_message) {
  Wire wire;
  wire.send(7, data(1, "one") + data(2, "two", whole | unordered, 5, 9, 5));
  EXPECT_EQ(wire.all(), "one|two|");
  EXPECT_EQ(wire.messages[1].ppid, 5U);
  EXPECT_EQ(wire.messages[1].stream, 5);
  EXPECT_EQ(wire.messages[1].tsn, 2U);
  EXPECT_EQ(wire.messages[1].verification_tag, 7U);
  EXPECT_EQ(wire.carriages[1].position, 2U);
  EXPECT_EQ(wire.carriages[1].source_port, 2905);
  EXPECT_EQ(wire.carriages[0].connection, wire.carriages[1].connection);
  EXPECT_EQ(wire.carriages[0].opposite, 0U);
}

TEST(SctpAssociations, a_retransmission_is_delivered_once) {
  Wire wire;
  wire.send(7, data(1, "one"));
  wire.send(7, data(1, "one", whole | immediately));  // the I bit may differ
  wire.send(7, data(2, "two"));
  EXPECT_EQ(wire.all(), "one|two|");
  EXPECT_EQ(wire.counters.of(Count::repeated_sctp_data), 1U);
}

TEST(SctpAssociations, what_was_decided_comes_back_with_a_copy) {
  using Decision = SctpAssociations::Decision;
  Wire wire;
  wire.send(7, data(1, "one"));
  wire.send(7, data(1, "one"));
  wire.associations.decide(wire.messages[0].id, Decision::edited);
  wire.send(7, data(1, "one"));
  wire.associations.decide(wire.messages[0].id, Decision::passes);
  wire.send(7, data(1, "one"));
  EXPECT_THAT(wire.repeated,
              testing::ElementsAre(std::pair{1U, Decision::none_yet}, std::pair{1U, Decision::edited},
                                   std::pair{1U, Decision::passes}));
}

TEST(SctpAssociations, an_edit_that_is_not_known_any_more_makes_its_tsn_new) {
  Wire wire;
  wire.remembers = false;
  wire.send(7, data(1, "one"));
  wire.associations.decide(wire.messages[0].id, SctpAssociations::Decision::edited);
  wire.send(7, data(1, "one"));
  EXPECT_EQ(wire.all(), "one|one|");
  EXPECT_EQ(wire.counters.of(Count::forgotten_sctp_edit), 1U);
}

TEST(SctpAssociations, a_message_names_the_fragments_that_hold_it) {
  Wire wire;
  wire.send(7, data(0xFFFFFFFF, "one", beginning));
  wire.send(7, data(0, "fo", end));
  EXPECT_EQ(wire.waiting, std::vector<std::uint32_t>{0xFFFFFFFF});
  ASSERT_EQ(wire.fragments.size(), 1U);
  ASSERT_EQ(wire.fragments[0].size(), 2U);
  EXPECT_EQ(wire.fragments[0][0].tsn, 0xFFFFFFFFU);
  EXPECT_EQ(wire.fragments[0][0].length, 3U);
  EXPECT_EQ(wire.fragments[0][1].tsn, 0U);
  EXPECT_EQ(wire.fragments[0][1].length, 2U);
}

TEST(SctpAssociations, a_fragment_that_waits_says_what_it_is_a_fragment_of) {
  Wire wire;
  wire.send(7, data(1, "one", beginning, 1, 0, 46) + data(3, "three", 0, 1, 0, 46));
  wire.send(7, i_data(10, "one", beginning, 1, 0, 46) + i_data(12, "three", 0, 1, 0, 2));
  EXPECT_THAT(wire.waiting_ppids, testing::ElementsAre(46, 46, 46, 46));
}

TEST(SctpAssociations, an_interleaved_fragment_is_of_what_the_first_of_its_message_says) {
  Wire wire;
  wire.send(7, i_data(11, "two", 0, 1, 0, 1) + i_data(10, "one", beginning, 1, 0, 46) +
                   i_data(12, "three", 0, 1, 0, 2));
  wire.send(7, i_data(13, "two", 0, 2, 0, 1) + i_data(14, "two", 0, 1, 1, 1) +
                   i_data(15, "two", unordered, 1, 0, 1));
  EXPECT_THAT(wire.waiting_ppids, testing::ElementsAre(0, 46, 46, 0, 0, 0))
      << "other streams, messages, order";
}

TEST(SctpAssociations, a_tsn_with_other_content_is_delivered_and_counted) {
  Wire wire;
  wire.send(7, data(1, "one"));
  wire.send(7, data(1, "other"));
  EXPECT_EQ(wire.all(), "one|other|");
  EXPECT_EQ(wire.counters.of(Count::reused_sctp_tsn), 1U);
}

TEST(SctpAssociations, the_same_tsn_of_another_association_or_direction_is_another) {
  Wire wire;
  wire.send(7, data(1, "one"));
  wire.send(8, data(1, "one"));
  wire.send(7, data(1, "one"), 2906, 2905);
  EXPECT_EQ(wire.all(), "one|one|one|");
  EXPECT_NE(wire.carriages[0].connection, wire.carriages[1].connection);
}

TEST(SctpAssociations, tag_zero_names_no_association_so_addresses_do) {
  Wire wire;
  wire.send(0, data(1, "one"));
  wire.send(0, data(1, "one"));
  wire.address = 9;
  wire.send(0, data(1, "one"));
  EXPECT_EQ(wire.all(), "one|one|");
  EXPECT_NE(wire.carriages[0].connection, wire.carriages[1].connection);
}

TEST(SctpAssociations, another_path_of_the_same_association_is_no_other) {
  Wire wire;
  wire.send(7, data(1, "one"));
  wire.address = 9;
  wire.send(7, data(1, "one"));
  EXPECT_EQ(wire.all(), "one|");
}

/// RFC 9260 3.3.2, 3.3.3.
std::string init_with_tag_7(unsigned type) {
  std::string init;
  for (const std::uint32_t field : {7U, 65'536U, 0x00010001U, 1U}) put(init, field, 4);
  return chunk(type, 0, init);
}

TEST(SctpAssociations, an_init_with_the_same_tag_begins_anew) {
  Wire wire;
  wire.send(7, data(1, "one"));
  wire.send(0, init_with_tag_7(1), 2906, 2905);  // from the side to which tag 7 is sent
  wire.send(7, data(1, "one"));
  EXPECT_EQ(wire.all(), "one|one|");
  wire.send(9, init_with_tag_7(2), 2906, 2905);
  wire.send(7, data(1, "one"));
  EXPECT_EQ(wire.texts.size(), 3U);
}

TEST(SctpAssociations, what_would_end_an_association_keeps_no_fragments_apart) {
  for (const unsigned type : {6U, 14U}) {  // ABORT, SHUTDOWN COMPLETE
    Wire wire;
    wire.send(7, data(1, "o", beginning));
    wire.send(7, chunk(type, 0, ""));
    wire.send(7, data(2, "ne", end));
    wire.send(7, chunk(type, 0, ""));
    wire.send(7, data(1, "o", beginning));
    EXPECT_EQ(wire.all(), "one|") << type;
    EXPECT_EQ(wire.counters.of(Count::repeated_sctp_data), 1U) << type;
  }
}

TEST(SctpAssociations, an_init_on_the_side_of_the_data_keeps_no_fragments_apart) {
  for (const unsigned type : {1U, 2U}) {
    Wire wire;
    wire.entrance = {.known = true, .side = Side::inside, .link = 1};
    wire.send(7, data(1, "o", beginning));
    wire.send(0, init_with_tag_7(type), 2906, 2905);
    EXPECT_EQ(wire.counters.of(Count::misplaced_sctp), 1U);
    wire.send(7, data(2, "ne", end));
    EXPECT_EQ(wire.all(), "one|");
  }
}

TEST(SctpAssociations, an_init_on_the_other_side_or_another_link_begins_anew) {
  for (const Entrance other : {Entrance{true, Side::outside, 1}, Entrance{true, Side::inside, 0}}) {
    Wire wire;
    wire.entrance = {.known = true, .side = Side::inside, .link = 1};
    wire.send(7, data(1, "one"));
    const Entrance own = std::exchange(wire.entrance, other);
    wire.send(0, init_with_tag_7(1), 2906, 2905);
    wire.entrance = own;
    wire.send(7, data(1, "one"));
    EXPECT_EQ(wire.all(), "one|one|");
    EXPECT_EQ(wire.counters.of(Count::misplaced_sctp), 0U);
  }
}

TEST(SctpAssociations, fragments_come_together_in_any_order) {
  Wire wire;
  wire.send(7, data(12, "c", end, 1, 4));
  wire.send(7, data(10, "a", beginning, 1, 4));
  wire.send(7, data(13, "whole"));
  EXPECT_EQ(wire.all(), "whole|");
  wire.send(7, data(11, "b", 0, 1, 4));
  EXPECT_EQ(wire.all(), "whole|abc|");
  EXPECT_EQ(wire.messages[1].tsn, 10U);
}

TEST(SctpAssociations, fragments_of_different_messages_do_not_mix) {
  Wire wire;
  wire.send(7, data(10, "a", beginning, 1, 4));
  wire.send(7, data(11, "b", end, 2, 4));  // another stream
  wire.send(7, data(20, "a", beginning, 1, 4));
  wire.send(7, data(21, "b", end, 1, 5));  // another sequence number
  wire.send(7, data(30, "a", beginning, 1, 4));
  wire.send(8, data(31, "b", end, 1, 4));  // another association
  wire.send(7, data(40, "a", beginning, 1, 4));
  wire.send(7, data(42, "c", end, 1, 4));  // one missing
  EXPECT_EQ(wire.all(), "");
}

TEST(SctpAssociations, tsns_wrap_inside_a_message) {
  Wire wire;
  wire.send(7, data(0xffffffff, "a", beginning) + data(0, "b", 0) + data(1, "c", end));
  EXPECT_EQ(wire.all(), "abc|");
}

TEST(SctpAssociations, of_a_fragment_that_comes_twice_the_last_copy_counts) {
  Wire wire;
  wire.send(7, data(10, "a", beginning) + data(10, "X", beginning) + data(11, "b", end));
  EXPECT_EQ(wire.all(), "Xb|");  // which packets leave is not decided here
  EXPECT_EQ(wire.counters.of(Count::reused_sctp_tsn), 1U);
}

TEST(SctpAssociations, interleaved_messages_of_several_streams_come_together) {
  Wire wire;
  wire.send(7, i_data(1, "a", beginning, 1, 0, 3) + i_data(2, "x", beginning, 2, 0, 5) +
                   i_data(3, "p", beginning | unordered, 1, 0, 3));
  wire.send(7, i_data(5, "y", end, 2, 0, 1) + i_data(6, "c", end, 1, 0, 2) +
                   i_data(7, "q", end | unordered, 1, 0, 1));
  wire.send(7, i_data(4, "b", 0, 1, 0, 1));
  EXPECT_EQ(wire.all(), "xy|pq|abc|");
  EXPECT_EQ(wire.messages[0].ppid, 5U);
  EXPECT_EQ(wire.messages[2].ppid, 3U);
}

TEST(SctpAssociations, fragments_are_forgotten_after_30_seconds) {
  Wire wire;
  wire.send(7, data(10, "a", beginning));
  wire.time_ns += 31 * second;
  wire.send(7, data(11, "b", end));
  EXPECT_EQ(wire.all(), "");
  EXPECT_EQ(wire.counters.of(Count::evicted_sctp_fragment), 1U);
}

/// How many messages come of 100, whose 128 fragments come in this order, a packet each message.
std::size_t messages_of(const std::vector<unsigned>& order) {
  Wire wire;
  for (std::uint32_t message = 0; message < 100; ++message) {
    std::string packet;
    for (const unsigned i : order)
      packet += data(message * 128 + i, "x", i == 0 ? beginning : i == 127 ? end : 0U);
    wire.send(7, packet);
  }
  return wire.texts.size();
}

TEST(SctpAssociations, many_fragments_make_their_message_in_whatever_order_they_come) {
  std::vector<unsigned> in_order;
  std::vector<unsigned> gaps_first_to_last;
  std::vector<unsigned> gaps_last_to_first;
  for (unsigned i = 0; i < 128; ++i) in_order.push_back(i);
  for (unsigned i = 0; i < 128; i += 2) gaps_first_to_last.push_back(i);
  for (unsigned i = 1; i < 128; i += 2) gaps_first_to_last.push_back(i);
  for (unsigned i = 1; i < 128; i += 2) gaps_last_to_first.push_back(i);
  for (unsigned i = 128; i > 0; i -= 2) gaps_last_to_first.push_back(i - 2);
  for (const auto& order : {in_order, gaps_first_to_last, gaps_last_to_first})
    EXPECT_EQ(messages_of(order), 100U);
}

TEST(SctpAssociations, a_message_longer_than_64_kib_is_not_put_together) {
  Wire wire;
  const std::string fragment(30'000, 'x');
  wire.send(7, data(10, fragment, beginning));
  wire.send(7, data(11, fragment, 0));
  wire.send(7, data(12, fragment, end));
  EXPECT_TRUE(wire.texts.empty());
  EXPECT_EQ(wire.counters.of(Count::unread_sctp_too_long), 1U);
}

TEST(SctpAssociations, broken_chunks_are_counted_and_end_the_packet) {
  Wire wire;
  std::string cut = data(2, "two");
  cut.resize(10);
  wire.send(7, data(1, "one") + cut);
  EXPECT_EQ(wire.all(), "one|");
  EXPECT_EQ(wire.counters.of(decode::Layer::sctp, decode::Reason::truncated), 1U);
}

TEST(SctpAssociations, random_messages_shuffled_and_repeated_come_out_once) {
  std::mt19937 random{1};
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n - 1}(random);
  };
  for (int round = 0; round < 50; ++round) {
    Wire wire;
    const bool interleaved = round % 2 == 1;
    auto tsn = static_cast<std::uint32_t>(random());
    std::vector<std::string> sent;
    std::deque<std::string> chunks;
    for (unsigned message = 0; message < 300; ++message) {
      std::string text = std::to_string(message) + ':';
      for (std::size_t n = below(50); n > 0; --n) text += static_cast<char>('a' + below(26));
      sent.push_back(text);
      const std::size_t pieces = 1 + (below(2) == 0 ? below(std::min<std::size_t>(text.size(), 20)) : 0);
      const auto stream = static_cast<unsigned>(below(4));
      const unsigned unordered_bit = below(3) == 0 ? 4U : 0U;
      for (std::size_t i = 0; i < pieces; ++i) {
        const std::size_t from = text.size() * i / pieces;
        const std::string piece = text.substr(from, text.size() * (i + 1) / pieces - from);
        const unsigned flags = unordered_bit | (i == 0 ? 2U : 0U) | (i + 1 == pieces ? 1U : 0U);
        chunks.push_back(interleaved ? i_data(tsn, piece, flags, stream, message,
                                              i == 0 ? 3 : static_cast<std::uint32_t>(i))
                                     : data(tsn, piece, flags, stream, message));
        ++tsn;
        if (below(6) == 0) chunks.push_back(chunks.back());
      }
    }
    for (std::size_t i = 0; i + 40 < chunks.size(); ++i) std::swap(chunks[i], chunks[i + below(40)]);
    while (!chunks.empty()) {
      std::string packet;
      for (std::size_t n = 1 + below(4); n > 0 && !chunks.empty(); --n) {
        packet += chunks.front();
        chunks.pop_front();
      }
      wire.send(7, packet);
    }
    std::sort(sent.begin(), sent.end());
    std::sort(wire.texts.begin(), wire.texts.end());
    ASSERT_EQ(wire.texts, sent);
    ASSERT_EQ(wire.counters.of(Count::reused_sctp_tsn), 0U);
  }
}

}  // namespace
}  // namespace tollgate::flow
