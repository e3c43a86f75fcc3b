#include "control/log_in_failures.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "control/utc.hpp"

namespace tollgate::control {
namespace {

/// Also where the clock was set back.
bool is_over(std::uint64_t begin_ns, std::uint64_t now_ns) {
  return now_ns < begin_ns || now_ns - begin_ns >= LogInFailures::window_ns;
}

}  // namespace

LogInFailures::Answer LogInFailures::add(const std::string& address, std::uint64_t now_ns) {
  const std::lock_guard lock(mutex_);
  ++all_;
  const std::string key = counted_address(address);
  if (!windows_.contains(key)) make_room(now_ns);
  Window& window = windows_[key];
  if (window.failures == 0 || is_over(window.begin_ns, now_ns)) window = {now_ns, 0};
  if (window.failures == most_in_a_window) {
    const std::uint64_t left_ns = window.begin_ns + window_ns - now_ns;
    return {static_cast<unsigned>((left_ns + second_ns - 1) / second_ns), false};
  }
  ++window.failures;
  return {0, window.failures == most_in_a_window};
}

void LogInFailures::make_room(std::uint64_t now_ns) {
  if (windows_.size() < most_addresses) return;
  std::erase_if(windows_, [&](const auto& one) { return is_over(one.second.begin_ns, now_ns); });
  if (windows_.size() < most_addresses) return;
  windows_.erase(std::min_element(windows_.begin(), windows_.end(), [](const auto& a, const auto& b) {
    return a.second.begin_ns < b.second.begin_ns;
  }));
}

std::uint64_t LogInFailures::all() const {
  const std::lock_guard lock(mutex_);
  return all_;
}

std::size_t LogInFailures::addresses() const {
  const std::lock_guard lock(mutex_);
  return windows_.size();
}

std::string counted_address(const std::string& address) {
  in6_addr parsed{};
  if (::inet_pton(AF_INET6, address.c_str(), &parsed) != 1 || IN6_IS_ADDR_V4MAPPED(&parsed)) return address;
  constexpr std::size_t network_octets = 8;
  std::fill(parsed.s6_addr + network_octets, parsed.s6_addr + sizeof parsed.s6_addr, std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET6, &parsed, text.data(), text.size());
  return std::string(text.data()) + "/64";
}

}  // namespace tollgate::control
