#include "flow/sccp_segments.hpp"

#include <algorithm>
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

SccpSegments::Assembly& SccpSegments::begin(const SegmentedMessage& message, Counters& counters) {
  const auto place = table_.find_or_insert(message, [&](const SegmentedMessage&, const Assembly& evicted) {
    free_buffers_.push_back(evicted.buffer);
    counters.add(Count::evicted_sccp_segments);
  });
  if (place.inserted) {
    place.value->buffer = free_buffers_.back();
    free_buffers_.pop_back();
  } else {
    counters.add(Count::replaced_sccp_segments);
  }
  return *place.value;
}

void SccpSegments::forget(const SegmentedMessage& message, const Assembly& assembly) {
  free_buffers_.push_back(assembly.buffer);
  table_.erase(message);
}

std::optional<Octets> SccpSegments::add(const SegmentedMessage& message, const Segmentation& segmentation,
                                        Octets data, std::uint64_t now_ns, Counters& counters,
                                        SegmentPlace place) {
  expire(now_ns, counters);
  waits_ = false;
  segment_count_ = 0;
  if (segmentation.first && segmentation.remaining == 0) return data;
  Assembly* assembly = nullptr;
  if (segmentation.first) {
    assembly = &begin(message, counters);
    assembly->started_ns = now_ns;
    assembly->length = 0;
    assembly->segment_count = 0;
  } else {
    assembly = table_.find(message);
    if (assembly == nullptr || segmentation.remaining != assembly->next_remaining) {
      counters.add(Count::unread_sccp_out_of_order);
      if (assembly != nullptr) forget(message, *assembly);
      return std::nullopt;
    }
  }
  if (segmentation.remaining > 15 || data.size() > max_octets - assembly->length) {
    counters.add(Count::unread_sccp_too_long);
    forget(message, *assembly);
    return std::nullopt;
  }
  std::byte* const octets = buffer(*assembly);
  if (!data.empty()) std::memcpy(octets + assembly->length, data.data(), data.size());
  assembly->length = static_cast<std::uint16_t>(assembly->length + data.size());
  place.length = static_cast<std::uint32_t>(data.size());
  assembly->segments[assembly->segment_count++] = place;
  if (segmentation.remaining != 0) {
    waits_ = true;
    assembly->next_remaining = static_cast<std::uint8_t>(segmentation.remaining - 1);
    return std::nullopt;
  }
  segment_count_ = assembly->segment_count;
  std::copy_n(assembly->segments.begin(), segment_count_, segments_.begin());
  const Octets whole{octets, assembly->length};
  forget(message, *assembly);  // its buffer is the next to be used, but not before the next call
  return whole;
}

}  // namespace tollgate::flow
