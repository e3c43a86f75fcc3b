#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <thread>

namespace tollgate::control {

/// Does something at once, and then once a day, or after another time, on a thread of its own and of low
/// priority.
class Daily {
 public:
  using Task = std::function<void(const std::stop_token& stop)>;

  explicit Daily(Task task, std::chrono::hours period = std::chrono::hours(24));
  /// Asks the task to stop, and waits for it.
  ~Daily() = default;
  Daily(const Daily&) = delete;
  Daily& operator=(const Daily&) = delete;

 private:
  std::jthread thread_;
};

}  // namespace tollgate::control
