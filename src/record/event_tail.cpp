#include "record/event_tail.hpp"

#include <algorithm>
#include <utility>

#include "record/event_json.hpp"

namespace tollgate::record {
namespace {

PrivacySettings reduced(PrivacySettings settings) {
  settings.text = ShownText::never;
  if (settings.numbers == ShownNumbers::full) settings.numbers = ShownNumbers::masked;
  return settings;
}

std::string written(Privacy& privacy, const Message& message) {
  std::string line;
  const Message shown = privacy.filter(message);
  append_event(line, shown, privacy.countries());
  return line;
}

/// That it takes, with what is around it.
std::size_t octets_of(const EventTail::Event& event) {
  return sizeof event + event.line.capacity() + event.reduced.capacity();
}

}  // namespace

EventTail::EventTail(const PrivacySettings& privacy, const Bounds& bounds)
    : bounds_(bounds),
      privacy_(privacy),
      reduced_(reduced(privacy)),
      reduces_(privacy.text != ShownText::never || privacy.numbers == ShownNumbers::full) {}

bool EventTail::takes_another(std::uint64_t now_ns) {
  constexpr std::uint64_t second_ns = 1'000'000'000;
  if (in_this_second_ == 0 || now_ns - second_began_ns_ >= second_ns) {
    second_began_ns_ = now_ns;
    in_this_second_ = 0;
  }
  return in_this_second_++ < bounds_.a_second;
}

void EventTail::add(const Message& message, std::uint64_t now_ns) {
  if (message.kind == Kind::signalling) return;
  if (!takes_another(now_ns)) {
    ++newest_;
    return;
  }
  auto event = std::make_shared<Event>();
  event->number = newest_ + 1;
  event->line = written(privacy_, message);
  if (reduces_) event->reduced = written(reduced_, message);
  keep(std::move(event));
}

void EventTail::keep(std::shared_ptr<const Event> event) {
  std::vector<std::shared_ptr<const Event>> oldest;  // freed when others may go on
  const std::lock_guard lock(mutex_);
  octets_ += octets_of(*event);
  kept_.push_back(std::move(event));
  ++newest_;
  while (kept_.size() > bounds_.events || octets_ > bounds_.octets) {
    octets_ -= octets_of(*kept_.front());
    oldest.push_back(std::move(kept_.front()));
    kept_.pop_front();
  }
}

EventTail::Events EventTail::after(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  const auto first = std::partition_point(
      kept_.begin(), kept_.end(),
      [&](const std::shared_ptr<const Event>& event) { return event->number <= number; });
  return {.kept = {first, kept_.end()}, .newest = newest_};
}

}  // namespace tollgate::record
