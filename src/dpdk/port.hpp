#pragma once

#include <cstdint>
#include <string>

struct rte_mempool;

namespace tollgate::dpdk {

/// Octets that a packet buffer needs for the frames of `device`. Throws std::runtime_error where the device
/// cannot be used.
std::uint32_t frame_room(const std::string& device);

/// A port of DPDK with one receive and one transmit queue a worker, which it opens and closes. Needs a live
/// Eal.
class Port {
 public:
  /// `pool` has frame_room(device). Throws std::runtime_error.
  Port(std::string device, std::uint16_t queues, rte_mempool* pool);
  ~Port();
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  std::uint16_t id() const { return id_; }
  const std::string& device() const { return device_; }

 private:
  void probe();
  void start(std::uint16_t queues, rte_mempool* pool);

  std::string device_;
  std::uint16_t id_ = 0;
  bool promiscuous_ = false;  ///< made so by us
};

}  // namespace tollgate::dpdk
