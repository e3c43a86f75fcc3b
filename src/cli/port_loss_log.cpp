#include "cli/port_loss_log.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "cli/log.hpp"

namespace tollgate::cli {

void PortLossLog::look(dpdk::Appliance& appliance) {
  if (std::chrono::steady_clock::now() - looked_at_ < std::chrono::seconds(1)) return;
  looked_at_ = std::chrono::steady_clock::now();
  std::uint64_t lost = 0;
  std::string of;
  for (const auto& port : appliance.losses()) {
    const dpdk::PortLosses& losses = port.losses;
    lost += losses.all();
    if (losses.all() != 0)
      of += fmt::format("; `{}`: {} (ring full), {} (no buffer), {} (errors)", port.device, losses.full,
                        losses.no_buffer, losses.errors);
  }
  if (std::exchange(lost_, lost) < lost) log_warning("ports have lost {} packets{}", lost, of);
}

}  // namespace tollgate::cli
