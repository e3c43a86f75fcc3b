// The traffic on both sides of something that forwards between two ports, and what it measures of that.
//
// usage: wire-load SOCKET SECONDS RATE [CAPTURE]
//
// Its own two ports join those of what is measured by shared memory, without a kernel between (net_memif; the
// other is the server at SOCKET, with the ids 0 and 1). What it sends by one port it awaits at the other:
//
// - the packets of CAPTURE, each once; what comes from the first packet's source goes in by port 0, the rest
//   by port 1. Without CAPTURE, or when that ends, UDP packets of 128 octets both ways;
// - RATE packets a second; with a RATE of 0 as many as are taken, at most `window` of them under way in each
//   direction: the other always has work, and never a full burst, by which it would think itself behind;
// - with a RATE, among them probes: UDP packets that are sent back when they arrive and timed when they
// return.
//
// Where it was kept from its own work for longer than 50 microseconds, as by a process that has its CPU for a
// while, it does not make up for what was due meanwhile, nor times what was under way: that would be taken
// for delays and losses of what is measured.
//
// Prints JSON: packets that came, packets a second, packets lost, the round trips in microseconds, and for
// how many milliseconds it was kept from its work.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "decode/checksum.hpp"
#include "dpdk/capture_file.hpp"
#include "dpdk/eal.hpp"
#include "dpdk/port.hpp"

namespace tollgate {
namespace {

using Frame = std::vector<std::byte>;

constexpr std::uint16_t burst = 32;
constexpr unsigned window = 31;
constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t lost_ns = 200'000'000;  // what has not come by then does not
constexpr std::uint64_t kept_ns = 50'000;       // no turn of the loop takes so long by itself
constexpr std::uint64_t probes_per_second = 5'000;
constexpr std::uint64_t warm_up_divisor = 5;  // of the time
constexpr std::size_t udp_size = 128;
constexpr std::size_t stamp_at = 14 + 20 + 8;
constexpr std::uint32_t buffers = 8192;

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

/// What stands in a probe.
struct Stamp {
  std::uint64_t mark = 0;
  std::uint64_t sent_ns = 0;
  std::uint64_t returns = 0;
};
constexpr std::uint64_t probe_mark = 0x70'72'6f'62'65'21'21'21;

/// Ethernet, IPv4, UDP without a checksum (RFC 768); the rest is zeros.
Frame udp_frame(bool from_first) {
  Frame frame(udp_size);
  const auto put = [&](std::size_t at, std::initializer_list<unsigned> octets) {
    std::transform(octets.begin(), octets.end(), frame.begin() + static_cast<std::ptrdiff_t>(at),
                   [](unsigned octet) { return static_cast<std::byte>(octet); });
  };
  const unsigned source = from_first ? 1 : 2;
  put(0, {2, 0, 0, 0, 0, 3 - source, 2, 0, 0, 0, 0, source, 8, 0});
  put(14, {0x45, 0, 0, udp_size - 14, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, source, 192, 0, 2, 3 - source});
  put(34, {0x30, 0x39, 0x30, 0x39, 0, udp_size - 34, 0, 0});
  const auto sum = static_cast<std::uint16_t>(
      ~decode::checksum_fold(decode::checksum_add(0, Octets(frame).subspan(14, 20))));
  std::memcpy(frame.data() + 24, &sum, sizeof sum);
  return frame;
}

/// By port.
struct Load {
  struct Packet {
    std::uint16_t port = 0;
    std::uint32_t size = 0;
    std::size_t at = 0;
  };
  Frame octets;
  std::vector<Packet> packets;
};

Load read_capture(const std::string& path) {
  Load load;
  dpdk::CaptureReader reader(path);
  constexpr std::size_t source_at = 26;
  std::array<std::byte, 4> first{};
  for (dpdk::CapturedFrame frame; reader.next(frame);) {
    if (frame.octets.size() < source_at + first.size()) continue;
    const std::byte* source = frame.octets.data() + source_at;
    if (load.packets.empty()) std::memcpy(first.data(), source, first.size());
    const bool from_first = std::memcmp(first.data(), source, first.size()) == 0;
    load.packets.push_back({.port = from_first ? std::uint16_t{0} : std::uint16_t{1},
                            .size = static_cast<std::uint32_t>(frame.octets.size()),
                            .at = load.octets.size()});
    load.octets.insert(load.octets.end(), frame.octets.begin(), frame.octets.end());
  }
  return load;
}

class Traffic {
 public:
  Traffic(std::array<std::uint16_t, 2> ports, rte_mempool* pool, Load load, std::uint64_t rate,
          std::uint64_t seconds)
      : ports_(ports),
        pool_(pool),
        load_(std::move(load)),
        has_capture_(!load_.packets.empty()),
        rate_(rate),
        time_ns_(seconds * second_ns) {}

