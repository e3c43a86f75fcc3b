#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "control/log.hpp"

namespace tollgate::control {

/// Sends what is to be told to webhooks, by HTTP POST, on a thread for each address: one that is slow holds
/// up no other, and no call takes longer than ten seconds, however its answer drips. Whoever adds something
/// never waits. Addresses are those of a configuration, and so there are not many.
class Webhooks {
 public:
  explicit Webhooks(Log log);
  /// What waits is lost. Does not wait long for a call that hangs.
  ~Webhooks();
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;

  /// `url`: http or https. `body`: JSON, signed with the secret where there is one. Any thread.
  void send(const std::string& url, const std::string& alert, std::string body, std::string secret = {});

  /// Of an alert. Any thread.
  struct Counts {
    std::uint64_t sent = 0;
    std::uint64_t failed = 0;  ///< tries
    std::uint64_t lost = 0;    ///< notices that were given up, or for which there was no room
  };
  std::map<std::string, Counts> counts() const;
  std::size_t waiting() const;

 private:
  struct Work;
  std::shared_ptr<Work> work_;  ///< the thread's, too, which may be left behind
};

/// HMAC-SHA256, in hexadecimal digits.
std::string webhook_signature(std::string_view secret, std::string_view what);

}  // namespace tollgate::control
