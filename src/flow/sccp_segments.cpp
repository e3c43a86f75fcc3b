#include "flow/sccp_segments.hpp"

#include <cstring>

#include <absl/hash/hash.h>

namespace tollgate::flow {

using decode::sccp::Segmentation;

SegmentedMessage::SegmentedMessage(std::uint64_t connection_, std::uint32_t opc_,
                                   const decode::sccp::Address& calling_, std::uint32_t local_reference_)
    : connection(connection_),
      calling(absl::HashOf(as_chars(calling_.octets))),
      opc(opc_),
      local_reference(local_reference_) {}

SccpSegments::SccpSegments(std::uint32_t capacity, std::uint64_t max_age_ns)
    : table_(capacity),
      buffers_(std::make_unique_for_overwrite<std::byte[]>(capacity * max_octets)),
      max_age_ns_(max_age_ns) {
  free_buffers_.reserve(capacity);
  for (std::uint32_t i = capacity; i-- > 0;) free_buffers_.push_back(i);
}

void SccpSegments::expire(std::uint64_t now_ns, Counters& counters) {
  table_.erase_oldest_while([&](const SegmentedMessage&, const Assembly& assembly) {
    const bool expired = now_ns > assembly.started_ns && now_ns - assembly.started_ns > max_age_ns_;
    if (expired) {
      free_buffers_.push_back(assembly.buffer);
      counters.add(Count::expired_sccp_segments);
    }
    return expired;
  });
}

/// Where the segment belongs: what waits for it, or, where it repeats what is there, a new message.
SccpSegments::Assembly& SccpSegments::assembly_of(const SegmentedMessage& message,
                                                  const Segmentation& segmentation, std::uint64_t now_ns,
                                                  Counters& counters) {
  const auto place = table_.find_or_insert(message, [&](const SegmentedMessage&, const Assembly& evicted) {
    free_buffers_.push_back(evicted.buffer);
    counters.add(Count::evicted_sccp_segments);
  });
  Assembly& assembly = *place.value;
  if (place.inserted) {
    assembly.buffer = free_buffers_.back();
    free_buffers_.pop_back();
    assembly.started_ns = now_ns;
    return assembly;
  }
  const bool first_again = segmentation.first && assembly.after_first < max_segments;
  if (first_again || (assembly.present >> segmentation.remaining & 1U) != 0) {
    counters.add(Count::replaced_sccp_segments);
    assembly = {.started_ns = now_ns, .buffer = assembly.buffer};
  }
  return assembly;
}

void SccpSegments::forget(const SegmentedMessage& message, const Assembly& assembly) {
  free_buffers_.push_back(assembly.buffer);
  table_.erase(message);
}

/// The segments in their order, in one piece.
Octets SccpSegments::gather(const Assembly& assembly) {
  std::size_t length = 0;
  for (int remaining = assembly.after_first; remaining >= 0; --remaining) {
    const Segment& segment = assembly.segments[static_cast<std::size_t>(remaining)];
    segments_[segment_count_++] = segment.place;
    std::memcpy(whole_.get() + length, buffer(assembly) + segment.at, segment.place.length);
    length += segment.place.length;
  }
  return {whole_.get(), length};
}

std::optional<Octets> SccpSegments::add(const SegmentedMessage& message, const Segmentation& segmentation,
                                        Octets data, std::uint64_t now_ns, Counters& counters,
                                        SegmentPlace place) {
  expire(now_ns, counters);
  waits_ = false;
  segment_count_ = 0;
  if (segmentation.first && segmentation.remaining == 0) return data;
  if (segmentation.remaining >= max_segments) {
    counters.add(Count::unread_sccp_too_long);
    if (const Assembly* known = table_.find(message)) forget(message, *known);
    return std::nullopt;
  }
  Assembly& assembly = assembly_of(message, segmentation, now_ns, counters);
  if (segmentation.first) assembly.after_first = segmentation.remaining;
  assembly.present = static_cast<std::uint16_t>(assembly.present | 1U << segmentation.remaining);
  const bool too_many_follow =
      assembly.after_first < max_segments && (assembly.present >> assembly.after_first) > 1;
  const bool too_long = data.size() > max_octets - assembly.length;
  if (too_many_follow || too_long) {
    counters.add(too_long ? Count::unread_sccp_too_long : Count::unread_sccp_out_of_order);
    forget(message, assembly);
    return std::nullopt;
  }
  place.length = static_cast<std::uint32_t>(data.size());
  assembly.segments[segmentation.remaining] = {place, assembly.length};
  if (!data.empty()) std::memcpy(buffer(assembly) + assembly.length, data.data(), data.size());
  assembly.length = static_cast<std::uint16_t>(assembly.length + data.size());
  waits_ = !assembly.is_complete();
  if (waits_) return std::nullopt;
  const Octets whole = gather(assembly);
  forget(message, assembly);
  return whole;
}

}  // namespace tollgate::flow
