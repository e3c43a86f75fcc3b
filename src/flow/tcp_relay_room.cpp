#include <algorithm>
#include <utility>

#include "flow/elapsed.hpp"
#include "flow/tcp_relay_work.hpp"

namespace tollgate::flow {

/// A new connection. Where there is no room, one goes of which nothing shows that both ends are there: who
/// invents connections displaces his own.
TcpRelay::Local& TcpRelay::insert(const TcpEnds& key) {
  if (table_.size() == table_.capacity()) {
    Local* oldest = nullptr;
    for (const Locals& doubted : doubted_) {
      Local* const one = doubted.front();
      if (one != nullptr && (oldest == nullptr || one->seen_ns < oldest->seen_ns)) oldest = one;
    }
    if (oldest != nullptr) evict(*oldest);
  }
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
  due_.remove(local);
  local.plain = false;
  local.signed_by = 0;
  if (local.slot == RelayMemory::none) return;
  const RelayConnection& state = memory_.committed(local.slot);
  if (state.is_unrecognised()) counters_.add(Count::unread_unrecognised_tcp);
  if (state.holds_custody()) counters_.add(Count::lost_tcp_custody);
  memory_.free_slot(std::exchange(local.slot, RelayMemory::none));
  list(local, local.doubted, Keeps::nothing);
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

TcpRelay::Locals* TcpRelay::list_of(const Local& local) {
  if (local.doubted) return &doubted_[static_cast<std::size_t>(local.keeps)];
  return local.keeps != Keeps::nothing ? &giving_[static_cast<std::size_t>(local.keeps)] : nullptr;
}

void TcpRelay::list(Local& local, bool doubted, Keeps keeps) {
  if (Locals* const list = list_of(local)) list->remove(local);
  local.doubted = doubted;
  local.keeps = keeps;
  if (Locals* const list = list_of(local)) list->push_back(local);
}

/// Nothing shows that both its ends are there; it is the one of those that was used last.
void TcpRelay::doubt(Local& local) { list(local, true, local.keeps); }

/// One end has acknowledged what the other sent.
void TcpRelay::confirm(Local& local) {
  if (local.doubted) list(local, false, local.keeps);
}

void TcpRelay::note_buffers(Local& local, const RelayConnection& state) {
  Keeps keeps = Keeps::nothing;
  for (const RelayDirection& direction : state.directions) {
    const std::uint32_t buffer = direction.window.buffer;
    if (buffer == RelayWindow::none) continue;
    const bool is_small = memory_.buffers().size(buffer) == RelayBuffers::small_size;
    keeps = std::max(keeps, is_small ? Keeps::small : Keeps::large);
  }
  if (keeps != local.keeps) list(local, local.doubted, keeps);
}

/// Where no buffer of `size` is free, a connection that has one gives it: one of which nothing shows that
/// both ends are there, else one that is silent since long. Whether one did.
bool TcpRelay::recycle(const Work& work, std::size_t size) {
  const std::size_t least =
      static_cast<std::size_t>(size <= RelayBuffers::small_size ? Keeps::small : Keeps::large);
  for (std::size_t keeps = least; keeps < doubted_.size(); ++keeps) {
    Local* one = doubted_[keeps].front();
    if (one == &work.local) one = Locals::after(*one);
    if (one == nullptr) continue;
    evict(*one);
    return true;
  }
  constexpr std::uint32_t most_looked_at = 16;
  for (std::size_t keeps = least; keeps < giving_.size(); ++keeps) {
    for (std::uint32_t i = 0; i < most_looked_at && giving_[keeps].front() != nullptr; ++i) {
      Local& one = *giving_[keeps].front();
      if (&one != &work.local && elapsed(one.seen_ns, work.time_ns) >= idle_ns) {
        evict(one);
        return true;
      }
      list(one, false, one.keeps);  // the others' turn
    }
  }
  return false;
}

}  // namespace tollgate::flow
