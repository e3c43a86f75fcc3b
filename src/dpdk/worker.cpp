#include "dpdk/worker.hpp"

#include <algorithm>
#include <thread>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_pause.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace tollgate::dpdk {
namespace {

constexpr std::uint64_t tick_ns = 1'000'000;  ///< between ticks while nothing comes
constexpr std::uint64_t busy_ns = 200'000;    ///< for so long after a packet the worker does not pause
constexpr useconds_t pause_us = 50;           ///< shorter than what fills a port's ring
constexpr unsigned send_attempts = 1000;      ///< some 50 microseconds of pauses
constexpr std::uint64_t leaving_ns =
    2'000'000'000;  ///< receivers have so long to acknowledge what we keep for them
constexpr std::uint64_t ending_ns = 200'000'000;  ///< the end does not wait longer for packets to stop

}  // namespace

Worker::Worker(engine::Engine& engine, const std::vector<WorkerPort>& ports, std::uint16_t queue,
               rte_mempool* pool)
    : engine_(engine), ports_(ports), leaving_(ports.size()), queue_(queue), pool_(pool) {
  for (std::uint16_t i = 0; i < ports_.size(); ++i) {
    const WorkerPort& port = ports_[i];
    if (by_link_.size() <= port.link) by_link_.resize(port.link + 1U);
    by_link_[port.link][static_cast<std::size_t>(port.side)] = i;
  }
}

void Worker::run() {
  prctl(PR_SET_TIMERSLACK, 1UL);  // pauses as short as they are asked for
  while (!stop_.load(std::memory_order_relaxed)) {
    pass_time(turn());
    run_task();
  }
  finish();
}

/// One look at every port. Gives the number of packets.
unsigned Worker::turn() {
  unsigned packets = 0;
  for (const WorkerPort& port : ports_) packets += receive(port);
  for (std::size_t i = 0; i < ports_.size(); ++i) flush(ports_[i].id, leaving_[i]);
  return packets;
}

unsigned Worker::receive(const WorkerPort& port) {
  std::array<rte_mbuf*, burst> received;
  const std::uint16_t count = rte_eth_rx_burst(port.id, queue_, received.data(), burst);
  if (count == 0) return 0;
  now_ = clock_.now();
  std::array<engine::Packet, burst> packets;
  std::uint16_t readable = 0;
  for (std::uint16_t i = 0; i < count; ++i) {
    rte_mbuf* mbuf = received[i];
    packets[readable] = {.octets = {rte_pktmbuf_mtod(mbuf, std::byte*), mbuf->data_len},
                         .wire_length = mbuf->pkt_len,
                         .side = port.side,
                         .link = port.link,
                         .time_ns = now_,
                         .frame = ++frames_,
                         .handle = mbuf};
    ++readable;
  }
  engine_.process({packets.data(), readable}, *this);
  return count;
}

void Worker::pass_time(unsigned packets) {
  if (packets != 0) {
    last_packet_ = last_tick_ = now_;
    return;
  }
  now_ = clock_.now();
  if (now_ - last_tick_ >= tick_ns) {
    engine_.tick(now_, *this);
    last_tick_ = now_;
  }
  if (now_ - last_packet_ >= busy_ns) usleep(pause_us);
}

void Worker::run_task() {
  const auto* task = task_.load(std::memory_order_acquire);
  if (task == nullptr) return;
  (*task)(engine_, counters_);
  task_.store(nullptr, std::memory_order_release);
}

void Worker::between_bursts(const WorkerTask& task) {
  task_.store(&task, std::memory_order_release);
  while (task_.load(std::memory_order_acquire) != nullptr)
    std::this_thread::sleep_for(std::chrono::microseconds(100));
}

Counters Worker::counters() const {
  Counters all = counters_;
  all.add(engine_.counters());
  return all;
}

void Worker::finish() {
  engine_.prepare_to_leave();
  const std::uint64_t leaving_until = clock_.now() + leaving_ns;
  while (!engine_.may_leave() && clock_.now() < leaving_until) pass_time(turn());
  const std::uint64_t until = clock_.now() + ending_ns;
  while (turn() != 0 && clock_.now() < until) {
  }
  engine_.leave(*this);
  for (std::size_t i = 0; i < ports_.size(); ++i) flush(ports_[i].id, leaving_[i]);
}

// The engine calls these; they must not throw.

void Worker::send(const engine::Packet& packet) {
  auto* mbuf = static_cast<rte_mbuf*>(packet.handle);
  const std::uint16_t from = by_link_[packet.link][static_cast<std::size_t>(packet.side)];
  if (ports_[from].tap) return rte_pktmbuf_free(mbuf);
  // The engine may have made this packet, or cut it.
  mbuf->data_len = static_cast<std::uint16_t>(packet.octets.size());
  mbuf->pkt_len = mbuf->data_len;
  const std::uint16_t to = by_link_[packet.link][static_cast<std::size_t>(opposite(packet.side))];
  Leaving& leaving = leaving_[to];
  leaving.packets[leaving.count++] = mbuf;
  if (leaving.count == burst) flush(ports_[to].id, leaving);
}

void Worker::drop(const engine::Packet& packet) { rte_pktmbuf_free(static_cast<rte_mbuf*>(packet.handle)); }

bool Worker::make(std::size_t size, engine::Packet& packet) {
  rte_mbuf* mbuf = rte_pktmbuf_alloc(pool_);
  if (mbuf == nullptr) return false;
  auto* octets = size > UINT16_MAX ? nullptr : rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(size));
  if (octets == nullptr) {
    rte_pktmbuf_free(mbuf);
    return false;
  }
  packet.octets = {reinterpret_cast<std::byte*>(octets), size};
  packet.handle = mbuf;
  return true;
}

/// A port that is behind is given a moment; one that took nothing the last time has to show first that it
/// does.
void Worker::flush(std::uint16_t port, Leaving& leaving) {
  std::uint16_t sent = 0;
  for (unsigned attempt = 0; sent < leaving.count && attempt < (leaving.stuck ? 1 : send_attempts);
       ++attempt) {
    if (attempt != 0) rte_pause();
    sent += rte_eth_tx_burst(port, queue_, leaving.packets.data() + sent,
                             static_cast<std::uint16_t>(leaving.count - sent));
  }
  if (leaving.count != 0) leaving.stuck = sent == 0;
  if (sent < leaving.count) {
    counters_.add(Count::lost_no_tx_room, static_cast<std::uint64_t>(leaving.count - sent));
    rte_pktmbuf_free_bulk(leaving.packets.data() + sent, static_cast<unsigned>(leaving.count - sent));
  }
  leaving.count = 0;
}

}  // namespace tollgate::dpdk
