#include "flow/tcp_relay.hpp"

#include <gtest/gtest.h>

#include "support/relay_wire.hpp"

namespace tollgate::flow {
namespace {

using test::RelayRoom;
using test::RelaySegment;
using test::RelayWire;

constexpr std::uint64_t millisecond = 1'000'000;
constexpr std::uint64_t second = 1'000 * millisecond;
constexpr std::uint32_t client_start = 1'000;
constexpr std::uint32_t server_start = 5'000;
constexpr unsigned ack = decode::tcp_ack;

/// See test::PduReader.
std::string pdu(char verdict, const std::string& text) {
  const std::size_t size = 3 + text.size();
  return std::string{static_cast<char>(size >> 8U), static_cast<char>(size & 0xffU), verdict} + text;
}
std::string zeros(std::size_t size) { return std::string(size, '\0'); }

/// A client and a server that say what a test has them say. What leaves is told in one line a segment:
/// direction, sequence number from the stream's start, payload (`\0` as `_`) or what is acknowledged, flags
/// other than ACK and PSH, and `*` where it was changed, `+` where it was made.
struct Relay : ::testing::Test {
  explicit Relay(const RelayMemory::Limits& limits = RelayWire::small) : wire(limits) {
    wire.on_leave = [this](const RelaySegment& segment) {
      left.push_back(segment);
      log += describe(segment);
    };
  }

