#pragma once

#include "traffic/carrier.hpp"
#include "traffic/encode_tcp.hpp"
#include "traffic/random.hpp"

namespace tollgate::traffic {

/// A TCP connection: handshake, segments cut at any octet, out of order, repeated, overlapping, teardown.
class Connection final : public Carrier {
 public:
  /// Without `handshake` the capture begins in the middle of the connection.
  Connection(Wire& wire, Host client, Host server, bool handshake, Random& random);

  void open(std::uint64_t time_ns) override;
  void close(std::uint64_t time_ns) override;
  void send(std::uint64_t time_ns, bool from_client, std::vector<Unit>& units,
            const Handling& handling) override;

 private:
  struct Piece {
    std::size_t from = 0;
    std::size_t to = 0;
  };

  std::uint32_t& next(bool is_client) { return is_client ? client_next_ : server_next_; }
  std::uint64_t emit(std::uint64_t time_ns, bool from_client, const tcp::Segment& segment,
                     const Handling& handling);
  void cut(const Handling& handling);
  void emit_damaged(std::uint64_t time_ns, bool from_client, const tcp::Segment& segment,
                    const Handling& handling);

  bool handshake_;
  Random& random_;
  std::uint32_t client_next_;
  std::uint32_t server_next_;
  Bytes packet_;
  Bytes batch_;
  std::vector<Piece> pieces_;
};

}  // namespace tollgate::traffic
