#include "control/control_socket.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace tollgate::control {
namespace {

using namespace std::chrono_literals;

constexpr int waiting_room = 16;
constexpr std::size_t longest_line = 1U << 20U;
constexpr auto question_time = 1s;
constexpr auto answer_time = 10s;

std::string path_in(const std::string& state) { return state + "/control"; }

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    throw std::system_error(ENAMETOOLONG, std::generic_category(), "cannot make the socket " + path);
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

/// A descriptor that is closed with its scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

/// Up to the end of the line, which is left out; empty where none comes in time.
std::string read_line(int socket, std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  std::string line;
  while (line.size() < longest_line) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd readable{.fd = socket, .events = POLLIN, .revents = 0};
    if (left <= 0ms || ::poll(&readable, 1, static_cast<int>(left.count())) <= 0) return {};
    char piece[4096];
    const ssize_t count = ::recv(socket, piece, sizeof piece, 0);
    if (count <= 0) return {};
    line.append(piece, static_cast<std::size_t>(count));
    if (const std::size_t end = line.find('\n'); end != line.npos) return line.substr(0, end);
  }
  return {};
}

bool write_line(int socket, const std::string& line) {
  const std::string whole = line + "\n";
  std::string_view rest = whole;
  while (!rest.empty()) {
    const ssize_t count = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

ControlSocket::ControlSocket(const std::string& state)
    : path_(path_in(state)), socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  const sockaddr_un address = address_of(path_);
  ::unlink(path_.c_str());  // of a process that was killed
  const mode_t before = ::umask(S_IRWXG | S_IRWXO);
  const bool listens = socket_ >= 0 &&
                       ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                       ::listen(socket_, waiting_room) == 0;
  const int reason = errno;
  ::umask(before);
  if (listens) return;
  if (socket_ >= 0) ::close(socket_);
  throw std::system_error(reason, std::generic_category(), "cannot make the socket " + path_);
}

ControlSocket::~ControlSocket() {
  ::close(socket_);
  ::unlink(path_.c_str());
}

void ControlSocket::answer(const std::function<std::string(const std::string&)>& answer_to) const {
  const Descriptor asker(::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC));
  if (asker.get() < 0) return;
  const timeval patience{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(asker.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const std::string question = read_line(asker.get(), question_time);
  if (!question.empty()) write_line(asker.get(), answer_to(question));
}

std::string ask(const std::string& state, const std::string& question) {
  const std::string path = path_in(state);
  const sockaddr_un address = address_of(path);
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("no appliance answers at " + path + ": " + std::strerror(errno));
  const std::string line = write_line(socket.get(), question) ? read_line(socket.get(), answer_time) : "";
  if (line.empty()) throw std::runtime_error("the appliance at " + path + " does not answer");
  return line;
}

}  // namespace tollgate::control
