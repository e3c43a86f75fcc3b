#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include <openssl/ssl.h>
#include <sys/types.h>

#include "control/descriptor.hpp"

namespace tollgate::control {

struct CloseSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using Ssl = std::unique_ptr<SSL, CloseSsl>;

/// One connection of somebody who asks: octets in and out, each within a time for all of them, so that who
/// sends slowly keeps nobody waiting for longer.
class Connection {
 public:
  /// `socket` does not block; `stop` becomes readable when the server ends. `ssl` is null where nothing is
  /// encrypted.
  Connection(Descriptor socket, Ssl ssl, int stop);

  /// Of TLS, where there is one.
  bool shake_hands();

  /// Up to then nothing may take.
  void set_time(std::chrono::milliseconds time);
  /// From now on no more octets are read.
  void set_allowance(std::size_t octets) { allowance_ = octets; }
  bool allowance_was_used_up() const { return used_up_; }

  /// What there is, up to so much; 0 at the end; -1 where nothing comes in time, or nothing more is allowed.
  ssize_t read(char* to, std::size_t most);
  /// All of it; or false.
  bool write(const char* from, std::size_t count);

  /// Says that nothing more will come, and takes for a moment what was sent: a connection that is closed with
  /// octets unread loses the answer.
  void close_gently();

  int socket() const { return socket_.get(); }

 private:
  /// Until the time is over, or the server ends.
  bool wait_for(short events);
  bool wait_for_ssl(int result);
  ssize_t receive(char* to, std::size_t most);

  Descriptor socket_;
  Ssl ssl_;
  int stop_;
  std::chrono::steady_clock::time_point until_;
  std::size_t allowance_ = 0;
  bool used_up_ = false;
  std::string buffer_;     ///< was received, and
  std::size_t taken_ = 0;  ///< read so far of it
};

}  // namespace tollgate::control
