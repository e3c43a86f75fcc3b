#pragma once

#include <chrono>

namespace tollgate::control {

/// What a service manager (systemd) is told that started this process, where one did.
class ServiceManager {
 public:
  using Clock = std::chrono::steady_clock;

  ServiceManager();

  /// Packets pass.
  static void ready();
  /// Whether a sign of life is due: half of the time that the watchdog gives has passed since the last.
  bool is_sign_due() const { return between_signs_ != Clock::duration::zero() && Clock::now() >= next_sign_; }
  void give_sign();
  /// The end has begun.
  static void stopping();

 private:
  Clock::duration between_signs_{};  ///< zero: nobody waits for any
  Clock::time_point next_sign_ = Clock::now();
};

}  // namespace tollgate::control
