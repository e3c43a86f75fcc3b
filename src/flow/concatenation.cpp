#include "flow/concatenation.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include <absl/hash/hash.h>

namespace tollgate::flow {
namespace {

constexpr std::size_t most_parts = 255;

constexpr std::size_t chunks_of(std::size_t length, std::size_t chunk) {
  return std::max<std::size_t>(1, (length + chunk - 1) / chunk);
}

}  // namespace

PartsKey parts_key(const Message& message) {
  const std::string_view to = message.recipient.present ? message.recipient.address : message.imsi;
  return {.conversation = absl::HashOf(message.protocol, message.operation, message.sender.address, to),
          .reference = message.parts.ref,
          .total = message.parts.total,
          .wide = message.parts.wide};
}

Concatenation::Concatenation(const Limits& limits)
    : entries_(limits.messages),
      chunks_(std::make_unique_for_overwrite<Chunk[]>(limits.chunks)),
      whole_(std::make_unique_for_overwrite<std::byte[]>(most_parts * longest_part)),
      passages_(std::make_unique<Passage[]>(most_parts)),
      capacity_(limits.chunks),
      max_age_ns_(limits.max_age_ns) {
  assert(capacity_ >= most_parts * chunks_of(longest_part, sizeof(Chunk::octets)));
}

std::span<const Passage> Concatenation::add(const PartsKey& key, std::uint8_t sequence, const Passage& part,
                                            std::uint64_t now_ns, Counters& counters) {
  expire(now_ns, counters);
  if (sequence == 0 || sequence > key.total) return {};
  if (part.octets.size() > longest_part) {
    counters.add(Count::unread_part_too_long);
    return {};
  }

  Entry& entry = *entries_
                      .find_or_insert(key,
                                      [&](const PartsKey&, Entry& oldest) {
                                        if (!oldest.finished) counters.add(Count::evicted_parts);
                                        release_all(oldest);
                                      })
                      .value;
  entry.last_ns = now_ns;
  if (const std::uint32_t held = find_part(entry, sequence); held != none) {
    if (is(held, part)) {
      counters.add(Count::repeated_part);
      note_repetition(entry, held);
      return {};
    }
    begin_anew(entry, sequence, counters);
  }
  make_room(key, chunks_of(part.octets.size(), sizeof(Chunk::octets)), counters);
  store(entry, sequence, part);
  if (entry.count < key.total) return {};
  return join(entry);
}

void Concatenation::finish(Counters& counters) const {
  entries_.for_each([&](const PartsKey&, const Entry& entry) {
    if (!entry.finished) counters.add(Count::unfinished_parts);
  });
}

void Concatenation::expire(std::uint64_t now_ns, Counters& counters) {
  entries_.erase_oldest_while([&](const PartsKey&, Entry& entry) {
    if (now_ns <= entry.last_ns || now_ns - entry.last_ns <= max_age_ns_) return false;
    if (!entry.finished) counters.add(Count::expired_parts);
    release_all(entry);
    return true;
  });
}

/// The entry of `keep` is the one used last, so it is reached only when nothing else holds a chunk; and the
/// capacity is more than one message can hold.
void Concatenation::make_room(const PartsKey& keep, std::size_t chunks, Counters& counters) {
  entries_.erase_oldest_while([&](const PartsKey& key, Entry& entry) {
    if (capacity_ - used_ >= chunks || key == keep) return false;
    if (!entry.finished) counters.add(Count::evicted_parts);
    release_all(entry);
    return true;
  });
}

std::uint32_t Concatenation::find_part(const Entry& entry, std::uint8_t sequence) const {
  std::uint32_t part = entry.parts;
  while (part != none && chunks_[part].sequence != sequence) part = chunks_[part].next_part;
  return part;
}

bool Concatenation::is(std::uint32_t held, const Passage& part) const {
  if (chunks_[held].length != part.octets.size() || !chunks_[held].written_as(part)) return false;
  Octets rest = part.octets;
  for (std::uint32_t at = held; !rest.empty(); at = chunks_[at].next) {
    const Octets piece = rest.first(std::min(rest.size(), sizeof(Chunk::octets)));
    if (std::memcmp(chunks_[at].octets, piece.data(), piece.size()) != 0) return false;
    rest = rest.subspan(piece.size());
  }
  return true;
}

/// When every part of a finished message has come again it was sent again as a whole.
void Concatenation::note_repetition(Entry& entry, std::uint32_t part) {
  if (!entry.finished) return;
  chunks_[part].again = true;
  bool all = true;
  for (std::uint32_t at = entry.parts; at != none; at = chunks_[at].next_part) all = all && chunks_[at].again;
  if (!all) return;
  for (std::uint32_t at = entry.parts; at != none; at = chunks_[at].next_part) chunks_[at].again = false;
}

void Concatenation::begin_anew(Entry& entry, std::uint8_t sequence, Counters& counters) {
  entry.blocked_by = {};
  if (!entry.finished) {
    counters.add(Count::replaced_parts);
    release_all(entry);
    return;
  }
  std::uint32_t part = entry.parts;
  entry.parts = none;
  entry.count = 0;
  entry.finished = false;
  while (part != none) {
    const std::uint32_t next = chunks_[part].next_part;
    if (chunks_[part].again && chunks_[part].sequence != sequence) {
      chunks_[part].again = false;
      chunks_[part].next_part = entry.parts;
      entry.parts = part;
      ++entry.count;
    } else {
      release_part(part);
    }
    part = next;
  }
}

void Concatenation::store(Entry& entry, std::uint8_t sequence, const Passage& part) {
  const std::uint32_t first = take_chunk();
  chunks_[first].next_part = entry.parts;
  chunks_[first].length = static_cast<std::uint16_t>(part.octets.size());
  chunks_[first].sequence = sequence;
  chunks_[first].again = false;
  chunks_[first].coding = part.coding;
  chunks_[first].language = part.language;
  Octets rest = part.octets;
  for (std::uint32_t at = first;;) {
    const Octets piece = rest.first(std::min(rest.size(), sizeof(Chunk::octets)));
    if (!piece.empty()) std::memcpy(chunks_[at].octets, piece.data(), piece.size());
    rest = rest.subspan(piece.size());
    if (rest.empty()) break;
    chunks_[at].next = take_chunk();
    at = chunks_[at].next;
  }
  entry.parts = first;
  ++entry.count;
}

std::span<const Passage> Concatenation::join(Entry& entry) {
  std::array<std::uint32_t, most_parts + 1> by_sequence;
  for (std::uint32_t part = entry.parts; part != none; part = chunks_[part].next_part) {
    by_sequence[chunks_[part].sequence] = part;
  }
  entry.finished = true;
  std::size_t passages = 0;
  std::size_t end = 0;
  for (std::size_t sequence = 1; sequence <= entry.count; ++sequence) {
    const Chunk& first = chunks_[by_sequence[sequence]];
    const std::size_t begin = end;
    std::size_t left = first.length;
    for (std::uint32_t at = by_sequence[sequence]; left > 0; at = chunks_[at].next) {
      const std::size_t piece = std::min(left, sizeof(Chunk::octets));
      std::memcpy(&whole_[end], chunks_[at].octets, piece);
      end += piece;
      left -= piece;
    }
    Octets octets{&whole_[begin], end - begin};
    if (passages > 0 && first.written_as(passages_[passages - 1])) {
      --passages;
      octets = {passages_[passages].octets.data(), passages_[passages].octets.size() + octets.size()};
    }
    passages_[passages++] = {octets, first.coding, first.language};
  }
  return {passages_.get(), passages};
}

/// Precondition: one is free.
std::uint32_t Concatenation::take_chunk() {
  assert(used_ < capacity_);
  ++used_;
  std::uint32_t chunk = fresh_;
  if (free_ == none) {
    ++fresh_;
  } else {
    chunk = free_;
    free_ = chunks_[chunk].next;
  }
  chunks_[chunk].next = none;
  return chunk;
}

void Concatenation::release_part(std::uint32_t part) {
  while (part != none) {
    const std::uint32_t next = chunks_[part].next;
    chunks_[part].next = free_;
    free_ = part;
    --used_;
    part = next;
  }
}

void Concatenation::release_all(Entry& entry) {
  while (entry.parts != none) {
    const std::uint32_t part = entry.parts;
    entry.parts = chunks_[part].next_part;
    release_part(part);
  }
  entry.count = 0;
}

}  // namespace tollgate::flow
