#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace tollgate::control {

/// How often each remote address has come with a wrong token lately. Bounded; safe to use from any thread.
class LogInFailures {
 public:
  static constexpr unsigned most_in_a_window = 10;
  static constexpr std::uint64_t window_ns = 60'000'000'000;
  static constexpr std::size_t most_addresses = 1024;

  /// How a failure is answered.
  struct Answer {
    unsigned wait_seconds = 0;  ///< above 0: there were too many
    bool is_last = false;       ///< the next ones will be too many
  };
  /// Counts one more. What is above the bound is not counted, so that the window ends.
  Answer add(const std::string& address, std::uint64_t now_ns);

  std::uint64_t all() const;
  std::size_t addresses() const;

 private:
  struct Window {
    std::uint64_t begin_ns = 0;
    unsigned failures = 0;
  };
  void make_room(std::uint64_t now_ns);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Window> windows_;
  std::uint64_t all_ = 0;
};

/// By which an address is counted: an IPv6 network of 64 bits belongs to one party.
std::string counted_address(const std::string& address);

}  // namespace tollgate::control
