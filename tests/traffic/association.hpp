#pragma once

#include <array>

#include "traffic/carrier.hpp"
#include "traffic/encode_sctp.hpp"
#include "traffic/random.hpp"

namespace tollgate::traffic {

/// An SCTP association (RFC 9260): handshake, DATA with bundling and fragments, SACKs, heartbeats, shutdown.
class Association final : public Carrier {
 public:
  Association(Wire& wire, Host client, Host server, std::uint32_t ppid, Random& random);

  void open(std::uint64_t time_ns) override;
  void close(std::uint64_t time_ns) override;
  void send(std::uint64_t time_ns, bool from_client, std::vector<Unit>& units,
            const Handling& handling) override;

 private:
  static constexpr unsigned streams = 16;
  struct Side {
    std::uint32_t tag = 0;  ///< that this side expects
    std::uint32_t next_tsn = 0;
    std::array<std::uint16_t, streams> next_sequence{};
    unsigned unacknowledged = 0;  ///< packets with DATA since the last SACK for this side
    unsigned packets = 0;
    std::uint32_t link_sequence = 0xffffff;  ///< M2PA's last FSN
  };
  struct Planned {
    sctp::Data chunk;
    Unit* completes = nullptr;
  };

  Side& side(bool is_client) { return is_client ? client_side_ : server_side_; }
  void begin(bool from_client, std::uint32_t tag);
  std::uint64_t finish(std::uint64_t time_ns, bool from_client, const Handling& handling);
  void plan(bool from_client, std::vector<Unit>& units, const Handling& handling);
  void send_packet(std::uint64_t time_ns, bool from_client, std::span<Planned> chunks,
                   const Handling& handling);
  void acknowledge(std::uint64_t time_ns, bool from_client);
  void number_m2pa(bool from_client, Bytes& payload);

  std::uint32_t ppid_;
  Side client_side_;
  Side server_side_;
  Bytes packet_;
  std::vector<Planned> plan_;
};

}  // namespace tollgate::traffic
