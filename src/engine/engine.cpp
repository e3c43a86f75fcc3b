#include "engine/engine.hpp"

#include <algorithm>

#include "decode/link.hpp"
#include "decode/other_ip.hpp"
#include "decode/sctp.hpp"
#include "decode/smpp_frame.hpp"
#include "decode/tcp.hpp"
#include "flow/ppid.hpp"
#include "inspect/smpp_edit.hpp"
#include "inspect/tpdu_message.hpp"
#include "message/identity.hpp"

namespace tollgate::engine {
namespace {

using decode::Layer;
using decode::Reason;

/// Of a protocol that is not read.
Count unread_count(std::uint8_t protocol) {
  return protocol == decode::ip_protocol_esp ? Count::unread_encrypted : Count::unread_other_transport;
}

/// RFC 4895: an AUTH chunk signs all chunks behind it. Whether all that could be changed is.
bool signs_ss7(const decode::sctp::Packet& packet) {
  bool is_signed = false;
  bool ss7 = false;
  decode::sctp::for_each_chunk(packet, [&](const decode::sctp::Chunk& chunk, const decode::sctp::Data* data) {
    ss7 = data != nullptr && is_ss7(flow::classify(data->ppid, data->user_data));
    is_signed = is_signed || chunk.type == decode::sctp::ChunkType::auth;
    return !ss7;
  });
  return ss7 && is_signed;
}

bool is_within(Octets part, Octets whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

/// What the walk over the chunks reads; of user data their own decoders tell.
void show_chunks(const decode::sctp::Packet& packet, decode::Trace& trace) {
  for (decode::sctp::Chunks chunks{packet.chunks}; !chunks.done();) {
    if (!chunks.next(&trace)) return;
  }
}

}  // namespace

Engine::Engine(const Settings& settings, Consumer& events, std::shared_ptr<const rules::Ruleset> ruleset,
               std::shared_ptr<const detect::Plugins> plugins, std::span<std::byte> memory)
    : settings_(settings),
      stages_(settings_, counters_, arena_, events, std::move(ruleset), std::move(plugins)),
      pages_(Memory::size(settings_), memory),
      memory_(Memory::in(pages_.span(), settings_)),
      fragments_(counters_, settings_.ip_datagrams, settings_.ip_fragment_octets),
      ip_(counters_, fragments_, settings_.links),
      associations_(counters_, settings_.sctp, memory_.sctp_tsns),
      sctp_(counters_, associations_, memory_.sctp_edits, settings_.links),
      streams_(counters_, settings_.tcp),
      sigtran_(settings_.dialogues, settings_.segmented_messages, counters_, arena_, memory_.map_owed),
      smpp_(settings_.smpp_sessions, settings_.smpp_requests, counters_, arena_,
            {.sessions = memory_.smpp_sessions, .owed = memory_.smpp_owed}),
      judges_(settings.takes_rules || stages_.evaluator() != nullptr),
      enforce_(settings_.enforcement) {
  if (!judges_ || !enforce_) return;
  const bool adopts = flow::RelayMemory::is_ours(memory_.tcp_relay, settings_.tcp_relay);
  relay_.emplace(memory_.tcp_relay, settings_.tcp_relay, settings_.links, counters_, smpp_reader_, edits_);
  if (adopts) counters_.add(Count::adopted_tcp_connection, relay_->adopt(0));
}

void Engine::process(std::span<const Packet> burst, Output& to) {
  IpWire::Pieces output(ip_, to, clock_);
  for (const Packet& packet : burst) {
    counters_.add(Count::packets);
    counters_.add(Count::octets, packet.wire_length);
    clock_.begin(Stage::decode);
    // By packet, not by burst: what is read must not depend on how packets are handed over.
    advance(packet.time_ns, output);
    frame_ = packet.frame;
    counters_.be_on(packet.link);
    if (read(packet, output) == Fate::leaves) output.send_as_it_is(packet);
    clock_.end();
  }
}

void Engine::pass_unread(const Packet& packet, Output& to) {
  IpWire::Pieces output(ip_, to, clock_);
  counters_.add(Count::packets);
  counters_.add(Count::octets, packet.wire_length);
  counters_.add(Count::uninspected_overload);
  advance(packet.time_ns, output);
  frame_ = packet.frame;
  counters_.be_on(packet.link);
  pass_unread(true);
  if (read(packet, output) == Fate::leaves) to.send(packet);
  pass_unread(false);
}

void Engine::pass_unread(bool on) {
  passes_unread_ = on;
  smpp_.pass_over(on);
  if (relay_) relay_->enforce(enforces());
}

void Engine::tick(std::uint64_t time_ns, Output& to) {
  IpWire::Pieces output(ip_, to, clock_);
  advance(time_ns, output);
}

void Engine::advance(std::uint64_t time_ns, Output& output) {
  const StageClock::In flow(clock_, Stage::flow);
  time_ns_ = time_ns;
  if (relay_ && relay_->is_due(time_ns)) {
    TcpWire wire(output, clock_, time_ns, frame_);
    relay_->tick(time_ns, wire);
  }
  streams_.expire(time_ns, deliver_to_smpp());
  if (enforce_) {
    sctp_.expire(time_ns, output);
    ip_.expire(time_ns, output);
  } else {
    sctp_.finish(output);
    ip_.finish(output);
  }
}

void Engine::release_custody(Output& to) {
  IpWire::Pieces output(ip_, to, clock_);
  if (!relay_) return;
  TcpWire wire(output, clock_, time_ns_, frame_);
  relay_->release_custody(time_ns_, wire);
}

void Engine::leave(Output& to) {
  IpWire::Pieces output(ip_, to, clock_);
  sctp_.drop_all(output);
  ip_.drop_all(output);
  fragments_.finish();
  associations_.finish();
  sigtran_.finish();
  stages_.finish();
}

void Engine::finish(Output& to) {
  IpWire::Pieces output(ip_, to, clock_);
  sctp_.finish(output);
  if (relay_) {
    TcpWire wire(output, clock_, time_ns_, frame_);
    relay_->finish(time_ns_, wire);
  }
  streams_.finish(deliver_to_smpp());
  ip_.finish(output);
  fragments_.finish();
  associations_.finish();
  sigtran_.finish();
  stages_.finish();
}

// What is not IP has no address; the frame alone says which payload it is.
flow::Carriage Engine::carriage_of(const Packet& packet) const {
  return {.time_ns = packet.time_ns,
          .frame = packet.frame,
          .link = &settings_.links[packet.link],
          .position = packet.frame};
}

flow::Carriage Engine::carriage_of(const Packet& packet, const decode::IpPacket& ip) const {
  return {.time_ns = packet.time_ns,
          .frame = packet.frame,
          .link = &settings_.links[packet.link],
          .source = ip.source,
          .destination = ip.destination};
}

flow::Entrance Engine::entrance_of(const Packet& packet) const {
  return {.known = settings_.links[packet.link].two_sided, .side = packet.side, .link = packet.link};
}

Engine::Fate Engine::unread(Count why) {
  counters_.add(why);
  return Fate::leaves;
}

/// Counts an error. What a capture has cut off is not the sender's fault, and has a name of its own.
Engine::Fate Engine::unread(const Packet& packet, const decode::Error& error) {
  const bool cut = packet.octets.size() < packet.wire_length && error.reason == Reason::truncated;
  counters_.add(error.layer, cut ? Reason::cut_by_capture : error.reason);
  return Fate::leaves;
}

TableUses Engine::tables() const {
  TableUses uses;
#define X(name, entries, use) uses.of(Table::name) = use;
  TOLLGATE_TABLES(X)
#undef X
  return uses;
}

Engine::Fate Engine::read(const Packet& packet, Output& output) {
  if (packet.link_type == decode::LinkType::ethernet && trace_ == nullptr &&
      decode::is_other_ip(packet.octets))
    return unread(Count::unread_other_transport);
  return read_link(packet, output);
}

Engine::Fate Engine::read_link(const Packet& packet, Output& output) {
  const auto link = decode::decode_link(packet.link_type, packet.octets, trace_);
  if (!link) return unread(packet, link.error());
  if (link->kind == decode::LinkPayloadKind::ip) return read_ip(packet, link->payload, output);
  if (passes_unread_) return Fate::leaves;
  const StageClock::In inspect(clock_, Stage::inspect);
  const flow::Carriage carriage = carriage_of(packet);
  const inspect::PayloadContext context{carriage, stages_, trace_};
  switch (link->kind) {
    case decode::LinkPayloadKind::ip: break;
    case decode::LinkPayloadKind::mtp2: sigtran_.mtp2(context, link->payload); break;
    case decode::LinkPayloadKind::mtp3: sigtran_.mtp3(context, link->payload); break;
    case decode::LinkPayloadKind::sccp: sigtran_.sccp(context, {}, link->payload); break;
    case decode::LinkPayloadKind::other: counters_.add(Count::unread_not_ip); break;
  }
  return Fate::leaves;
}

Engine::Fate Engine::read_ip(const Packet& packet, Octets octets, Output& output) {
  const auto ip = decode::decode_ip(octets, trace_);
  if (!ip) return unread(packet, ip.error());
  if (!settings_.ignore_checksums && !decode::ip_checksum_ok(*ip))
    return unread(packet, {Layer::ip, Reason::bad_checksum, 0});
  if (ip->cut) return unread(packet, {Layer::ip, Reason::truncated, 0});
  return ip->fragment ? read_fragment(packet, *ip, output) : read_transport(packet, *ip, output);
}

Engine::Fate Engine::read_fragment(const Packet& packet, const decode::IpPacket& fragment, Output& output) {
  if (!flow::may_have_connections(fragment)) {  // it takes no room of those that have
    return fragment.fragment_offset == 0 ? unread(unread_count(fragment.protocol)) : Fate::leaves;
  }
  const StageClock::In flow(clock_, Stage::flow);
  const auto added = fragments_.add(fragment, packet.time_ns);
  if (!enforce_ || !is_in_the_wire(packet) || !ip_.takes(fragment, added, packet.time_ns))
    return added.whole ? read_whole(packet, *added.whole, output) : Fate::leaves;
  const auto whole = ip_.take(packet, fragment, added, output);
  if (whole && read_whole(whole->packet, whole->ip, output) == Fate::leaves) output.send(whole->packet);
  return Fate::taken;
}

/// Of a datagram that came in fragments.
Engine::Fate Engine::read_whole(const Packet& packet, const decode::IpPacket& ip, Output& output) {
  const StageClock::In decode(clock_, Stage::decode);
  return read_transport(packet, ip, output);
}

Engine::Fate Engine::read_transport(const Packet& packet, const decode::IpPacket& ip, Output& output) {
  if (ip.protocol == decode::ip_protocol_sctp) return read_sctp(packet, ip, output);
  if (ip.protocol == decode::ip_protocol_tcp) return read_tcp(packet, ip, output);
  return unread(unread_count(ip.protocol));
}

/// What the user data of a packet is told to: it is read, and where that is possible enforced.
struct Engine::SctpReader : flow::SctpAssociations::Sink {
  Engine& engine;
  Edits& edits;
  bool in_the_wire;  ///< what was decided before holds for copies, too
  bool enforced;     ///< what is decided now is done; never without `in_the_wire`

