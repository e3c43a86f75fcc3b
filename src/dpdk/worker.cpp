#include "dpdk/worker.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_ring.h>
#include <sys/prctl.h>

#include "dpdk/spread.hpp"

namespace tollgate::dpdk {
namespace {

constexpr std::uint64_t tick_ns = 1'000'000;  // between ticks while nothing comes
/// Receivers have so long to acknowledge what we keep for them, then again for what is held of it.
constexpr std::uint64_t leaving_ns = 1'500'000'000;
constexpr std::uint64_t ending_ns = 200'000'000;  // the end does not wait longer for packets to stop

std::uint16_t ports_end(const std::vector<WorkerPort>& ports) {
  std::uint16_t end = 0;
  for (const WorkerPort& port : ports) end = std::max(end, static_cast<std::uint16_t>(port.id + 1));
  return end;
}

}  // namespace

Worker::Worker(engine::Engine& engine, WorkerSettings settings)
    : engine_(engine),
      settings_(std::move(settings)),
      by_id_(ports_end(settings_.ports)),
      full_bursts_(settings_.ports.size()),
      sender_(counters_, settings_.number, ports_end(settings_.ports)),
      next_frame_(settings_.number + 1U) {
  for (const WorkerPort& port : settings_.ports) {
    by_id_[port.id] = port;
    if (by_link_.size() <= port.link) by_link_.resize(port.link + 1U);
    by_link_[port.link][static_cast<std::size_t>(port.side)] = port.id;
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

/// Gives the number of packets that were taken.
unsigned Worker::turn() {
  began_ = 0;
  const unsigned packets =
      settings_.rings ? receive_from_ring(settings_.distributor.to_worker) : receive_from_ports();
  flush();
  if (began_ != 0)
    busy_ns_.store(busy_ns_.load(std::memory_order_relaxed) + (clock_.now() - began_),
                   std::memory_order_relaxed);
  return packets;
}

unsigned Worker::receive_from_ports() {
  unsigned packets = 0;
  for (std::size_t i = 0; i < settings_.ports.size(); ++i) {
    std::array<rte_mbuf*, burst> received;
    const std::uint16_t count =
        rte_eth_rx_burst(settings_.ports[i].id, settings_.number, received.data(), burst);
    full_bursts_[i] = count == burst ? full_bursts_[i] + 1 : 0;
    const std::uint16_t own = hand_over({received.data(), count});
    take({received.data(), own}, is_behind(i));
    packets += own;
  }
  if (!settings_.from_others.empty()) packets += receive_from_ring(settings_.from_others[settings_.number]);
  return packets;
}

/// Whether without a break as much came as the port's ring holds: more comes than is worked off.
bool Worker::is_behind(std::size_t port) const {
  return full_bursts_[port] > std::max(settings_.ports[port].ring / burst, 1U);
}

/// Gives other workers the SCTP packets that are theirs, and how many are left, in front, in their order.
std::uint16_t Worker::hand_over(std::span<rte_mbuf*> received) {
  if (settings_.from_others.empty()) return static_cast<std::uint16_t>(received.size());
  std::uint16_t own = 0;
  for (rte_mbuf* packet : received) {
    const auto worker = worker_of_association({rte_pktmbuf_mtod(packet, const std::byte*), packet->data_len},
                                              settings_.workers);
    if (worker.value_or(settings_.number) == settings_.number) {
      received[own++] = packet;
    } else if (rte_ring_mp_enqueue(settings_.from_others[*worker], packet) != 0) {
      counters_.add(Count::lost_no_worker_room);
      rte_pktmbuf_free(packet);
    }
  }
  if (own != received.size()) pace_.packets_came(now_);
  return own;
}

unsigned Worker::receive_from_ring(rte_ring* ring) {
  std::array<rte_mbuf*, burst> received;
  unsigned more = 0;
  const unsigned count =
      rte_ring_sc_dequeue_burst(ring, reinterpret_cast<void**>(received.data()), burst, &more);
  take({received.data(), count}, more > rte_ring_get_capacity(ring) / 4 * 3);
  return count;
}

void Worker::take(std::span<rte_mbuf*> received, bool behind) {
  if (received.empty()) return;
  now_ = clock_.now();
  if (began_ == 0) began_ = now_;
  std::array<engine::Packet, burst> packets;
  std::size_t count = 0;
  for (rte_mbuf* mbuf : received) {
    if (mbuf->nb_segs > 1 && rte_pktmbuf_linearize(mbuf) != 0) {
      counters_.add(Count::lost_in_pieces);
      rte_pktmbuf_free(mbuf);
      continue;
    }
    const WorkerPort& port = by_id_[mbuf->port];
    packets[count++] = {.octets = {rte_pktmbuf_mtod(mbuf, std::byte*), mbuf->data_len},
                        .wire_length = mbuf->pkt_len,
                        .side = port.side,
                        .link = port.link,
                        .time_ns = now_,
                        .frame = next_frame_,
                        .handle = mbuf};
    next_frame_ += settings_.workers;
  }
  if (!behind) return engine_.process({packets.data(), count}, *this);
  for (std::size_t i = 0; i < count; ++i) pass_unread(packets[i]);
}

/// There is no time to read it.
void Worker::pass_unread(const engine::Packet& packet) {
  const WorkerPort& port = by_id_[static_cast<const rte_mbuf*>(packet.handle)->port];
  if (!port.closed || port.tap) return engine_.pass_unread(packet, *this);
  counters_.add(Count::dropped_overload);
  drop(packet);
}

void Worker::pass_time(unsigned packets) {
  if (packets != 0) {
    last_tick_ = now_;
    return pace_.packets_came(now_);
  }
  now_ = clock_.now();
  if (now_ - last_tick_ >= tick_ns) {
    engine_.tick(now_, *this);
    flush();
    last_tick_ = now_;
  }
  pace_.nothing_came(now_);
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

/// For `ns` at most.
void Worker::work_until_left(std::uint64_t ns) {
  const std::uint64_t until = clock_.now() + ns;
  while (!engine_.may_leave() && clock_.now() < until) pass_time(turn());
}

void Worker::finish() {
  engine_.prepare_to_leave();
  work_until_left(leaving_ns);
  if (!engine_.may_leave()) {
    engine_.release_custody(*this);
    flush();
    work_until_left(leaving_ns);
  }
  left_ = true;
  while (settings_.rings && !input_ended_) pass_time(turn());
  const std::uint64_t until = clock_.now() + ending_ns;
  while (turn() != 0 && clock_.now() < until) {
  }
  engine_.leave(*this);
  flush();
}

// The engine calls these; they must not throw.

void Worker::send(const engine::Packet& packet) {
  auto* mbuf = static_cast<rte_mbuf*>(packet.handle);
  const auto& ports = by_link_[packet.link];
  if (by_id_[ports[static_cast<std::size_t>(packet.side)]].tap) return rte_pktmbuf_free(mbuf);
  // The engine may have made this packet, or cut it.
  mbuf->data_len = static_cast<std::uint16_t>(packet.octets.size());
  mbuf->pkt_len = mbuf->data_len;
  const std::uint16_t to = ports[static_cast<std::size_t>(opposite(packet.side))];
  if (!settings_.rings) return sender_.send(to, mbuf);
  mbuf->port = to;
  to_distributor_[to_distributor_count_++] = mbuf;
  if (to_distributor_count_ == burst) flush();
}

void Worker::flush() {
  if (!settings_.rings) return sender_.flush();
  if (to_distributor_count_ == 0) return;
  auto* const* objects = reinterpret_cast<void* const*>(to_distributor_.data());
  const unsigned taken =
      rte_ring_sp_enqueue_burst(settings_.distributor.from_worker, objects, to_distributor_count_, nullptr);
  const unsigned left = to_distributor_count_ - taken;
  if (left != 0) {
    counters_.add(Count::lost_no_tx_room, left);
    rte_pktmbuf_free_bulk(to_distributor_.data() + taken, left);
  }
  to_distributor_count_ = 0;
}

void Worker::drop(const engine::Packet& packet) { rte_pktmbuf_free(static_cast<rte_mbuf*>(packet.handle)); }

bool Worker::make(std::size_t size, engine::Packet& packet) {
  rte_mbuf* mbuf = size > UINT16_MAX ? nullptr : rte_pktmbuf_alloc(settings_.pool);
  if (mbuf == nullptr) return false;
  char* octets = rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(size));
  if (octets == nullptr) {
    rte_pktmbuf_free(mbuf);
    return false;
  }
  packet.octets = {reinterpret_cast<std::byte*>(octets), size};
  packet.handle = mbuf;
  return true;
}

}  // namespace tollgate::dpdk
