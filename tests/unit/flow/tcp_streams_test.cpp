#include "flow/tcp_streams.hpp"

#include <deque>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::flow {
namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint8_t ack = decode::tcp_ack;

IpAddress ipv4(std::uint8_t last) {
  IpAddress address;
  address.octets = {std::byte{192}, std::byte{0}, std::byte{2}, std::byte{last}};
  address.version = 4;
  return address;
}

/// Plays a client (192.0.2.1:40000) and a server (192.0.2.9:2775), and reads what is delivered.
struct Wire {
  Counters counters;
  TcpStreams streams{counters, {.connections = 4, .small_buffers = 1'024, .large_buffers = 4}};
  std::uint64_t time_ns = second;
  std::uint64_t frame = 0;
  std::map<std::uint64_t, std::string> read;  ///< what was consumed, by connection
  std::vector<Carriage> carriages;
  std::vector<StreamState> states;
  std::vector<std::string> offers;
  std::size_t leave = 0;  ///< octets that the reader does not consume
  bool refuse = false;    ///< the reader says that the connection is not its own
  bool unsure = false;    ///< the reader says that it recognises nothing yet

  auto reader() {
    return [this](const Carriage& carriage, StreamState& state, Octets in_order) -> std::size_t {
      carriages.push_back(carriage);
      states.push_back(state);
      offers.emplace_back(as_chars(in_order));
      state.not_mine = refuse;
      state.unrecognised = unsure;
      const std::size_t consumed = in_order.size() - std::min(leave, in_order.size());
      read[carriage.connection] += as_chars(in_order.first(consumed));
      return consumed;
    };
  }

  void send(bool from_client, std::uint32_t sequence, std::string_view payload, unsigned flags = ack,
            std::uint32_t acknowledgement = 0) {
    Carriage carriage;
    carriage.time_ns = time_ns;
    carriage.frame = ++frame;
    carriage.source = ipv4(from_client ? 1 : 9);
    carriage.destination = ipv4(from_client ? 9 : 1);
    decode::TcpSegment segment;
    segment.source_port = from_client ? 40'000 : 2'775;
    segment.destination_port = from_client ? 2'775 : 40'000;
    segment.sequence = sequence;
    segment.acknowledgement = acknowledgement;
    segment.flags = static_cast<std::uint8_t>(flags);
    segment.payload = as_octets(payload);
    streams.segment(carriage, segment, reader());
  }
  /// Without the ACK bit nothing is known of the other direction.
  void client(std::uint32_t sequence, std::string_view payload, unsigned flags = 0) {
    send(true, sequence, payload, flags);
  }
  std::string all() const {
    std::string text;
    for (const std::string& offer : offers) text += offer + '|';
    return text;
  }
};

TEST(TcpStreams, delivers_from_the_syn_in_order) {
  Wire wire;
  wire.send(true, 99, "", decode::tcp_syn);
  wire.send(false, 499, "", decode::tcp_syn | ack, 100);
  wire.send(true, 100, "abc", ack, 500);
  wire.send(false, 500, "xyz", ack, 103);
  wire.send(true, 103, "def", ack, 503);
  EXPECT_EQ(wire.all(), "abc|xyz|def|");
  EXPECT_TRUE(wire.states[0].from_start);
  EXPECT_TRUE(wire.states[1].from_start);
  EXPECT_EQ(wire.carriages[0].position, 0U);
  EXPECT_EQ(wire.carriages[2].position, 3U);
  EXPECT_EQ(wire.carriages[0].opposite, wire.carriages[1].connection);
  EXPECT_EQ(wire.carriages[1].opposite, wire.carriages[0].connection);
  EXPECT_NE(wire.carriages[0].connection, wire.carriages[1].connection);
  EXPECT_EQ(wire.carriages[0].source_port, 40'000);
}

TEST(TcpStreams, begins_in_the_middle) {
  Wire wire;
  wire.client(5'000, "abc");
  wire.client(5'003, "def");
  EXPECT_EQ(wire.all(), "abc|def|");
  EXPECT_FALSE(wire.states[0].from_start);
  EXPECT_EQ(wire.carriages[1].position, 5'003U);
}

TEST(TcpStreams, offers_the_rest_again_with_what_follows) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.leave = 2;
  wire.client(100, "abcd");
  wire.client(104, "ef");
  wire.leave = 0;
  wire.client(106, "g");
  EXPECT_EQ(wire.all(), "abcd|cdef|efg|");
  EXPECT_EQ(wire.carriages[1].position, 2U);
  EXPECT_EQ(wire.carriages[2].position, 4U);
  EXPECT_EQ(wire.streams.buffers_taken(), 0U);
}

TEST(TcpStreams, the_first_copy_of_an_octet_counts) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.client(100, "abc");
  wire.client(100, "XYZ");
  wire.client(101, "XYde");
  wire.client(107, "hi");     // early
  wire.client(105, "fgXXj");  // fills the gap, repeats "hi" with other content, goes on
  EXPECT_EQ(wire.all(), "abc|de|fg|hi|j|");
  EXPECT_EQ(wire.counters.of(Count::repeated_tcp_segment), 1U);
}

TEST(TcpStreams, sequence_numbers_wrap) {
  Wire wire;
  wire.client(0xfffffffd, "", decode::tcp_syn);
  wire.client(1, "def");
  wire.client(0xfffffffe, "abc");
  EXPECT_EQ(wire.all(), "abc|def|");
  EXPECT_EQ(wire.carriages[1].position, 3U);
}

TEST(TcpStreams, keep_alives_and_window_probes_do_no_harm) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.client(100, "abc");
  wire.client(102, "");
  wire.client(102, "?");
  wire.client(103, "d");
  wire.client(103, "def");
  EXPECT_EQ(wire.all(), "abc|d|ef|");
}

TEST(TcpStreams, a_gap_is_given_up_after_five_seconds) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.leave = 1;
  wire.client(100, "abc");
  wire.client(200, "xyz");
  wire.time_ns += 4 * second;
  wire.leave = 0;
  wire.client(203, "uvw");
  EXPECT_EQ(wire.all(), "abc|");
  wire.time_ns += second;
  wire.client(206, "!");
  EXPECT_EQ(wire.all(), "abc|xyz|uvw|!|");
  EXPECT_TRUE(wire.states[1].lost);
  EXPECT_FALSE(wire.states[2].lost);
  EXPECT_EQ(wire.carriages[1].position, 100U);
  EXPECT_EQ(wire.counters.of(Count::skipped_tcp_gap), 1U);
  EXPECT_EQ(wire.streams.buffers_taken(), 0U);
}

TEST(TcpStreams, what_waited_behind_a_gap_that_is_given_up_comes_with_its_own_frame_and_time) {
  Wire wire;
  wire.client(100, "abc");
  wire.client(110, "def");
  wire.time_ns += second;
  wire.client(113, "ghi");
  wire.streams.finish(wire.reader());
  EXPECT_EQ(wire.all(), "abc|def|ghi|");
  EXPECT_EQ(wire.carriages[1].frame, 2U);
  EXPECT_EQ(wire.carriages[1].time_ns, second);
  EXPECT_EQ(wire.carriages[2].frame, 3U);
  EXPECT_EQ(wire.carriages[2].time_ns, 2 * second);
}

TEST(TcpStreams, a_gap_in_a_silent_connection_is_given_up_by_expire_and_finish) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.client(105, "xyz");
  wire.streams.expire(5 * second, wire.reader());
  EXPECT_EQ(wire.all(), "");
  wire.streams.expire(6 * second, wire.reader());
  EXPECT_EQ(wire.all(), "xyz|");
  EXPECT_EQ(wire.carriages[0].frame, 2U);
  EXPECT_EQ(wire.carriages[0].source_port, 40'000);
  wire.client(120, "uvw");
  wire.streams.finish(wire.reader());
  EXPECT_EQ(wire.all(), "xyz|uvw|");
  EXPECT_TRUE(wire.states[1].lost);
}

TEST(TcpStreams, what_the_receiver_does_not_acknowledge_is_waited_for) {
  Wire wire;
  wire.send(true, 99, "", decode::tcp_syn);
  wire.send(false, 499, "", decode::tcp_syn | ack, 100);
  wire.send(true, 200, "never accepted", ack, 500);
  wire.time_ns += 10 * second;
  wire.send(false, 500, "", ack, 100);
  wire.send(true, 100, "abc", ack, 500);
  EXPECT_EQ(wire.all(), "abc|");
}

TEST(TcpStreams, too_many_pieces_behind_a_gap_end_the_wait) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  for (std::uint32_t i = 0; i < TcpStreams::max_held; ++i) wire.client(101 + 2 * i, "x");
  EXPECT_EQ(wire.offers.size(), 1U);
  EXPECT_TRUE(wire.states[0].lost);
  EXPECT_EQ(wire.counters.of(Count::crowded_tcp_gap), 1U);
  EXPECT_EQ(wire.counters.of(Count::skipped_tcp_gap), 0U);
}

TEST(TcpStreams, pieces_beyond_those_that_can_be_held_are_lost_and_counted) {
  Wire wire;
  wire.send(true, 99, "", decode::tcp_syn);
  wire.send(false, 499, "", decode::tcp_syn | ack, 100);  // nothing behind the gap is acknowledged
  for (std::uint32_t i = 0; i < TcpStreams::max_held; ++i) wire.client(101 + 2 * i, "x");
  EXPECT_EQ(wire.counters.of(Count::lost_tcp_too_many_pieces), 0U);
  wire.client(5'000, "four");
  EXPECT_EQ(wire.counters.of(Count::lost_tcp_too_many_pieces), 4U);
  EXPECT_EQ(wire.counters.of(Count::lost_tcp_no_buffer), 0U);
  wire.client(100, "a");
  EXPECT_EQ(wire.all(), "a|x|");
  EXPECT_EQ(wire.counters.of(Count::crowded_tcp_gap), 0U);
}

TEST(TcpStreams, what_comes_after_its_gap_was_given_up_is_late_not_repeated) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.client(100, "abc");
  wire.client(200, "xyz");
  wire.time_ns += 5 * second;
  wire.client(203, "uvw");
  wire.client(110, "late");
  EXPECT_EQ(wire.counters.of(Count::late_tcp_segment), 1U);
  wire.client(199, "?xyzuvw!");  // the end of the gap, what was read, and what is new
  EXPECT_EQ(wire.counters.of(Count::late_tcp_segment), 2U);
  EXPECT_EQ(wire.all(), "abc|xyz|uvw|!|");
  wire.client(200, "xyz");
  wire.client(100, "abc");
  EXPECT_EQ(wire.counters.of(Count::late_tcp_segment), 2U);
  EXPECT_EQ(wire.counters.of(Count::repeated_tcp_segment), 2U);
}

TEST(TcpStreams, what_stands_before_the_first_octet_that_was_seen_is_late) {
  Wire wire;
  wire.client(5'000, "def");
  wire.client(4'997, "abc");
  EXPECT_EQ(wire.counters.of(Count::late_tcp_segment), 1U);
  wire.client(5'000, "def");
  EXPECT_EQ(wire.counters.of(Count::repeated_tcp_segment), 1U);
  EXPECT_EQ(wire.all(), "def|");
}

TEST(TcpStreams, after_a_new_syn_nothing_of_the_new_connection_is_late) {
  Wire wire;
  wire.client(5'000, "abc", decode::tcp_fin);
  wire.client(99, "", decode::tcp_syn);
  wire.client(100, "new");
  wire.client(100, "new");
  EXPECT_EQ(wire.all(), "abc|new|");
  EXPECT_EQ(wire.counters.of(Count::late_tcp_segment), 0U);
  EXPECT_EQ(wire.counters.of(Count::repeated_tcp_segment), 1U);
}

TEST(TcpStreams, a_new_syn_begins_a_new_connection) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.leave = 1;
  wire.client(100, "abc", decode::tcp_fin);
  EXPECT_TRUE(wire.states[0].finished);
  wire.leave = 0;
  wire.client(7'999, "", decode::tcp_syn);
  wire.client(8'000, "new");
  EXPECT_EQ(wire.all(), "abc|new|");
  EXPECT_EQ(wire.carriages[1].position, 0U);
  EXPECT_NE(wire.carriages[0].connection, wire.carriages[1].connection);
  EXPECT_EQ(wire.streams.buffers_taken(), 0U);
}

TEST(TcpStreams, the_end_is_told_where_octets_wait) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.leave = 1;
  wire.client(100, "abc");
  wire.client(103, "", decode::tcp_fin);
  EXPECT_EQ(wire.all(), "abc|c|");
  EXPECT_FALSE(wire.states[0].finished);
  EXPECT_TRUE(wire.states[1].finished);
}

TEST(TcpStreams, a_syn_that_the_receiver_ignores_is_ignored) {
  Wire wire;
  wire.send(true, 99, "", decode::tcp_syn);
  wire.send(false, 499, "", decode::tcp_syn | ack, 100);
  wire.send(true, 100, "abc", ack, 500);
  wire.send(true, 70'000, "", decode::tcp_syn);
  wire.send(true, 103, "def", ack, 500);
  EXPECT_EQ(wire.all(), "abc|def|");
  EXPECT_EQ(wire.carriages[0].connection, wire.carriages[1].connection);
}

TEST(TcpStreams, a_syn_that_the_receiver_answers_begins_a_new_connection) {
  Wire wire;
  wire.send(true, 99, "", decode::tcp_syn);
  wire.send(false, 499, "", decode::tcp_syn | ack, 100);
  wire.send(true, 100, "abc", ack, 500);
  wire.send(true, 69'999, "", decode::tcp_syn);
  wire.send(false, 80'000, "", decode::tcp_syn | ack, 70'000);
  wire.send(true, 70'000, "new", ack, 80'001);
  wire.send(false, 80'001, "answer", ack, 70'003);
  EXPECT_EQ(wire.all(), "abc|new|answer|");
  EXPECT_TRUE(wire.states[2].from_start);
}

TEST(TcpStreams, a_reset_counts_only_where_it_is_expected) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.leave = 1;
  wire.client(100, "abc");
  wire.client(500, "", decode::tcp_rst);
  wire.client(103, "d");
  EXPECT_EQ(wire.all(), "abc|cd|");
  wire.client(104, "", decode::tcp_rst);
  EXPECT_EQ(wire.streams.buffers_taken(), 0U);
  wire.client(900, "x");
  EXPECT_EQ(wire.all(), "abc|cd|x|");
  EXPECT_FALSE(wire.states[2].from_start);
}

TEST(TcpStreams, strays_are_left_out_but_a_stream_that_moved_on_is_found_again) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.client(100, "abc");
  wire.client(100'000'000, "stray");
  wire.client(103, "def");
  EXPECT_EQ(wire.all(), "abc|def|");
  wire.client(200'000'000, "first");
  wire.client(200'000'005, "second");
  EXPECT_EQ(wire.all(), "abc|def|second|");
  EXPECT_TRUE(wire.states[2].lost);
  EXPECT_EQ(wire.counters.of(Count::unread_tcp_out_of_window), 2U);
}

TEST(TcpStreams, what_is_not_the_readers_is_only_counted) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.refuse = true;
  wire.leave = 3;
  wire.client(100, "GET");
  wire.client(103, " / ");
  wire.send(false, 700, "200 OK");
  EXPECT_EQ(wire.all(), "GET|");
  EXPECT_EQ(wire.counters.of(Count::unread_other_tcp), 3U);
  EXPECT_EQ(wire.streams.buffers_taken(), 0U);
}

TEST(TcpStreams, a_connection_in_which_nothing_was_recognised_is_counted_once_when_it_leaves) {
  const auto count = [](const Wire& wire) { return wire.counters.of(Count::unread_unrecognised_tcp); };
  Wire wire;
  wire.unsure = true;
  wire.leave = 3;
  wire.client(100, "GET");
  wire.send(false, 700, "200 OK");
  EXPECT_EQ(count(wire), 0U);
  wire.client(103, "", decode::tcp_rst);
  EXPECT_EQ(count(wire), 1U);
  wire.client(1'000, "", decode::tcp_syn);
  wire.client(1'001, "GET");
  wire.client(1'004, "", decode::tcp_fin);
  wire.client(2'000, "", decode::tcp_syn);  // between the same ends
  EXPECT_EQ(count(wire), 2U);
  wire.client(2'001, "GET");
  wire.streams.finish(wire.reader());
  EXPECT_EQ(count(wire), 3U);
  EXPECT_EQ(wire.counters.of(Count::unfinished_tcp_stream), 0U);
}

TEST(TcpStreams, a_connection_that_is_recognised_in_one_direction_is) {
  Wire wire;
  wire.unsure = true;
  wire.client(100, "GET");
  wire.unsure = false;
  wire.send(false, 700, "200 OK");
  wire.streams.finish(wire.reader());
  EXPECT_EQ(wire.counters.of(Count::unread_unrecognised_tcp), 0U);
}

TEST(TcpStreams, tls_is_not_offered) {
  using namespace std::string_view_literals;
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.client(100, "\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03"sv);
  wire.send(false, 700, "\x16\x03\x03\x00\x28\x02"sv);
  EXPECT_EQ(wire.all(), "");
  EXPECT_EQ(wire.counters.of(Count::unread_encrypted), 2U);
}

TEST(TcpStreams, keeps_one_pdu_of_80_kib_and_no_more) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.leave = std::numeric_limits<std::size_t>::max();
  const std::string segment(1'024, 'x');
  std::uint32_t sequence = 100;
  for (int i = 0; i < 80; ++i, sequence += 1'024) wire.client(sequence, segment);
  EXPECT_EQ(wire.offers.back().size(), 81'920U);
  EXPECT_EQ(wire.counters.of(Count::unread_tcp_too_long), 0U);
  wire.client(sequence, segment);
  EXPECT_EQ(wire.offers.back().size(), 82'944U);
  EXPECT_EQ(wire.counters.of(Count::unread_tcp_too_long), 1U);
  wire.client(sequence + 1'024, segment);
  EXPECT_EQ(wire.offers.back().size(), 1'024U);
  EXPECT_TRUE(wire.states.back().lost);
}

TEST(TcpStreams, what_is_kept_and_the_longest_segment_are_offered_in_one_piece) {
  Wire wire;
  wire.client(99, "", decode::tcp_syn);
  wire.leave = std::numeric_limits<std::size_t>::max();
  const std::string segment(65'535, 'x');
  wire.client(100, segment);
  wire.client(100 + 65'535, std::string(81'920 - 65'535, 'y'));
  wire.client(100 + 81'920, segment);
  EXPECT_EQ(wire.offers.back().size(), 81'920U + 65'535U);
  EXPECT_EQ(wire.counters.of(Count::lost_tcp_no_buffer), 0U);
}

TEST(TcpStreams, the_longest_silent_connection_gives_its_room_back) {
  Wire wire;
  wire.leave = 1;
  wire.unsure = true;
  for (std::uint8_t i = 0; i < 10; ++i) {
    Carriage carriage;
    carriage.source = ipv4(i);
    carriage.destination = ipv4(100);
    decode::TcpSegment segment;
    segment.payload = as_octets("abc");
    wire.streams.segment(carriage, segment, wire.reader());
    segment.sequence = 10;
    wire.streams.segment(carriage, segment, wire.reader());
  }
  EXPECT_EQ(wire.streams.connections(), 4U);
  EXPECT_EQ(wire.counters.of(Count::evicted_tcp_connection), 6U);
  EXPECT_EQ(wire.counters.of(Count::unread_unrecognised_tcp), 6U);
  EXPECT_EQ(wire.streams.buffers_taken(), 8U);
}

// Segments of a random stream are cut, repeated with other content, made to overlap and put out of order. The
// model: of each octet the first copy that was sent counts.
class Shuffled : public testing::TestWithParam<unsigned> {};

TEST_P(Shuffled, comes_out_as_the_first_copies_in_order) {
  std::mt19937 random{GetParam()};
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n - 1}(random);
  };
  constexpr std::size_t length = 200'000;
  struct Segment {
    std::size_t at;
    std::string octets;
  };
  const auto cut = [&](std::size_t at, std::size_t size) {
    std::string octets(std::min(size, length - at), '\0');
    for (char& c : octets) c = static_cast<char>(below(256));
    return Segment{at, octets};
  };
  std::deque<Segment> segments;
  for (std::size_t at = 0; at < length;) {
    const std::size_t size = 1 + below(below(4) == 0 ? 3'000 : 300);
    segments.push_back(cut(at, size));
    at += segments.back().octets.size();
    if (below(5) == 0) segments.push_back(cut(at - std::min(at, below(2'000)), 1 + below(2'000)));
  }
  for (std::size_t i = 0; i + 8 < segments.size(); ++i)
    if (below(3) == 0) std::swap(segments[i], segments[i + below(8)]);
  while (!segments.empty() && segments.back().octets.empty()) segments.pop_back();

  Counters counters;
  TcpStreams streams{counters, {.connections = 2, .small_buffers = 512, .large_buffers = 4}};
  std::string expected(length, '\0');
  std::vector<bool> sent(length);
  std::string read;
  const auto start = static_cast<std::uint32_t>(random());  // some of them near the wrap
  const std::uint32_t isn = GetParam() % 2 == 0 ? 0xffffffffU - 1'000 : start;
  Carriage carriage;
  carriage.source = ipv4(1);
  carriage.destination = ipv4(2);
  const auto deliver = [&](const Carriage& at, StreamState& state, Octets in_order) -> std::size_t {
    EXPECT_EQ(at.position, read.size());
    EXPECT_FALSE(state.lost);
    const std::size_t consumed = below(4) == 0 ? below(in_order.size() + 1) : in_order.size();
    read += as_chars(in_order.first(consumed));
    return consumed;
  };
  const auto send = [&](std::uint32_t sequence, std::string_view octets, std::uint8_t flags) {
    decode::TcpSegment segment;
    segment.sequence = sequence;
    segment.flags = flags;
    segment.payload = as_octets(octets);
    streams.segment(carriage, segment, deliver);
  };
  send(isn - 1, "", decode::tcp_syn);
  for (const Segment& segment : segments) {
    for (std::size_t i = 0; i < segment.octets.size(); ++i) {
      if (sent[segment.at + i]) continue;
      sent[segment.at + i] = true;
      expected[segment.at + i] = segment.octets[i];
    }
    send(isn + static_cast<std::uint32_t>(segment.at), segment.octets, 0);
  }
  streams.finish(deliver);
  ASSERT_EQ(counters.of(Count::lost_tcp_no_buffer), 0U);
  // What the reader left at the end is the end of the stream.
  ASSERT_GE(read.size() + 66'000, length);
  EXPECT_EQ(read, expected.substr(0, read.size()));
  EXPECT_LE(streams.buffers_taken(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Shuffled, testing::Range(0U, 40U));

}  // namespace
}  // namespace tollgate::flow