  void deliver(const flow::Carriage& carriage, const flow::SctpUserMessage& message) {
    edits.begin(message.payload, message.tsn);
    engine.read_user_message(carriage, message, enforced ? &edits : nullptr);
    if (in_the_wire) engine.sctp_.decide(message, edits);
  }
  /// Fragments of what is not read anyway do not wait for each other.
  void waits(const flow::SctpDataId& id, std::uint32_t ppid) {
    if (flow::may_be_ss7(ppid)) waits(id);
    else if (in_the_wire) engine.sctp_.leaves(id);
  }
  void waits(const flow::SctpDataId& id) {
    if (enforced) engine.sctp_.waits(id);
    else if (in_the_wire) engine.sctp_.leaves(id);
  }
  void repeated(const flow::SctpDataId& id, flow::SctpAssociations::Decision decision) {
    using Decision = flow::SctpAssociations::Decision;
    if (decision == Decision::none_yet) waits(id);
    else if (in_the_wire) engine.sctp_.repeated(id, decision);
  }
  void reused(const flow::SctpDataId& id) {
    if (enforced) engine.sctp_.reused(id);
  }
  bool remembers(const flow::SctpDataId& id) { return !in_the_wire || engine.sctp_.remembers(id); }
};

Engine::Fate Engine::read_sctp(const Packet& packet, const decode::IpPacket& ip, Output& output) {
  const auto sctp = decode::sctp::decode(ip.payload, trace_);
  if (!sctp) return unread(packet, sctp.error());
  if (!settings_.ignore_checksums && !decode::sctp::checksum_ok(ip.payload))
    return unread(packet, {Layer::sctp, Reason::bad_checksum, 0});
  if (trace_ != nullptr) show_chunks(*sctp, *trace_);
  const bool is_authenticated = is_in_the_wire(packet) && (ip.authenticated || signs_ss7(*sctp));
  if (is_authenticated && enforces() && settings_.links[packet.link].closed) {
    counters_.add(Count::stopped_sctp_authenticated);
    output.drop(packet);
    return Fate::taken;
  }
  if (is_authenticated) counters_.add(Count::uninspected_sctp_authenticated);
  // What was put together from fragments that have left can not be changed either.
  const bool in_the_wire =
      is_in_the_wire(packet) && !is_authenticated && is_within(ip.payload, packet.octets);
  const StageClock::In flow(clock_, Stage::flow);
  sctp_.begin();
  associations_.packet(carriage_of(packet, ip), entrance_of(packet), *sctp,
                       SctpReader{{}, *this, edits_, in_the_wire, in_the_wire && enforces()});
  if (!in_the_wire) return Fate::leaves;
  const StageClock::In enforce(clock_, Stage::enforce);
  sctp_.let_go(packet,
               {static_cast<std::uint32_t>(ip.payload.data() - packet.octets.data()),
                static_cast<std::uint32_t>(ip.payload.size())},
               output);
  return Fate::taken;
}

void Engine::read_user_message(const flow::Carriage& carriage, const flow::SctpUserMessage& message,
                               Edits* edits) {
  const StageClock::In inspect(clock_, Stage::inspect);
  const inspect::PayloadContext context{carriage, stages_, trace_, edits};
  const flow::SctpUser user = flow::classify(message.ppid, message.payload);
  if (passes_unread_) {
    if (is_ss7(user)) counters_.add(Count::uninspected_overload_messages);
    return;
  }
  switch (user) {
    case flow::SctpUser::m3ua: return sigtran_.m3ua(context, message.payload);
    case flow::SctpUser::m2ua: return sigtran_.m2ua(context, message.payload);
    case flow::SctpUser::sua: return sigtran_.sua(context, message.payload);
    case flow::SctpUser::m2pa: return sigtran_.m2pa(context, message.payload);
    case flow::SctpUser::encrypted: return counters_.add(Count::unread_encrypted);
    case flow::SctpUser::other: return counters_.add(Count::unread_other_ppid);
  }
}

Engine::Fate Engine::read_tcp(const Packet& packet, const decode::IpPacket& ip, Output& output) {
  const bool checksum_ok = decode::tcp_checksum_ok(ip.source, ip.destination, ip.payload);
  const auto segment = decode::decode_tcp(ip.payload, trace_, checksum_ok ? "correct" : "wrong");
  if (!segment) return unread(packet, segment.error());
  if (!settings_.ignore_checksums && !checksum_ok)
    return unread(packet, {Layer::tcp, Reason::bad_checksum, 0});
  if (trace_ != nullptr) decode::decode_tcp_options(segment->options, trace_);
  const StageClock::In flow(clock_, Stage::flow);
  const bool here =
      is_within(ip.payload, packet.octets);  // else it was put together, and the pieces have left
  if (relay_ && is_in_the_wire(packet) && here) {
    relay_tcp(packet, ip, *segment, output);
    return Fate::taken;
  }
  streams_.segment(carriage_of(packet, ip), *segment, deliver_to_smpp());
  return Fate::leaves;
}

void Engine::relay_tcp(const Packet& packet, const decode::IpPacket& ip, const decode::TcpSegment& segment,
                       Output& output) {
  const auto ip_at = static_cast<std::size_t>(ip.header.data() - packet.octets.data());
  const auto tcp_at = static_cast<std::size_t>(ip.payload.data() - packet.octets.data());
  TcpWire wire(output, clock_, packet, ip_at, tcp_at, ip.payload.size());
  relay_->segment({.carriage = carriage_of(packet, ip),
                   .segment = segment,
                   .headers = packet.octets.first(tcp_at),
                   .ip_at = ip_at,
                   .authenticated = ip.authenticated,
                   .in_fragments = ip_.made(packet),
                   .link_type = packet.link_type,
                   .side = packet.side,
                   .link = packet.link},
                  wire);
}

std::size_t Engine::SmppReader::read(const flow::Carriage& carriage, flow::StreamState& state,
                                     Octets in_order, Edits& edits) {
  const StageClock::In inspect(engine_.clock_, Stage::inspect);
  engine_.be_on(carriage.link);
  return engine_.smpp_.octets(carriage, state, in_order, engine_.stages_, engine_.trace_, &edits);
}

/// Of a PDU that cannot be read, the command_id becomes one that is not assigned.
bool Engine::SmppReader::spoil(std::span<std::byte> rest) {
  if (rest.size() < inspect::command_id_end) return false;
  std::ranges::copy(inspect::unassigned_command_id, rest.begin() + inspect::command_id_at);
  return true;
}

std::span<const Edit> Engine::process_payload(PayloadKind kind, Octets octets, std::uint64_t time_ns) {
  edits_.begin(octets);
  const flow::Carriage carriage{.time_ns = time_ns, .frame = 1, .position = 1};
  read_payload(kind, carriage, octets, judges_ && enforce_ ? &edits_ : nullptr);
  return edits_.all();
}

void Engine::read_payload(PayloadKind kind, const flow::Carriage& carriage, Octets octets, Edits* edits) {
  const inspect::PayloadContext context{carriage, stages_, trace_, edits};
  switch (kind) {
    case PayloadKind::m3ua: return sigtran_.m3ua(context, octets);
    case PayloadKind::sccp: return sigtran_.sccp(context, {}, octets);
    case PayloadKind::tcap: return sigtran_.tcap(context, octets);
    case PayloadKind::sms_deliver: return read_tpdu(carriage, decode::TpduDirection::sc_to_ms, octets);
    case PayloadKind::sms_submit: return read_tpdu(carriage, decode::TpduDirection::ms_to_sc, octets);
    case PayloadKind::smpp: return read_pdus(carriage, octets, edits);
  }
}

/// Octets that are no whole PDU are left to the decoder, which says why.
void Engine::read_pdus(flow::Carriage carriage, Octets octets, Edits* edits) {
  using decode::smpp::Frame;
  while (!octets.empty()) {
    const Frame frame = decode::smpp::frame(octets, decode::smpp::max_pdu_size);
    const Octets pdu = frame.kind == Frame::Kind::pdu ? octets.first(frame.size) : octets;
    smpp_.pdu(carriage, pdu, stages_, trace_, edits);
    octets = octets.subspan(pdu.size());
    carriage.position += pdu.size();
  }
}

void Engine::read_tpdu(const flow::Carriage& carriage, decode::TpduDirection direction, Octets octets) {
  Message message;
  message.id = identify(0, 0, 0, octets);
  message.time_ns = carriage.time_ns;
  message.frame = carriage.frame;
  message.kind = Kind::message;
  message.direction = direction == decode::TpduDirection::sc_to_ms ? Direction::mt : Direction::mo;
  inspect::read_tpdu(octets, direction, decode::RpMessage::data_or_ack, message, arena_, counters_, trace_);
  stages_.accept(message);
}

}  // namespace tollgate::engine
