#include "inspect/smpp_sessions.hpp"

#include <atomic>
#include <cassert>
#include <type_traits>

namespace tollgate::inspect {

std::size_t SmppSessions::memory_size(std::uint32_t capacity) {
  return sizeof(Header) + capacity * sizeof(Copy);
}

SmppSessions::SmppSessions(std::uint32_t capacity, Counters& counters, std::span<std::byte> memory)
    : memory_(memory_size(capacity), memory), table_(capacity), counters_(counters) {
  assert(memory_.span().size() >= memory_size(capacity));
  adopt();
}

/// Copies that make no sense are left out; the others close up, so that what is free stands behind them.
void SmppSessions::adopt() {
  const std::uint32_t used = std::min(header().used, table_.capacity());
  std::uint32_t count = 0;
  for (std::uint32_t from = 0; from < used; ++from) {
    Copy& copy = copies()[from];
    if (copy.key == 0 || !copy.session.is_sound()) continue;
    const auto made = table_.find_or_insert(copy.key);
    if (!made.inserted) continue;
    *made.value = {copy.session, count};
    if (count != from) write(count, copy.key, copy.session);
    ++count;
  }
  header().used = count;
}

/// A process that ends in between leaves no copy, rather than half of one.
void SmppSessions::write(std::uint32_t place, std::uint64_t key, const SmppSession& session) {
  static_assert(std::is_trivially_copyable_v<SmppSession>);
  Copy& copy = copies()[place];
  copy.key = 0;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  copy.session = session;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  copy.key = key;
}

SmppSessions::Known& SmppSessions::known(std::uint64_t key) {
  if (last_ != nullptr && key == last_key_) return *last_;
  std::uint32_t free = header().used;
  const auto place = table_.find_or_insert(key, [&](std::uint64_t, const Known& oldest) {
    counters_.add(Count::evicted_smpp_session);
    free = oldest.place;
  });
  if (place.inserted) {
    place.value->place = free;
    write(free, key, place.value->session);
    header().used = std::max(header().used, free + 1);
  }
  last_key_ = key;
  last_ = place.value;
  return *last_;
}

const SmppSession& SmppSessions::see(const decode::smpp::Pdu& pdu, const flow::Carriage& carriage) {
  Known& known = this->known(key(carriage));
  if (known.session.see(pdu, carriage.connection, carriage.opposite))
    write(known.place, key(carriage), known.session);
  return known.session;
}

}  // namespace tollgate::inspect
