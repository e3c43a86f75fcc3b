#include "target.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace syslog_sink {
namespace {

constexpr timeval second{.tv_sec = 1, .tv_usec = 0};

std::string text_of(int reason) { return std::error_code(reason, std::generic_category()).message(); }

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == text.npos &&
         text != "0";
}

}  // namespace

std::optional<Address> read_address(std::string_view text) {
  Address address;
  constexpr std::string_view unix_prefix = "unix:";
  if (text.starts_with(unix_prefix)) {
    address.kind = Address::Kind::unix;
    address.host = text.substr(unix_prefix.size());
    const bool fits = !address.host.empty() && address.host.size() < sizeof(sockaddr_un::sun_path);
    return fits ? std::optional(address) : std::nullopt;
  }
  if (text.starts_with("tcp://")) address.kind = Address::Kind::tcp;
  else if (!text.starts_with("udp://")) return std::nullopt;
  text.remove_prefix(6);
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  address.port = text.substr(colon + 1);
  std::string_view host = text.substr(0, colon);
  const bool in_brackets = host.starts_with('[') && host.ends_with(']');
  if (in_brackets) host = host.substr(1, host.size() - 2);
  if (host.empty() || !is_port(address.port) || (!in_brackets && host.find(':') != host.npos))
    return std::nullopt;
  address.host = host;
  return address;
}

void Target::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

bool Target::fail(const std::string& what, int reason) {
  close();
  error_ = what + (address_.port.empty() ? address_.host : address_.host + " port " + address_.port) + ": " +
           text_of(reason);
  return false;
}

bool Target::connect() {
  return address_.kind == Address::Kind::unix ? connect_to_path() : connect_to_host();
}

bool Target::connect_to_path() {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  address_.host.copy(to.sun_path, sizeof to.sun_path - 1);
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0 || ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    return fail("cannot reach ", errno);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
  return true;
}

bool Target::connect_to_host() {
  addrinfo wanted{};
  wanted.ai_socktype = address_.kind == Address::Kind::tcp ? SOCK_STREAM : SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (const int why = ::getaddrinfo(address_.host.c_str(), address_.port.c_str(), &wanted, &found);
      why != 0) {
    error_ = "cannot find " + address_.host + ": " + ::gai_strerror(why);
    return false;
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, &::freeaddrinfo);
  int reason = EHOSTUNREACH;
  for (const addrinfo* one = all.get(); one != nullptr; one = one->ai_next) {
    socket_ = ::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol);
    if (socket_ < 0) continue;
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);  // bounds connect() as well
    if (::connect(socket_, one->ai_addr, one->ai_addrlen) == 0) return true;
    reason = errno == EINPROGRESS ? ETIMEDOUT : errno;
    close();
  }
  return fail("cannot reach ", reason);
}

/// Whether a collector has closed the connection: what is sent then would be lost without a word.
bool Target::has_ended() const {
  if (address_.kind != Address::Kind::tcp) return false;
  std::array<char, 256> answer{};
  const ssize_t count = ::recv(socket_, answer.data(), answer.size(), MSG_DONTWAIT);
  return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

bool Target::send(const std::string& message) {
  if (socket_ >= 0 && has_ended()) close();
  if (socket_ < 0 && !connect()) return false;
  const bool tcp = address_.kind == Address::Kind::tcp;
  const std::string framed = tcp ? std::to_string(message.size()) + ' ' + message : std::string{};
  std::string_view rest = tcp ? framed : message;
  while (!rest.empty()) {
    const ssize_t count = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail("cannot send to ", errno == EAGAIN ? ETIMEDOUT : errno);
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  error_.clear();
  return true;
}

}  // namespace syslog_sink
