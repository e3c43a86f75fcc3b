#include "traffic/connection.hpp"

#include <algorithm>

namespace tollgate::traffic {
namespace {
constexpr std::size_t maximum_segment = 1400;
constexpr std::size_t overlap = 7;
}  // namespace

Connection::Connection(Wire& wire, Host client, Host server, bool handshake, Random& random)
    : Carrier(wire, std::move(client), std::move(server)),
      handshake_(handshake),
      random_(random),
      client_next_(random.below(0xffffffff)),
      server_next_(random.below(0xffffffff)) {}

std::uint64_t Connection::emit(std::uint64_t time_ns, bool from_client, const tcp::Segment& segment,
                               const Handling& handling) {
  packet_.clear();
  tcp::segment(packet_, host(from_client), host(!from_client), segment);
  return wire().send_ip(time_ns, host(from_client), host(!from_client), ip_protocol_tcp, packet_, handling);
}

void Connection::open(std::uint64_t time_ns) {
  if (!handshake_) return;
  const Handling plain;
  emit(time_ns, true, {client_next_ - 1, 0, tcp::syn, {}}, plain);
  emit(time_ns, false, {server_next_ - 1, client_next_, tcp::syn | tcp::ack, {}}, plain);
  emit(time_ns, true, {client_next_, server_next_, tcp::ack, {}}, plain);
}

void Connection::close(std::uint64_t time_ns) {
  const Handling plain;
  emit(time_ns, true, {client_next_++, server_next_, tcp::fin | tcp::ack, {}}, plain);
  emit(time_ns, false, {server_next_++, client_next_, tcp::fin | tcp::ack, {}}, plain);
  emit(time_ns, true, {client_next_, server_next_, tcp::ack, {}}, plain);
}

/// Cuts the batch into pieces of the stream, in the order in which they are sent.
void Connection::cut(const Handling& handling) {
  pieces_.clear();
  std::size_t from = 0;
  for (unsigned left = handling.pieces; left > 1 && batch_.size() - from > left; --left) {
    const std::size_t room = (batch_.size() - from) / left * 2 - 1;
    const std::size_t length = 1 + random_.below(std::min(room, batch_.size() - from - left));
    pieces_.push_back({from, from + length});
    from += length;
  }
  for (; from < batch_.size(); from += maximum_segment) {
    pieces_.push_back({from, std::min(from + maximum_segment, batch_.size())});
  }
  if (handling.overlapping) {
    for (Piece& piece : pieces_) piece.from -= std::min(piece.from, overlap);
  }
  if (handling.reordered && pieces_.size() > 1) {
    std::rotate(pieces_.begin(), pieces_.begin() + 1, pieces_.end());
  }
}

void Connection::emit_damaged(std::uint64_t time_ns, bool from_client, const tcp::Segment& segment,
                              const Handling& handling) {
  packet_.clear();
  tcp::segment(packet_, host(from_client), host(!from_client), segment);
  std::string_view reason;
  if (handling.damage == Damage::transport_checksum) {
    packet_.set_u8(16, packet_[16] ^ 0x5aU);
    reason = "bad_checksum";
  }
  if (handling.damage == Damage::short_header) {
    packet_.set_u8(12, 4U << 4U);
    reason = "bad_length";
  }
  const std::uint64_t frame =
      wire().send_ip(time_ns, host(from_client), host(!from_client), ip_protocol_tcp, packet_, handling);
  if (!reason.empty()) wire().truth().damaged(frame, "tcp", reason);
}

void Connection::send(std::uint64_t time_ns, bool from_client, std::vector<Unit>& units,
                      const Handling& handling) {
  batch_.clear();
  for (const Unit& unit : units) batch_.append(unit.payload);
  cut(handling);

  Handling good = handling;
  good.damage = Damage::none;
  const std::uint32_t start = next(from_client);
  std::size_t arrived = 0;  // octets of the batch that stand in order at the receiver
  std::vector<Piece> waiting;
  auto unit = units.begin();
  std::size_t unit_end = unit->payload.size();
  for (const Piece& piece : pieces_) {
    const tcp::Segment segment{start + static_cast<std::uint32_t>(piece.from), next(!from_client),
                               tcp::psh | tcp::ack, batch_.span(piece.from, piece.to - piece.from)};
    if (handling.damage != Damage::none) emit_damaged(time_ns, from_client, segment, handling);
    const std::uint64_t frame = emit(time_ns, from_client, segment, good);
    if (handling.retransmitted) emit(time_ns, from_client, segment, good);

    waiting.push_back(piece);
    for (bool moved = true; moved;) {
      moved = false;
      for (const Piece& one : waiting) {
        if (one.from <= arrived && one.to > arrived) {
          arrived = one.to;
          moved = true;
        }
      }
    }
    while (unit != units.end() && unit_end <= arrived) {
      complete(*unit, frame);
      if (++unit != units.end()) unit_end += unit->payload.size();
    }
  }
  next(from_client) += static_cast<std::uint32_t>(batch_.size());
  emit(time_ns + 20'000, !from_client, {next(!from_client), next(from_client), tcp::ack, {}}, good);
}

}  // namespace tollgate::traffic
