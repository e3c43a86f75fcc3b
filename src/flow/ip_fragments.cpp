#include "flow/ip_fragments.hpp"

#include <algorithm>
#include <cstring>

#include "flow/elapsed.hpp"

namespace tollgate::flow {
namespace {

constexpr std::size_t max_datagram = 65'535;

}  // namespace

IpFragments::IpFragments(Counters& counters, std::uint32_t datagrams, std::size_t octets)
    : counters_(counters),
      datagrams_(datagrams),
      ring_(std::max(octets, max_datagram)),
      whole_(std::make_unique_for_overwrite<std::byte[]>(max_datagram)) {}

IpDatagramKey IpDatagramKey::of(const decode::IpPacket& fragment) {
  const bool ipv4 = fragment.source.version == 4;
  return {fragment.source, fragment.destination, fragment.fragment_id,
          ipv4 ? fragment.protocol : std::uint8_t{0}};
}

bool may_have_connections(const decode::IpPacket& fragment) {
  switch (fragment.protocol) {
    case decode::ip_protocol_tcp:
    case decode::ip_protocol_sctp:
    case decode::ip_protocol_ah: return true;
    default: return fragment.source.version == 6;
  }
}

IpFragments::Datagram& IpFragments::find_or_insert(const IpDatagramKey& key, std::uint64_t time_ns,
                                                   bool& is_first) {
  forget_old(time_ns);
  const auto place = datagrams_.find_or_insert(
      key, [this](const IpDatagramKey&, Datagram&) { counters_.add(Count::evicted_ip_fragments); });
  Datagram& datagram = *place.value;
  is_first = place.inserted;
  if (!place.inserted && elapsed(datagram.started_ns, time_ns) > lifetime_ns) {
    counters_.add(Count::evicted_ip_fragments);
    datagram = Datagram{};
    is_first = true;
  }
  if (datagram.started_ns == 0) datagram.started_ns = time_ns;
  return datagram;
}

IpFragments::Added IpFragments::add(const decode::IpPacket& fragment, std::uint64_t time_ns) {
  const IpDatagramKey key = IpDatagramKey::of(fragment);
  Added added;
  Datagram& datagram = find_or_insert(key, time_ns, added.is_first);
  const Fit fitted = datagram.spoiled ? Fit::refused : fit(datagram, fragment);
  if (fitted == Fit::refused || fitted == Fit::too_many) {
    counters_.add(fitted == Fit::refused ? Count::refused_ip_fragments : Count::unread_ip_fragments);
    datagram.spoiled = fitted == Fit::refused;
    added.refused = true;
    return added;
  }
  if (!complete(datagram)) return added;
  put_together(fragment, datagram, added);
  added.refused = datagram.spoiled = !added.whole;
  if (added.whole) datagrams_.erase(key);
  return added;
}

void IpFragments::put_together(const decode::IpPacket& fragment, const Datagram& datagram, Added& added) {
  decode::IpPacket first = fragment;
  first.protocol = added.protocol = datagram.protocol;
  first.authenticated = datagram.authenticated;
  first.fragment_offset = 0;
  added.payload = gather(datagram);
  if (added.payload.empty()) return counters_.add(Count::evicted_ip_fragments);
  const auto result = decode::decode_ip_reassembled(first, added.payload);
  if (!result) counters_.add(result.error());
  else if (!result->fragment) added.whole = *result;
  else counters_.add(Count::refused_ip_fragments);  // fragments of a fragment: no sender makes them
}

void IpFragments::spoil(const IpDatagramKey& key, std::uint64_t time_ns) {
  bool is_first = false;
  find_or_insert(key, time_ns, is_first).spoiled = true;
}

void IpFragments::finish() {
  datagrams_.for_each([this](const IpDatagramKey&, const Datagram& datagram) {
    if (!datagram.spoiled) counters_.add(Count::unfinished_ip_datagram);
  });
}

IpFragments::Fit IpFragments::fit(Datagram& datagram, const decode::IpPacket& fragment) {
  const std::size_t offset = fragment.fragment_offset;
  const std::size_t end = offset + fragment.payload.size();
  const auto pieces = std::span{datagram.pieces}.first(datagram.piece_count);
  if (fragment.cut || fragment.payload.empty() || end > max_datagram) return Fit::refused;
  if (fragment.more_fragments && fragment.payload.size() % 8 != 0) return Fit::refused;
  if (datagram.total != 0 && (end > datagram.total || (!fragment.more_fragments && end != datagram.total)))
    return Fit::refused;

  bool covered = false;
  for (const Piece& piece : pieces) {
    const std::size_t piece_end = piece.offset + piece.length;
    if (!fragment.more_fragments && piece_end > end) return Fit::refused;
    const std::size_t from = std::max<std::size_t>(offset, piece.offset);
    const std::size_t to = std::min(end, piece_end);
    if (from >= to) continue;
    const Octets there = ring_.get(piece.place, piece.length);
    if (there.empty() || std::memcmp(there.data() + (from - piece.offset),
                                     fragment.payload.data() + (from - offset), to - from) != 0)
      return Fit::refused;
    covered = covered || (from == offset && to == end);
  }
  if (!fragment.more_fragments) datagram.total = static_cast<std::uint32_t>(end);
  if (covered) return Fit::repeated;
  if (pieces.size() == max_pieces) return Fit::too_many;
  if (offset == 0) {
    datagram.protocol = fragment.protocol;
    datagram.authenticated = fragment.authenticated;
  }
  const auto behind = std::upper_bound(pieces.begin(), pieces.end(), offset,
                                       [](std::size_t at, const Piece& piece) { return at < piece.offset; });
  std::copy_backward(behind, pieces.end(), datagram.pieces.data() + pieces.size() + 1);
  *behind = {ring_.put(fragment.payload), static_cast<std::uint32_t>(offset),
             static_cast<std::uint32_t>(fragment.payload.size())};
  ++datagram.piece_count;
  return Fit::added;
}

bool IpFragments::complete(const Datagram& datagram) const {
  if (datagram.total == 0) return false;
  std::uint32_t reach = 0;
  for (const Piece& piece : std::span{datagram.pieces}.first(datagram.piece_count)) {
    if (piece.offset > reach) return false;
    reach = std::max(reach, piece.offset + piece.length);
  }
  return reach == datagram.total;
}

/// The datagram in one piece; empty where a piece of it was overwritten in the ring.
Octets IpFragments::gather(const Datagram& datagram) {
  for (const Piece& piece : std::span{datagram.pieces}.first(datagram.piece_count)) {
    const Octets octets = ring_.get(piece.place, piece.length);
    if (octets.empty()) return {};
    std::memcpy(whole_.get() + piece.offset, octets.data(), octets.size());
  }
  return {whole_.get(), datagram.total};
}

void IpFragments::forget_old(std::uint64_t time_ns) {
  datagrams_.erase_oldest_while([&](const IpDatagramKey&, const Datagram& datagram) {
    const bool old = elapsed(datagram.started_ns, time_ns) > lifetime_ns;
    if (old) counters_.add(Count::evicted_ip_fragments);
    return old;
  });
}

}  // namespace tollgate::flow
