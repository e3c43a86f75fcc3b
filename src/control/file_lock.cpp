#include "control/file_lock.hpp"

#include <cerrno>
#include <thread>

#include <sys/file.h>

namespace tollgate::control {

FileLock::FileLock(int fd, std::chrono::milliseconds patience) : fd_(fd) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds between_attempts{10};
  const auto until = Clock::now() + patience;
  while (!(held_ = ::flock(fd_, LOCK_EX | LOCK_NB) == 0)) {
    if ((errno != EWOULDBLOCK && errno != EINTR) || Clock::now() >= until) return;
    std::this_thread::sleep_for(between_attempts);
  }
}

FileLock::~FileLock() {
  if (held_) ::flock(fd_, LOCK_UN);
}

}  // namespace tollgate::control
