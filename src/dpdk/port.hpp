#pragma once

#include <cstdint>
#include <string>

#include "dpdk/interface.hpp"

struct rte_mempool;

namespace tollgate::dpdk {

/// Octets that a packet buffer needs for the frames of `device`. Throws std::runtime_error where the device
/// cannot be used.
std::uint32_t frame_room(const std::string& device);

/// Packets that came to a port and were not given to a worker.
struct PortLosses {
  std::uint64_t full = 0;       ///< its ring was full: nobody took them in time
  std::uint64_t no_buffer = 0;  ///< no buffer was free
  std::uint64_t errors = 0;     ///< they came damaged, or did not fit

  std::uint64_t all() const { return full + no_buffer + errors; }
  void add(const PortLosses& other);
};

/// What its driver, or the interface behind it, says.
using PortLink = InterfaceLink;

/// A port of DPDK, which it opens and closes. Needs a live Eal.
class Port {
 public:
  /// Throws std::runtime_error.
  explicit Port(std::string device);
  ~Port();
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  std::uint16_t id() const { return id_; }
  const std::string& device() const { return device_; }

  /// Whether it can give each worker its flows, both directions of one to the same.
  bool can_spread(std::uint16_t workers) const;

  /// Opens as many receive and transmit queues; of several, each gets its flows. `pool` has
  /// frame_room(device). Throws std::runtime_error.
  void start(std::uint16_t queues, rte_mempool* pool);

  /// What a receive queue holds, in packets. Once it has started.
  std::uint32_t ring() const { return ring_; }
  /// Packets that are bound while they wait to be received or sent, by a queue.
  static std::uint32_t buffers_of_a_queue(const std::string& device);

  /// Since the port was made.
  PortLosses losses();

  /// Its cable, now.
  PortLink link() const;

  enum class State : std::uint8_t {
    works,
    down,      ///< it comes back by itself
    gone,      ///< the interface is not there
    replaced,  ///< another interface has its name: reopen() takes that
  };
  /// Of the interface of net_af_packet; any other works.
  State look() const;

  /// Closes the port, and opens it anew under the same number. On the thread that uses it. Throws
  /// std::runtime_error; then it is closed, and may be tried again.
  void reopen(std::uint16_t queues, rte_mempool* pool);

 private:
  void probe();
  void close();

  std::string device_;
  std::uint16_t id_ = 0;
  unsigned interface_ = 0;  ///< the kernel's number of it
  std::uint32_t ring_ = 0;
  PortLosses before_;  ///< of the port before it was opened anew, and what its driver does not count
  bool open_ = false;
  bool promiscuous_ = false;  ///< made so by us
};

}  // namespace tollgate::dpdk
