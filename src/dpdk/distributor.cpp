#include "dpdk/distributor.hpp"

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

constexpr std::uint64_t ending_ns = 200'000'000;  // the end does not wait longer for packets to stop
constexpr auto between_looks = std::chrono::microseconds(100);

}  // namespace

Distributor::Distributor(std::vector<std::uint16_t> ports, std::vector<WorkerRings> rings)
    : ports_(std::move(ports)),
      rings_(std::move(rings)),
      shares_(rings_.size()),
      sender_(counters_, 0, static_cast<std::uint16_t>(*std::max_element(ports_.begin(), ports_.end()) + 1)) {
}

void Distributor::run() {
  prctl(PR_SET_TIMERSLACK, 1UL);  // pauses as short as they are asked for
  std::uint64_t receive_until = 0;
  while (!stop_.load(std::memory_order_relaxed)) {
    const std::uint64_t now = clock_.now();
    unsigned packets = 0;
    if (receiving_) {
      packets += receive();
      if (stop_receiving_.load(std::memory_order_relaxed)) {
        if (receive_until == 0) receive_until = now + ending_ns;
        receiving_ = packets != 0 && now < receive_until;
        if (!receiving_) stopped_receiving_ = true;
      }
    }
    packets += send();
    if (packets != 0) pace_.packets_came(now);
    else pace_.nothing_came(now);
    if (const auto* task = task_.load(std::memory_order_acquire); task != nullptr) {
      (*task)();
      task_.store(nullptr, std::memory_order_release);
    }
  }
  while (send() != 0) {
  }
}

unsigned Distributor::receive() {
  unsigned packets = 0;
  for (const std::uint16_t port : ports_) packets += receive(port);
  return packets;
}

unsigned Distributor::receive(std::uint16_t port) {
  std::array<rte_mbuf*, burst> received;
  const std::uint16_t count = rte_eth_rx_burst(port, 0, received.data(), burst);
  for (std::uint16_t i = 0; i < count; ++i) {
    rte_mbuf* packet = received[i];
    const Octets octets{rte_pktmbuf_mtod(packet, const std::byte*), packet->data_len};
    Share& share = shares_[worker_of(octets, static_cast<std::uint32_t>(shares_.size()))];
    share.packets[share.count++] = packet;
  }
  for (std::size_t i = 0; i < shares_.size() && count != 0; ++i) {
    Share& share = shares_[i];
    if (share.count == 0) continue;
    auto* const* objects = reinterpret_cast<void* const*>(share.packets.data());
    const unsigned taken = rte_ring_sp_enqueue_burst(rings_[i].to_worker, objects, share.count, nullptr);
    const unsigned left = share.count - taken;
    if (left != 0) {
      counters_.add(Count::lost_no_worker_room, left);
      rte_pktmbuf_free_bulk(share.packets.data() + taken, left);
    }
    share.count = 0;
  }
  return count;
}

unsigned Distributor::send() {
  unsigned packets = 0;
  std::array<rte_mbuf*, burst> leaving;
  for (const WorkerRings& rings : rings_) {
    const unsigned count = rte_ring_sc_dequeue_burst(
        rings.from_worker, reinterpret_cast<void**>(leaving.data()), burst, nullptr);
    for (unsigned i = 0; i < count; ++i) sender_.send(leaving[i]->port, leaving[i]);
    packets += count;
  }
  sender_.flush();
  return packets;
}

void Distributor::stop_receiving() {
  stop_receiving_ = true;
  while (!stopped_receiving_) std::this_thread::sleep_for(between_looks);
}

void Distributor::between_bursts(const std::function<void()>& task) {
  task_.store(&task, std::memory_order_release);
  while (task_.load(std::memory_order_acquire) != nullptr) std::this_thread::sleep_for(between_looks);
}

}  // namespace tollgate::dpdk
