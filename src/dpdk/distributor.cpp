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
      fragments_(counters_, static_cast<std::uint32_t>(rings_.size())),
      sender_(counters_, 0, static_cast<std::uint16_t>(*std::max_element(ports_.begin(), ports_.end()) + 1)) {
}

void Distributor::run() {
  prctl(PR_SET_TIMERSLACK, 1UL);  // pauses as short as they are asked for
  std::uint64_t receive_until = 0;
  while (!stop_.load(std::memory_order_relaxed)) {
    const std::uint64_t now = clock_.now();
    unsigned packets = 0;
    if (receiving_) {
      packets += receive(now);
      if (stop_receiving_.load(std::memory_order_relaxed)) {
        if (receive_until == 0) receive_until = now + ending_ns;
        receiving_ = packets != 0 && now < receive_until;
        if (!receiving_) {
          give(fragments_.finish(now));
          hand_over();
          stopped_receiving_ = true;
        }
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

unsigned Distributor::receive(std::uint64_t now) {
  unsigned packets = 0;
  for (const std::uint16_t port : ports_) packets += receive(port, now);
  give(fragments_.expire(now));
  hand_over();
  return packets;
}

unsigned Distributor::receive(std::uint16_t port, std::uint64_t now) {
  std::array<rte_mbuf*, burst> received;
  const std::uint16_t count = rte_eth_rx_burst(port, 0, received.data(), burst);
  for (std::uint16_t i = 0; i < count; ++i) {
    rte_mbuf* packet = received[i];
    const auto ip = ip_in({rte_pktmbuf_mtod(packet, const std::byte*), packet->data_len});
    if (ip && ip->fragment) give(fragments_.take(*ip, packet, now));
    else give(ip ? worker_of(*ip, static_cast<std::uint32_t>(shares_.size())) : 0, packet);
  }
  return count;
}

void Distributor::give(FragmentSpread::Gone fragments) {
  for (const FragmentSpread::Given& one : fragments) give(one.worker, static_cast<rte_mbuf*>(one.packet));
}

void Distributor::give(std::uint32_t worker, rte_mbuf* packet) {
  Share& share = shares_[worker];
  share.packets[share.count++] = packet;
  if (share.count == burst) hand_over(worker);
}

void Distributor::hand_over() {
  for (std::uint32_t worker = 0; worker < shares_.size(); ++worker) {
    if (shares_[worker].count != 0) hand_over(worker);
  }
}

void Distributor::hand_over(std::uint32_t worker) {
  Share& share = shares_[worker];
  auto* const* objects = reinterpret_cast<void* const*>(share.packets.data());
  const unsigned taken = rte_ring_sp_enqueue_burst(rings_[worker].to_worker, objects, share.count, nullptr);
  const unsigned left = share.count - taken;
  if (left != 0) {
    counters_.add(Count::lost_no_worker_room, left);
    rte_pktmbuf_free_bulk(share.packets.data() + taken, left);
  }
  share.count = 0;
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
