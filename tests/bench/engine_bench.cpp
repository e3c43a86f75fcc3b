// Messages a second through the engine, from memory, on one core: the whole decode to UTF-8 text.
//
// usage: engine-bench CAPTURE... (and Google Benchmark's own options)
// Each iteration is a whole pass over a capture held in memory by a new engine, whose making is not timed.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "dpdk/capture_file.hpp"
#include "engine/engine.hpp"

namespace tollgate {
namespace {

constexpr std::size_t burst = 32;

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

class Nowhere final : public engine::Output {
 public:
  void send(const engine::Packet& packet) override { benchmark::DoNotOptimize(packet.handle); }
};

void pass(benchmark::State& state, const Capture& capture) {
  CountingConsumer consumer;
  Nowhere nowhere;
  double seconds = 0;
  while (state.KeepRunning()) {
    engine::Engine engine(engine::Settings{}, consumer);
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t at = 0; at < capture.packets.size(); at += burst) {
      const std::size_t count = std::min(burst, capture.packets.size() - at);
      engine.process({&capture.packets[at], count}, nowhere);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    state.SetIterationTime(took.count());
    seconds += took.count();
  }
  const auto passes = static_cast<double>(state.iterations());
  const auto messages = static_cast<double>(consumer.messages);
  state.counters["packets/s"] = static_cast<double>(capture.packets.size()) * passes / seconds;
  state.counters["events/s"] = static_cast<double>(consumer.events) / seconds;
  state.counters["messages/s"] = messages / seconds;
  state.counters["ns/message"] = seconds * 1e9 / messages;
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
          ->Repetitions(5)
          ->Unit(benchmark::kMillisecond);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "engine-bench: %s\n", error.what());
    return 1;
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
