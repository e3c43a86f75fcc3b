#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tollgate::control {

/// What waits to be sent to webhooks: to each address in order, and none waits for another's. Where one does
/// not take it, it is tried again ever more seldom, and given up in the end. Bounded. Time is passed in, in
/// nanoseconds that never go backwards.
class WebhookQueue {
 public:
  static constexpr std::size_t most_waiting = 200;  ///< for one address
  static constexpr std::uint64_t given_up_after_ns = 600'000'000'000;
  static constexpr std::uint64_t first_wait_ns = 2'000'000'000;
  static constexpr std::uint64_t longest_wait_ns = 60'000'000'000;

  struct Notice {
    std::string alert;
    std::string body;
    std::uint64_t came_ns = 0;
    std::string secret{};  ///< to sign it with; empty: it is not
  };
  struct Due {
    std::string url;
    Notice notice;
  };

  /// False where there is no room.
  bool add(const std::string& url, Notice notice);

  /// What is to be sent to the address now.
  std::optional<Due> due(const std::string& url, std::uint64_t now_ns) const;
  /// When there is something to be sent to it; nothing while nothing waits.
  std::optional<std::uint64_t> next_ns(const std::string& url) const;

  /// The address took it.
  void taken(const std::string& url);
  /// It did not. Gives what is given up for its age.
  std::vector<Notice> refused(const std::string& url, std::uint64_t now_ns);

  std::size_t waiting() const;

 private:
  struct Address {
    std::deque<Notice> notices;
    std::uint64_t not_before_ns = 0;
    std::uint64_t wait_ns = first_wait_ns;
  };
  std::map<std::string, Address> addresses_;
};

}  // namespace tollgate::control
