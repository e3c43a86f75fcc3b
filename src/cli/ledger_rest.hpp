#pragma once

#include <chrono>

namespace tollgate::cli {

/// For how long the thread that brings charges to the ledger lets others have it, after each round. Who waits
/// for a ledger in a file looks for it again after 100 ms at most, and gives up after ten seconds: a rest
/// that is longer than the first comes often enough for the second, however much waits to be settled.
class LedgerRest {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::chrono::milliseconds between_rounds{10};
  static constexpr std::chrono::milliseconds between_looks{100};  ///< of who waits, at most
  static constexpr std::chrono::milliseconds long_rest{120};
  static constexpr std::chrono::seconds longest_work{5};

  explicit LedgerRest(Clock::time_point now) : rested_(now) {}

  /// After a round that ended at `now`; `more_waits`: the next one should begin at once.
  std::chrono::milliseconds after_round(bool more_waits, Clock::time_point now) {
    if (more_waits && now - rested_ < longest_work) return std::chrono::milliseconds(0);
    rested_ = now;
    return more_waits ? long_rest : between_rounds;
  }

 private:
  Clock::time_point rested_;
};

}  // namespace tollgate::cli
