// Messages a second through the engine, from memory, on one core: the whole decode to UTF-8 text.
//
// usage: engine-bench CAPTURE... (and Google Benchmark's own options)
// Each pass reads a capture held in memory with a new engine. What is measured is the processor time of this
// thread in the steady state: the first part of the capture, which fills the tables for the first time, and
// the making of the engine are left out.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "dpdk/capture_file.hpp"
#include "engine/engine.hpp"
#include "ticks.hpp"

namespace tollgate {
namespace {

constexpr std::size_t burst = 32;
constexpr std::size_t warm_up_divisor = 10;  // of the packets

struct Capture {
  std::vector<std::byte> octets;
  std::vector<engine::Packet> packets;
};

std::shared_ptr<Capture> load(const std::string& path) {
  auto capture = std::make_shared<Capture>();
  dpdk::CaptureReader reader(path);
  dpdk::CapturedFrame frame;
  std::vector<std::size_t> starts;
  while (reader.next(frame)) {
    starts.push_back(capture->octets.size());
    capture->octets.insert(capture->octets.end(), frame.octets.begin(), frame.octets.end());
    capture->packets.push_back({.octets = {},
                                .wire_length = frame.wire_length,
                                .link_type = reader.link_type(),
                                .time_ns = frame.time_ns,
                                .frame = frame.number});
  }
  starts.push_back(capture->octets.size());
  for (std::size_t i = 0; i < capture->packets.size(); ++i) {
    capture->packets[i].octets = {capture->octets.data() + starts[i], starts[i + 1] - starts[i]};
  }
  return capture;
}

/// `events`: everything that was decoded, responses and signalling with it. `messages`: short messages.
class CountingConsumer final : public Consumer {
 public:
  void accept(Message& message) override {
    ++events;
    if (message.kind == Kind::message) ++messages;
    benchmark::DoNotOptimize(message);
  }
  std::uint64_t events = 0;
  std::uint64_t messages = 0;
};

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

[[gnu::noinline]] void process(engine::Engine& engine, std::span<const engine::Packet> packets) {
  engine::Nowhere nowhere;
  for (std::size_t at = 0; at < packets.size(); at += burst) {
    engine.process(packets.subspan(at, std::min(burst, packets.size() - at)), nowhere);
  }
}

void pass(benchmark::State& state, const Capture& capture) {
  const std::span<const engine::Packet> packets{capture.packets};
  const std::size_t warm_up = packets.size() / warm_up_divisor;
  CountingConsumer consumer;
  double seconds = 0;
  std::uint64_t events = 0;
  std::uint64_t messages = 0;
  while (state.KeepRunning()) {
    engine::Engine engine(engine::Settings{}, consumer);
    engine.measure_by(bench_ticks());
    process(engine, packets.first(warm_up));
    consumer = {};
    const double begin = thread_seconds();
    process(engine, packets.subspan(warm_up));
    const double took = thread_seconds() - begin;
    state.SetIterationTime(took);
    seconds += took;
    events += consumer.events;
    messages += consumer.messages;
  }
  const auto measured =
      static_cast<double>(state.iterations()) * static_cast<double>(packets.size() - warm_up);
  state.counters["packets/s"] = measured / seconds;
  state.counters["events/s"] = static_cast<double>(events) / seconds;
  state.counters["messages/s"] = static_cast<double>(messages) / seconds;
  state.counters["ns/event"] = seconds * 1e9 / static_cast<double>(events);
}

}  // namespace
}  // namespace tollgate

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  try {
    for (int i = 1; i < count; ++i) {
      const auto capture = tollgate::load(arguments[i]);
      benchmark::RegisterBenchmark(arguments[i],
                                   [capture](benchmark::State& state) { tollgate::pass(state, *capture); })
          ->UseManualTime()
          ->Iterations(1)
          ->Unit(benchmark::kMillisecond);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "engine-bench: %s\n", error.what());
    return 1;
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
