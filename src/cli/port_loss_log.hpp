#pragma once

#include <chrono>
#include <cstdint>

#include "dpdk/appliance.hpp"

namespace tollgate::cli {

/// Says in the log, once a second at most, that ports have lost more packets.
class PortLossLog {
 public:
  /// To be called now and then.
  void look(dpdk::Appliance& appliance);

 private:
  std::uint64_t lost_ = 0;  ///< of which the log knows
  std::chrono::steady_clock::time_point looked_at_ = std::chrono::steady_clock::now();
};

}  // namespace tollgate::cli
