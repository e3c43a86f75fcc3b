#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "message/time_histogram.hpp"

namespace tollgate::engine {

// The stages of a packet's way, as far as the code keeps them apart: X(name, what is done in it).
// clang-format off
#define TOLLGATE_STAGES(X) \
  X(decode, "headers of the link, of IP, SCTP and TCP, and checksums") \
  X(flow, "the order of TCP, associations of SCTP, fragments of IP, what time brings") \
  X(inspect, "SIGTRAN and SMPP to messages, their numbers, the parts of long ones, and the edits that would block them") \
  X(normalise, "operators, and the folded text") \
  X(match, "patterns, and lists") \
  X(detect, "plugins") \
  X(decide, "conditions of rules, and the policy") \
  X(charge, "accounts, prices, quotas, the journal") \
  X(enforce, "edits, checksums, copies") \
  X(record, "events to their ring") \
  X(send, "packets to the ports")
// clang-format on

enum class Stage : std::uint8_t {
#define X(name, does) name,
  TOLLGATE_STAGES(X)
#undef X
};
inline constexpr std::array all_stages{
#define X(name, does) Stage::name,
    TOLLGATE_STAGES(X)
#undef X
};

constexpr std::string_view to_string(Stage stage) {
  constexpr std::array<std::string_view, all_stages.size()> names{
#define X(name, does) #name,
      TOLLGATE_STAGES(X)
#undef X
  };
  return names[static_cast<std::size_t>(stage)];
}

/// How long packets were in each stage: of a sample of them, one duration for each stage that they came to.
class StageTimes {
 public:
  TimeHistogram& of(Stage stage) { return all_[static_cast<std::size_t>(stage)]; }
  const TimeHistogram& of(Stage stage) const { return all_[static_cast<std::size_t>(stage)]; }

  /// Those of another worker.
  void add(const StageTimes& other) {
    for (const Stage stage : all_stages) of(stage).add(other.of(stage));
  }

 private:
  std::array<TimeHistogram, all_stages.size()> all_{};
};

/// Measures the stages of one packet in `one_in`, in the mean; which is left to chance, as traffic has
/// rhythms. The time of a stage that another one calls is its own: that in which a text is folded is none of
/// inspecting its message. Until it is given a clock it measures nothing, and costs a look at a bool.
class StageClock {
 public:
  static constexpr unsigned one_in = 512;

  /// Where time comes from: only the shell reads a clock.
  struct Source {
    std::uint64_t (*ticks)() = nullptr;  ///< never goes backwards; null: nothing is measured
    double ns_per_tick = 1;
  };

  void measure_by(const Source& source) {
    source_ = source;
    until_next_ = source.ticks == nullptr ? never : 1;
  }

  /// A packet comes, to this stage.
  void begin(Stage stage) {
    if (--until_next_ == 0) [[unlikely]]
      begin_sample(stage);
  }
  /// It is done with.
  void end() {
    if (measures_) [[unlikely]]
      end_sample();
  }

  /// The packet is in another stage for the time of its life, then back in the one before.
  class In {
   public:
    In(StageClock& clock, Stage stage) : clock_(clock) {
      if (clock.measures_) [[unlikely]]
        before_ = clock.change_to(stage);
    }
    ~In() {
      if (clock_.measures_) [[unlikely]]
        clock_.change_to(before_);
    }
    In(const In&) = delete;
    In& operator=(const In&) = delete;

   private:
    StageClock& clock_;
    Stage before_ = Stage::decode;
  };

  const StageTimes& times() const { return times_; }

 private:
  static constexpr std::uint64_t never = UINT64_MAX;

  // Out of the way of packets that are not measured:
  [[gnu::cold]] void begin_sample(Stage stage);
  [[gnu::cold]] Stage change_to(Stage stage);
  [[gnu::cold]] void end_sample();
  std::uint64_t random();

  bool measures_ = false;  ///< the packet in hand
  Stage stage_ = Stage::decode;
  std::uint64_t until_next_ = never;  ///< packets
  std::uint64_t since_ = 0;           ///< ticks, when the packet came to the stage
  std::uint64_t random_ = 0x9E37'79B9'7F4A'7C15;
  std::uint32_t came_to_ = 0;                             ///< a bit for each stage
  std::array<std::uint64_t, all_stages.size()> spent_{};  ///< ticks
  Source source_;
  StageTimes times_;
};

}  // namespace tollgate::engine
