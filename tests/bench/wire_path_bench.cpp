// Nanoseconds of the processor that a packet costs in the wire, from memory, without what receives and sends
// it.
//
// usage: wire-path-bench RULES CAPTURE [SECONDS]
// Packets that carry no message, then those of the capture: without rules, and judged by those of the folder
// RULES. The best of several passes, each with a new engine; the first tenth of each, which fills tables for
// the first time, is left out.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "cli/rules_folder.hpp"
#include "dpdk/capture_file.hpp"
#include "engine/engine.hpp"
#include "record/event_ring.hpp"
#include "ticks.hpp"

namespace tollgate {
namespace {

constexpr std::size_t burst = 31;
constexpr std::size_t timed = 32 * burst;
constexpr std::size_t warm_up_divisor = 10;  // of the packets
constexpr std::size_t others = 2'000'000;    // without a message, a pass

struct Traffic {
  std::vector<std::byte> octets;
  std::vector<engine::Packet> packets;

  /// `octets` moved: where each begins is in `starts`.
  void place(const std::vector<std::size_t>& starts) {
    for (std::size_t i = 0; i < packets.size(); ++i)
      packets[i].octets = std::span(octets).subspan(starts[i], starts[i + 1] - starts[i]);
  }
};

Traffic read_capture(const std::string& path) {
  Traffic traffic;
  dpdk::CaptureReader reader(path);
  std::vector<std::size_t> starts;
  for (dpdk::CapturedFrame frame; reader.next(frame);) {
    starts.push_back(traffic.octets.size());
    traffic.octets.insert(traffic.octets.end(), frame.octets.begin(), frame.octets.end());
    traffic.packets.push_back({.octets = {},
                               .wire_length = frame.wire_length,
                               .link_type = reader.link_type(),
                               .time_ns = frame.time_ns,
                               .frame = frame.number});
  }
  starts.push_back(traffic.octets.size());
  traffic.place(starts);
  return traffic;
}

/// As wire-load sends them: Ethernet, IPv4, UDP, 128 octets. A burst of them stands in memory, as in a NIC's.
Traffic udp() {
  constexpr std::size_t size = 128;
  constexpr unsigned char head[] = {2,    0, 0,   0,   0, 2, 2,    0,    0,    0,    0,    1,    8,   0,
                                    0x45, 0, 0,   114, 0, 0, 0,    0,    64,   17,   0xf6, 0x77, 192, 0,
                                    2,    1, 192, 0,   2, 2, 0x30, 0x39, 0x30, 0x39, 0,    94};
  Traffic traffic;
  traffic.octets.resize(burst * size);
  for (std::size_t i = 0; i < burst; ++i)
    std::transform(std::begin(head), std::end(head),
                   traffic.octets.begin() + static_cast<std::ptrdiff_t>(i * size),
                   [](unsigned char octet) { return std::byte{octet}; });
  for (std::size_t i = 0; i < others; ++i)
    traffic.packets.push_back({.octets = std::span(traffic.octets).subspan(i % burst * size, size),
                               .wire_length = size,
                               .time_ns = i * 100,
                               .frame = i + 1});
  return traffic;
}

/// Its packets go nowhere.
class Counting final : public engine::Output {
 public:
  void send(const engine::Packet& packet) override { octets += packet.octets.size(); }
  void drop(const engine::Packet& packet) override { octets += packet.octets.size(); }
  bool make(std::size_t /*size*/, engine::Packet& /*packet*/) override { return false; }
  std::uint64_t octets = 0;
};

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Pass {
  double seconds = 0;
  std::size_t packets = 0;
  std::uint64_t events = 0;
};

Pass pass(const Traffic& kept, const cli::Judges& judges, const engine::Settings& settings) {
  Traffic traffic = kept;  // what is blocked is changed in place
  for (engine::Packet& packet : traffic.packets)
    packet.octets = {traffic.octets.data() + (packet.octets.data() - kept.octets.data()),
                     packet.octets.size()};
  record::EventRing events;
  engine::Engine engine(settings, events, judges.ruleset);
  engine.measure_by(bench_ticks());
  engine::Judge judge(judges.ruleset, judges.plugins);
  engine.exchange(judge);
  Counting out;
  Pass done;
  const std::size_t warm_up = traffic.packets.size() / warm_up_divisor;
  const std::span<const engine::Packet> packets{traffic.packets};
  for (std::size_t at = 0; at < packets.size(); at += timed) {
    const auto some = packets.subspan(at, std::min(timed, packets.size() - at));
    const double begin = thread_seconds();
    for (std::size_t i = 0; i < some.size(); i += burst)
      engine.process(some.subspan(i, std::min(burst, some.size() - i)), out);
    const double took = thread_seconds() - begin;
    const std::size_t count = events.drain([](const Message&) {});
    if (at < warm_up) continue;
    done.seconds += took;
    done.packets += some.size();
    done.events += count;
  }
  return done;
}

void measure(const char* what, const Traffic& traffic, const cli::Judges& judges, double seconds) {
  engine::Settings settings;
  settings.enforcement = judges.ruleset != nullptr;
  double best = 0;
  Pass last;
  const double begin = thread_seconds();
  do {
    last = pass(traffic, judges, settings);
    const double each = last.seconds * 1e9 / static_cast<double>(last.packets);
    best = best == 0 ? each : std::min(best, each);
  } while (thread_seconds() - begin < seconds);
  std::printf("%-40s %8.1f ns a packet, %llu events\n", what, best,
              static_cast<unsigned long long>(last.events));
}

void run(const std::string& rules, const std::string& capture, double seconds) {
  const cli::Judges none;
  const cli::Judges judges = cli::load_judges(engine::Settings{}, rules);
  const Traffic other = udp();
  const Traffic map = read_capture(capture);
  measure("UDP, inspection off", other, none, seconds);
  measure("UDP, inspection on", other, judges, seconds);
  measure("MAP, inspection off", map, none, seconds);
  measure("MAP, inspection on", map, judges, seconds);
}

}  // namespace
}  // namespace tollgate

int main(int count, char** words) {
  if (count != 3 && count != 4) {
    std::fputs("usage: wire-path-bench RULES CAPTURE [SECONDS]\n", stderr);
    return 2;
  }
  try {
    tollgate::run(words[1], words[2], count > 3 ? std::atof(words[3]) : 3);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "wire-path-bench: %s\n", error.what());
    return 1;
  }
}
