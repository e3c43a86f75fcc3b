#include "control/listen.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace tollgate::control {
namespace {

constexpr int waiting_room = 16;  // connections that nobody has taken yet
constexpr int stream = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

[[noreturn]] void fail(int reason, const std::string& what) {
  throw std::system_error(reason, std::generic_category(), what);
}

/// An address of either version, as the calls for sockets take it.
struct SocketAddress {
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  };
  socklen_t size = 0;
};

SocketAddress socket_address(const std::string& address, std::uint16_t port) {
  SocketAddress made{};
  if (::inet_pton(AF_INET, address.c_str(), &made.v4.sin_addr) == 1) {
    made.v4.sin_family = AF_INET;
    made.v4.sin_port = htons(port);
    made.size = sizeof made.v4;
    return made;
  }
  made = {};
  if (::inet_pton(AF_INET6, address.c_str(), &made.v6.sin6_addr) != 1) fail(EINVAL, "the address " + address);
  made.v6.sin6_family = AF_INET6;
  made.v6.sin6_port = htons(port);
  made.size = sizeof made.v6;
  return made;
}

}  // namespace

std::string control_path(const std::string& state) { return state + "/control"; }

Descriptor listen_at(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) fail(ENAMETOOLONG, "cannot make the socket " + path);
  std::memcpy(address.sun_path, path.data(), path.size());
  ::unlink(path.c_str());  // of a process that was killed
  Descriptor socket(::socket(AF_UNIX, stream, 0));
  const mode_t before = ::umask(S_IXUSR | S_IRWXG | S_IRWXO);
  const bool listens =
      socket.is_open() &&
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(socket.get(), waiting_room) == 0;
  const int reason = errno;
  ::umask(before);
  if (!listens) fail(reason, "cannot make the socket " + path);
  return socket;
}

Descriptor listen_at(const std::string& address, std::uint16_t port) {
  const SocketAddress at = socket_address(address, port);
  Descriptor socket(::socket(at.any.sa_family, stream, 0));
  constexpr int yes = 1;
  const bool listens =
      socket.is_open() && ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
      ::bind(socket.get(), &at.any, at.size) == 0 && ::listen(socket.get(), waiting_room) == 0;
  if (!listens) fail(errno, fmt::format("cannot listen at {} port {}", address, port));
  return socket;
}

}  // namespace tollgate::control
