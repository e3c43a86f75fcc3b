#include "engine/sctp_wire.hpp"

#include <algorithm>
#include <utility>

#include "decode/sctp.hpp"
#include "flow/elapsed.hpp"

namespace tollgate::engine {

using flow::SctpDataId;
using Decision = flow::SctpAssociations::Decision;

SctpWire::SctpWire(Counters& counters, flow::SctpAssociations& associations,
                   std::span<std::byte> edits_memory, std::span<const Link> links)
    : counters_(counters),
      associations_(associations),
      edits_(edits_memory),
      links_(links),
      held_(std::make_unique<Held[]>(most_held)) {
  for (Index i = most_held; i-- > 0;) {
    held_[i].next = free_;
    free_ = i;
  }
}

// --- what is decided ---

/// Calls `f` with each chunk of a payload.
template <class F>
void SctpWire::Payload::for_each_chunk(F&& f) const {
  SctpDataId id = first;
  for (const Fragment& fragment : fragments) {
    id.tsn = fragment.tsn;
    f(id);
  }
}

/// Calls `f` with each chunk that `edit` changes: the chunk, the offset in it, and what is to stand there.
template <class F>
void SctpWire::Payload::for_each_changed(const Edit& edit, F&& f) const {
  SctpDataId id = first;
  std::size_t begin = 0;  // of a fragment, in the payload
  for (const Fragment& fragment : fragments) {
    const std::size_t end = begin + fragment.length;
    const std::size_t from = std::max<std::size_t>(edit.offset, begin);
    const std::size_t to = std::min<std::size_t>(edit.offset + edit.octets.size(), end);
    id.tsn = fragment.tsn;
    if (from < to)
      f(std::as_const(id), static_cast<std::uint32_t>(from - begin),
        edit.octets.subspan(from - edit.offset, to - from));
    begin = end;
  }
}

/// Which chunks hold a payload that waits. The oldest is forgotten for it.
void SctpWire::remember(const Payload& payload) {
  Scattered& place = scattered_[next_scattered_];
  if (payload.fragments.size() > place.fragments.size()) return;
  next_scattered_ = (next_scattered_ + 1) % scattered_.size();
  place.first = payload.first;
  place.count = static_cast<std::uint16_t>(payload.fragments.size());
  std::copy(payload.fragments.begin(), payload.fragments.end(), place.fragments.begin());
}

/// Without fragments where it is not known.
SctpWire::Payload SctpWire::earlier(const SctpDataId& first) const {
  for (const Scattered& place : scattered_) {
    if (place.count != 0 && place.first == first) return {first, {place.fragments.data(), place.count}};
  }
  return {first, {}};
}

/// Whether a chunk that `edit` changes has left, or may have.
bool SctpWire::is_too_late(const Payload& payload, const Edit& edit) const {
  bool too_late = payload.fragments.empty();
  payload.for_each_changed(edit, [&](const SctpDataId& id, std::uint32_t /*offset*/, Octets /*octets*/) {
    too_late = too_late || associations_.decision(id) == Decision::passes;
  });
  return too_late;
}

/// What was known of the chunk is over.
void SctpWire::passes(const SctpDataId& id) {
  edits_.begin(id);
  associations_.decide(id, Decision::passes);
}

void SctpWire::spoil(const SctpDataId& id) {
  edits_.begin(id);
  edits_.spoil(id);
  associations_.decide(id, Decision::edited);
}

void SctpWire::decide(const flow::SctpUserMessage& message, const Edits& edits) {
  current_.any = message.id;
  const Fragment single{message.id.tsn, static_cast<std::uint32_t>(message.payload.size())};
  const Payload own{message.id, message.fragments.empty() ? Fragments(&single, 1) : message.fragments};
  if (edits.waits()) {
    remember(own);
    return own.for_each_chunk([this](const SctpDataId& id) { waits(id); });
  }
  const auto payload_at = [&](std::uint64_t position) {
    const auto tsn = static_cast<std::uint32_t>(position);
    return tsn == message.id.tsn ? own : earlier({message.id.direction, message.id.generation, tsn});
  };
  const bool too_late = std::any_of(edits.all().begin(), edits.all().end(), [&](const Edit& one) {
    return is_too_late(payload_at(one.position), one);
  });
  for (const std::uint64_t position : edits.decided()) {
    const Payload payload = payload_at(position);
    if (payload.first != own.first) payload.for_each_chunk([this](const SctpDataId& id) { passes(id); });
  }
  if (too_late) {
    spoil_rest(own);
  } else {
    own.for_each_chunk([this](const SctpDataId& id) { passes(id); });
    for (const Edit& one : edits.all()) {
      payload_at(one.position)
          .for_each_changed(one, [this](const SctpDataId& id, std::uint32_t offset, Octets octets) {
            edits_.add(id, offset, octets);
            associations_.decide(id, Decision::edited);
          });
    }
  }
  current_.edited = current_.edited || !edits.empty();
  const auto decided_now = [this](const SctpDataId& id) { decided(id); };
  own.for_each_chunk(decided_now);
  for (const std::uint64_t position : edits.decided()) payload_at(position).for_each_chunk(decided_now);
}

/// Some of what would have to be changed has left: what completes the message must not be readable.
void SctpWire::spoil_rest(const Payload& payload) {
  counters_.add(Count::spoiled_sctp_hold);
  payload.for_each_chunk([this](const SctpDataId& id) {
    if (associations_.decision(id) != Decision::passes) spoil(id);
  });
}

/// False where there is no room.
bool SctpWire::Reading::waits_for(std::uint32_t tsn) {
  std::uint32_t* const end = waiting.data() + waiting_count;
  std::uint32_t* const at = std::lower_bound(waiting.data(), end, tsn);
  if (at != end && *at == tsn) return true;
  if (waiting_count == most_waiting) return false;
  std::copy_backward(at, end, end + 1);
  *at = tsn;
  ++waiting_count;
  return true;
}

void SctpWire::Reading::decided(const SctpDataId& id) {
  if (waiting_count == 0 || any.generation != id.generation) return;
  std::uint32_t* const end = waiting.data() + waiting_count;
  std::uint32_t* const at = std::lower_bound(waiting.data(), end, id.tsn);
  if (at != end && *at == id.tsn) {
    std::copy(at + 1, end, at);
    --waiting_count;
  }
  edited = true;  // perhaps: `leave` looks
}

/// Nothing waits for it any more.
void SctpWire::decided(const SctpDataId& id) {
  current_.decided(id);
  Queue* const queue = held_count_ != 0 ? queue_of(id.direction) : nullptr;
  if (queue == nullptr) return;
  for (Index at = queue->first; at != none; at = held_[at].next) held_[at].reading.decided(id);
}

void SctpWire::waits(const SctpDataId& id) {
  // Of a piece of which the receiver may have another copy, nothing is known that would let it pass.
  if (current_.reused && current_.any == id) return spoil(id);
  current_.any = id;
  if (!current_.waits_for(id.tsn)) current_.reused = true;
}

void SctpWire::leaves(const SctpDataId& id) {
  current_.any = id;
  passes(id);
}

void SctpWire::repeated(const SctpDataId& id, Decision decision) {
  current_.any = id;
  current_.edited = current_.edited || decision == Decision::edited;
}

// A receiver may take either copy, so neither may pass.
void SctpWire::reused(const SctpDataId& id) {
  current_.any = id;
  current_.reused = true;
}

// --- packets ---

SctpWire::Queue* SctpWire::queue_of(std::uint64_t direction) {
  const auto found = std::find_if(queues_.begin(), queues_.end(),
                                  [=](const Queue& queue) { return queue.direction == direction; });
  return found != queues_.end() ? &*found : nullptr;
}

void SctpWire::let_go(const Packet& packet, Place sctp, Output& output) {
  if (current_.reused) {
    counters_.add(Count::dropped_sctp_ambiguous);
    return output.drop(packet);
  }
  Queue* queue = current_.any.direction != 0 && held_count_ != 0 ? queue_of(current_.any.direction) : nullptr;
  if (queue == nullptr && current_.waiting_count == 0) return leave(packet, sctp, current_, output);
  if (queue == nullptr) queue = queue_of(0);
  while (queue == nullptr || free_ == none) {
    give_up_oldest(output);
    if (queue == nullptr) queue = queue_of(0);
  }
  if (queue->count == most_held_a_direction) make_room(*queue, output);
  queue->direction = current_.any.direction;
  if (!queue->in_order && current_.waiting_count != 0 && holds_all_that_waits(*queue))
    return let_go_others(packet, sctp, output);
  hold(*queue, packet, sctp);
  let_go_decided(*queue, output);
}

/// Of the current packet.
bool SctpWire::holds_all_that_waits(const Queue& queue) const {
  return std::all_of(current_.waits().begin(), current_.waits().end(), [&](std::uint32_t tsn) {
    for (Index at = queue.first; at != none; at = held_[at].next) {
      const auto held = held_[at].reading.waits();
      if (std::binary_search(held.begin(), held.end(), tsn)) return true;
    }
    return false;
  });
}

/// Of the current packet: what waits in it is held already.
void SctpWire::let_go_others(const Packet& packet, Place sctp, Output& output) {
  if (enforce::leave_out(packet.octets.subspan(sctp.offset, sctp.length), current_.waits()))
    return leave(packet, sctp, current_, output);
  output.drop(packet);
}

/// What is in the packet beside what waits. Where there is no buffer it waits, too.
void SctpWire::let_go_others(Held& held, Output& output) {
  Packet copy;
  if (held.others_left || !output.make(held.packet.octets.size(), copy)) return;
  held.others_left = true;
  const std::span<std::byte> octets = copy.octets;
  void* const handle = copy.handle;
  std::copy(held.packet.octets.begin(), held.packet.octets.end(), octets.begin());
  copy = held.packet;
  copy.octets = octets.first(held.packet.octets.size());
  copy.handle = handle;
  if (!enforce::leave_out(octets.subspan(held.sctp.offset, held.sctp.length), held.reading.waits()))
    return output.drop(copy);
  counters_.add(Count::divided_sctp_packets);
  leave(copy, held.sctp, held.reading, output);
}

void SctpWire::hold(Queue& queue, const Packet& packet, Place sctp) {
  const Index at = free_;
  free_ = held_[at].next;
  ++held_count_;
  held_[at] = {.packet = packet, .sctp = sctp, .reading = current_, .others_left = false, .next = none};
  (queue.last != none ? held_[queue.last].next : queue.first) = at;
  queue.last = at;
  ++queue.count;
}

/// Whether it is known what becomes of each chunk. Who sends so much that it is forgotten on the way may do
/// so in order that it is.
bool SctpWire::is_known(Octets sctp, SctpDataId id) const {
  const auto packet = decode::sctp::decode(sctp);
  if (!packet) return false;
  bool known = true;
  decode::sctp::for_each_chunk(
      *packet, [&](const decode::sctp::Chunk& /*chunk*/, const decode::sctp::Data* data) {
        if (data == nullptr) return true;
        id.tsn = data->tsn;
        const Decision decision = associations_.decision(id);
        known = decision == Decision::passes || (decision == Decision::edited && edits_.knows(id));
        return known;
      });
  return known;
}

void SctpWire::leave(const Packet& packet, Place sctp, const Reading& reading, Output& output) {
  if (reading.any.direction != 0 && !is_known(packet.octets.subspan(sctp.offset, sctp.length), reading.any)) {
    counters_.add(Count::dropped_sctp_forgotten);  // its sender sends it again
    return output.drop(packet);
  }
  if (reading.edited && edits_.apply(packet.octets.subspan(sctp.offset, sctp.length), reading.any))
    counters_.add(Count::edited_sctp_packets);
  output.send(packet);
}

/// Lets go what waits for nothing: from the front, or where that has waited for too long, all.
void SctpWire::let_go_decided(Queue& queue, Output& output) {
  Index before = none;
  for (Index at = queue.first; at != none;) {
    Held& held = held_[at];
    const Index next = held.next;
    if (held.reading.waiting_count == 0) {
      leave(held.packet, held.sctp, held.reading, output);
      take_out(queue, before, at);
    } else {
      if (queue.in_order) break;
      let_go_others(held, output);
      before = at;
    }
    at = next;
  }
  if (queue.first == none) queue = {};
}

/// `before`: the packet that waits in front of it; `none` at the front.
void SctpWire::take_out(Queue& queue, Index before, Index at) {
  (before != none ? held_[before].next : queue.first) = held_[at].next;
  if (queue.last == at) queue.last = before;
  held_[at].next = free_;
  free_ = at;
  --queue.count;
  --held_count_;
}

/// What the packet at the front waits for does not come: decides about it.
void SctpWire::give_up_first(Queue& queue, Output& output) {
  const Held& held = held_[queue.first];
  const Reading reading = held.reading;  // `decided` changes it
  const bool closed = links_[held.packet.link].closed;
  counters_.be_on(held.packet.link);
  counters_.add(closed ? Count::spoiled_sctp_hold : Count::uninspected_sctp_hold);
  for (std::size_t i = 0; i < reading.waiting_count; ++i) {
    const SctpDataId id{reading.any.direction, reading.any.generation, reading.waiting[i]};
    if (closed) spoil(id);
    else passes(id);
    decided(id);
  }
  let_go_decided(queue, output);
}

/// What waits for order alone goes first.
void SctpWire::make_room(Queue& queue, Output& output) {
  if (queue.in_order) {
    queue.in_order = false;
    let_go_decided(queue, output);
  }
  if (queue.count == most_held_a_direction) give_up_first(queue, output);
}

/// For others. There is one that waits.
void SctpWire::give_up_oldest(Output& output) {
  Queue* oldest = nullptr;
  for (Queue& queue : queues_) {
    if (queue.first == none) continue;
    if (oldest == nullptr || held_[queue.first].packet.time_ns < held_[oldest->first].packet.time_ns)
      oldest = &queue;
  }
  give_up_first(*oldest, output);
}

void SctpWire::expire_held(std::uint64_t time_ns, Output& output) {
  for (Queue& queue : queues_) {
    const auto waits_since = [&](std::uint64_t limit_ns) {
      return queue.first != none && flow::elapsed(held_[queue.first].packet.time_ns, time_ns) >= limit_ns;
    };
    if (queue.in_order && waits_since(order_ns)) {
      queue.in_order = false;
      let_go_decided(queue, output);
    }
    while (waits_since(hold_ns)) give_up_first(queue, output);
  }
}

void SctpWire::drop_all(Output& output) {
  for (Queue& queue : queues_) {
    for (Index at = queue.first; at != none; at = held_[at].next) output.drop(held_[at].packet);
    queue = {};
  }
  held_count_ = 0;
}

void SctpWire::finish_held(Output& output) {
  for (Queue& queue : queues_) {
    while (queue.first != none) give_up_first(queue, output);
  }
}

}  // namespace tollgate::engine
