#include <cstdint>

#include <gtest/gtest.h>

#include "engine/stage_clock.hpp"
#include "unit/engine/in_the_wire.hpp"

// Which stages an engine in the wire sends packets through.
namespace tollgate::engine {
namespace {

std::uint64_t ticks = 0;

struct StageTimesTest : EngineInTheWire {
  /// From now on the next packet is measured.
  void measure() {
    engine->measure_by({.ticks = [] { return ++ticks; }, .ns_per_tick = 1});
  }
  std::uint64_t count(Stage stage) const { return engine->stage_times().of(stage).count(); }
};

TEST_F(StageTimesTest, a_packet_without_a_message_comes_to_no_stage_of_messages) {
  measure();
  segment(true, tcp::syn);
  for (const Stage stage : {Stage::decode, Stage::flow, Stage::send}) EXPECT_EQ(count(stage), 1U);
  for (const Stage stage : {Stage::inspect, Stage::normalise, Stage::match, Stage::detect, Stage::decide,
                            Stage::charge, Stage::enforce, Stage::record})
    EXPECT_EQ(count(stage), 0U) << to_string(stage);
}

TEST_F(StageTimesTest, a_message_that_is_stopped_comes_to_all_stages) {
  bind();
  measure();
  submit(2, "a prize");
  for (const Stage stage : all_stages) EXPECT_EQ(count(stage), 1U) << to_string(stage);
}

TEST_F(StageTimesTest, so_does_one_of_map) {
  measure();
  forward_sm(3, "a prize", 1);
  for (const Stage stage : all_stages) EXPECT_EQ(count(stage), 1U) << to_string(stage);
}

TEST_F(StageTimesTest, nothing_is_measured_where_no_clock_is_given) {
  bind();
  for (std::uint32_t sequence = 2; sequence < 500; ++sequence) submit(sequence, "hello");
  for (const Stage stage : all_stages) EXPECT_EQ(count(stage), 0U) << to_string(stage);
}

}  // namespace
}  // namespace tollgate::engine
