#include "engine/stage_clock.hpp"

#include <utility>

namespace tollgate::engine {

/// Marsaglia's xorshift: which packets are measured is to follow no rhythm, and needs no more.
std::uint64_t StageClock::random() {
  random_ ^= random_ << 13U;
  random_ ^= random_ >> 7U;
  random_ ^= random_ << 17U;
  return random_;
}

void StageClock::begin_sample(Stage stage) {
  until_next_ = 1 + random() % (2 * one_in - 1);
  measures_ = true;
  spent_ = {};
  stage_ = stage;
  came_to_ = 1U << static_cast<unsigned>(stage);
  since_ = source_.ticks();
}

Stage StageClock::change_to(Stage stage) {
  const std::uint64_t now = source_.ticks();
  const std::uint64_t before = std::exchange(since_, now);
  // A thread may move to a processor whose counter is a little behind.
  if (now > before) spent_[static_cast<std::size_t>(stage_)] += now - before;
  came_to_ |= 1U << static_cast<unsigned>(stage);
  return std::exchange(stage_, stage);
}

void StageClock::end_sample() {
  change_to(stage_);
  measures_ = false;
  for (const Stage stage : all_stages) {
    if ((came_to_ >> static_cast<unsigned>(stage) & 1U) == 0) continue;
    const auto ticks = static_cast<double>(spent_[static_cast<std::size_t>(stage)]);
    times_.of(stage).add(static_cast<std::uint64_t>(ticks * source_.ns_per_tick));
  }
}

}  // namespace tollgate::engine
