#pragma once

#include <array>
#include <cstdint>

#include "dpdk/capture_file.hpp"
#include "engine/engine.hpp"
#include "message/counters.hpp"

struct rte_mbuf;
struct rte_mempool;
struct rte_ring;

namespace tollgate::dpdk {

/// The packet path of an appliance, fed from a capture instead of a wire:
///
///   push() -> ring -> port 0 rx burst -> engine -> port 1 tx burst -> ring -> writer
///
/// One worker, on the calling thread: the same capture gives the same result each time. Needs a live Eal.
class Replay final : private engine::Output {
 public:
  /// MiB of packet memory that a Replay needs from Eal.
  static constexpr std::uint32_t memory_mib = 64;

  /// `writer` may be null: packets are then dropped at the end. Throws std::runtime_error.
  Replay(engine::Engine& engine, const CaptureReader& reader, CaptureWriter* writer);
  ~Replay();
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  /// Puts a packet on the wire. It reaches the engine in this call or a later one. Throws what the writer
  /// does.
  void push(const CapturedFrame& frame);

  /// Lets everything out that is still on the way. Throws what the writer does.
  void finish();

  /// What the shell itself counts: packets that passed beside the engine.
  const Counters& counters() const { return counters_; }

 private:
  static constexpr std::uint16_t burst = 32;

  void send(const engine::Packet& packet) override;
  void drop(const engine::Packet& packet) override;
  bool make(std::size_t size, engine::Packet& packet) override;
  void adapt(rte_mbuf& mbuf, const engine::Packet& packet) const;
  void work();
  void transmit();
  void write_out();
  void pass_beside(const CapturedFrame& frame, Count why);
  rte_mbuf* to_mbuf(const CapturedFrame& frame);

  engine::Engine& engine_;
  decode::LinkType link_type_;
  bool nanoseconds_;  ///< the unit of fractions in the capture
  CaptureWriter* writer_;
  Counters counters_;

  rte_mempool* ordinary_ = nullptr;  ///< rooms for an Ethernet frame
  rte_mempool* large_ = nullptr;     ///< rooms for the largest IP packet
  rte_ring* to_port_ = nullptr;      ///< filled by push(), emptied by port 0
  rte_ring* from_port_ = nullptr;    ///< filled by port 1, emptied by write_out()
  std::uint16_t port_in_ = 0;
  std::uint16_t port_out_ = 0;
  std::uint16_t waiting_ = 0;  ///< packets in to_port_
  std::array<rte_mbuf*, burst> sent_{};
  std::uint16_t sent_count_ = 0;
};

}  // namespace tollgate::dpdk
