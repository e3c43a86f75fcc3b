#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace syslog_sink {

/// Where messages go.
struct Address {
  enum class Kind : std::uint8_t { udp, tcp, unix } kind = Kind::udp;
  std::string host;  ///< a name or an address; of `unix` a path
  std::string port;
};

/// `udp://192.0.2.1:514`, `tcp://[2001:db8::1]:601`, `unix:/dev/log`.
std::optional<Address> read_address(std::string_view text);

/// A socket to it, which is connected when it is needed. One thread.
class Target {
 public:
  explicit Target(Address address) : address_(std::move(address)) {}
  ~Target() { close(); }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  /// Whether the whole message was given to the system: a datagram, or over TCP with its length before it
  /// (RFC 6587 3.4.1). Waits a second at most. Where it fails, `error` says why, and what was begun is begun
  /// anew with the next connection.
  bool send(const std::string& message);
  const std::string& error() const { return error_; }
  void close();

 private:
  bool connect();
  bool connect_to_path();
  bool connect_to_host();
  bool fail(const std::string& what, int reason);
  bool has_ended() const;

  const Address address_;
  int socket_ = -1;
  std::string error_;
};

}  // namespace syslog_sink
