#include "traffic/timeline.hpp"

namespace tollgate::traffic {

void Timeline::add(Step step) {
  std::size_t slot = slots_.size();
  if (free_.empty()) {
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  queue_.push({step.time_ns, order_++, slot});
  slots_[slot] = std::move(step);
}

void Timeline::run_until(std::uint64_t time_ns) {
  while (!queue_.empty() && queue_.top().time_ns <= time_ns) {
    const std::size_t slot = queue_.top().slot;
    queue_.pop();
    Step step = std::move(slots_[slot]);
    free_.push_back(slot);
    switch (step.action) {
      case Step::Action::open: step.carrier->open(step.time_ns); break;
      case Step::Action::send:
        step.carrier->send(step.time_ns, step.from_client, step.units, step.handling);
        break;
      case Step::Action::close: step.carrier->close(step.time_ns); break;
    }
  }
}

}  // namespace tollgate::traffic
