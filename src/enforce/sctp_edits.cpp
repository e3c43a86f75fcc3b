#include "enforce/sctp_edits.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "decode/sctp.hpp"

namespace tollgate::enforce {
namespace {

constexpr std::size_t header_octets = 64;  // a cache line of its own
constexpr std::size_t alignment = 8;
constexpr std::size_t ways = 4;

constexpr std::uint32_t spoiled = 0xFFFF'FFFF;  // an offset that no user data has

constexpr std::size_t chunk_header_size = 4;

constexpr std::size_t round_up(std::size_t size, std::size_t unit) { return (size + unit - 1) / unit * unit; }

constexpr std::byte pad_type{0x84};

void set_chunk_length(std::span<std::byte> chunk, std::size_t length) {
  chunk[2] = static_cast<std::byte>(length >> 8U);
  chunk[3] = static_cast<std::byte>(length);
}

/// `chunk`: with its padding. What is no multiple of four octets has lost it, and only becomes zeros.
void leave_one_octet(std::span<std::byte> chunk, std::size_t header_size) {
  constexpr std::size_t unit = 4;
  std::fill(chunk.begin() + static_cast<std::ptrdiff_t>(header_size), chunk.end(), std::byte{});
  if (chunk.size() < header_size + unit || chunk.size() % unit != 0) return;
  set_chunk_length(chunk, header_size + 1);
  const std::span<std::byte> rest = chunk.subspan(header_size + unit);
  if (rest.empty()) return;
  rest[0] = pad_type;
  set_chunk_length(rest, rest.size());
}

void set_checksum(std::span<std::byte> packet) {
  const auto checksum = decode::sctp::checksum(packet);
  std::copy(checksum.begin(), checksum.end(), packet.begin() + decode::sctp::checksum_offset);
}

/// The part of `packet`, which may be written, that `octets` views.
std::span<std::byte> part_of(std::span<std::byte> packet, Octets octets) {
  return packet.subspan(static_cast<std::size_t>(octets.data() - packet.data()), octets.size());
}

}  // namespace

std::size_t SctpEdits::memory_size() { return header_octets + entries * sizeof(Entry) + room; }

SctpEdits::SctpEdits(std::span<std::byte> memory)
    : header_(*reinterpret_cast<Header*>(memory.data())),
      entries_(reinterpret_cast<Entry*>(memory.data() + header_octets), entries),
      room_(memory.subspan(header_octets + entries * sizeof(Entry), room)) {
  assert(memory.size() >= memory_size());
  if (header_.end == 0 || header_.end % alignment != 0) header_.end = alignment;
}

std::span<SctpEdits::Entry> SctpEdits::places(const flow::SctpDataId& id) const {
  constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15;
  const std::uint64_t scattered = (id.direction + id.tsn) * golden_ratio >> 40U;
  return entries_.subspan(scattered % (entries / ways) * ways, ways);
}

SctpEdits::Entry* SctpEdits::find(const flow::SctpDataId& id) const {
  for (Entry& entry : places(id)) {
    if (entry.last != 0 && entry.id == id) return &entry;
  }
  return nullptr;
}

/// Null where it was overwritten, or another process left what is none.
const SctpEdits::Record* SctpEdits::record(std::uint64_t place) const {
  const std::size_t left = room - place % room;
  if (place == 0 || place % alignment != 0 || left < sizeof(Record)) return nullptr;
  if (place >= header_.end || header_.end - place > room) return nullptr;
  const auto* const found = reinterpret_cast<const Record*>(room_.data() + place % room);
  const bool is_sound = found->before < place && found->length <= left - sizeof(Record);
  return is_sound ? found : nullptr;
}

void SctpEdits::begin(const flow::SctpDataId& id) {
  if (Entry* entry = find(id)) entry->last = 0;
}

void SctpEdits::spoil(const flow::SctpDataId& id) { add(id, spoiled, {}); }

void SctpEdits::add(const flow::SctpDataId& id, std::uint32_t offset, Octets octets) {
  const std::size_t size = round_up(sizeof(Record) + octets.size(), alignment);
  assert(size <= room / 2);
  Entry* entry = find(id);
  const std::uint64_t before = entry != nullptr ? entry->last : 0;
  if (entry == nullptr) {
    const auto set = places(id);
    entry = &*std::min_element(set.begin(), set.end(),
                               [](const Entry& a, const Entry& b) { return a.last < b.last; });
  }
  // What does not fit before the end stands at the start.
  const std::size_t left = room - header_.end % room;
  const std::uint64_t place = header_.end + (size > left ? left : 0);
  header_.end = place + size;  // first, so that what is overwritten is known to be
  auto* const made = reinterpret_cast<Record*>(room_.data() + place % room);
  *made = {before, offset, static_cast<std::uint32_t>(octets.size())};
  std::copy(octets.begin(), octets.end(), reinterpret_cast<std::byte*>(made + 1));
  if (entry->id != id) {
    entry->last = 0;
    entry->id = id;
  }
  entry->last = place;
}

bool SctpEdits::knows(const flow::SctpDataId& id) const {
  const Entry* entry = find(id);
  if (entry == nullptr) return false;
  for (std::uint64_t place = entry->last; place != 0;) {
    const Record* at = record(place);
    if (at == nullptr) return false;
    place = at->before;
  }
  return true;
}

bool SctpEdits::apply(const Entry& entry, std::span<std::byte> packet, const decode::sctp::Chunk& chunk,
                      const decode::sctp::Data& data) const {
  const std::span<std::byte> user_data = part_of(packet, data.user_data);
  const Record* at = record(entry.last);
  for (const Record* one = at; one != nullptr; one = record(one->before)) {
    if (one->offset == spoiled) {
      const auto begin = static_cast<std::size_t>(chunk.value.data() - packet.data()) - chunk_header_size;
      const std::size_t header_size = chunk_header_size + chunk.value.size() - user_data.size();
      const std::size_t size = round_up(chunk_header_size + chunk.value.size(), 4);
      leave_one_octet(packet.subspan(begin, std::min(size, packet.size() - begin)), header_size);
    } else if (one->offset < user_data.size()) {
      std::memcpy(user_data.data() + one->offset, one + 1,
                  std::min<std::size_t>(one->length, user_data.size() - one->offset));
    }
  }
  return at != nullptr;
}

bool SctpEdits::apply(std::span<std::byte> packet, const flow::SctpDataId& any) const {
  const auto decoded = decode::sctp::decode(packet);
  if (!decoded) return false;
  bool changed = false;
  decode::sctp::for_each_chunk(
      *decoded, [&](const decode::sctp::Chunk& chunk, const decode::sctp::Data* data) {
        const Entry* entry = data != nullptr ? find({any.direction, any.generation, data->tsn}) : nullptr;
        if (entry != nullptr) changed = apply(*entry, packet, chunk, *data) || changed;
        return true;
      });
  if (!changed) return false;
  set_checksum(packet);
  return true;
}

bool leave_out(std::span<std::byte> packet, std::span<const std::uint32_t> tsns) {
  const auto decoded = decode::sctp::decode(packet);
  if (!decoded) return true;
  bool others = false;
  decode::sctp::for_each_chunk(
      *decoded, [&](const decode::sctp::Chunk& chunk, const decode::sctp::Data* data) {
        if (data != nullptr && std::find(tsns.begin(), tsns.end(), data->tsn) != tsns.end())
          *(part_of(packet, chunk.value).data() - chunk_header_size) = pad_type;
        else others = true;
        return true;
      });
  set_checksum(packet);
  return others;
}

}  // namespace tollgate::enforce
