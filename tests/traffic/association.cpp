#include "traffic/association.hpp"

#include <algorithm>

#include "traffic/encode_sigtran.hpp"

namespace tollgate::traffic {
namespace {
constexpr unsigned packets_between_heartbeats = 200;
}

Association::Association(Wire& wire, Host client, Host server, std::uint32_t ppid, Random& random)
    : Carrier(wire, std::move(client), std::move(server)), ppid_(ppid) {
  for (Side* side : {&client_side_, &server_side_}) {
    side->tag = random.below(0xffffffff) | 1U;
    side->next_tsn = random.below(0xffffffff);
  }
}

void Association::begin(bool from_client, std::uint32_t tag) {
  packet_.clear();
  sctp::common_header(packet_, host(from_client).port, host(!from_client).port, tag);
}

std::uint64_t Association::finish(std::uint64_t time_ns, bool from_client, const Handling& handling) {
  sctp::finish(packet_);
  return wire().send_ip(time_ns, host(from_client), host(!from_client), ip_protocol_sctp, packet_, handling);
}

void Association::open(std::uint64_t time_ns) {
  const Handling plain;
  begin(true, 0);
  sctp::init(packet_, sctp::ChunkType::init, client_side_.tag, client_side_.next_tsn);
  finish(time_ns, true, plain);
  begin(false, client_side_.tag);
  sctp::init(packet_, sctp::ChunkType::init_ack, server_side_.tag, server_side_.next_tsn);
  finish(time_ns, false, plain);
  begin(true, server_side_.tag);
  sctp::chunk(packet_, sctp::ChunkType::cookie_echo, Bytes{0, 0, 0, 0, 0, 0, 0, 1}.span());
  finish(time_ns, true, plain);
  begin(false, client_side_.tag);
  sctp::chunk(packet_, sctp::ChunkType::cookie_ack, {});
  finish(time_ns, false, plain);
}

void Association::close(std::uint64_t time_ns) {
  const Handling plain;
  begin(true, server_side_.tag);
  Bytes cumulative;
  cumulative.u32(server_side_.next_tsn - 1);
  sctp::chunk(packet_, sctp::ChunkType::shutdown, cumulative.span());
  finish(time_ns, true, plain);
  begin(false, client_side_.tag);
  sctp::chunk(packet_, sctp::ChunkType::shutdown_ack, {});
  finish(time_ns, false, plain);
  begin(true, server_side_.tag);
  sctp::chunk(packet_, sctp::ChunkType::shutdown_complete, {});
  finish(time_ns, true, plain);
}

/// RFC 4165 2.2: each side counts its user data, and repeats the count that it received last.
void Association::number_m2pa(bool from_client, Bytes& payload) {
  Side& own = side(from_client);
  own.link_sequence = (own.link_sequence + 1) & 0xffffffU;
  payload.set_u32(8, side(!from_client).link_sequence);
  payload.set_u32(12, own.link_sequence);
}

void Association::plan(bool from_client, std::vector<Unit>& units, const Handling& handling) {
  plan_.clear();
  Side& own = side(from_client);
  for (Unit& unit : units) {
    if (ppid_ == ppid_m2pa) number_m2pa(from_client, unit.payload);
    const unsigned pieces = &unit == units.data() ? handling.pieces : 1;
    const std::size_t size = (unit.payload.size() + pieces - 1) / pieces;
    const auto stream = static_cast<std::uint16_t>(unit.stream % streams);
    const std::uint16_t sequence = handling.unordered ? std::uint16_t{0} : own.next_sequence[stream]++;
    for (std::size_t from = 0; from < unit.payload.size(); from += size) {
      const std::size_t length = std::min(size, unit.payload.size() - from);
      const bool last = from + length == unit.payload.size();
      const unsigned flags = (from == 0 ? sctp::flag_begin : 0U) | (last ? sctp::flag_end : 0U) |
                             (handling.unordered ? sctp::flag_unordered : 0U);
      plan_.push_back({.chunk = {.flags = static_cast<std::uint8_t>(flags),
                                 .tsn = own.next_tsn++,
                                 .stream = stream,
                                 .sequence = sequence,
                                 .ppid = handling.ppid_zero ? 0 : ppid_,
                                 .payload = unit.payload.span(from, length)},
                       .completes = last ? &unit : nullptr});
    }
  }
}

void Association::send(std::uint64_t time_ns, bool from_client, std::vector<Unit>& units,
                       const Handling& handling) {
  plan(from_client, units, handling);
  if (handling.pieces == 1) {
    send_packet(time_ns, from_client, plan_, handling);
  } else {  // one chunk a packet
    const auto last_piece = plan_.begin() + (handling.pieces - 1);
    if (handling.interleaved) std::rotate(last_piece, last_piece + 1, plan_.end());
    for (Planned& one : plan_) send_packet(time_ns, from_client, std::span{&one, 1}, handling);
  }
  acknowledge(time_ns, from_client);
}

void Association::send_packet(std::uint64_t time_ns, bool from_client, std::span<Planned> chunks,
                              const Handling& handling) {
  begin(from_client, side(!from_client).tag);
  if (handling.with_sack) sctp::sack(packet_, side(!from_client).next_tsn - 1);
  const std::size_t first_chunk = packet_.size();
  for (const Planned& one : chunks) sctp::data(packet_, one.chunk);

  if (handling.damage != Damage::none) {
    const Bytes good = packet_;
    Handling bad = handling;
    if (handling.damage == Damage::short_chunk) packet_.set_u16(first_chunk + 2, 3);
    if (handling.damage == Damage::long_chunk) packet_.set_u16(first_chunk + 2, packet_.size() + 64);
    sctp::finish(packet_);
    if (handling.damage == Damage::transport_checksum) packet_.set_u8(8, packet_[8] ^ 0x5aU);
    const std::uint64_t frame =
        wire().send_ip(time_ns, host(from_client), host(!from_client), ip_protocol_sctp, packet_, bad);
    switch (handling.damage) {
      case Damage::transport_checksum: wire().truth().damaged(frame, "sctp", "bad_checksum"); break;
      case Damage::short_chunk: wire().truth().damaged(frame, "sctp", "bad_length"); break;
      case Damage::long_chunk: wire().truth().damaged(frame, "sctp", "truncated"); break;
      default: break;
    }
    packet_ = good;
  }
  Handling good = handling;
  good.damage = Damage::none;
  const std::uint64_t frame = finish(time_ns, from_client, good);
  for (Planned& one : chunks) {
    if (one.completes != nullptr) complete(*one.completes, frame);
  }
  if (handling.retransmitted) finish(time_ns, from_client, good);
}

/// A SACK for every second packet (RFC 9260 6.2) and now and then a heartbeat.
void Association::acknowledge(std::uint64_t time_ns, bool from_client) {
  const Handling plain;
  Side& own = side(from_client);
  if (++own.unacknowledged == 2) {
    own.unacknowledged = 0;
    begin(!from_client, own.tag);
    sctp::sack(packet_, own.next_tsn - 1);
    finish(time_ns + 20'000, !from_client, plain);
  }
  if (++own.packets % packets_between_heartbeats == 0) {
    begin(from_client, side(!from_client).tag);
    sctp::heartbeat(packet_, sctp::ChunkType::heartbeat, time_ns);
    finish(time_ns, from_client, plain);
    begin(!from_client, own.tag);
    sctp::heartbeat(packet_, sctp::ChunkType::heartbeat_ack, time_ns);
    finish(time_ns, !from_client, plain);
  }
}

}  // namespace tollgate::traffic
