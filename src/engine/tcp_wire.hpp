#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/output.hpp"
#include "engine/packet.hpp"
#include "engine/stage_clock.hpp"
#include "flow/tcp_wire.hpp"

namespace tollgate::engine {

/// A relay's wire: the packet in hand, and the output.
class TcpWire final : public flow::TcpWire {
 public:
  /// Where no packet is in hand: what leaves is of `time_ns` and `frame`.
  TcpWire(Output& output, StageClock& clock, std::uint64_t time_ns, std::uint64_t frame);
  /// The IP header of `packet` begins at `ip_at`, its TCP segment is the `segment_size` octets at `tcp_at`.
  TcpWire(Output& output, StageClock& clock, const Packet& packet, std::size_t ip_at, std::size_t tcp_at,
          std::size_t segment_size);

  void pass() override;
  void drop() override;
  void change(const flow::TcpChange& change) override;
  void make(const flow::RelayHeaders& model, const flow::TcpMade& segment) override;

 private:
  Output& output_;
  StageClock& clock_;
  Packet packet_;
  std::size_t ip_at_ = 0;
  std::size_t tcp_at_ = 0;
  std::size_t segment_size_ = 0;
};

}  // namespace tollgate::engine