  void run() {
    begin_ns_ = now_ns();
    last_ns_ = begin_ns_;
    const std::uint64_t warm_ns = begin_ns_ + time_ns_ / warm_up_divisor;
    std::uint64_t now = begin_ns_;
    turn_ns_ = now;
    for (; now - begin_ns_ < time_ns_ && !(has_capture_ && next_ == load_.packets.size()); now = now_ns()) {
      begin_turn(now);
      if (warm_at_ns_ == 0 && now >= warm_ns) {
        warm_at_ns_ = now;
        came_warm_ = came_;
      }
      if (rate_ == 0) fill_window();
      else send_due(now);
      receive(now);
      forget_lost(now);
    }
    counted_ns_ = now;
    came_counted_ = came_;
    while (under_way() != 0 && now_ns() - last_ns_ < lost_ns) receive(now_ns());
    lost_ += under_way();
  }

  void print() {
    std::sort(round_trips_.begin(), round_trips_.end());
    const auto at = [&](double share) {
      if (round_trips_.empty()) return 0.0;
      const auto index = static_cast<std::size_t>(share * static_cast<double>(round_trips_.size() - 1));
      return static_cast<double>(round_trips_[index]) / 1000;
    };
    // A capture that ends before all is warm is counted whole.
    const std::uint64_t from_ns = warm_at_ns_ == 0 ? begin_ns_ : warm_at_ns_;
    const double seconds = static_cast<double>(counted_ns_ - from_ns) / static_cast<double>(second_ns);
    std::printf(
        "{\"packets\": %llu, \"per_second\": %.0f, \"lost\": %llu, \"probes\": %zu, "
        "\"p50\": %.1f, \"p99\": %.1f, \"p99.9\": %.1f, \"kept_ms\": %.0f}\n",
        static_cast<unsigned long long>(came_), static_cast<double>(came_counted_ - came_warm_) / seconds,
        static_cast<unsigned long long>(lost_), round_trips_.size(), at(0.5), at(0.99), at(0.999),
        static_cast<double>(kept_from_work_ns_) / 1e6);
  }

 private:
  std::uint64_t under_way() const { return under_way_[0] + under_way_[1]; }

  void begin_turn(std::uint64_t now) {
    if (now - turn_ns_ >= kept_ns) {
      kept_from_work_ns_ += now - turn_ns_;
      kept_until_ns_ = now;
    }
    turn_ns_ = now;
  }

  /// In the order of the capture, so that an answer follows its question.
  void fill_window() {
    if (has_capture_) {
      std::uint16_t full = 0;
      while (next_ < load_.packets.size() && full < burst) {
        const Load::Packet& packet = load_.packets[next_];
        if (under_way_[packet.port] == window) break;
        put(packet.port, {load_.octets.data() + packet.at, packet.size});
        ++next_;
        ++full;
      }
    } else {
      for (std::uint16_t port = 0; port < 2; ++port)
        while (under_way_[port] < window) put(port, udp_[port]);
    }
    flush();
  }

  void send_due(std::uint64_t now) {
    const std::uint64_t since = now - begin_ns_ - kept_from_work_ns_;
    const auto due =
        static_cast<std::uint64_t>(static_cast<double>(since) * static_cast<double>(rate_) / second_ns);
    for (unsigned count = 0; sent_ < due && count < burst; ++count) {
      if (sent_ * probes_per_second / rate_ != (sent_ + 1) * probes_per_second / rate_) send_probe(now);
      else if (has_capture_ && next_ < load_.packets.size()) {
        const Load::Packet& packet = load_.packets[next_++];
        put(packet.port, {load_.octets.data() + packet.at, packet.size});
      } else {
        put(sent_ % 2, udp_[sent_ % 2]);
      }
      ++sent_;
    }
    flush();
  }

  void send_probe(std::uint64_t now) {
    Frame probe = udp_[0];
    const Stamp stamp{.mark = probe_mark, .sent_ns = now};
    std::memcpy(probe.data() + stamp_at, &stamp, sizeof stamp);
    put(0, probe);
  }

  void put(std::uint64_t port, Octets frame) {
    rte_mbuf* const mbuf = rte_pktmbuf_alloc(pool_);
    if (mbuf == nullptr) throw std::runtime_error("no packet buffer");
    char* const to = rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size()));
    if (to == nullptr) throw std::runtime_error("a packet is too long");
    std::memcpy(to, frame.data(), frame.size());
    if (leaving_count_[port] == leaving_[port].size()) flush();
    leaving_[port][leaving_count_[port]++] = mbuf;
    ++under_way_[port];
  }

  void flush() {
    for (std::size_t port = 0; port < 2; ++port) {
      const std::uint16_t sent =
          rte_eth_tx_burst(ports_[port], 0, leaving_[port].data(), leaving_count_[port]);
      const unsigned left = leaving_count_[port] - sent;
      rte_pktmbuf_free_bulk(leaving_[port].data() + sent, left);
      lost_ += left;
      under_way_[port] -= left;
      leaving_count_[port] = 0;
    }
  }

