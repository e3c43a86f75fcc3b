#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "traffic/bytes.hpp"
#include "traffic/wire.hpp"

namespace tollgate::traffic {

/// One user message (SCTP), PDU (TCP) or packet (bare SS7), and what a reader must make of it.
struct Unit {
  Bytes payload;
  std::vector<Event> events;
  /// A message whose content is damaged: the layer and the reason for which it must be refused.
  std::string_view damaged_layer;
  std::string_view damaged_reason;
  std::string_view unread;   ///< the count of messages that are recognised and not read, of which it is one
  std::uint16_t stream = 1;  ///< SCTP
};

/// What carries units between two hosts: an SCTP association, a TCP connection, or a bare SS7 link.
class Carrier {
 public:
  Carrier(Wire& wire, Host client, Host server)
      : wire_(wire), client_(std::move(client)), server_(std::move(server)) {}
  virtual ~Carrier() = default;
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;

  const Host& client() const { return client_; }
  const Host& server() const { return server_; }
  const Host& host(bool is_client) const { return is_client ? client_ : server_; }

  virtual void open(std::uint64_t) {}
  virtual void close(std::uint64_t) {}
  virtual void send(std::uint64_t time_ns, bool from_client, std::vector<Unit>& units,
                    const Handling& handling) = 0;

 protected:
  Wire& wire() { return wire_; }
  void complete(Unit& unit, std::uint64_t frame) {
    wire_.truth().write(unit.events, frame);
    if (!unit.unread.empty()) wire_.truth().unread(frame, unit.unread);
    if (!unit.damaged_layer.empty()) wire_.truth().damaged(frame, unit.damaged_layer, unit.damaged_reason);
  }

 private:
  Wire& wire_;
  Host client_;
  Host server_;
};

/// A capture file of MTP2, MTP3 or SCCP: each unit is a packet.
class BareLink final : public Carrier {
 public:
  using Carrier::Carrier;
  void send(std::uint64_t time_ns, bool, std::vector<Unit>& units, const Handling&) override {
    for (Unit& unit : units) complete(unit, wire().send_bare(time_ns, unit.payload));
  }
};

}  // namespace tollgate::traffic
