// Two model hosts with a relay between them, over wires that lose, repeat and delay: what the receivers get
// is compared with what the senders wrote.
#include <algorithm>
#include <cstdio>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "support/relay_wire.hpp"

namespace tollgate::flow {
namespace {

using test::RelaySegment;
using test::RelayWire;

constexpr std::uint64_t millisecond = 1'000'000;

struct Scenario {
  std::uint32_t seed = 0;
  double loss = 0;
  double repeat = 0;
  std::uint64_t jitter_ns = 0;
  std::uint64_t delay_ns = millisecond;
  std::uint32_t mss = 1'000;
  bool nagle = false;
  bool split_writes = false;  ///< header and body apart
  bool sack = true;
  bool timestamps = true;
  int scale = 4;
  std::uint32_t window = 60'000;
  std::uint32_t reads = 1'000'000;  ///< octets that the receiver's application takes in 1 ms
  bool lies = false;                ///< what is sent again has another text
  unsigned pdus = 60;
  std::size_t longest = 1'500;
  unsigned restart_one_in = 0;  ///< the relay's process ends between two segments, and another takes over
  unsigned kill_one_in = 0;     ///< the same within a segment, at any instant
};

/// What one host writes: PDUs, and how each octet must arrive.
struct Script {
  std::string written;
  std::vector<std::size_t> writes;  ///< where each write ends
  std::string expected;             ///< with the blocked texts as zeros
  std::string is_text;              ///< 'b' in a blocked text, 't' in another, else 'h'

  Script(std::mt19937& random, const Scenario& scenario) {
    for (unsigned i = 0; i < scenario.pdus; ++i) {
      const std::size_t size = 3 + random() % (random() % 4 == 0 ? scenario.longest : 60);
      const bool blocked = random() % 3 == 0 && i != 0;
      std::string text(size - 3, 'x');
      for (char& c : text) c = static_cast<char>('a' + random() % 26);
      const std::string header{static_cast<char>(size >> 8U), static_cast<char>(size & 0xffU),
                               blocked ? 'B' : 'A'};
      written += header;
      if (scenario.split_writes) writes.push_back(written.size());
      written += text;
      writes.push_back(written.size());
      expected += header + (blocked ? std::string(text.size(), '\0') : text);
      is_text += "hhh" + std::string(text.size(), blocked ? 'b' : 't');
    }
  }
};

/// A host: Reno without the finer points; sender and receiver.
class Host {
 public:
  Host(const Script& script, const Scenario& scenario, std::uint32_t start, std::mt19937& random)
      : script_(script), scenario_(scenario), start_(start), random_(random) {}

  bool from_client = true;
  std::function<void(RelaySegment)> transmit;
  std::uint64_t now = 0;
  std::string got;  ///< by the application

  bool connected = false;
  bool done() const { return fin_acked_ && peer_fin_; }
  std::size_t acked() const { return una_; }
  std::string trouble;

  void connect() { send_syn(false); }

  void receive(const RelaySegment& segment) {
    if ((segment.flags & decode::tcp_rst) != 0) return fail("a RST");
    if ((segment.flags & decode::tcp_syn) != 0) {
      peer_start_ = segment.sequence + 1;
      peer_known_ = true;
      last_peer_timestamp_ = segment.timestamp;
      edge_ = std::max<std::uint64_t>(edge_, segment.window);
      if ((segment.flags & decode::tcp_ack) == 0) return send_syn(true);
      connected = true;
      return acknowledge();
    }
    if (!peer_known_) return;
    if (scenario_.timestamps && !segment.timestamps) return fail("a segment without timestamps");
    if (scenario_.timestamps) {
      if (static_cast<std::int32_t>(segment.timestamp - last_peer_timestamp_) < 0) {
        if (!segment.payload.empty()) acknowledge();
        return;
      }
    }
    connected = true;
    take_acknowledgement(segment);
    take_octets(segment);
    push();
  }