  void receive(std::uint64_t now) {
    for (std::size_t port = 0; port < 2; ++port) {
      std::array<rte_mbuf*, burst> received;
      const std::uint16_t count = rte_eth_rx_burst(ports_[port], 0, received.data(), burst);
      if (count == 0) continue;
      last_ns_ = now;
      came_ += count;
      under_way_[1 - port] -= std::min<std::uint64_t>(count, under_way_[1 - port]);
      for (std::uint16_t i = 0; i < count; ++i) look_at(*received[i], port);
      rte_pktmbuf_free_bulk(received.data(), count);
    }
    flush();
  }

  void look_at(const rte_mbuf& mbuf, std::size_t port) {
    if (rate_ == 0 || mbuf.data_len != udp_size) return;
    Stamp stamp;
    std::memcpy(&stamp, rte_pktmbuf_mtod(&mbuf, const std::byte*) + stamp_at, sizeof stamp);
    if (stamp.mark != probe_mark) return;
    if (stamp.returns != 0) {
      const std::uint64_t now = now_ns();
      const bool watched = stamp.sent_ns >= kept_until_ns_ && now - turn_ns_ < kept_ns;
      if (warm_at_ns_ != 0 && watched) round_trips_.push_back(now - stamp.sent_ns);
      return;
    }
    stamp.returns = 1;
    Frame probe = udp_[port];
    std::memcpy(probe.data() + stamp_at, &stamp, sizeof stamp);
    put(port, probe);
  }

  void forget_lost(std::uint64_t now) {
    if (under_way() == 0 || now - last_ns_ < lost_ns) return;
    lost_ += under_way();
    under_way_ = {};
    last_ns_ = now;
  }

  std::array<std::uint16_t, 2> ports_;
  rte_mempool* pool_;
  Load load_;
  bool has_capture_;
  std::uint64_t rate_;
  std::uint64_t time_ns_;
  std::array<Frame, 2> udp_{udp_frame(true), udp_frame(false)};
  std::array<std::array<rte_mbuf*, 2 * burst>, 2> leaving_{};
  std::array<std::uint16_t, 2> leaving_count_{};
  std::size_t next_ = 0;  ///< of the capture
  std::uint64_t sent_ = 0;
  std::uint64_t came_ = 0;
  std::uint64_t lost_ = 0;
  std::array<std::uint64_t, 2> under_way_{};  ///< by the port that sent
  std::uint64_t begin_ns_ = 0;
  std::uint64_t last_ns_ = 0;  ///< when something last came
  std::uint64_t turn_ns_ = 0;  ///< when this turn of the loop began
  std::uint64_t kept_until_ns_ = 0;
  std::uint64_t kept_from_work_ns_ = 0;
  std::uint64_t warm_at_ns_ = 0;
  std::uint64_t came_warm_ = 0;
  std::uint64_t counted_ns_ = 0;
  std::uint64_t came_counted_ = 0;
  std::vector<std::uint64_t> round_trips_;
};

std::uint64_t number(std::string_view word) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size())
    throw std::runtime_error(std::string{word} + " is no number");
  return value;
}

void run(const std::vector<std::string>& words) {
  Load load = words.size() > 3 ? read_capture(words[3]) : Load{};
  dpdk::Eal eal({.memory_mib = 128});
  using Pool = std::unique_ptr<rte_mempool, void (*)(rte_mempool*)>;
  const Pool pool(
      rte_pktmbuf_pool_create("load", buffers, 256, 0, 2048 + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY),
      rte_mempool_free);
  if (!pool) throw std::runtime_error("no memory");
  // At a rate, what comes while the other is kept from its work waits for it, and counts as late: the usual
  // rings, of 1,024 packets, are full after less than a millisecond.
  const std::string rings = number(words[2]) == 0 ? "" : ",rsize=13";
  const auto device = [&](int id) {
    const std::string name = std::to_string(id);
    return "net_memif" + name + ",role=client,id=" + name + ",socket=" + words[0] + ",socket-abstract=no" +
           rings;
  };
  dpdk::Port first(device(0));
  dpdk::Port other(device(1));
  for (dpdk::Port* port : {&first, &other}) {
    port->start(1, pool.get());
    rte_eth_link link{};
    for (int attempt = 0; link.link_status == RTE_ETH_LINK_DOWN; ++attempt) {
      if (attempt == 1000 || rte_eth_link_get_nowait(port->id(), &link) != 0)
        throw std::runtime_error("nobody is at " + words[0]);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  Traffic traffic({first.id(), other.id()}, pool.get(), std::move(load), number(words[2]), number(words[1]));
  traffic.run();
  traffic.print();
}

}  // namespace
}  // namespace tollgate

int main(int count, char** words) {
  if (count != 4 && count != 5) {
    std::fputs("usage: wire-load SOCKET SECONDS RATE [CAPTURE]\n", stderr);
    return 2;
  }
  try {
    tollgate::run({words + 1, words + count});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "wire-load: %s\n", error.what());
    return 1;
  }
}
