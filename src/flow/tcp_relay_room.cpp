#include <utility>

#include "flow/elapsed.hpp"
#include "flow/tcp_relay_work.hpp"

namespace tollgate::flow {

/// A new connection. Where there is no room, one goes of which nothing shows that both ends are there: who
/// invents connections displaces his own.
TcpRelay::Local& TcpRelay::insert(const TcpEnds& key) {
  if (table_.size() == table_.capacity() && oldest_doubted_ != nullptr) evict(*oldest_doubted_);
  Local& local = *table_
                      .find_or_insert(key,
                                      [this](const TcpEnds&, Local& oldest) {
                                        forget(oldest);
                                        counters_.add(Count::evicted_tcp_connection);
                                      })
                      .value;
  local.ends = key;
  doubt(local);
  return local;
}

/// The connection is over or there is no more room for it.
void TcpRelay::forget(Local& local) {
  unwatch(local);
  local.plain = false;
  local.signed_by = 0;
  if (local.slot == RelayMemory::none) return;
  const RelayConnection& state = memory_.committed(local.slot);
  if (state.is_unrecognised()) counters_.add(Count::unread_unrecognised_tcp);
  if (state.holds_custody()) counters_.add(Count::lost_tcp_custody);
  memory_.free_slot(std::exchange(local.slot, RelayMemory::none));
}

void TcpRelay::erase(Local& local) {
  forget(local);
  confirm(local);
  const TcpEnds ends = local.ends;
  table_.erase(ends);
}

void TcpRelay::evict(Local& local) {
  counters_.add(Count::evicted_tcp_connection);
  erase(local);
}

/// Nothing shows that both its ends are there; it is the one of those that was used last.
void TcpRelay::doubt(Local& local) {
  confirm(local);
  local.doubted = true;
  local.older = newest_doubted_;
  local.newer = nullptr;
  (newest_doubted_ != nullptr ? newest_doubted_->newer : oldest_doubted_) = &local;
  newest_doubted_ = &local;
}

/// One end has acknowledged what the other sent.
void TcpRelay::confirm(Local& local) {
  if (!local.doubted) return;
  local.doubted = false;
  (local.older != nullptr ? local.older->newer : oldest_doubted_) = local.newer;
  (local.newer != nullptr ? local.newer->older : newest_doubted_) = local.older;
}

/// Where no buffer of `size` is free, connections give theirs: first those of which nothing shows that both
/// ends are there, then those that are silent since long. Whether any did.
bool TcpRelay::recycle(const Work& work, std::size_t size) {
  constexpr std::uint32_t most_doubted = 1'024;
  for (std::uint32_t i = 0; i < most_doubted && !memory_.buffers().has(size); ++i) {
    if (oldest_doubted_ == nullptr || oldest_doubted_ == &work.local) break;
    evict(*oldest_doubted_);
  }
  if (memory_.buffers().has(size)) return true;
  constexpr std::uint32_t most_silent = 16;
  std::uint32_t count = 0;
  table_.erase_oldest_while([&](const TcpEnds&, Local& local) {
    if (count == most_silent || &local == &work.local || elapsed(local.seen_ns, work.time_ns) < idle_ns)
      return false;
    forget(local);
    confirm(local);
    counters_.add(Count::evicted_tcp_connection);
    ++count;
    return true;
  });
  return count != 0;
}

}  // namespace tollgate::flow
