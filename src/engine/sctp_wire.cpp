#include "engine/sctp_wire.hpp"

#include <algorithm>

#include "flow/elapsed.hpp"

namespace tollgate::engine {

using flow::SctpDataId;
using Decision = flow::SctpAssociations::Decision;

namespace {

constexpr std::array<std::byte, 4> unreadable{};  // no adaptation layer has a version 0

}  // namespace

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

/// Lays an edit over the chunks that hold its message: `id`, or where it was cut, `fragments`.
void SctpWire::edit(SctpDataId id, Fragments fragments, const Edit& edit) {
  if (fragments.empty()) return this->edit(id, edit.offset, edit.octets);
  std::size_t begin = 0;  // of a fragment, in the message
  for (const auto& fragment : fragments) {
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

/// Which chunks hold a message that waits. The oldest is forgotten for it: then its pieces wait their time.
void SctpWire::remember(const flow::SctpUserMessage& message) {
  Scattered& place = scattered_[next_scattered_];
  if (message.fragments.empty() || message.fragments.size() > place.fragments.size()) return;
  next_scattered_ = (next_scattered_ + 1) % scattered_.size();
  place.first = message.id;
  place.count = static_cast<std::uint16_t>(message.fragments.size());
  std::copy(message.fragments.begin(), message.fragments.end(), place.fragments.begin());
}

SctpWire::Fragments SctpWire::fragments_of(const SctpDataId& first) const {
  for (const Scattered& place : scattered_) {
    if (place.count != 0 && place.first == first) return {place.fragments.data(), place.count};
  }
  return {};
}

namespace {

/// Calls `f` with each chunk of a message.
template <class Fragments, class F>
void for_each_chunk(SctpDataId id, const Fragments& fragments, F&& f) {
  if (fragments.empty()) f(id);
  for (const auto& fragment : fragments) {
    id.tsn = fragment.tsn;
    f(id);
  }
}

}  // namespace

void SctpWire::decide(const flow::SctpUserMessage& message, const Edits& edits) {
  current_.any = message.id;
  if (edits.waits()) {
    remember(message);
    return for_each_chunk(message.id, message.fragments, [this](const SctpDataId& id) { waits(id); });
  }
  const auto earlier = [&](std::uint64_t position) {
    return SctpDataId{message.id.direction, message.id.generation, static_cast<std::uint32_t>(position)};
  };
  // An earlier payload that is to be changed and has left already: then this one must not complete it.
  const bool too_late = std::any_of(edits.all().begin(), edits.all().end(), [&](const Edit& one) {
    return one.position != message.tsn && associations_.decision(earlier(one.position)) == Decision::passes;
  });
  // Before the first edit is added: what was known of these chunks is over.
  const auto passes = [this](const SctpDataId& id) {
    edits_.begin(id);
    associations_.decide(id, Decision::passes);
  };
  for_each_chunk(message.id, message.fragments, passes);
  for (const std::uint64_t position : edits.decided()) {
    if (const SctpDataId id = earlier(position); id.tsn != message.id.tsn)
      for_each_chunk(id, fragments_of(id), passes);
  }
  if (too_late) {
    edit(message.id, 0, unreadable);
    counters_.add(Count::spoiled_sctp_hold);
  }
  for (const Edit& one : too_late ? std::span<const Edit>{} : edits.all()) {
    const SctpDataId id = earlier(one.position);
    edit(id, id.tsn == message.id.tsn ? message.fragments : fragments_of(id), one);
  }
  current_.edited = current_.edited || !edits.empty();
  for_each_chunk(message.id, message.fragments, [this](const SctpDataId& id) { decided(id); });
  for (const std::uint64_t position : edits.decided()) {
    const SctpDataId id = earlier(position);
    for_each_chunk(id, fragments_of(id), [this](const SctpDataId& chunk) { decided(chunk); });
  }
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
