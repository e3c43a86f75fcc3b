#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "control/log.hpp"

namespace tollgate::control {

/// Sends what is to be told to webhooks, by HTTP POST, on a thread of its own. Whoever adds something never
/// waits.
class Webhooks {
 public:
  explicit Webhooks(Log log);
  /// What waits is lost. Does not wait long for a call that hangs.
  ~Webhooks();
  Webhooks(const Webhooks&) = delete;
  Webhooks& operator=(const Webhooks&) = delete;

  /// `url`: http or https. `body`: JSON. Any thread.
  void send(const std::string& url, const std::string& alert, std::string body);

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

}  // namespace tollgate::control
