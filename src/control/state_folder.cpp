#include "control/state_folder.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "control/folders.hpp"

namespace tollgate::control {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 3s;
constexpr auto between_attempts = 20ms;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw std::runtime_error("the state folder " + path + " cannot be used: " + why);
}

}  // namespace

StateFolder::StateFolder(const std::string& path) {
  try {
    make_folders(path);
  } catch (const std::system_error& error) {
    refuse(path, error.code().message() + "; `state:` of the configuration names another");
  }
  do lock_ = ::open((path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  while (lock_ < 0 && errno == EINTR);
  if (lock_ < 0)
    refuse(path, std::string(std::strerror(errno)) + "; `state:` of the configuration names another");
  const auto until = std::chrono::steady_clock::now() + patience;
  while (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(between_attempts);
      continue;
    }
    const int error = errno;
    ::close(lock_);
    if (error != EWOULDBLOCK) refuse(path, std::strerror(error));
    refuse(path, "another `tollgate run` holds it; give each its own with `state:`");
  }
}

StateFolder::~StateFolder() { ::close(lock_); }

}  // namespace tollgate::control