  struct Options {
    bool sack = true;
    bool timestamps = false;
    int scale = 2;
    std::uint16_t mss = 1'000;
    std::uint16_t server_window = 4'000;  ///< what the SYN-ACK offers
  };
  void open(const Options& options) {
    timestamps = options.timestamps;
    const std::string syn =
        RelayWire::syn_options(options.mss, options.sack, options.timestamps, options.scale);
    RelaySegment segment{.sequence = client_start - 1, .flags = decode::tcp_syn, .window = 4'000};
    segment.syn_options = syn;
    wire.send(segment);
    segment.from_client = false;
    segment.sequence = server_start - 1;
    segment.flags = decode::tcp_syn | ack;
    segment.acknowledgement = client_start;
    segment.window = options.server_window;
    wire.send(segment);
    client(0, "");
    log.clear();
    left.clear();
  }
  void open() { open(Options{}); }

  RelaySegment segment(bool from_client, std::uint32_t at, const std::string& payload, unsigned flags = ack) {
    RelaySegment s;
    s.from_client = from_client;
    s.sequence = (from_client ? client_start : server_start) + at;
    s.payload = payload;
    s.flags = flags;
    s.acknowledgement = from_client ? server_start + client_acks : client_start + server_acks;
    s.window = window;
    s.timestamps = timestamps;
    s.timestamp = ++clock;
    return s;
  }
  void client(std::uint32_t at, const std::string& payload, unsigned flags = ack) {
    wire.send(segment(true, at, payload, flags));
  }
  void server(std::uint32_t at, const std::string& payload, unsigned flags = ack) {
    wire.send(segment(false, at, payload, flags));
  }
  /// The server has everything before `at`.
  void server_has(std::uint32_t at) {
    server_acks = at;
    server(0, "");
  }
  /// What has left since this was last asked.
  std::string told() { return std::exchange(log, {}); }

  static std::string describe(const RelaySegment& s) {
    std::string line = s.from_client ? ">" : "<";
    const auto at = static_cast<std::int32_t>(s.sequence - (s.from_client ? client_start : server_start));
    line += std::to_string(at) + " ";
    if (s.payload.empty()) {
      const std::uint32_t base = s.from_client ? server_start : client_start;
      line += "ack " + std::to_string(static_cast<std::int32_t>(s.acknowledgement - base));
      for (const auto& block : s.blocks)
        line += " [" + std::to_string(block.begin - base) + "," + std::to_string(block.end - base) + ")";
    }
    for (const char c : s.payload) {
      if (c == '\0') line += '_';
      else if (c > 0 && c < ' ') line += '#';
      else line += c;
    }
    if ((s.flags & decode::tcp_fin) != 0) line += " FIN";
    if ((s.flags & decode::tcp_rst) != 0) line += " RST";
    if ((s.flags & decode::tcp_syn) != 0) line += " SYN";
    if ((s.flags & decode::tcp_urg) != 0) line += " URG";
    line += s.kind == RelaySegment::Kind::passed    ? "\n"
            : s.kind == RelaySegment::Kind::changed ? " *\n"
                                                    : " +\n";
    return line;
  }
  std::uint64_t count(Count of) const { return wire.counters.of(of); }

  RelayWire wire;
  std::string log;
  std::vector<RelaySegment> left;
  std::uint32_t client_acks = 0;
  std::uint32_t server_acks = 0;
  std::uint16_t window = 1'000;  ///< as it stands in the header: 4,000 octets with the scale of 2
  bool timestamps = false;
  std::uint32_t clock = 100;
};

TEST_F(Relay, whole_pdus_leave_as_they_came) {
  open();
  client(0, pdu('A', "one") + pdu('A', "two"));
  EXPECT_EQ(told(), ">0 _#Aone_#Atwo\n");
  server_has(12);
  EXPECT_EQ(told(), "<0 ack 12\n");
  EXPECT_EQ(wire.relay->buffers_taken(), 0U);
}

TEST_F(Relay, a_blocked_pdu_is_edited_and_its_neighbours_are_not) {
  open();
  client(0, pdu('A', "one") + pdu('B', "two") + pdu('A', "six"));
  EXPECT_EQ(told(), ">0 _#Aone_#B____#Asix *\n");
}

TEST_F(Relay, a_pdu_in_two_segments_waits_for_its_end) {
  open();
  const std::string whole = pdu('B', "secret");
  client(0, whole.substr(0, 5));
  EXPECT_EQ(told(), "");
  client(5, whole.substr(5));
  EXPECT_EQ(told(), ">0 _#B__ +\n>5 ____ *\n");
}

TEST_F(Relay, a_segment_is_cut_where_its_last_whole_pdu_ends) {
  open();
  client(0, pdu('A', "one") + pdu('A', "two").substr(0, 4));
  EXPECT_EQ(told(), ">0 _#Aone *\n");
  client(10, "wo" + pdu('A', "three"));
  EXPECT_EQ(told(), ">6 _#At +\n>10 wo_#Athree\n");
}

TEST_F(Relay, held_octets_leave_in_segments_that_the_receiver_takes) {
  open({.mss = 600});
  const std::string whole = pdu('A', std::string(1'500, 'x'));
  client(0, whole.substr(0, 1'400));
  EXPECT_EQ(told(), "");
  client(1'400, whole.substr(1'400));
  ASSERT_EQ(left.size(), 4U);
  EXPECT_EQ(left[0].payload.size(), 600U);
  EXPECT_EQ(left[1].payload.size(), 600U);
  EXPECT_EQ(left[2].payload.size(), 200U);
  EXPECT_EQ(left[3].kind, RelaySegment::Kind::passed);
}

TEST_F(Relay, of_a_stream_whose_receiver_is_never_seen_its_last_octets_are_known) {
  for (const bool closed : {false, true}) {
    wire.links[0].closed = closed;
    wire.port++;
    const std::string stopped = pdu('B', std::string(997, 'x'));
    std::uint32_t at = 0;
    for (; at < 1'000'000; at += 1'000) {
      client(at, stopped);
      if (at >= 130'000) client(at - 130'000, stopped);
      for (const RelaySegment& segment : std::exchange(left, {}))
        ASSERT_EQ(segment.payload.substr(3), zeros(997));
    }
    client(0, stopped);
    EXPECT_EQ(left.size(), closed ? 0U : 1U);
    client(at - 1, "x");  // a keep-alive
    EXPECT_EQ(left.size(), closed ? 1U : 2U);
    left.clear();
  }
  EXPECT_EQ(count(Count::unread_tcp_behind), 1U);
  EXPECT_EQ(count(Count::stopped_tcp_behind), 1U);
}

TEST_F(Relay, what_is_in_flight_beyond_the_room_for_it_comes_again) {
  open({.scale = 10});
  window = 0xffff;
  server_has(0);
  const std::string some = pdu('B', std::string(997, 'x'));
  const std::string stopped = pdu('B', zeros(997));
  std::uint32_t gone = 0;
  for (std::uint32_t at = 0; at < 400'000; at += 1'000) {
    left.clear();
    client(at, some);
    if (!left.empty() && left.back().payload == stopped) gone = at + 1'000;
  }
  EXPECT_EQ(gone, 262'000U) << "whole PDUs in 256 KiB";
  server_has(gone);
  left.clear();
  for (std::uint32_t at = gone; at < 400'000; at += 1'000) client(at, some);
  ASSERT_EQ(left.size(), 138U);
  for (const RelaySegment& segment : left) ASSERT_EQ(segment.payload, stopped);
  EXPECT_EQ(wire.reader.pdus.size(), 400U);
}

TEST_F(Relay, bypassed_it_refuses_no_octets) {
  for (const bool edited : {false, true}) {
    wire.port++;
    wire.relay->enforce(true);
    open({.scale = 10});
    if (edited) client(0, pdu('B', std::string(997, 'x')));
    wire.relay->enforce(false);
    window = 0xffff;
    server_has(0);
    const std::string some = pdu('A', std::string(997, 'x'));
    for (std::uint32_t at = edited ? 1'000 : 0; at < 400'000; at += 1'000) {
      left.clear();
      client(at, some, at == 399'000 ? ack | decode::tcp_fin : ack);
      ASSERT_EQ(left.size(), 1U);
      ASSERT_EQ(left[0].payload, some);
    }
    EXPECT_NE(left[0].flags & decode::tcp_fin, 0U);
    left.clear();
    client(0, some);
    EXPECT_EQ(left[0].payload, edited ? pdu('B', zeros(997)) : some);
  }
}

TEST_F(Relay, what_is_sent_again_is_overwritten_with_what_was_sent) {
  open();
  client(0, pdu('B', "spam") + pdu('A', "one"));
  told();
  client(0, pdu('A', "good") + pdu('A', "ONE"));
  EXPECT_EQ(told(), ">0 _#B_____#Aone *\n");
  client(7, pdu('A', "one"));  // the same octets: nothing to change
  EXPECT_EQ(told(), ">7 _#Aone\n");
}

TEST_F(Relay, what_the_receiver_has_passes) {
  open();
  client(0, pdu('A', "one"));
  server_has(6);
  told();
  client(5, "?");  // a keep-alive with an octet (RFC 9293 3.8.4)
  client(5, "");
  EXPECT_EQ(told(), ">5 ?\n>5 ack 0\n");
}

TEST_F(Relay, octets_behind_a_gap_wait_and_the_sender_is_told) {
  open();
  const std::string all = pdu('A', "one") + pdu('B', "two") + pdu('A', "six");
  client(6, all.substr(6, 4));
  EXPECT_EQ(told(), "<0 ack 0 [6,10) +\n");
  client(14, all.substr(14));
  EXPECT_EQ(told(), "<0 ack 0 [14,18) [6,10) +\n");  // the newest first (RFC 2018 4)
  client(0, all.substr(0, 6));
  EXPECT_EQ(told(), ">0 _#Aone\n");
  client(10, all.substr(10, 4));
  EXPECT_EQ(told(), ">6 _#B_ +\n>10 ___# *\n>14 Asix +\n");
}

TEST_F(Relay, without_selective_acknowledgements_only_the_gap_is_told) {
  open({.sack = false});
  client(6, pdu('A', "two"));
  EXPECT_EQ(told(), "<0 ack 0 +\n");
}

TEST_F(Relay, held_octets_are_acknowledged_after_five_milliseconds) {
  open();
  client(0, pdu('A', "one").substr(0, 4));
  wire.tick(4 * millisecond);
  EXPECT_EQ(told(), "");
  wire.tick(millisecond);
  EXPECT_EQ(told(), "<0 ack 4 +\n");
  // The right edge of the server's window stays: it offered 4,000 octets from 0 on.
  EXPECT_EQ(left.back().acknowledgement + (std::uint32_t{left.back().window} << 2U), client_start + 4'000);
  EXPECT_FALSE(wire.relay->drained());
  client(4, "ne");
  EXPECT_EQ(told(), ">0 _#Ao +\n>4 ne\n");
  server_has(6);
  EXPECT_TRUE(wire.relay->drained());
}

TEST_F(Relay, held_octets_are_acknowledged_when_they_come_again) {
  open();
  client(0, pdu('A', "one").substr(0, 4));
  client(0, pdu('A', "one").substr(0, 4));
  EXPECT_EQ(told(), "<0 ack 4 +\n");
}

TEST_F(Relay, a_connection_whose_syn_was_not_seen_has_no_custody) {
  client(0, pdu('A', "one").substr(0, 4));
  server(0, "");
  told();
  client(0, pdu('A', "one").substr(0, 4));
  wire.tick(10 * millisecond);
  EXPECT_EQ(told(), "");
  client(0, pdu('A', "one"));
  EXPECT_EQ(told(), ">0 _#Aone\n");
}

TEST_F(Relay, what_is_in_custody_is_repeated_until_the_receiver_has_it) {
  open();
  client(0, pdu('A', "one").substr(0, 4));
  wire.tick(5 * millisecond);
  client(4, "ne");
  told();
  wire.tick(195 * millisecond);
  EXPECT_EQ(told(), "");
  wire.tick(10 * millisecond);
  EXPECT_EQ(told(), ">0 _#Ao +\n");  // and not what its sender will repeat
  wire.tick(390 * millisecond);
  EXPECT_EQ(told(), "");
  wire.tick(20 * millisecond);
  EXPECT_EQ(told(), ">0 _#Ao +\n");
  server_has(4);
  EXPECT_EQ(told(), "<0 ack 4\n");
  wire.tick(10 * second);
  EXPECT_EQ(told(), "");
}

TEST_F(Relay, the_third_duplicate_acknowledgement_has_it_repeated) {
  open();
  client(0, pdu('A', "one").substr(0, 4));
  wire.tick(5 * millisecond);
  client(4, "ne" + pdu('A', "two"));
  told();
  for (int i = 0; i < 3; ++i) server_has(0);
  EXPECT_EQ(told(), "<0 ack 0\n<0 ack 0\n<0 ack 0\n>0 _#Ao +\n");
}

TEST_F(Relay, custody_is_given_up_after_a_minute_of_silence) {
  open();
  client(0, pdu('A', "one").substr(0, 4));
  wire.tick(5 * millisecond);
  client(4, "ne");
  for (int i = 0; i < 70; ++i) wire.tick(second);
  EXPECT_EQ(count(Count::lost_tcp_custody), 1U);
  EXPECT_TRUE(wire.relay->drained());
}

TEST_F(Relay, a_receiver_that_opens_its_window_is_heard_by_a_sender_that_was_told_more) {
  open({.server_window = 8});
  client(0, pdu('A', "one") + pdu('A', "two").substr(0, 2));
  wire.tick(5 * millisecond);
  EXPECT_EQ(told(), ">0 _#Aone *\n<0 ack 8 +\n");
  EXPECT_EQ(left[1].window, 0U);
  server_has(6);
  EXPECT_EQ(told(), "<0 ack 6\n<0 ack 8 +\n");
  EXPECT_EQ(left.back().acknowledgement + (std::uint32_t{left.back().window} << 2U),
            client_start + 6 + 4'000 - 2);
}

/// What a client says in its server's place.
struct TwoSidedRelay : Relay {
  TwoSidedRelay() { wire.links[0].two_sided = true; }
  void forge(RelaySegment segment) {
    segment.from_client = false;
    segment.side = Side::outside;
    wire.send(segment);
  }
  void forge(std::uint32_t at, const std::string& payload, unsigned flags = ack) {
    forge(segment(false, at, payload, flags));
  }
};

TEST_F(TwoSidedRelay, an_acknowledgement_from_the_senders_side_is_not_believed) {
  open();
  client(0, pdu('A', "one"));
  server_acks = 6;
  forge(0, "");
  EXPECT_EQ(told(), ">0 _#Aone\n<0 ack 6\n");
  client(0, pdu('A', "two"));
  EXPECT_EQ(told(), ">0 _#Aone *\n");
  EXPECT_EQ(count(Count::misplaced_tcp), 1U);
}

TEST_F(TwoSidedRelay, nor_is_one_that_comes_before_the_server_is_seen) {
  forge(0, pdu('A', "x"));
  client(0, pdu('B', "one"));
  EXPECT_EQ(told(), "<0 _#Ax\n>0 _#B___ *\n") << "it is read all the same";
  server_acks = 6;
  forge(4, "");
  told();
  client(0, pdu('A', "two"));
  EXPECT_EQ(told(), ">0 _#B___ *\n");
  server(4, "");
  told();
  client(0, pdu('A', "two"));
  EXPECT_EQ(told(), ">0 _#Atwo\n") << "the server has it";
}

TEST_F(TwoSidedRelay, a_closed_link_drops_what_comes_in_on_the_wrong_side) {
  wire.links[0].closed = true;
  open();
  client(0, "");
  server(0, "");
  told();
  forge(0, pdu('B', "spam"));
  EXPECT_EQ(told(), "");
  EXPECT_EQ(wire.dropped, 1U);
  server(0, pdu('A', "good"));
  EXPECT_EQ(told(), "<0 _#Agood\n") << "the first copy is its own";
}

TEST_F(TwoSidedRelay, no_connection_begins_anew_where_one_end_alone_says_so) {
  open();
  client(0, pdu('B', "spam"));
  wire.send({.sequence = 699'999, .flags = decode::tcp_syn});
  forge({.sequence = 800'000, .flags = decode::tcp_syn | ack, .acknowledgement = 700'000});
  client_acks = server_acks = 900'000;
  client(900'000, pdu('A', "new"));
  forge(900'000, "");
  client(900'000, pdu('A', "new"));
  told();
  client_acks = 0;
  client(0, pdu('B', "spam"));
  EXPECT_EQ(told(), ">0 _#B____ *\n");
}

TEST_F(TwoSidedRelay, no_connection_begins_with_a_handshake_of_one_side) {
  wire.send({.sequence = 699'999, .flags = decode::tcp_syn});
  forge({.sequence = 800'000, .flags = decode::tcp_syn | ack, .acknowledgement = 700'000});
  EXPECT_EQ(count(Count::misplaced_tcp), 1U);
  open();
  client(0, pdu('A', "one").substr(0, 4));
  wire.tick(5 * millisecond);
  EXPECT_EQ(told(), "<0 ack 4 +\n") << "the server's handshake counts";
}

TEST_F(TwoSidedRelay, who_is_forged_before_he_speaks_may_connect) {
  wire.links[0].closed = true;
  forge(0, pdu('A', "x"));
  open();
  client(0, pdu('A', "one").substr(0, 4));
  wire.tick(5 * millisecond);
  EXPECT_EQ(told(), "<0 ack 4 +\n");
  EXPECT_EQ(wire.dropped, 1U) << "what is held";
}

TEST_F(TwoSidedRelay, no_reset_of_one_side_ends_a_connection) {
  open();
  client(0, pdu('A', "one").substr(0, 4));
  forge(0, "", decode::tcp_rst);
  told();
  client(4, "ne");
  EXPECT_EQ(told(), ">0 _#Ao +\n>4 ne\n");
}

TEST_F(TwoSidedRelay, nor_does_one_that_comes_before_the_server_is_seen) {
  forge(0, pdu('A', "x"));
  client(0, pdu('A', "one").substr(0, 4));
  forge(4, "", decode::tcp_rst);
  told();
  client(4, "ne");
  EXPECT_EQ(told(), ">0 _#Ao +\n>4 ne\n");
}

TEST_F(TwoSidedRelay, a_signature_on_the_senders_side_does_not_show_that_its_receiver_signs) {
  for (const bool from_client : {true, false}) {
    RelaySegment one = segment(from_client, 0, "x");
    one.side = Side::outside;
    one.syn_options = std::string("\x13\x12", 2) + std::string(16, 'x') + std::string("\1\1", 2);  // RFC 2385
    wire.send(one);
  }
  told();
  client(0, pdu('B', "spam"));
  EXPECT_EQ(told(), ">0 _#B____ *\n");
}

TEST_F(TwoSidedRelay, directions_that_take_different_links_may_come_in_on_the_same_side) {
  wire.links.emplace_back(wire.links[0]);
  wire.restart();
  open();
  client(0, pdu('A', "one"));
  wire.link = 1;
  forge(0, "");
  server_acks = 6;
  forge(0, "");
  told();
  client(0, pdu('A', "two"));
  EXPECT_EQ(told(), ">0 _#Atwo\n");
}

TEST_F(Relay, an_acknowledgement_of_held_octets_is_not_believed) {
  open();
  client(0, pdu('A', "one").substr(0, 4));
  server_has(4);
  EXPECT_EQ(told(), "<0 ack 4\n");
  client(4, "ne");
  EXPECT_EQ(told(), ">0 _#Ao +\n>4 ne\n");
  wire.tick(210 * millisecond);
  EXPECT_EQ(told(), ">0 _#Ao +\n");  // its sender will not repeat it
}

TEST_F(Relay, octets_that_passed_around_us_are_not_waited_for) {
  open();
  client(0, pdu('A', "one"));
  server_has(6);
  server_has(12);  // what it acknowledges did not come here
  told();
  client(12, pdu('A', "six"));
  EXPECT_EQ(told(), ">12 _#Asix\n");
  EXPECT_TRUE(wire.reader.states.back().lost);
  EXPECT_EQ(count(Count::skipped_tcp_gap), 1U);
}

TEST_F(Relay, where_both_directions_passed_around_us_the_connection_is_picked_up_anew) {
  open();
  client(0, pdu('A', "one"));
  server_has(6);
  told();
  // Around us: the client's octets 6 to 12, the server's 0 to 20. Each end has the other's.
  client_acks = 20;
  client(12, pdu('B', "two"));
  EXPECT_EQ(told(), ">11 ack 20 *\n");  // nothing of it goes on; the server has that octet, and answers
  server_acks = 12;
  server(20, "");
  EXPECT_EQ(told(), "<20 ack 12\n");
  client(12, pdu('B', "two"));  // sent again
  EXPECT_EQ(told(), ">12 _#B___ *\n");
  server(20, pdu('A', "six"));
  EXPECT_EQ(told(), "<20 _#Asix\n");
  EXPECT_EQ(count(Count::restarted_tcp_connection), 1U);
  EXPECT_EQ(count(Count::dropped_tcp_astray), 1U);
}

TEST_F(Relay, one_end_that_says_what_the_other_does_not_changes_nothing) {
  open();
  client(0, pdu('A', "one"));
  server_has(6);
  client_acks = 20;
  client(12, pdu('B', "two"));  // not true: the server neither sent nor got that much
  told();
  server(0, "");
  EXPECT_EQ(told(), "<0 ack 6\n");
  client_acks = 0;
  client(6, pdu('A', "two"));
  EXPECT_EQ(told(), ">6 _#Atwo\n");
  EXPECT_EQ(count(Count::restarted_tcp_connection), 0U);
}

TEST_F(Relay, so_it_is_where_gigabytes_have_passed_around_us) {
  open();
  client(0, pdu('A', "one"));
  server_has(6);
  told();
  constexpr std::uint32_t far = 3U << 30U;  // behind, to who knows nothing of it
  client_acks = far;
  client(far, pdu('B', "two"));
  server_acks = far;
  server(far, "");
  told();
  client(far, pdu('B', "two"));
  EXPECT_NE(told().find("_#B___ *"), std::string::npos);
  EXPECT_EQ(count(Count::restarted_tcp_connection), 1U);
}

TEST_F(Relay, octets_beyond_the_receivers_window_do_not_go_on) {
  open({.server_window = 8});
  client(0, pdu('A', "one") + pdu('A', "two"));
  EXPECT_EQ(told(), ">0 _#Aone *\n");
  EXPECT_EQ(count(Count::refused_tcp_octets), 4U);
}

TEST_F(Relay, a_probe_of_a_closed_window_asks_for_an_answer) {
  open({.server_window = 6});
  client(0, pdu('A', "one"));
  window = 0;
  server_has(6);
  told();
  client(6, "_");
  EXPECT_EQ(told(), ">5 ack 0 *\n");  // what the server has already: it answers
}

TEST_F(Relay, an_old_timestamp_is_not_believed) {
  open({.timestamps = true});
  client(0, pdu('A', "one"));
  told();
  RelaySegment old = segment(true, 6, pdu('A', "two"));
  old.timestamp = 50;
  wire.send(old);
  EXPECT_EQ(told(), "");
  client(6, pdu('A', "six"));
  EXPECT_EQ(told(), ">6 _#Asix\n");
}

TEST_F(Relay, a_segment_that_acknowledges_what_was_never_sent_is_not_believed) {
  open();
  RelaySegment forged = segment(true, 6, pdu('A', "two"));
  forged.acknowledgement += 77;
  wire.send(forged);
  EXPECT_EQ(told(), ">5 ack 77 *\n");  // the server is asked
  client(0, pdu('A', "one") + pdu('A', "six"));
  EXPECT_EQ(told(), ">0 _#Aone_#Asix\n");
}

TEST_F(Relay, a_fin_lets_what_is_held_go) {
  open();
  client(0, pdu('A', "one") + "\1\1");
  EXPECT_EQ(told(), ">0 _#Aone *\n");
  client(8, "", ack | decode::tcp_fin);
  EXPECT_EQ(told(), ">6 ## +\n>8 ack 0 FIN\n");
  server_acks = 9;
  server(0, pdu('B', "bye"));  // half closed: the other direction goes on
  EXPECT_EQ(told(), "<0 _#B___ *\n");
}

TEST_F(Relay, a_fin_that_comes_before_its_time_is_not_lost) {
  open();
  client(6, pdu('A', "two"), ack | decode::tcp_fin);
  EXPECT_EQ(told(), "<0 ack 0 [6,12) +\n");
  client(0, pdu('A', "one"));
  EXPECT_EQ(told(), ">0 _#Aone\n>6 _#Atwo FIN +\n");
}

TEST_F(Relay, a_fin_is_cut_off_with_the_octets_before_it) {
  open({.server_window = 8});
  client(0, pdu('A', "one") + pdu('A', "two"), ack | decode::tcp_fin);
  EXPECT_EQ(told(), ">0 _#Aone *\n");
}

TEST_F(Relay, a_reset_drops_what_is_held_and_stands_where_the_receiver_takes_it) {
  open();
  client(0, pdu('A', "one") + pdu('A', "two").substr(0, 4));
  told();
  client(10, "", decode::tcp_rst);
  EXPECT_EQ(told(), ">6 ack 0 RST *\n");
  EXPECT_EQ(count(Count::dropped_tcp_reset), 4U);
  wire.tick(5 * millisecond);
  wire.tick(11 * second);
  client(0, pdu('A', "ONE"));
  EXPECT_EQ(told(), ">0 _#Aone *\n");  // it may not have arrived
}

TEST_F(Relay, a_reset_that_the_receiver_does_not_take_changes_nothing) {
  open();
  client(0, pdu('A', "one").substr(0, 4));
  client(900, "", decode::tcp_rst);
  EXPECT_EQ(told(), ">900 ack 0 RST\n");
  client(4, "ne");
  EXPECT_EQ(told(), ">0 _#Ao +\n>4 ne\n");
}

TEST_F(Relay, after_a_reset_what_was_sent_is_still_repeated_as_it_was) {
  open();
  client(0, pdu('B', "spam"));
  client(7, "", decode::tcp_rst);  // perhaps it dies on its way, as may the segment before it
  told();
  client(0, pdu('B', "spam"));
  EXPECT_EQ(told(), ">0 _#B____ *\n");
}

TEST_F(Relay, a_new_connection_between_the_same_ends_begins_with_an_answered_syn) {
  open();
  client(0, pdu('A', "one").substr(0, 4));
  RelaySegment syn{.sequence = 700'000, .flags = decode::tcp_syn, .window = 4'000};
  syn.syn_options = RelayWire::syn_options(1'000, true, false, 2);
  wire.send(syn);
  RelaySegment answer = syn;
  answer.from_client = false;
  answer.sequence = 800'000;
  answer.flags = decode::tcp_syn | ack;
  answer.acknowledgement = 1;  // not to that SYN
  wire.send(answer);
  told();
  client(4, "ne");
  EXPECT_EQ(told(), ">0 _#Ao +\n>4 ne\n");  // the old connection lives
  answer.acknowledgement = 700'001;
  wire.send(answer);
  told();
  RelaySegment first{.sequence = 700'001, .payload = pdu('B', "new"), .acknowledgement = 800'001};
  wire.send(first);
  EXPECT_EQ(left.back().payload, std::string("\0\6B", 3) + zeros(3));
  EXPECT_EQ(wire.reader.carriages.back().position, 0U);
}

TEST_F(Relay, a_syn_that_is_not_answered_does_not_end_a_connection_whose_syn_was) {
  open();
  client(0, pdu('B', "spam"));
  wire.send({.sequence = 699'999, .flags = decode::tcp_syn});
  wire.send({.sequence = 700'000, .payload = pdu('A', "new"), .acknowledgement = server_start});
  told();
  client(0, pdu('B', "spam"));
  EXPECT_EQ(told(), ">0 _#B____ *\n");
}

TEST_F(Relay, octets_with_a_syn_are_cut_off_and_come_again) {
  RelaySegment syn{.sequence = client_start - 1, .payload = pdu('B', "fast"), .flags = decode::tcp_syn};
  wire.send(syn);
  EXPECT_EQ(told(), ">-1 ack -5000 SYN *\n");
  EXPECT_EQ(count(Count::cut_tcp_syn), 1U);
}

TEST_F(Relay, an_open_link_lets_go_what_is_held_too_long) {
  open();
  client(0, pdu('A', std::string(30, 'x')).substr(0, 20));
  wire.tick(5 * millisecond);
  told();
  wire.tick(29 * second);
  EXPECT_EQ(told(), "");
  wire.counters.be_on(7);
  wire.tick(second);
  EXPECT_EQ(told(), ">0 _!Axxxxxxxxxxxxxxxxx +\n");
  EXPECT_EQ(count(Count::unread_tcp_held), 1U);
  EXPECT_EQ(wire.counters.of(Count::unread_tcp_held, 0), 1U) << "whatever link was read last";
  client(20, std::string(13, 'x'));  // it is read all the same, though nothing can be done about it
  EXPECT_EQ(told(), ">20 xxxxxxxxxxxxx\n");
  ASSERT_EQ(wire.reader.pdus.size(), 1U);
  EXPECT_FALSE(wire.reader.enforced[0]);
}

TEST_F(Relay, a_closed_link_spoils_what_is_held_too_long) {
  wire.links[0].closed = true;
  open();
  client(0, pdu('A', std::string(30, 'x')).substr(0, 20));
  wire.tick(5 * millisecond);
  told();
  wire.tick(30 * second);
  EXPECT_EQ(told(), ">0 _!Xxxxxxxxxxxxxxxxxx +\n");
  EXPECT_EQ(count(Count::stopped_tcp_held), 1U);
}

TEST_F(Relay, a_few_first_octets_wait_for_a_second) {
  open();
  client(0, std::string("\0\6", 2));
  wire.tick(5 * millisecond);
  told();
  wire.tick(millisecond * 990);
  EXPECT_EQ(told(), "");
  wire.tick(millisecond * 10);
  EXPECT_EQ(told(), ">0 _# +\n");
}

TEST_F(Relay, what_fills_the_receivers_window_does_not_wait_for_ever) {
  open({.server_window = 20});
  client(0, pdu('A', std::string(30, 'x')).substr(0, 20));
  for (int i = 0; i < 19; ++i) wire.tick(100 * millisecond);
  EXPECT_EQ(left.back().sequence, client_start - 1);  // the receiver is asked whether there is more room
  told();
  for (int i = 0; i < 2; ++i) wire.tick(100 * millisecond);
  EXPECT_NE(told().find(">0 _!Axxxxxxxxxxxxxxxxx +\n"), std::string::npos);
}

TEST_F(Relay, an_urgent_octet_stays_in_the_stream) {
  open();
  client(0, pdu('A', "one"), ack | decode::tcp_urg);
  EXPECT_EQ(told(), ">0 _#Aone *\n");
  EXPECT_EQ(count(Count::cleared_tcp_urgent), 1U);
}

TEST_F(Relay, what_has_no_new_octets_makes_none_of_the_stream_urgent) {
  open();
  client(0, "", ack | decode::tcp_urg);
  EXPECT_EQ(told(), ">0 ack 0 *\n");
  client(0, pdu('A', "one"));
  server_has(6);
  told();
  client(0, pdu('A', "one"), ack | decode::tcp_urg);
  EXPECT_EQ(told(), ">0 _#Aone *\n");
  RelaySegment syn =
      segment(false, static_cast<std::uint32_t>(-1), "", decode::tcp_syn | ack | decode::tcp_urg);
  wire.send(syn);
  EXPECT_EQ(told(), "<-1 ack 6 SYN *\n");
  EXPECT_EQ(count(Count::cleared_tcp_urgent), 3U);
}

TEST_F(Relay, what_is_not_the_readers_passes_untouched) {
  open();
  client(0, "\xff, not a PDU", ack | decode::tcp_urg);
  client(300, "out of order");
  client(13, "and more");
  server(0, "and back");
  EXPECT_EQ(told(), ">0 \xff, not a PDU *\n>300 out of order\n>13 and more\n<0 and back\n");
  EXPECT_EQ(count(Count::unread_other_tcp), 4U);
  server_has(14);
  EXPECT_EQ(wire.relay->buffers_taken(), 0U);
  client(21, "urgent", ack | decode::tcp_urg);
  EXPECT_EQ(told(), "<0 ack 14\n>21 urgent URG\n");
}

/// The receiver may have dropped what was judged: its hops may not have sufficed, say.
TEST_F(Relay, what_showed_that_a_connection_is_not_the_readers_is_what_its_receiver_gets) {
  for (const std::string& foreign :
       {std::string("\xff, not a PDU"), std::string("\x16\x03\x01\x00\x05hello", 10)}) {
    open();
    const auto size = static_cast<std::uint32_t>(foreign.size());
    client(0, foreign);
    client(size + 100, "unread");
    client(0, pdu('A', "this is a message"), ack | decode::tcp_urg);
    client(2, foreign.substr(2));
    ASSERT_EQ(left.size(), 4U);
    EXPECT_EQ(left[2].payload, foreign + pdu('A', "this is a message").substr(size));
    EXPECT_EQ(left[2].flags, ack);
    EXPECT_EQ(left[3].kind, RelaySegment::Kind::passed);
    server_has(4);
    client(0, std::string(size, 'x'));
    EXPECT_EQ(left.back().payload, "xxxx" + foreign.substr(4));
    wire.restart();
    client(0, std::string(size, 'x'));
    EXPECT_EQ(left.back().payload, "xxxx" + foreign.substr(4));
    server_has(size + 106);
    EXPECT_EQ(wire.relay->buffers_taken(), 0U);
    client(0, std::string(size, 'x'));
    EXPECT_EQ(left.back().kind, RelaySegment::Kind::passed) << "it has them all";
    server_acks = 0;
    wire.port++;
  }
}

TEST_F(Relay, what_is_not_the_readers_and_whose_receiver_is_never_seen_is_forgotten_after_a_while) {
  client(0, "\xff, not a PDU");
  EXPECT_EQ(wire.relay->buffers_taken(), 1U);
  client(300'000, "far ahead");
  EXPECT_EQ(wire.relay->buffers_taken(), 0U);
}

/// RFC 5961 5.2: SND.UNA - MAX.SND.WND <= SEG.ACK.
TEST_F(Relay, who_acknowledges_less_than_a_window_before_what_it_acknowledged_is_believed_and_no_other) {
  open();
  const std::string large = pdu('A', zeros(997));
  for (std::uint32_t at = 0; at < 20'000; at += 1'000) {
    server(at, large);
    client_acks = at + 1'000;
    client(0, "");
  }
  told();
  client_acks = 20'000 - 4'001;  // the largest window was 4,000
  client(0, "\xff, not a PDU");
  EXPECT_EQ(count(Count::dropped_tcp_astray), 1U);
  EXPECT_EQ(told(), ">-1 ack 15999 *\n");
  client_acks = 20'000 - 4'000;
  client(0, pdu('B', "spam"));
  EXPECT_EQ(told(), ">0 _#B____ *\n");
}

TEST_F(Relay, what_is_held_when_a_connection_is_found_not_to_be_the_readers_goes_on) {
  open();
  server(0, std::string("\0\7", 2));
  client(6, "later");
  told();
  client(0, "\xff nope");
  EXPECT_EQ(told(), ">0 \xff nope\n>6 later +\n<0 _# +\n");
}

TEST_F(Relay, custody_is_served_for_a_connection_that_is_not_the_readers) {
  open();
  server(0, std::string("\0\7", 2));
  wire.tick(5 * millisecond);
  EXPECT_EQ(told(), ">0 ack 2 +\n");
  client_acks = 2;
  RelaySegment lower = segment(true, 0, "\xff nope");
  lower.acknowledgement = server_start;
  wire.send(lower);
  told();
  wire.tick(210 * millisecond);
  EXPECT_EQ(told(), "<0 _# +\n");
  client(6, "");
  EXPECT_TRUE(wire.relay->drained());
  server_acks = 6;
  server(2, "");
  EXPECT_EQ(wire.relay->buffers_taken(), 0U);
}

TEST_F(Relay, tls_is_not_offered) {
  open();
  client(0, std::string("\x16\x03\x01\x00\x05hello", 10));
  EXPECT_TRUE(wire.reader.states.empty());
  EXPECT_EQ(count(Count::unread_encrypted), 1U);
  EXPECT_EQ(left.back().kind, RelaySegment::Kind::passed);
}

TEST_F(Relay, while_nothing_is_recognised_everything_passes) {
  wire.reader.unsure = true;
  client(0, "abc");
  client(6, "ghi");
  client(3, "def");
  EXPECT_EQ(told(), ">0 abc\n>6 ghi\n>3 def\n");
}

TEST_F(Relay, without_room_an_open_link_passes_and_a_closed_one_stops) {
  for (const bool closed : {false, true}) {
    RelayWire full({.connections = 1, .small_buffers = 1, .large_buffers = 0});
    full.links[0].closed = closed;
    std::size_t octets = 0;
    full.on_leave = [&](const RelaySegment& segment) { octets += segment.payload.size(); };
    RelaySegment big{.sequence = 1, .payload = std::string(20'000, 'x')};
    full.send(big);
    EXPECT_EQ(octets, closed ? 0U : 20'000U);
    EXPECT_EQ(full.counters.of(closed ? Count::stopped_tcp_no_buffer : Count::unread_tcp_no_buffer), 1U);
  }
}

/// One connection has the only buffer of those that there are.
struct TightRelay : Relay {
  TightRelay() : Relay({.connections = 16, .small_buffers = 1, .large_buffers = 0}) {}
};

TEST_F(TightRelay, what_finds_no_room_on_a_closed_link_comes_again_and_is_read_then) {
  wire.links[0].closed = true;
  open();
  client(0, pdu('A', "one") + pdu('B', "secret").substr(0, 5));
  server_has(6);
  wire.tick(5 * millisecond);
  told();
  server(0, pdu('B', "reply"));
  EXPECT_EQ(told(), "");
  EXPECT_EQ(count(Count::stopped_tcp_no_buffer), 1U);
  client(11, "cret" + pdu('B', "more"));
  EXPECT_EQ(told(), ">6 _#B__ +\n>11 _____#B____ *\n") << "it is read on";
  server_has(22);
  told();
  server(0, pdu('B', "reply"));
  EXPECT_EQ(told(), "<0 _#B_____ *\n");
}

TEST_F(Relay, a_signed_segment_is_not_changed) {
  for (const bool closed : {false, true}) {
    wire.links[0].closed = closed;
    wire.dropped = 0;
    RelaySegment signed_one = segment(true, 0, pdu('B', "spam"));
    signed_one.syn_options =
        std::string("\x13\x12", 2) + std::string(16, 'x') + std::string("\1\1", 2);  // RFC 2385
    told();
    wire.send(signed_one);
    EXPECT_EQ(told(), closed ? "" : ">0 _#Bspam\n");
    EXPECT_EQ(wire.dropped, closed ? 1U : 0U);
  }
  EXPECT_EQ(count(Count::unread_tcp_authenticated), 1U);
  EXPECT_EQ(count(Count::stopped_tcp_authenticated), 1U);
}

TEST_F(Relay, a_signed_segment_does_not_switch_off_a_connection_that_is_not_signed) {
  const std::string signature =
      std::string("\x13\x12", 2) + std::string(16, 'x') + std::string("\1\1", 2);  // RFC 2385
  for (const bool closed : {false, true}) {
    wire.links[0].closed = closed;
    open();
    for (const std::string& payload : {pdu('B', "none"), std::string{}}) {
      RelaySegment forged = segment(true, closed ? 7 : 0, payload);
      forged.syn_options = signature;
      wire.send(forged);
    }
    EXPECT_EQ(told(), "");
    client(0, pdu('B', "spam"));
    EXPECT_EQ(told(), ">0 _#B____ *\n");
  }
  EXPECT_EQ(count(Count::dropped_tcp_authenticated), 4U);
}

TEST_F(Relay, a_connection_seen_from_its_middle_is_signed_where_both_directions_are) {
  RelaySegment of_client = segment(true, 0, pdu('B', "spam"));
  of_client.syn_options =
      std::string("\x13\x12", 2) + std::string(16, 'x') + std::string("\1\1", 2);  // RFC 2385
  RelaySegment of_server = of_client;
  of_server.from_client = false;
  for (const bool both : {false, true}) {
    wire.port++;
    wire.send(of_client);
    if (both) wire.send(of_server);
    told();
    client(0, pdu('B', "spam"));
    EXPECT_EQ(told(), both ? ">0 _#Bspam\n" : ">0 _#B____ *\n");
  }
}

TEST_F(Relay, a_connection_whose_server_does_not_sign_is_not_signed) {
  RelaySegment of_client = segment(true, 0, pdu('B', "spam"));
  of_client.syn_options =
      std::string("\x13\x12", 2) + std::string(16, 'x') + std::string("\1\1", 2);  // RFC 2385
  wire.send(of_client);
  server(0, "");
  told();
  wire.send(of_client);
  EXPECT_EQ(told(), "");
  EXPECT_EQ(count(Count::dropped_tcp_authenticated), 1U);
}

TEST_F(Relay, a_connection_between_the_same_ends_is_signed_where_its_syn_ack_is) {
  const std::string signature =
      std::string("\x13\x12", 2) + std::string(16, 'x') + std::string("\1\1", 2);  // RFC 2385
  for (const bool from_client : {true, false}) {
    RelaySegment syn = segment(from_client, static_cast<std::uint32_t>(-1), "",
                               from_client ? 0U + decode::tcp_syn : decode::tcp_syn | ack);
    syn.syn_options = signature;
    wire.send(syn);
  }
  told();
  client(0, pdu('B', "spam"));
  EXPECT_EQ(told(), ">0 _#Bspam\n");
  EXPECT_EQ(count(Count::unread_tcp_authenticated), 1U);
}

TEST_F(Relay, bypassed_it_holds_and_changes_nothing_new_but_repeats_what_it_changed) {
  open();
  client(0, pdu('B', "spam"));
  client(7, pdu('A', "one").substr(0, 3));
  told();
  wire.relay->enforce(false);
  wire.tick(5 * millisecond);
  EXPECT_EQ(told(), ">7 _#A +\n");
  client(10, "one" + pdu('B', "two"));
  EXPECT_EQ(told(), ">10 one_#Btwo\n");
  client(30, "ahead");
  EXPECT_EQ(told(), ">30 ahead\n");
  client(0, pdu('B', "spam"));
  EXPECT_EQ(told(), ">0 _#B____ *\n");
  EXPECT_EQ(wire.reader.pdus.size(), 3U);
  EXPECT_FALSE(wire.reader.enforced.back());
}

TEST_F(Relay, before_the_process_ends_what_is_held_in_custody_is_let_go) {
  open();
  client(0, pdu('A', "one").substr(0, 4));
  wire.tick(5 * millisecond);
  server(0, pdu('A', "two").substr(0, 4));
  told();
  EXPECT_EQ(wire.relay->in_custody().connections, 1U);
  EXPECT_EQ(wire.relay->in_custody().octets, 4U);
  wire.relay->release_custody(wire.time_ns, wire);
  EXPECT_EQ(told(), ">0 _#Ao +\n") << "not what the server sends again";
  EXPECT_FALSE(wire.relay->drained());
  server_has(4);
  EXPECT_TRUE(wire.relay->drained());
}

TEST_F(Relay, at_the_end_of_the_input_everything_goes_on) {
  open();
  client(0, pdu('A', "one").substr(0, 4));
  client(6, pdu('B', "two"));
  client(15, pdu('A', "six").substr(0, 5));
  told();
  wire.relay->finish(wire.time_ns, wire);
  EXPECT_EQ(told(), ">0 _#Ao +\n>6 _#B___ +\n>15 _#Asi +\n");
  EXPECT_EQ(count(Count::unfinished_tcp_stream), 1U);
}

TEST_F(Relay, a_process_that_takes_over_goes_on_where_the_other_ended) {
  open();
  client(0, pdu('B', "spam") + pdu('B', "secret").substr(0, 5));
  wire.tick(5 * millisecond);
  told();
  wire.restart();
  client(12, "cret");
  EXPECT_EQ(told(), ">7 _#B__ +\n>12 ____ *\n");
  client(0, pdu('B', "spam"));
  EXPECT_EQ(told(), ">0 _#B____ *\n<0 ack 16 +\n");  // its sender was told before that it is delivered
  wire.tick(5 * millisecond);
  wire.tick(250 * millisecond);
  EXPECT_EQ(told(), ">0 _#B_____#B______ +\n");  // custody goes on
}

/// What a process knows whose predecessor left no memory.
TEST_F(Relay, octets_that_later_ones_had_overtaken_are_read_before_them) {
  client(6, pdu('A', "two"));
  server_has(0);
  client(0, pdu('B', "one"));
  EXPECT_EQ(told(), ">6 _#Atwo\n<0 ack 0\n>0 _#B___ *\n");
  EXPECT_EQ(count(Count::restarted_tcp_stream), 1U);
  client(6, pdu('A', "two"));
  server_has(12);
  client(0, pdu('B', "one"));
  EXPECT_EQ(count(Count::restarted_tcp_stream), 1U) << "all of that is delivered";
}

TEST_F(Relay, a_keep_alive_does_not_begin_a_stream_anew) {
  client(6, pdu('A', "two"));
  client(5, "x");
  EXPECT_EQ(count(Count::restarted_tcp_stream), 0U);
}

TEST_F(Relay, who_never_gets_what_came_before_the_first_octets_is_counted) {
  client(6, pdu('A', "two"));
  EXPECT_EQ(count(Count::lost_tcp_unknown_custody), 0U);
  server_has(2);
  wire.tick(TcpRelay::lacking_lifetime_ns - 1);
  client(6, pdu('A', "two"));
  EXPECT_EQ(count(Count::lost_tcp_unknown_custody), 0U);
  wire.tick(1);
  for (int i = 0; i < 2; ++i) client(6, pdu('A', "two"));
  EXPECT_EQ(count(Count::lost_tcp_unknown_custody), 1U);
}

TEST_F(Relay, who_gets_it_after_all_is_not) {
  client(6, pdu('A', "two"));
  server_has(2);
  server_has(6);
  wire.tick(TcpRelay::lacking_lifetime_ns);
  client(6, pdu('A', "two"));
  EXPECT_EQ(count(Count::lost_tcp_unknown_custody), 0U);
}

TEST_F(Relay, a_connection_over_a_link_that_is_no_longer_there_is_not_adopted) {
  wire.link = 1;
  wire.links.emplace_back();
  wire.restart();
  open();
  client(0, pdu('B', "secret").substr(0, 5));
  wire.restart();
  EXPECT_EQ(wire.relay->connections(), 1U);
  wire.links.pop_back();
  wire.restart();
  EXPECT_EQ(wire.relay->connections(), 0U);
  EXPECT_EQ(wire.relay->buffers_taken(), 0U);
}

TEST_F(Relay, a_connection_that_was_just_adopted_is_not_taken_for_a_silent_one) {
  RelayWire full({.connections = 2, .small_buffers = 1, .large_buffers = 0});
  RelaySegment first{.sequence = 1, .payload = pdu('A', "one").substr(0, 4)};
  full.send(first);
  first.from_client = false;
  first.payload.clear();
  first.flags = ack;
  first.acknowledgement = 1;
  full.send(first);
  const std::uint64_t now = std::exchange(full.time_ns, 0);
  full.restart();
  full.tick(now + TcpRelay::idle_ns);
  full.port = 40'001;
  full.send({.sequence = 1, .payload = pdu('A', "two").substr(0, 4)});
  EXPECT_EQ(full.counters.of(Count::evicted_tcp_connection), 0U);
  EXPECT_EQ(full.counters.of(Count::unread_tcp_no_buffer), 1U);
}

TEST_F(Relay, who_invents_connections_displaces_his_own) {
  open();
  client(0, pdu('A', "one").substr(0, 4));
  for (std::uint16_t port = 50'000; port < 50'020; ++port) {
    wire.port = port;
    client(7, "", decode::tcp_syn);
    server(8, "", decode::tcp_syn | ack);  // where he asks is somebody
    client(8, "x");
  }
  wire.port = 40'000;
  told();
  client(4, "ne");
  EXPECT_EQ(told(), ">0 _#Ao +\n>4 ne\n");
  EXPECT_EQ(count(Count::evicted_tcp_connection), 17U);
}

TEST_F(Relay, of_connections_that_both_ends_speak_of_the_longest_silent_goes) {
  for (std::uint16_t port = 50'000; port < 50'005; ++port) {
    wire.port = port;
    open();
  }
  EXPECT_EQ(count(Count::evicted_tcp_connection), 1U);
  EXPECT_EQ(wire.relay->connections(), 4U);
  wire.port = 50'001;
  client(0, pdu('A', "one").substr(0, 4));
  EXPECT_EQ(count(Count::evicted_tcp_connection), 1U) << "it is known";
}

TEST_F(Relay, buffers_are_taken_first_from_connections_of_which_one_end_alone_has_spoken) {
  RelayWire full({.connections = 16, .small_buffers = 2, .large_buffers = 0});
  const auto begin = [&](std::uint16_t port) {
    full.port = port;
    full.send({.sequence = 1, .payload = pdu('A', "one").substr(0, 4)});
  };
  begin(40'000);
  full.send({.from_client = false, .sequence = 1, .acknowledgement = 1});
  for (std::uint16_t port = 50'000; port < 50'004; ++port) begin(port);
  EXPECT_EQ(full.counters.of(Count::evicted_tcp_connection), 3U);
  EXPECT_EQ(full.counters.of(Count::unread_tcp_no_buffer), 0U);
  full.port = 40'000;
  full.send({.sequence = 5, .payload = "ne"});
  ASSERT_EQ(full.reader.pdus.size(), 1U) << "it kept what is held";
}

TEST_F(Relay, where_a_buffer_is_needed_only_who_has_one_goes) {
  RelayWire full({.connections = 16, .small_buffers = 2, .large_buffers = 0});
  const auto begin = [&](std::uint16_t port, unsigned flags, const std::string& payload, bool is_answered) {
    full.port = port;
    full.send({.sequence = 1, .payload = payload, .flags = flags});
    if (is_answered) full.send({.from_client = false, .sequence = 1, .acknowledgement = 1});
  };
  const std::string part = pdu('A', "one").substr(0, 4);
  begin(40'000, decode::tcp_syn, "", false);
  begin(40'001, ack, part, false);
  begin(40'002, ack, pdu('A', "one"), true);
  full.send({.from_client = false, .sequence = 1, .acknowledgement = 7});  // it keeps nothing more
  begin(40'003, ack, part, true);
  EXPECT_EQ(full.relay->buffers_taken(), 2U);
  begin(40'004, ack, part, true);
  EXPECT_EQ(full.counters.of(Count::evicted_tcp_connection), 1U);
  full.tick(TcpRelay::idle_ns / 2);
  begin(40'004, ack, "", false);
  full.tick(TcpRelay::idle_ns / 2);
  begin(40'005, ack, part, true);
  EXPECT_EQ(full.counters.of(Count::evicted_tcp_connection), 2U) << "40003, which is silent";
  EXPECT_EQ(full.relay->connections(), 4U);
  EXPECT_EQ(full.counters.of(Count::unread_tcp_no_buffer), 0U);
  begin(40'006, ack, part, false);
  EXPECT_EQ(full.counters.of(Count::evicted_tcp_connection), 2U) << "40004 has spoken, 40005 has just begun";
  EXPECT_EQ(full.counters.of(Count::unread_tcp_no_buffer), 1U);
}

TEST_F(Relay, who_holds_half_a_pdu_is_looked_at_when_something_is_due) {
  open();
  client(0, pdu('A', "one"));
  server_has(6);
  told();
  client(6, pdu('A', "two").substr(0, 4));
  EXPECT_TRUE(wire.relay->is_due(wire.time_ns + 5 * millisecond));
  wire.tick(5 * millisecond);
  EXPECT_EQ(told(), "<0 ack 10 +\n");
  EXPECT_FALSE(wire.relay->is_due(wire.time_ns + second));
}

TEST_F(Relay, what_a_closed_link_cannot_spoil_is_not_tried_all_the_time) {
  wire.links[0].closed = true;
  open();
  client(0, pdu('A', "one"));
  server_has(6);
  client(6, "x");
  wire.tick(5 * millisecond);
  wire.tick(30 * second);
  told();
  wire.tick(5 * millisecond);
  EXPECT_FALSE(wire.relay->is_due(wire.time_ns + 300 * millisecond));
  EXPECT_EQ(told(), "");
}

TEST_F(Relay, bypassed_it_lets_go_at_once_what_is_in_custody) {
  open();
  client(0, pdu('A', "one").substr(0, 4));
  wire.tick(5 * millisecond);
  told();
  wire.relay->enforce(false);
  wire.relay->enforce(true);  // for one packet
  EXPECT_FALSE(wire.relay->is_due(wire.time_ns));
  wire.relay->enforce(false);
  EXPECT_TRUE(wire.relay->is_due(wire.time_ns));
  wire.tick(0);
  EXPECT_EQ(told(), ">0 _#Ao +\n");
}

/// RFC 9293 3.10.7.4: a receiver drops it, and RFC 7323 5.3 keeps nothing of its timestamp.
TEST_F(Relay, what_no_receiver_takes_teaches_nothing) {
  for (const int forgery : {0, 1, 2, 3}) {
    wire.port++;
    open({.timestamps = true});
    client(0, pdu('A', "one"));
    server_has(6);
    RelaySegment forged = segment(true, 6, "");
    forged.timestamp += 1U << 30U;
    if (forgery == 0) forged.flags = decode::tcp_psh;  // no ACK
    if (forgery == 1) forged.sequence -= 500'000'000;  // long ago
    if (forgery == 2) forged.sequence += 4'001;        // beyond the window
    if (forgery == 3) forged.sequence -= 1;            // a keep-alive
    wire.send(forged);
    EXPECT_EQ(left.back().kind, RelaySegment::Kind::passed);
    told();
    client(6, pdu('A', "two"));
    EXPECT_EQ(told(), ">6 _#Atwo\n") << forgery;
    server_acks = 0;
  }
}

TEST_F(Relay, octets_without_an_ack_are_not_taken) {
  open();
  client(0, pdu('A', "bad"), decode::tcp_psh);
  EXPECT_EQ(told(), "");
  EXPECT_EQ(count(Count::refused_tcp_octets), 6U);
  client(0, pdu('A', "one"));
  EXPECT_EQ(told(), ">0 _#Aone\n");
  wire.port++;
  client(0, pdu('A', "bad"), decode::tcp_psh);  // nor does a connection begin with them
  EXPECT_EQ(told(), "");
  client(500'000'000, pdu('B', "two"));
  EXPECT_EQ(told(), ">500000000 _#B___ *\n");
}

TEST_F(Relay, an_acknowledgement_from_outside_the_window_is_not_believed) {
  open();
  client(0, pdu('B', "spam"));
  server_acks = 7;
  server(0U - 500'000'000, "");
  told();
  client(0, pdu('B', "spam"));
  EXPECT_EQ(told(), ">0 _#B____ *\n");
  server(0, "");
  told();
  client(0, pdu('B', "spam"));
  EXPECT_EQ(told(), ">0 _#Bspam\n");  // the server has it, and takes no other
}

TEST_F(Relay, nor_is_one_for_what_showed_that_a_connection_is_not_the_readers) {
  open();
  client(0, "\xff, not a PDU");
  server_acks = 12;
  server(0U - 500'000'000, "");
  EXPECT_EQ(wire.relay->buffers_taken(), 1U);
  server(0, "");
  EXPECT_EQ(wire.relay->buffers_taken(), 0U);
}

/// Its window is closed from 6 on; it may say so, and go on itself.
TEST_F(Relay, a_closed_window_does_not_silence_its_sender) {
  open({.server_window = 6});
  client(0, pdu('A', "one"));
  window = 0;
  server_has(6);
  window = 1'000;
  server(0, pdu('B', "spam"));
  told();
  client_acks = 7;
  client(6, "");
  server(0, pdu('B', "spam"));
  EXPECT_EQ(told(), ">6 ack 7\n<0 _#Bspam\n");
}

TEST_F(Relay, of_a_connection_whose_reset_never_arrived_everything_stays_known) {
  open();
  client(0, pdu('B', "spam"));
  client(7, "", decode::tcp_rst);
  for (int i = 0; i < 12; ++i) wire.tick(second);
  told();
  client(0, pdu('B', "spam"));
  EXPECT_EQ(told(), ">0 _#B____ *\n");
}

TEST_F(Relay, a_connection_whose_reset_is_long_ago_is_the_first_to_go) {
  open();
  client(0, pdu('A', "one"));
  server_has(6);
  client(6, "", decode::tcp_rst);
  for (int i = 0; i < 12; ++i) wire.tick(second);
  server_acks = 0;
  for (std::uint16_t port = 50'000; port < 50'003; ++port) {
    wire.port = port;
    open();
    client(0, pdu('A', "one").substr(0, 4));
  }
  wire.port = 50'003;
  open();
  for (std::uint16_t port = 50'000; port < 50'003; ++port) {
    wire.port = port;
    told();
    client(4, "ne");
    EXPECT_EQ(told(), ">0 _#Ao +\n>4 ne\n");
  }
}

TEST_F(Relay, octets_that_had_overtaken_others_are_known_when_they_come_again) {
  wire.reader.unsure = true;
  client(6, "tail");
  EXPECT_EQ(told(), ">6 tail\n");
  wire.reader.unsure = false;
  server_has(0);
  client(0, pdu('A', "onetail").substr(0, 6));
  EXPECT_EQ(wire.reader.pdus.back(), pdu('A', "onetail"));
  EXPECT_FALSE(wire.reader.enforced.back());
  told();
  client(6, "TAIL");
  EXPECT_EQ(told(), ">6 tail *\n");  // the server may have the first
}

TEST_F(Relay, memory_that_makes_no_sense_is_not_adopted) {
  open();
  client(0, pdu('B', "secret").substr(0, 5));
  const auto octets = wire.room.octets();
  for (std::size_t at = 4'096; at < 4'096 + 4'000; ++at) octets[at] ^= std::byte{0x55};
  wire.restart();
  EXPECT_EQ(wire.relay->connections(), 0U);
  EXPECT_EQ(wire.relay->buffers_taken(), 0U);
}

TEST_F(Relay, of_memory_in_which_an_octet_is_wrong_nothing_leads_astray) {
  open({.timestamps = true});
  client(0, pdu('A', "one") + pdu('B', "secret").substr(0, 5));
  client(40, pdu('A', "behind a gap"));
  server(0, pdu('B', "reply"));
  wire.tick(5 * millisecond);
  const auto slots = wire.room.octets().first(5 * 4'096);  // the first connection is in them
  const std::vector<std::byte> sound(slots.begin(), slots.end());
  wire.reader.unsure = true;  // what it is offered may begin anywhere
  unsigned adopted = 0;
  for (std::size_t at = 4'096; at < sound.size(); ++at) {
    for (const std::byte wrong : {std::byte{0x02}, std::byte{0xff}}) {
      std::copy(sound.begin(), sound.end(), slots.begin());
      slots[at] = wrong;
      wire.restart();
      adopted += wire.relay->connections();
      wire.tick(5 * millisecond);
      client(11, "cret" + pdu('B', "more"));
      server_has(12);
      wire.tick(second);
      told();
      left.clear();
    }
  }
  EXPECT_GT(adopted, 0U);
}

TEST_F(Relay, what_another_version_left_is_not_adopted_later_either) {
  open();
  client(0, pdu('B', "secret").substr(0, 5));
  constexpr std::size_t version_at = 8;
  wire.room.octets()[version_at] ^= std::byte{1};
  EXPECT_FALSE(RelayMemory::is_ours(wire.room.octets(), wire.limits));
  wire.relay.emplace(wire.room.octets(), wire.limits, wire.links, wire.counters, wire.reader, wire.edits);
  wire.restart();
  EXPECT_EQ(wire.relay->connections(), 0U);
}

}  // namespace
}  // namespace tollgate::flow
