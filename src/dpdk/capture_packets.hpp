#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "dpdk/capture_file.hpp"
#include "engine/output.hpp"

namespace tollgate::dpdk {

/// The packets of a capture for an engine that nothing is behind. Each has octets of its own, which stay
/// until the engine gives it back.
class CapturePackets final : public engine::Output {
 public:
  explicit CapturePackets(CaptureReader& reader) : reader_(reader) {}

  /// Nothing at the end of what can be read.
  std::optional<engine::Packet> next() {
    CapturedFrame frame;
    if (!reader_.next(frame)) return {};
    engine::Packet packet = with_room(frame.octets.size());
    std::copy(frame.octets.begin(), frame.octets.end(), packet.octets.begin());
    packet.wire_length = frame.wire_length;
    packet.link_type = reader_.link_type();
    packet.time_ns = frame.time_ns;
    packet.frame = number_ = frame.number;
    return packet;
  }
  /// Of the packet that was read last.
  std::uint64_t number() const { return number_; }

  /// Is told of each packet that leaves.
  std::function<void(const engine::Packet&)> leaves;

  void send(const engine::Packet& packet) override {
    if (leaves) leaves(packet);
    drop(packet);
  }
  void drop(const engine::Packet& packet) override { rooms_.erase(packet.handle); }
  bool make(std::size_t size, engine::Packet& packet) override {
    const engine::Packet made = with_room(size);
    packet.octets = made.octets;
    packet.handle = made.handle;
    return true;
  }

 private:
  engine::Packet with_room(std::size_t size) {
    auto room = std::make_unique<std::byte[]>(std::max<std::size_t>(size, 1));
    engine::Packet packet{.octets = {room.get(), size}, .handle = room.get()};
    rooms_.emplace(packet.handle, std::move(room));
    return packet;
  }

  CaptureReader& reader_;
  std::uint64_t number_ = 0;
  std::unordered_map<void*, std::unique_ptr<std::byte[]>> rooms_;
};

}  // namespace tollgate::dpdk
