#include "control/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

namespace tollgate::control {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t buffer_octets = 4096;

}  // namespace

Connection::Connection(Descriptor socket, Ssl ssl, int stop)
    : socket_(std::move(socket)), ssl_(std::move(ssl)), stop_(stop), until_(Clock::now()) {
  if (ssl_) SSL_set_fd(ssl_.get(), socket_.get());
}

void Connection::set_time(std::chrono::milliseconds time) { until_ = Clock::now() + time; }

bool Connection::wait_for(short events) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Clock::now());
  std::array<pollfd, 2> waiting{pollfd{.fd = socket_.get(), .events = events, .revents = 0},
                                {.fd = stop_, .events = POLLIN, .revents = 0}};
  if (left <= 0ms || ::poll(waiting.data(), waiting.size(), static_cast<int>(left.count())) <= 0)
    return false;
  return waiting[1].revents == 0;
}

/// Whether what TLS could not do is to be tried again.
bool Connection::wait_for_ssl(int result) {
  const int reason = SSL_get_error(ssl_.get(), result);
  ERR_clear_error();
  if (reason == SSL_ERROR_WANT_READ) return wait_for(POLLIN);
  if (reason == SSL_ERROR_WANT_WRITE) return wait_for(POLLOUT);
  return false;
}

bool Connection::shake_hands() {
  if (!ssl_) return true;
  for (int result = 0; (result = SSL_accept(ssl_.get())) != 1;) {
    if (!wait_for_ssl(result)) return false;
  }
  return true;
}

ssize_t Connection::receive(char* to, std::size_t most) {
  while (!ssl_) {
    const ssize_t count = ::recv(socket_.get(), to, most, 0);
    if (count >= 0) return count;
    if (errno == EINTR) continue;
    if (errno != EAGAIN || !wait_for(POLLIN)) return -1;
  }
  for (;;) {
    const int result = SSL_read(ssl_.get(), to, static_cast<int>(most));
    if (result > 0) return result;
    if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_ZERO_RETURN) return 0;
    if (!wait_for_ssl(result)) return -1;
  }
}

ssize_t Connection::read(char* to, std::size_t most) {
  if (allowance_ == 0) {
    used_up_ = true;
    return -1;
  }
  if (taken_ == buffer_.size()) {
    buffer_.resize(buffer_octets);
    const ssize_t count = receive(buffer_.data(), buffer_.size());
    buffer_.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    taken_ = 0;
    if (count <= 0) return count;
  }
  const std::size_t count = std::min({most, allowance_, buffer_.size() - taken_});
  std::memcpy(to, buffer_.data() + taken_, count);
  taken_ += count;
  allowance_ -= count;
  return static_cast<ssize_t>(count);
}

bool Connection::write(const char* from, std::size_t count) {
  while (count > 0) {
    ssize_t written = 0;
    if (ssl_) {
      const int result =
          SSL_write(ssl_.get(), from, static_cast<int>(std::min<std::size_t>(count, 1U << 14U)));
      if (result <= 0 && !wait_for_ssl(result)) return false;
      written = std::max(result, 0);
    } else {
      written = ::send(socket_.get(), from, count, MSG_NOSIGNAL);
      if (written < 0 && errno != EINTR && (errno != EAGAIN || !wait_for(POLLOUT))) return false;
      written = std::max<ssize_t>(written, 0);
    }
    from += written;
    count -= static_cast<std::size_t>(written);
  }
  return true;
}

void Connection::close_gently() {
  if (ssl_ && SSL_is_init_finished(ssl_.get()) != 0) SSL_shutdown(ssl_.get());
  ERR_clear_error();
  ::shutdown(socket_.get(), SHUT_WR);
  set_time(1s);
  constexpr std::size_t most_octets = 1U << 20U;
  std::array<char, 1U << 14U> octets{};
  for (std::size_t taken = 0; taken < most_octets;) {
    const ssize_t count = ::recv(socket_.get(), octets.data(), octets.size(), 0);
    if (count == 0) return;
    if (count < 0 && errno != EINTR && (errno != EAGAIN || !wait_for(POLLIN))) return;
    taken += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
}

}  // namespace tollgate::control
