#include "engine/sctp_wire.hpp"

#include <algorithm>

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

void SctpWire::edit(const SctpDataId& id, std::uint32_t offset, Octets octets) {
  edits_.add(id, offset, octets);
  associations_.decide(id, Decision::edited);
}

/// Lays an edit over the chunks that hold its message.
void SctpWire::edit(const flow::SctpUserMessage& message, const Edit& edit) {
  SctpDataId id = message.id;
  id.tsn = static_cast<std::uint32_t>(edit.position);
  if (edit.position != message.tsn || message.fragments.empty())
    return this->edit(id, edit.offset, edit.octets);
  std::size_t begin = 0;  // of a fragment, in the message
  for (const auto& fragment : message.fragments) {
    const std::size_t end = begin + fragment.length;
    const std::size_t from = std::max<std::size_t>(edit.offset, begin);
    const std::size_t to = std::min<std::size_t>(edit.offset + edit.octets.size(), end);
    id.tsn = fragment.tsn;
    if (from < to)
      this->edit(id, static_cast<std::uint32_t>(from - begin),
                 edit.octets.subspan(from - edit.offset, to - from));
    begin = end;
  }
}

void SctpWire::decide(const flow::SctpUserMessage& message, const Edits& edits) {
  current_.any = message.id;
  const auto for_each_id = [&](auto&& f) {
    if (message.fragments.empty()) return f(message.id);
    for (const auto& fragment : message.fragments)
      f(SctpDataId{message.id.direction, message.id.generation, fragment.tsn});
  };
  if (edits.waits()) return for_each_id([this](const SctpDataId& id) { waits(id); });

  // Before the first edit is added: what was known of these chunks is over.
  for_each_id([this](const SctpDataId& id) { edits_.begin(id); });
  for_each_id([this](const SctpDataId& id) { associations_.decide(id, Decision::passes); });
  for (const std::uint64_t position : edits.decided()) {
    const SctpDataId id{message.id.direction, message.id.generation, static_cast<std::uint32_t>(position)};
    associations_.decide(id, Decision::passes);
  }
  for (const Edit& one : edits.all()) edit(message, one);
  current_.edited = current_.edited || !edits.empty();
  for_each_id([this](const SctpDataId& id) { decided(id); });
  for (const std::uint64_t position : edits.decided())
    decided({message.id.direction, message.id.generation, static_cast<std::uint32_t>(position)});
}

void SctpWire::Reading::decided(const SctpDataId& id) {
  if (waiting_count == 0 || any.generation != id.generation) return;
  std::uint32_t* const end = std::remove(waiting.data(), waiting.data() + waiting_count, id.tsn);
  waiting_count = static_cast<std::uint16_t>(end - waiting.data());
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
  current_.any = id;
  if (current_.waiting_count < most_waiting) current_.waiting[current_.waiting_count++] = id.tsn;
  else current_.reused = true;  // no packet that was sent in good faith has so many
}

void SctpWire::repeated(const SctpDataId& id, Decision decision) {
  if (decision == Decision::none_yet) return waits(id);
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
  if (queue != nullptr && queue->count == most_held_a_direction) {
    give_up_first(*queue, output);
  }
  if (queue == nullptr || free_ == none) {
    counters_.add(Count::dropped_sctp_no_hold);  // its sender sends it again
    return output.drop(packet);
  }
  queue->direction = current_.any.direction;
  hold(*queue, packet, sctp);
  let_go_decided(*queue, output);
}

void SctpWire::hold(Queue& queue, const Packet& packet, Place sctp) {
  const Index at = free_;
  free_ = held_[at].next;
  ++held_count_;
  held_[at] = {.packet = packet, .sctp = sctp, .reading = current_, .next = none};
  (queue.last != none ? held_[queue.last].next : queue.first) = at;
  queue.last = at;
  ++queue.count;
}

void SctpWire::leave(const Packet& packet, Place sctp, const Reading& reading, Output& output) {
  if (reading.edited && edits_.apply(packet.octets.subspan(sctp.offset, sctp.length), reading.any))
    counters_.add(Count::edited_sctp_packets);
  output.send(packet);
}

/// Lets go from the front what waits for nothing.
void SctpWire::let_go_decided(Queue& queue, Output& output) {
  while (queue.first != none && held_[queue.first].reading.waiting_count == 0) {
    const Index at = queue.first;
    const Held& held = held_[at];
    queue.first = held.next;
    if (queue.first == none) queue.last = none;
    --queue.count;
    leave(held.packet, held.sctp, held.reading, output);
    held_[at].next = free_;
    free_ = at;
    --held_count_;
  }
  if (queue.first == none) queue = {};
}

/// What the packet at the front waits for does not come: decides about it.
void SctpWire::give_up_first(Queue& queue, Output& output) {
  constexpr std::array<std::byte, 4> unreadable{};  // no adaptation layer has a version 0
  const Held& held = held_[queue.first];
  const Reading reading = held.reading;  // `decided` changes it
  const bool closed = links_[held.packet.link].closed;
  counters_.add(closed ? Count::spoiled_sctp_hold : Count::uninspected_sctp_hold);
  for (std::size_t i = 0; i < reading.waiting_count; ++i) {
    const SctpDataId id{reading.any.direction, reading.any.generation, reading.waiting[i]};
    edits_.begin(id);
    associations_.decide(id, Decision::passes);
    if (closed) edit(id, 0, unreadable);
    decided(id);
  }
  let_go_decided(queue, output);
}

void SctpWire::expire_held(std::uint64_t time_ns, Output& output) {
  for (Queue& queue : queues_) {
    while (queue.first != none && flow::elapsed(held_[queue.first].packet.time_ns, time_ns) >= hold_ns)
      give_up_first(queue, output);
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
