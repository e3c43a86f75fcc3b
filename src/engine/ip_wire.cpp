#include "engine/ip_wire.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "enforce/ip_fragment.hpp"
#include "flow/elapsed.hpp"

namespace tollgate::engine {
namespace {

std::uint32_t distance(const std::byte* from, const std::byte* to) {
  return static_cast<std::uint32_t>(to - from);
}

bool is_enforced_on(std::uint8_t protocol) {
  return protocol == decode::ip_protocol_tcp || protocol == decode::ip_protocol_sctp;
}

/// Whether TCP or SCTP may follow: what a first fragment's extension headers hide.
bool may_be_enforced_on(std::uint8_t protocol) {
  switch (protocol) {
    case decode::ip_protocol_tcp:
    case decode::ip_protocol_sctp:
    case decode::ip_protocol_hop_by_hop:
    case decode::ip_protocol_routing:
    case decode::ip_protocol_fragment:
    case decode::ip_protocol_ah:
    case decode::ip_protocol_destination:
    case decode::ip_protocol_mobility:
    case decode::ip_protocol_hip:
    case decode::ip_protocol_shim6: return true;
    default: return false;
  }
}

}  // namespace

IpWire::IpWire(Counters& counters, flow::IpFragments& fragments, std::span<const Link> links)
    : counters_(counters),
      fragments_(fragments),
      links_(links),
      room_(2 * longest_packet * most_datagrams),
      pieces_(std::make_unique<Piece[]>(most_pieces)) {
  for (Index i = most_datagrams; i-- > 0;) {
    datagrams_[i].older = free_datagram_;
    free_datagram_ = i;
  }
  for (Index i = most_pieces; i-- > 0;) {
    pieces_[i].next = free_piece_;
    free_piece_ = i;
  }
}

bool IpWire::takes(const decode::IpPacket& fragment, const flow::IpFragments::Added& added,
                   std::uint64_t time_ns) {
  const auto key = flow::IpDatagramKey::of(fragment);
  if (added.whole && is_enforced_on(added.whole->protocol)) return true;
  if (find_waiting(key) != none) return true;
  // Of IPv6 only the first fragment says what the datagram is. The others may name anything, and those that
  // contradict are dropped by every receiver (RFC 5722 4).
  if (added.refused && fragment.source.version == 6) return true;
  if (may_be_enforced_on(fragment.protocol) || (added.is_first && has_left(key, time_ns))) return true;
  if (added.whole) left_.erase(key);
  else *left_.find_or_insert(key).value = time_ns;
  return false;
}

bool IpWire::has_left(const flow::IpDatagramKey& key, std::uint64_t time_ns) {
  const std::uint64_t* const left_ns = left_.find(key);
  return left_ns != nullptr && flow::elapsed(*left_ns, time_ns) < flow::IpFragments::lifetime_ns;
}

std::optional<IpWire::Whole> IpWire::take(const Packet& packet, const decode::IpPacket& fragment,
                                          const flow::IpFragments::Added& added, Output& output) {
  const auto key = flow::IpDatagramKey::of(fragment);
  Index at = find_waiting(key);
  // Where IpFragments has forgotten those that wait here, or have left, it will never find them whole.
  const bool forgotten = added.is_first && (at != none || has_left(key, packet.time_ns));
  if (added.refused || forgotten) {
    counters_.add(forgotten ? Count::dropped_ip_no_hold : Count::dropped_ip_refused);
    return refuse(at, key, packet, output);
  }
  if (at == none) at = begin(key, packet.time_ns, !added.is_first, output);
  if (at == none || !hold(at, packet, fragment, output)) {
    counters_.add(Count::dropped_ip_no_hold);
    return refuse(at, key, packet, output);
  }
  if (!added.whole) return std::nullopt;
  left_.erase(key);
  auto whole = put_together(at, packet, fragment, added);
  wait_no_more(at);
  fragments_.spoil(key, packet.time_ns);  // until it is given back no piece of it may leave
  if (!whole) {
    counters_.add(Count::dropped_ip_refused);
    drop_pieces(at, output);
  }
  return whole;
}

/// The datagram of `packet` is not delivered, whatever comes of it.
std::nullopt_t IpWire::refuse(Index at, const flow::IpDatagramKey& key, const Packet& packet,
                              Output& output) {
  fragments_.spoil(key, packet.time_ns);
  if (at != none) {
    wait_no_more(at);
    drop_pieces(at, output);
  }
  output.drop(packet);
  return std::nullopt;
}

std::optional<IpWire::Whole> IpWire::put_together(Index at, const Packet& packet,
                                                  const decode::IpPacket& fragment,
                                                  const flow::IpFragments::Added& added) {
  Datagram& datagram = datagrams_[at];
  const Piece& model = first_piece(datagram);
  const Octets octets = model.packet.octets;
  const std::size_t headers = enforce::headers_without_fragment(octets, model.ip_at, model.payload_at);
  if (headers > longest_headers) return std::nullopt;
  const std::span<std::byte> into = room(at);
  if (!enforce::write_datagram(into, {.fragment = octets,
                                      .ip_at = model.ip_at,
                                      .headers = headers,
                                      .protocol = added.protocol,
                                      .payload = added.payload}))
    return std::nullopt;
  std::memcpy(original(at).data(), added.payload.data(), added.payload.size());
  datagram.headers = static_cast<std::uint32_t>(headers);
  datagram.payload = static_cast<std::uint32_t>(added.payload.size());

  Whole whole{.packet = model.packet, .ip = *added.whole};
  whole.packet.octets = into.first(headers + added.payload.size());
  whole.packet.wire_length = static_cast<std::uint32_t>(whole.packet.octets.size());
  whole.packet.time_ns = packet.time_ns;
  whole.packet.frame = packet.frame;
  whole.packet.handle = nullptr;
  const Octets whole_octets = whole.packet.octets;
  whole.ip.header = whole_octets.subspan(model.ip_at, fragment.header.size());
  const std::uint32_t behind_extensions = distance(added.payload.data(), added.whole->payload.data());
  whole.ip.payload = whole_octets.subspan(headers + behind_extensions);
  return whole;
}

/// The piece with the first octets; where that is not here, another.
const IpWire::Piece& IpWire::first_piece(const Datagram& datagram) const {
  for (Index at = datagram.first; at != none; at = pieces_[at].next) {
    if (pieces_[at].offset == 0) return pieces_[at];
  }
  return pieces_[datagram.last];
}

// --- what is given back ---

bool IpWire::made(const Packet& packet) const {
  const std::less<> before;
  const std::byte* const end = room_.span().data() + room_.span().size();
  return !before(packet.octets.data(), room_.span().data()) && before(packet.octets.data(), end);
}

IpWire::Index IpWire::datagram_of(const Packet& whole) const {
  const auto before = static_cast<std::size_t>(whole.octets.data() - room_.span().data());
  return static_cast<Index>(before / (2 * longest_packet));
}

void IpWire::send(const Packet& whole, Output& output) {
  const Index at = datagram_of(whole);
  const Datagram& datagram = datagrams_[at];
  const Octets payload = whole.octets.subspan(datagram.headers);
  const bool changed = payload.size() != datagram.payload ||
                       std::memcmp(payload.data(), original(at).data(), payload.size()) != 0;
  if (changed && datagram.some_gone) {
    counters_.add(Count::stopped_ip_late);
    return drop_pieces(at, output);
  }
  fragments_.forget(datagram.key);
  if (!changed) return send_pieces(at, output);
  *edited_.find_or_insert(datagram.key).value = whole.time_ns;
  write_pieces(at, payload, output);
}

void IpWire::drop(const Packet& whole, Output& output) {
  const Index at = datagram_of(whole);
  if (!datagrams_[at].some_gone) fragments_.forget(datagrams_[at].key);
  drop_pieces(at, output);
}

/// `f` is told of each piece, and gives its packet back; then there is no such datagram any more.
template <class F>
void IpWire::give_back(Index at, F&& f) {
  Datagram& datagram = datagrams_[at];
  for (Index piece = datagram.first; piece != none;) {
    const Index next = pieces_[piece].next;
    f(pieces_[piece]);
    pieces_[piece].next = std::exchange(free_piece_, piece);
    --piece_count_;
    piece = next;
  }
  datagram = Datagram{};
  datagram.older = std::exchange(free_datagram_, at);
  --datagram_count_;
}

void IpWire::send_pieces(Index at, Output& output) {
  give_back(at, [&](const Piece& piece) { output.send(piece.packet); });
}

void IpWire::drop_pieces(Index at, Output& output) {
  give_back(at, [&](const Piece& piece) { output.drop(piece.packet); });
}

/// Sends the pieces with what has become of their octets, which may be fewer now.
void IpWire::write_pieces(Index at, Octets payload, Output& output) {
  const bool shorter = payload.size() != datagrams_[at].payload;
  give_back(at, [&](Piece& piece) {
    Packet& packet = piece.packet;
    if (piece.offset >= payload.size()) return output.drop(packet);
    const Octets part =
        payload.subspan(piece.offset, std::min<std::size_t>(piece.size, payload.size() - piece.offset));
    std::memcpy(packet.octets.data() + piece.payload_at, part.data(), part.size());
    if (shorter && piece.offset + part.size() == payload.size()) {
      packet.octets = packet.octets.first(
          enforce::end_fragment(packet.octets, piece.ip_at, piece.payload_at, part.size()));
      packet.wire_length = static_cast<std::uint32_t>(packet.octets.size());
    }
    output.send(packet);
  });
}

// --- those that wait ---

IpWire::Index IpWire::find_waiting(const flow::IpDatagramKey& key) const {
  Index at = waiting_.oldest;
  while (at != none && !(datagrams_[at].key.id == key.id && datagrams_[at].key == key))
    at = datagrams_[at].newer;
  return at;
}

/// A datagram of which pieces are to be held. Where there is no room, the oldest gives its.
IpWire::Index IpWire::begin(const flow::IpDatagramKey& key, std::uint64_t time_ns, bool some_gone,
                            Output& output) {
  if (free_datagram_ == none && waiting_.oldest != none) give_up(waiting_.oldest, output);
  if (free_datagram_ == none) return none;
  const Index at = free_datagram_;
  Datagram& datagram = datagrams_[at];
  free_datagram_ = datagram.older;
  ++datagram_count_;
  datagram = {.key = key, .since_ns = time_ns, .some_gone = some_gone, .older = waiting_.newest};
  (waiting_.newest != none ? datagrams_[waiting_.newest].newer : waiting_.oldest) = at;
  waiting_.newest = at;
  return at;
}

bool IpWire::hold(Index at, const Packet& packet, const decode::IpPacket& fragment, Output& output) {
  Datagram& datagram = datagrams_[at];
  if (datagram.count == most_pieces_a_datagram) return false;
  if (free_piece_ == none) {
    const Index oldest = waiting_.oldest != at ? waiting_.oldest : datagram.newer;
    if (oldest == none) return false;
    give_up(oldest, output);
  }
  const Index piece = free_piece_;
  free_piece_ = pieces_[piece].next;
  ++piece_count_;
  pieces_[piece] = {.packet = packet,
                    .ip_at = distance(packet.octets.data(), fragment.header.data()),
                    .payload_at = distance(packet.octets.data(), fragment.payload.data()),
                    .offset = fragment.fragment_offset,
                    .size = static_cast<std::uint32_t>(fragment.payload.size()),
                    .next = none};
  (datagram.last != none ? pieces_[datagram.last].next : datagram.first) = piece;
  datagram.last = piece;
  ++datagram.count;
  return true;
}

void IpWire::wait_no_more(Index at) {
  Datagram& datagram = datagrams_[at];
  (datagram.older != none ? datagrams_[datagram.older].newer : waiting_.oldest) = datagram.newer;
  (datagram.newer != none ? datagrams_[datagram.newer].older : waiting_.newest) = datagram.older;
  datagram.older = datagram.newer = none;
}

/// The rest of it does not come in time.
void IpWire::give_up(Index at, Output& output) {
  wait_no_more(at);
  const Datagram& datagram = datagrams_[at];
  const Packet& first = pieces_[datagram.first].packet;
  const std::uint64_t* const edited_ns = edited_.find(datagram.key);
  const bool repeats =
      edited_ns != nullptr && flow::elapsed(*edited_ns, first.time_ns) < flow::IpFragments::lifetime_ns;
  if (repeats || links_[first.link].closed) {
    counters_.add(repeats ? Count::dropped_ip_repeated : Count::stopped_ip_hold);
    if (!datagram.some_gone) fragments_.forget(datagram.key);
    return drop_pieces(at, output);
  }
  counters_.be_on(first.link);
  counters_.add(Count::uninspected_ip_hold);
  *left_.find_or_insert(datagram.key).value = first.time_ns;
  send_pieces(at, output);
}

void IpWire::expire_waiting(std::uint64_t time_ns, Output& output) {
  while (waiting_.oldest != none && flow::elapsed(datagrams_[waiting_.oldest].since_ns, time_ns) >= hold_ns)
    give_up(waiting_.oldest, output);
}

void IpWire::finish(Output& output) {
  while (waiting_.oldest != none) give_up(waiting_.oldest, output);
}

void IpWire::drop_all(Output& output) {
  while (waiting_.oldest != none) {
    const Index at = waiting_.oldest;
    wait_no_more(at);
    drop_pieces(at, output);
  }
}

}  // namespace tollgate::engine
