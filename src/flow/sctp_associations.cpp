#include "flow/sctp_associations.hpp"

#define XXH_INLINE_ALL
#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>

#include <xxhash.h>

#include "flow/elapsed.hpp"

namespace tollgate::flow {

using decode::sctp::Chunk;
using decode::sctp::ChunkType;
using decode::sctp::Data;
using decode::sctp::Packet;

namespace {

constexpr std::uint64_t decision_bits = 3;

}  // namespace

SctpAssociations::SctpAssociations(Counters& counters, const Limits& limits, std::span<std::byte> memory)
    : counters_(counters),
      directions_(limits.directions),
      fragments_(limits.fragments),
      ring_(std::max(limits.fragment_octets, max_message)),
      memory_(memory_size(limits), memory),
      seen_(reinterpret_cast<Seen*>(memory_.span().data()), limits.tsns),
      seen_mask_(limits.tsns - 1),
      whole_(std::make_unique_for_overwrite<std::byte[]>(max_message)) {
  assert(std::has_single_bit(limits.tsns));
  // What was waited for when the earlier one ended is new when it comes again.
  if (memory.empty()) return;
  for (Seen& seen : seen_) {
    if ((seen.digest & decision_bits) == static_cast<std::uint64_t>(Decision::none_yet)) seen = {};
  }
}

SctpAssociations::Taken SctpAssociations::take(Carriage& carriage, const Entrance& entrance,
                                               const Packet& packet, const Chunk& chunk, bool known_is_new) {
  if (!chunk.is_data()) return {};
  const auto data = decode::sctp::decode_data(chunk);
  if (!data) {
    counters_.add(data.error());
    return {};
  }
  Direction& from = direction(carriage, packet);
  from.entrance = entrance;
  Taken taken;
  taken.message.id = {from.identity, from.generation, data->tsn};
  Seen& known = seen(taken.message.id);
  const Copy copy = known_is_new ? Copy::first : look_up(known, taken.message.id, chunk);
  taken.reused = copy == Copy::other;
  if (copy == Copy::same) {
    taken.kind = Taken::repeated;
    taken.decision = static_cast<Decision>(known.digest & decision_bits);
    return taken;
  }

  std::optional<SctpUserMessage> message;
  if (data->beginning && data->ending) {
    message = {.payload = data->user_data, .ppid = data->ppid, .stream = data->stream, .tsn = data->tsn};
  } else {
    const FragmentKey key = key_of(from, *data);
    if (keep(key, *data, carriage.time_ns) == Kept::replaced && !taken.reused) {
      counters_.add(Count::reused_sctp_tsn);
      taken.reused = true;
    }
    message = assemble(key);
  }
  taken.kind = message ? Taken::whole : Taken::fragment;
  if (!message) {
    taken.message.ppid = data->interleaved ? interleaved_ppid(key_of(from, *data)) : data->ppid;
    return taken;
  }
  const SctpDataId first{from.identity, from.generation, message->tsn};
  taken.message = *message;
  taken.message.id = first;
  taken.message.verification_tag = packet.verification_tag;
  carriage.connection = from.identity;
  carriage.position = message->tsn;
  return taken;
}

/// An association that begins: its TSNs start anew. What begins one stands alone in its packet (RFC
/// 9260 6.10); receivers do not look at others.
void SctpAssociations::control(const Entrance& entrance, const Packet& packet) {
  decode::sctp::Chunks chunks{packet.chunks};
  if (chunks.done()) return;
  const auto chunk = chunks.next();
  if (!chunk || !chunks.done()) return;
  if (chunk->type != ChunkType::init && chunk->type != ChunkType::init_ack) return;
  const auto init = decode::sctp::decode_init(*chunk);
  if (!init) return counters_.add(init.error());
  begin_anew({init->initiate_tag, packet.destination_port, packet.source_port, 0}, entrance);
}

/// The direction to who sent an INIT or INIT ACK. Who sends the direction's user data can not say so: it
/// would keep the receiver's fragments apart here alone. Generations are odd.
void SctpAssociations::begin_anew(const DirectionKey& key, const Entrance& entrance) {
  Direction* const known = directions_.find(key);
  if (known == nullptr) return;
  if (entrance.is_same(known->entrance)) return counters_.add(Count::misplaced_sctp);
  known->generation += 2;
}

SctpAssociations::Direction& SctpAssociations::direction(const Carriage& carriage, const Packet& packet) {
  DirectionKey key{packet.verification_tag, packet.source_port, packet.destination_port};
  if (key.verification_tag == 0) {
    const std::array<IpAddress, 2> ends{carriage.source, carriage.destination};
    key.addresses = XXH3_64bits(ends.data(), sizeof ends);
  }
  const auto place = directions_.find_or_insert(
      key, [this](const DirectionKey&, Direction&) { counters_.add(Count::evicted_sctp_association); });
  if (place.inserted) {
    const std::array<std::uint32_t, 3> whole{key.verification_tag, key.source_port, key.destination_port};
    place.value->identity = XXH3_64bits_withSeed(whole.data(), sizeof whole, key.addresses);
    place.value->generation = static_cast<std::uint32_t>(place.value->identity >> 32U) | 1U;
  }
  return *place.value;
}

/// Neighbours stand together in blocks of 64; the blocks are scattered, so that no two directions can keep
/// pushing each other out.
SctpAssociations::Seen& SctpAssociations::seen(const SctpDataId& id) const {
  constexpr std::uint32_t block = 64;
  constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15;
  const std::uint64_t scattered = (id.direction + id.tsn / block) * golden_ratio >> 32U;
  return seen_[(scattered * block + id.tsn % block) & seen_mask_];
}

SctpAssociations::Copy SctpAssociations::look_up(Seen& seen, const SctpDataId& id, const Chunk& chunk) {
  // The I bit may differ between copies (RFC 9260 3.3.1); U, B and E may not.
  const std::uint64_t seed = (chunk.flags & 7U) | static_cast<std::uint64_t>(chunk.type) << 8U;
  const std::uint64_t digest =
      XXH3_64bits_withSeed(chunk.value.data(), chunk.value.size(), seed) & ~decision_bits;
  if (seen.generation == id.generation && seen.tsn == id.tsn) {
    const bool same = (seen.digest & ~decision_bits) == digest;
    counters_.add(same ? Count::repeated_sctp_data : Count::reused_sctp_tsn);
    if (!same) seen.digest = digest;
    return same ? Copy::same : Copy::other;
  }
  seen = {id.generation, id.tsn, digest};
  return Copy::first;
}

void SctpAssociations::decide(const SctpDataId& id, Decision decision) {
  Seen& known = seen(id);
  if (known.generation == id.generation && known.tsn == id.tsn)
    known.digest = (known.digest & ~decision_bits) | static_cast<std::uint64_t>(decision);
}

SctpAssociations::Decision SctpAssociations::decision(const SctpDataId& id) const {
  const Seen& known = seen(id);
  const bool is_it = known.generation == id.generation && known.tsn == id.tsn;
  return is_it ? static_cast<Decision>(known.digest & decision_bits) : Decision::none_yet;
}

SctpAssociations::FragmentKey SctpAssociations::key_of(const Direction& direction, const Data& data) {
  FragmentKey key{direction.identity, direction.generation, data.tsn, 0};
  if (data.interleaved) {
    key.index = data.fsn;
    key.message =
        1ULL << 63U | (data.unordered ? 1ULL << 62U : 0) | std::uint64_t{data.stream} << 32U | data.sequence;
  }
  return key;
}

/// Only the first fragment of an I-DATA message says it.
std::uint32_t SctpAssociations::interleaved_ppid(FragmentKey key) {
  key.index = 0;
  const Fragment* const first = fragments_.find(key);
  return first != nullptr ? first->ppid : 0;
}

/// Keeps a fragment. What stands in its place already, and says something else, may be what its receiver
/// never got: it goes.
SctpAssociations::Kept SctpAssociations::keep(const FragmentKey& key, const Data& data,
                                              std::uint64_t time_ns) {
  forget_old_fragments(time_ns);
  const auto place = fragments_.find_or_insert(
      key, [this](const FragmentKey&, Fragment&) { counters_.add(Count::evicted_sctp_fragment); });
  Fragment& there = *place.value;
  if (!place.inserted) {
    const Octets kept = ring_.get(there.place, there.length);
    if (there.tsn == data.tsn && there.ppid == data.ppid && there.stream == data.stream &&
        there.beginning == data.beginning && there.ending == data.ending &&
        std::equal(kept.begin(), kept.end(), data.user_data.begin(), data.user_data.end()))
      return Kept::already;
  }
  there = {.place = ring_.put(data.user_data),
           .time_ns = place.inserted ? time_ns : there.time_ns,  // the table is in the order of age
           .length = static_cast<std::uint32_t>(data.user_data.size()),
           .ppid = data.ppid,
           .tsn = data.tsn,
           .sequence = data.unordered && !data.interleaved ? 0 : data.sequence,
           .stream = data.stream,
           .beginning = data.beginning,
           .ending = data.ending,
           .unordered = data.unordered};
  return place.inserted ? Kept::now : Kept::replaced;
}

bool SctpAssociations::same_message(const Fragment& one, const Fragment& other) {
  return one.stream == other.stream && one.sequence == other.sequence && one.unordered == other.unordered;
}

/// The message that the fragment `key` belongs to, where it is complete. Looked for in both directions at a
/// time, so that what is missing is found after as many steps as it is near: fragments cost little in
/// whatever order they come.
std::optional<SctpUserMessage> SctpAssociations::assemble(const FragmentKey key) {
  const Fragment& own = *fragments_.find(key);
  FragmentKey first = key;
  FragmentKey last = key;
  bool begins = own.beginning;
  bool ends = own.ending;
  for (unsigned count = 1; !begins || !ends; ++count) {
    if (count == max_fragments_a_message) return too_long();
    if (!begins) {
      --first.index;
      const Fragment* before = fragments_.find(first);
      if (before == nullptr || before->ending || !same_message(*before, own)) return std::nullopt;
      begins = before->beginning;
    }
    if (!ends) {
      ++last.index;
      const Fragment* after = fragments_.find(last);
      if (after == nullptr || after->beginning || !same_message(*after, own)) return std::nullopt;
      ends = after->ending;
    }
  }
  return gather(first, last.index - first.index + 1);
}

std::nullopt_t SctpAssociations::too_long() {
  counters_.add(Count::unread_sctp_too_long);
  return std::nullopt;
}

/// The message that `count` fragments from `first` on are; they are forgotten then.
std::optional<SctpUserMessage> SctpAssociations::gather(const FragmentKey first, std::uint32_t count) {
  if (count > max_fragments_a_message) return too_long();
  const Fragment begin = *fragments_.find(first);
  std::size_t length = 0;
  FragmentKey key = first;
  for (std::uint32_t i = 0; i < count; ++i, ++key.index) {
    const Fragment& fragment = *fragments_.find(key);
    const Octets octets = ring_.get(fragment.place, fragment.length);
    if (octets.empty()) return std::nullopt;  // overwritten: age will take the rest
    if (octets.size() > max_message - length) return too_long();
    whole_fragments_[i] = {fragment.tsn, fragment.length};
    std::memcpy(whole_.get() + length, octets.data(), octets.size());
    length += octets.size();
  }
  key = first;
  for (std::uint32_t i = 0; i < count; ++i, ++key.index) fragments_.erase(key);
  return SctpUserMessage{.payload = {whole_.get(), length},
                         .ppid = begin.ppid,
                         .stream = begin.stream,
                         .tsn = begin.tsn,
                         .fragments = {whole_fragments_.data(), count}};
}

void SctpAssociations::forget_old_fragments(std::uint64_t time_ns) {
  fragments_.erase_oldest_while([&](const FragmentKey&, const Fragment& fragment) {
    const bool old = elapsed(fragment.time_ns, time_ns) > fragment_lifetime_ns;
    if (old) counters_.add(Count::evicted_sctp_fragment);
    return old;
  });
}

}  // namespace tollgate::flow
