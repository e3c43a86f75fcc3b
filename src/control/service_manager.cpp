#include "control/service_manager.hpp"

#include <cstdint>

#include <systemd/sd-daemon.h>

namespace tollgate::control {

ServiceManager::ServiceManager() {
  std::uint64_t watchdog_us = 0;
  if (sd_watchdog_enabled(0, &watchdog_us) > 0)
    between_signs_ = std::chrono::microseconds(static_cast<std::int64_t>(watchdog_us / 2));
}

void ServiceManager::ready() { sd_notify(0, "READY=1\nSTATUS=packets pass"); }

void ServiceManager::give_sign() {
  sd_notify(0, "WATCHDOG=1");
  next_sign_ = Clock::now() + between_signs_;
}

void ServiceManager::stopping() { sd_notify(0, "STOPPING=1\nSTATUS=connections go to the next process"); }

}  // namespace tollgate::control
