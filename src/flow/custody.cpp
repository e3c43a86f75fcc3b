#include "flow/custody.hpp"

#include <algorithm>

#include "flow/elapsed.hpp"

namespace tollgate::flow {

void Custody::take(std::uint32_t to, std::uint64_t time_ns, std::uint64_t path_timeout_ns) {
  if (taken && distance(end, to) <= 0) return;
  if (!taken) {
    duplicates = 0;
    recovering = false;
    timeout_ns = std::clamp(path_timeout_ns, shortest_timeout_ns, longest_timeout_ns);
    start_timer(time_ns);
  }
  taken = true;
  end = to;
}

bool Custody::acknowledged(std::uint32_t acked, std::uint32_t sent, std::uint64_t time_ns) {
  if (!taken) return false;
  duplicates = 0;
  start_timer(time_ns);
  if (!holds(acked)) taken = recovering = false;
  if (recovering && distance(acked, recover) <= 0) recovering = false;
  // A partial acknowledgement: the next octet was lost as well (RFC 6582 3.2).
  return recovering && waits(acked, sent);
}

bool Custody::duplicate(std::uint32_t acked, std::uint32_t sent, std::uint64_t time_ns) {
  if (recovering || !waits(acked, sent)) return false;
  if (++duplicates < duplicates_for_loss) return false;
  recovering = true;
  recover = sent;
  timer_ns = time_ns;
  return true;
}

Custody::Due Custody::due(std::uint32_t acked, std::uint32_t sent, std::uint64_t time_ns) {
  if (!waits(acked, sent)) return Due::nothing;
  if (elapsed(progress_ns, time_ns) >= lifetime_ns) {
    taken = recovering = false;
    return Due::given_up;
  }
  if (elapsed(timer_ns, time_ns) < timeout_ns) return Due::nothing;
  timeout_ns = std::min(2 * timeout_ns, longest_timeout_ns);
  timer_ns = time_ns;
  duplicates = 0;
  recovering = true;
  recover = sent;
  return Due::repeat;
}

}  // namespace tollgate::flow