  void tick() {
    std::size_t room = scenario_.reads;
    while (room-- > 0 && !unread_.empty()) {
      got += unread_.front();
      unread_.pop_front();
    }
    if (closed_window_ && window() >= std::min<std::uint32_t>(scenario_.mss, scenario_.window / 2))
      acknowledge();
    if (!connected) {
      if (from_client && now >= timer_) connect();
      return;
    }
    if (una_ < nxt_ || fin_outstanding()) {
      if (now >= timer_ + timeout_) {
        timeout_ = std::min<std::uint64_t>(2 * timeout_, 1'600 * millisecond);
        timer_ = now;
        recover_ = nxt_;
        cwnd_ = 1;
        duplicates_ = 0;
        retransmit();
      }
    } else if (una_ < script_.written.size() && edge_ <= nxt_ && now >= timer_ + timeout_) {
      timer_ = now;  // the window is closed: a probe
      timeout_ = std::min<std::uint64_t>(2 * timeout_, 1'600 * millisecond);
      if (random_() % 2 == 0) {
        probed_ = nxt_ + 1;
        send(nxt_, 1, false);
      }
      send_empty(start_ + static_cast<std::uint32_t>(una_) - 1);
    }
    push();
  }

 private:
  std::uint32_t fin_at() const { return static_cast<std::uint32_t>(script_.written.size()); }
  bool fin_outstanding() const { return fin_sent_ && !fin_acked_; }
  void fail(const std::string& what) {
    if (trouble.empty()) trouble = what;
  }
  std::uint32_t window() const {
    const std::size_t waiting = unread_.size();
    return waiting >= scenario_.window ? 0 : scenario_.window - static_cast<std::uint32_t>(waiting);
  }

  void send_syn(bool answer) {
    timer_ = now + 300 * millisecond;
    RelaySegment segment = base();
    segment.sequence = start_ - 1;
    segment.flags = answer ? unsigned{decode::tcp_syn} | decode::tcp_ack : unsigned{decode::tcp_syn};
    segment.acknowledgement = answer ? peer_start_ : 0;
    segment.window = static_cast<std::uint16_t>(std::min<std::uint32_t>(scenario_.window, 65'535));
    segment.syn_options =
        RelayWire::syn_options(static_cast<std::uint16_t>(scenario_.mss + 12), scenario_.sack,
                               scenario_.timestamps, scenario_.scale, timestamp());
    segment.timestamps = false;  // stand in the SYN's options
    segment.timestamp = timestamp();
    transmit(segment);
  }
  std::uint32_t timestamp() const { return static_cast<std::uint32_t>(now / millisecond) + 7; }

  RelaySegment base() {
    RelaySegment segment;
    segment.from_client = from_client;
    segment.flags = decode::tcp_ack;
    segment.acknowledgement = peer_start_ + static_cast<std::uint32_t>(rcv_nxt_) + (peer_fin_ ? 1U : 0U);
    const unsigned scale = scenario_.scale < 0 ? 0 : static_cast<unsigned>(scenario_.scale);
    // Never moved to the left.
    const std::uint64_t right = std::max<std::uint64_t>(advertised_, rcv_nxt_ + window());
    segment.window = static_cast<std::uint16_t>(std::min<std::uint64_t>((right - rcv_nxt_) >> scale, 65'535));
    advertised_ = std::max(advertised_, rcv_nxt_ + (std::uint64_t{segment.window} << scale));
    closed_window_ = segment.window == 0 || (advertised_ - rcv_nxt_) < scenario_.mss;
    segment.timestamps = scenario_.timestamps;
    segment.timestamp = timestamp();
    segment.echo = last_peer_timestamp_;
    return segment;
  }
  void acknowledge() { send_empty(start_ + static_cast<std::uint32_t>(nxt_) + (fin_sent_ ? 1U : 0U)); }
  void send_empty(std::uint32_t sequence) {
    RelaySegment segment = base();
    segment.sequence = sequence;
    if (scenario_.sack && !ahead_.empty()) segment.blocks = blocks();
    transmit(segment);
  }
  std::vector<TcpMade::Block> blocks() const {
    const std::size_t first = ahead_.begin()->first;
    std::size_t end = first;
    while (ahead_.contains(end)) ++end;
    return {{peer_start_ + static_cast<std::uint32_t>(first), peer_start_ + static_cast<std::uint32_t>(end)}};
  }

  void send(std::size_t at, std::size_t size, bool again) {
    RelaySegment segment = base();
    segment.sequence = start_ + static_cast<std::uint32_t>(at);
    segment.payload = script_.written.substr(at, size);
    if (again && scenario_.lies) {
      for (std::size_t i = 0; i < segment.payload.size(); ++i) {
        if (script_.is_text[at + i] != 'h') segment.payload[i] = 'L';
      }
    }
    if (at + size == script_.written.size() && fin_ready_ && nxt_ == script_.written.size())
      segment.flags |= decode::tcp_fin;
    transmit(segment);
  }

  void push() {
    if (!connected) return;
    for (;;) {
      const std::size_t written = script_.written.size();
      if (nxt_ == written) break;
      const std::uint64_t allowed =
          std::min<std::uint64_t>({edge_, una_ + std::uint64_t{cwnd_} * scenario_.mss, written});
      if (nxt_ >= allowed) break;
      // One write at a time goes into a segment, as a host that is not busy does it.
      std::size_t until = *std::upper_bound(script_.writes.begin(), script_.writes.end(), nxt_);
      if (random_() % 3 == 0 && until != written)
        until = *std::upper_bound(script_.writes.begin(), script_.writes.end(), until);
      const std::size_t size = std::min<std::size_t>({until - nxt_, scenario_.mss, allowed - nxt_});
      if (scenario_.nagle && size < scenario_.mss && una_ < nxt_) break;
      if (una_ == nxt_) timer_ = now;
      const std::size_t at = nxt_;
      nxt_ += size;
      if (nxt_ == written) fin_ready_ = random_() % 2 == 0;
      if (fin_ready_) fin_sent_ = true;
      send(at, size, false);
    }
    if (nxt_ == script_.written.size() && !fin_sent_ && una_ == nxt_) {
      fin_ready_ = fin_sent_ = true;
      timer_ = now;
      send(nxt_, 0, false);
    }
  }
  void retransmit() {
    const std::size_t size = std::min<std::size_t>(nxt_ - una_, scenario_.mss);
    send(una_, size, true);
  }

  void take_acknowledgement(const RelaySegment& segment) {
    const auto acked = static_cast<std::int32_t>(segment.acknowledgement - start_);
    const std::size_t top = std::max(nxt_ + (fin_sent_ ? 1 : 0), probed_);
    if (acked < 0) return;
    const auto position = static_cast<std::size_t>(acked);
    if (position == probed_) nxt_ = std::max(nxt_, probed_);
    if (position > top) return fail("an acknowledgement of what was not sent");
    if (position < una_) return;
    const unsigned scale = scenario_.scale < 0 ? 0 : static_cast<unsigned>(scenario_.scale);
    const std::uint64_t edge = position + (std::uint64_t{segment.window} << scale);
    const bool same = edge == edge_;
    edge_ = std::max(edge_, edge);
    for (const auto& block : segment.blocks) {
      if (static_cast<std::int32_t>(block.end - start_) > static_cast<std::int32_t>(top))
        fail("a block of what was not sent");
    }
    if (position > una_) {
      una_ = std::min(position, nxt_);
      if (fin_sent_ && position == script_.written.size() + 1) fin_acked_ = true;
      timer_ = now;
      timeout_ = 200 * millisecond;
      duplicates_ = 0;
      cwnd_ = std::min(cwnd_ + 1, 40U);
      if (una_ < recover_) retransmit();
    } else if (fin_sent_ && position == script_.written.size() + 1) {
      fin_acked_ = true;
    } else if (segment.payload.empty() && same && una_ < nxt_) {
      if (++duplicates_ == 3) {
        recover_ = nxt_;
        cwnd_ = std::max(cwnd_ / 2, 2U);
        retransmit();
      }
    }
  }

  void take_octets(const RelaySegment& segment) {
    const bool fin = (segment.flags & decode::tcp_fin) != 0;
    if (segment.payload.empty() && !fin) {
      const auto at = static_cast<std::int64_t>(static_cast<std::int32_t>(segment.sequence - peer_start_));
      if (at < static_cast<std::int64_t>(rcv_nxt_)) acknowledge();  // a probe
      return;
    }
    const auto at = static_cast<std::int64_t>(static_cast<std::int32_t>(segment.sequence - peer_start_));
    const std::uint64_t right = std::max<std::uint64_t>(advertised_, rcv_nxt_);
    for (std::size_t i = 0; i < segment.payload.size(); ++i) {
      const std::int64_t place = at + static_cast<std::int64_t>(i);
      if (place < static_cast<std::int64_t>(rcv_nxt_)) continue;
      if (place >= static_cast<std::int64_t>(right)) break;
      ahead_.emplace(static_cast<std::size_t>(place), segment.payload[i]);
    }
    if (fin) peer_fin_at_ = static_cast<std::size_t>(at) + segment.payload.size();
    if (at <= static_cast<std::int64_t>(rcv_nxt_) && scenario_.timestamps)
      last_peer_timestamp_ = segment.timestamp;
    while (!ahead_.empty() && ahead_.begin()->first == rcv_nxt_) {
      unread_.push_back(ahead_.begin()->second);
      ahead_.erase(ahead_.begin());
      ++rcv_nxt_;
    }
    if (peer_fin_at_ && rcv_nxt_ == *peer_fin_at_) peer_fin_ = true;
    acknowledge();
  }

  const Script& script_;
  const Scenario& scenario_;
  const std::uint32_t start_;
  std::mt19937& random_;
  // as a sender, in positions of the stream
  std::size_t una_ = 0;
  std::size_t nxt_ = 0;
  std::size_t recover_ = 0;
  std::size_t probed_ = 0;  ///< an octet before it was sent into a closed window
  std::uint64_t edge_ = 0;
  unsigned cwnd_ = 10;
  unsigned duplicates_ = 0;
  std::uint64_t timer_ = 0;
  std::uint64_t timeout_ = 200 * millisecond;
  bool fin_ready_ = false;
  bool fin_sent_ = false;
  bool fin_acked_ = false;
  // as a receiver
  std::uint32_t peer_start_ = 0;
  bool peer_known_ = false;
  std::size_t rcv_nxt_ = 0;
  std::uint64_t advertised_ = 0;
  bool closed_window_ = false;
  bool peer_fin_ = false;
  std::optional<std::size_t> peer_fin_at_;
  std::map<std::size_t, char> ahead_;
  std::deque<char> unread_;
  std::uint32_t last_peer_timestamp_ = 0;
};

/// What left the relay of one direction, octet by octet.
class Witness {
 public:
  Witness(const Script& script, std::uint32_t start)
      : script_(script), start_(start), seen_(script.written.size(), '\0'), known_(script.written.size()) {}

  /// `below`: what the receiver has acknowledged may leave as it came.
  std::string look(const RelaySegment& segment, std::size_t below) {
    const auto first = static_cast<std::int32_t>(segment.sequence - start_);
    for (std::size_t i = 0; i < segment.payload.size(); ++i) {
      const std::int64_t place = std::int64_t{first} + static_cast<std::int64_t>(i);
      if (place < 0 || place < static_cast<std::int64_t>(below)) continue;
      const auto at = static_cast<std::size_t>(place);
      if (at >= seen_.size()) return "an octet that was never sent";
      const char c = segment.payload[i];
      if (script_.is_text[at] != 't' && c != script_.expected[at])
        return "an octet that was not edited, at " + std::to_string(at);
      if (known_[at] && seen_[at] != c) return "two copies of an octet that differ";
      known_[at] = true;
      seen_[at] = c;
    }
    return {};
  }
  const std::string& seen() const { return seen_; }

 private:
  const Script& script_;
  std::uint32_t start_;
  std::string seen_;
  std::vector<bool> known_;
};

struct Result {
  std::string trouble;
  std::uint64_t took_ns = 0;
  std::uint64_t custody = 0;
};

Result run(const Scenario& scenario, bool trace = false) {
  std::mt19937 random(scenario.seed);
  const Script client_script(random, scenario);
  const Script server_script(random, scenario);
  const std::uint32_t client_start = 0xffff'f000U + static_cast<std::uint32_t>(random() % 0x2000);
  const std::uint32_t server_start = static_cast<std::uint32_t>(random());
  Host client(client_script, scenario, client_start, random);
  Host server(server_script, scenario, server_start, random);
  server.from_client = false;
  Witness from_client(client_script, client_start);
  Witness from_server(server_script, server_start);
  RelayWire wire({.connections = 4, .small_buffers = 8, .large_buffers = 4});
  std::string trouble;
  std::size_t server_acked = 0;  // as the relay was told: what the server has of the client's
  std::size_t client_acked = 0;

  struct Event {
    bool at_relay;
    RelaySegment segment;
  };
  std::multimap<std::uint64_t, Event> events;
  std::uint64_t now = 0;
  const std::uint64_t base_ns = wire.time_ns;
  const auto put = [&](bool at_relay, const RelaySegment& segment) {
    const auto chance = [&](double p) { return p > 0 && std::uniform_real_distribution<>(0, 1)(random) < p; };
    if (chance(scenario.loss)) return;
    const int copies = chance(scenario.repeat) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      const std::uint64_t jitter = scenario.jitter_ns == 0 ? 0 : random() % scenario.jitter_ns;
      events.emplace(now + scenario.delay_ns / 2 + jitter, Event{at_relay, segment});
    }
  };
  client.transmit = server.transmit = [&](const RelaySegment& segment) { put(true, segment); };
  // Where the window ends that each host has offered, as far as the relay can know.
  std::array<std::uint64_t, 2> edges{};
  std::array<std::uint64_t, 2> told{};  ///< in segments that everyone believes
  const unsigned scale = scenario.scale < 0 ? 0 : static_cast<unsigned>(scenario.scale);
  const auto edge_of = [&](const RelaySegment& s) {
    const auto position =
        static_cast<std::int32_t>(s.acknowledgement - (s.from_client ? server_start : client_start));
    const bool is_syn = (s.flags & decode::tcp_syn) != 0;
    return static_cast<std::uint64_t>(is_syn ? 0 : position) +
           (std::uint64_t{s.window} << (is_syn ? 0 : scale));
  };
  constexpr unsigned most = 1U << 30U;
  unsigned leaves_at_most = most;
  wire.on_leave = [&](const RelaySegment& segment) {
    if (leaves_at_most == 0) return;
    --leaves_at_most;
    if (trace)
      std::printf("%8.3f   %s %u+%zu ack %u win %u flags %x %s\n", double(now) / 1e6,
                  segment.from_client ? "=>" : "<=",
                  segment.sequence - (segment.from_client ? client_start : server_start),
                  segment.payload.size(),
                  segment.acknowledgement - (segment.from_client ? server_start : client_start),
                  segment.window, segment.flags,
                  segment.kind == RelaySegment::Kind::passed ? ""
                  : segment.kind == RelaySegment::Kind::made ? "made"
                                                             : "changed");
    const std::string wrong = segment.from_client ? from_client.look(segment, server_acked)
                                                  : from_server.look(segment, client_acked);
    if (trouble.empty() && !wrong.empty())
      trouble = wrong + (segment.from_client ? " to the server" : " to the client");
    std::uint64_t& edge = edges[segment.from_client ? 0 : 1];
    if (segment.kind == RelaySegment::Kind::made && trouble.empty()) {
      const std::uint64_t says = edge_of(segment);
      if (says > edge) trouble = "a made segment opens the window";
      // A window is told in units of its scale: an overtaken segment, which is not believed, may round less.
      if (says + (2U << scale) <= told[segment.from_client ? 0 : 1] && scenario.kill_one_in == 0)
        trouble = "a made segment closes the window";
    }
    put(false, segment);
  };
  client.connect();
  std::uint64_t last_tick = 0;
  constexpr std::uint64_t limit = 300'000 * millisecond;
  while (now < limit && trouble.empty()) {
    std::uint64_t next = last_tick + millisecond;
    if (!events.empty() && events.begin()->first < next) {
      now = events.begin()->first;
      const Event event = events.begin()->second;
      events.erase(events.begin());
      client.now = server.now = now;
      wire.time_ns = base_ns + now;
      if (event.at_relay) {
        const auto& s = event.segment;
        if (trace)
          std::printf("%8.3f %s %u+%zu ack %u win %u flags %x\n", double(now) / 1e6,
                      s.from_client ? "->" : "<-", s.sequence - (s.from_client ? client_start : server_start),
                      s.payload.size(), s.acknowledgement - (s.from_client ? server_start : client_start),
                      s.window, s.flags);
        if ((s.flags & decode::tcp_ack) != 0) {
          std::size_t& acked = s.from_client ? client_acked : server_acked;
          const auto position =
              static_cast<std::int32_t>(s.acknowledgement - (s.from_client ? server_start : client_start));
          if (position > static_cast<std::int32_t>(acked)) acked = static_cast<std::size_t>(position);
        }
        std::uint64_t& edge = edges[s.from_client ? 0 : 1];
        edge = std::max(edge, edge_of(s));
        // One with octets that is overtaken is not believed, with all that it says.
        if (s.payload.empty())
          told[s.from_client ? 0 : 1] = std::max(told[s.from_client ? 0 : 1], edge_of(s));
        const bool killed =
            scenario.kill_one_in != 0 && !s.payload.empty() && random() % scenario.kill_one_in == 0;
        leaves_at_most = killed ? static_cast<unsigned>(random() % 3) : most;
        const bool before_commit = killed && leaves_at_most == 0 && random() % 2 == 0;
        const auto committed = wire.committed();
        wire.send(s);
        leaves_at_most = most;
        if (before_commit) wire.end_before_commit(committed);
        else if (killed) wire.restart();
        if (scenario.restart_one_in != 0 && client.connected && server.connected &&
            random() % scenario.restart_one_in == 0)
          wire.restart();
      } else {
        (event.segment.from_client ? server : client).receive(event.segment);
      }
    } else {
      now = last_tick = next;
      client.now = server.now = now;
      wire.time_ns = base_ns + now;
      client.tick();
      server.tick();
      wire.relay->tick(wire.time_ns, wire);
      if (client.done() && server.done() && events.empty()) break;
    }
    if (trouble.empty())
      trouble = !client.trouble.empty()  ? "client: " + client.trouble
                : server.trouble.empty() ? ""
                                         : "server: " + server.trouble;
  }
  Result result;
  result.took_ns = now;
  result.custody = wire.counters.of(Count::taken_tcp_custody);
  for (int i = 0; i < 1'000; ++i) {
    client.tick();
    server.tick();
  }
  if (trouble.empty() && now >= limit)
    trouble = "a stall: client " + std::to_string(client.acked()) + " of " +
              std::to_string(client_script.written.size()) + ", server " + std::to_string(server.acked()) +
              " of " + std::to_string(server_script.written.size());
  if (trouble.empty() && (server.got != from_client.seen() || client.got != from_server.seen()))
    trouble = "the receiver got something else than what left";
  if (trouble.empty() && !scenario.lies &&
      (server.got != client_script.expected || client.got != server_script.expected))
    trouble = "the receiver did not get what was written";
  for (const auto& state : wire.reader.states) {
    if (trouble.empty() && state.lost) trouble = "the reader lost octets";
  }
  for (std::size_t i = 0; i < wire.reader.pdus.size(); ++i) {
    // The first few octets, which may be anything, do not wait for long.
    if (trouble.empty() && !wire.reader.enforced[i] && wire.reader.positions[i] != 0)
      trouble = "a PDU left before it was read";
  }
  if (trouble.empty()) {
    wire.tick(20'000 * millisecond);
    if (wire.relay->buffers_taken() != 0) trouble = "buffers are left";
  }
  result.trouble = trouble;
  return result;
}

/// As many seeds as are given, from the scenario's on.
void run_all(Scenario scenario, unsigned seeds) {
  for (unsigned i = 0; i < seeds; ++i) {
    ++scenario.seed;
    const Result result = run(scenario);
    if (result.trouble.empty()) continue;
    if (std::getenv("RELAY_TRACE") != nullptr) run(scenario, true);
    FAIL() << "seed " << scenario.seed << ": " << result.trouble << " after " << result.took_ns / millisecond
           << " ms";
  }
}

TEST(TcpRelayModel, a_clean_wire) { run_all({.seed = 0}, 10); }
TEST(TcpRelayModel, small_segments) { run_all({.seed = 100, .mss = 100}, 10); }
TEST(TcpRelayModel, one_octet_a_segment) { run_all({.seed = 150, .mss = 1, .pdus = 8, .longest = 80}, 5); }
TEST(TcpRelayModel, nagle_waits_for_acknowledgements) {
  run_all({.seed = 200, .mss = 150, .nagle = true, .split_writes = true}, 10);
}
TEST(TcpRelayModel, loss) { run_all({.seed = 300, .loss = 0.03, .mss = 200}, 20); }
TEST(TcpRelayModel, repeats_and_reordering) {
  run_all({.seed = 400, .repeat = 0.1, .jitter_ns = 3 * millisecond, .mss = 200}, 20);
}
TEST(TcpRelayModel, everything_at_once) {
  run_all({.seed = 500,
           .loss = 0.02,
           .repeat = 0.05,
           .jitter_ns = 2 * millisecond,
           .delay_ns = 20 * millisecond,
           .mss = 300,
           .nagle = true,
           .split_writes = true},
          20);
}
TEST(TcpRelayModel, without_options) {
  run_all({.seed = 600,
           .loss = 0.03,
           .jitter_ns = millisecond,
           .mss = 200,
           .sack = false,
           .timestamps = false,
           .scale = -1},
          20);
}
TEST(TcpRelayModel, a_small_window) {
  run_all({.seed = 700, .loss = 0.02, .mss = 300, .scale = 0, .window = 700, .reads = 100, .longest = 600},
          15);
}
TEST(TcpRelayModel, a_window_that_closes_within_a_pdu) {
  run_all({.seed = 800, .mss = 300, .scale = 0, .window = 400, .reads = 3, .pdus = 20, .longest = 350}, 10);
}
TEST(TcpRelayModel, what_is_sent_again_lies) {
  run_all({.seed = 900, .loss = 0.05, .repeat = 0.1, .jitter_ns = 4 * millisecond, .mss = 200, .lies = true},
          20);
}
TEST(TcpRelayModel, another_process_takes_over) {
  run_all({.seed = 1'000,
           .loss = 0.02,
           .jitter_ns = millisecond,
           .mss = 200,
           .split_writes = true,
           .restart_one_in = 10},
          10);
}
TEST(TcpRelayModel, a_process_is_killed_at_any_instant) {
  run_all({.seed = 2'000,
           .loss = 0.01,
           .jitter_ns = millisecond,
           .mss = 200,
           .split_writes = true,
           .lies = true,
           .kill_one_in = 8},
          20);
  run_all({.seed = 3'000,
           .loss = 0.01,
           .mss = 1'400,
           .window = 100'000,
           .pdus = 10,
           .longest = 40'000,
           .kill_one_in = 20},
          5);
}
TEST(TcpRelayModel, pdus_larger_than_a_small_buffer) {
  run_all({.seed = 1'100, .loss = 0.01, .mss = 1'400, .window = 100'000, .pdus = 10, .longest = 40'000}, 8);
}

}  // namespace
}  // namespace tollgate::flow
