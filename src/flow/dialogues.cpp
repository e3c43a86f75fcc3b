#include "flow/dialogues.hpp"

#include <algorithm>

namespace tollgate::flow {

void KeptDigits::keep(Octets digits) {
  size = static_cast<std::uint8_t>(std::min(digits.size(), octets.size()));
  std::copy_n(digits.begin(), size, octets.begin());
}

PendingInvoke* DialogueEnd::find(std::int8_t id) {
  for (PendingInvoke& invoke : pending) {
    if (invoke.frame != 0 && invoke.id == id) return &invoke;
  }
  return nullptr;
}

void DialogueEnd::invoked(std::int8_t id, std::int32_t operation, std::uint64_t frame, Counters& counters) {
  PendingInvoke* place = find(id);
  if (place == nullptr)
    place =
        std::min_element(pending.begin(), pending.end(), [](auto& a, auto& b) { return a.frame < b.frame; });
  if (place->frame != 0 && place->id != id) counters.add(Count::evicted_invoke);
  *place = {.frame = frame, .operation = operation, .id = id};
}

BoundedTable<TransactionEnd, DialogueEnd>::Place Dialogues::make(const TransactionEnd& end) {
  return ends_.find_or_insert(
      end, [this](const TransactionEnd&, DialogueEnd&) { counters_.add(Count::evicted_dialogue); });
}

DialogueEnd& Dialogues::begin(const TransactionEnd& origin) {
  const auto place = make(origin);
  if (!place.inserted) *place.value = DialogueEnd{};
  return *place.value;
}

Dialogues::Ends Dialogues::proceed(const TransactionEnd& origin, const TransactionEnd& destination) {
  const auto place = make(origin);
  // After `make`, which may evict: both pointers are good until the next new end.
  DialogueEnd* other = ends_.find(destination);
  if (other == nullptr) return {nullptr, *place.value};
  if (place.inserted) {
    place.value->context = other->context;
    place.value->imsi = other->imsi;
    place.value->service_centre = other->service_centre;
  }
  place.value->peer = destination;
  other->peer = origin;
  return {other, *place.value};
}

void Dialogues::end(const TransactionEnd& destination) {
  TransactionEnd peer;
  ends_.erase(destination, [&peer](const DialogueEnd& there) { peer = there.peer; });
  if (peer.id_octets != 0) ends_.erase(peer);
}

}  // namespace tollgate::flow
