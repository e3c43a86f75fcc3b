#include <gtest/gtest.h>

#include "unit/engine/in_the_wire.hpp"

// Packets that there is no time to read.
namespace tollgate::engine {
namespace {

struct OverloadTest : EngineInTheWire {
  std::uint64_t count(Count what) const { return engine->counters().of(what); }
};

TEST_F(OverloadTest, messages_over_smpp_pass_and_are_counted_until_there_is_time_again) {
  bind();
  const std::size_t events_before = events.messages.size();
  overloaded = true;
  submit(2, "you have won a prize");
  EXPECT_TRUE(last_has("you have won a prize"));
  EXPECT_EQ(answered(2, 0), 0U);
  EXPECT_EQ(count(Count::uninspected_overload), 2U);
  EXPECT_EQ(count(Count::uninspected_overload_messages), 1U);
  EXPECT_EQ(events.messages.size(), events_before);
  overloaded = false;
  submit(3, "you have won a prize");
  EXPECT_FALSE(last_has("prize"));
  EXPECT_EQ(count(Count::skipped_tcp_gap), 0U);
  EXPECT_EQ(count(Count::skipped_smpp_to_next_pdu), 0U);
}

TEST_F(OverloadTest, a_bind_is_read_all_the_same) {
  overloaded = true;
  bind();
  overloaded = false;
  submit(2, "see you at eight");
  EXPECT_EQ(events.messages.back().smpp.system_id, "acme");
}

TEST_F(OverloadTest, what_was_stopped_stays_so_where_tcp_repeats_it) {
  bind();
  const std::uint32_t at = client_next;
  submit(2, "you have won a prize");
  ASSERT_FALSE(last_has("prize"));
  const auto stopped = output.packets.back();
  overloaded = true;
  client_next = at;
  submit(2, "you have won a prize");
  EXPECT_EQ(output.packets.back(), stopped);
  EXPECT_EQ(count(Count::uninspected_overload_messages), 0U) << "it was read before";
}

TEST_F(OverloadTest, messages_over_sctp_pass_and_are_counted_until_there_is_time_again) {
  overloaded = true;
  forward_sm(3, "you have won a prize", 1);
  EXPECT_EQ(last_map().code, 44);  // mt-ForwardSM, TS 29.002 17.5
  EXPECT_EQ(count(Count::uninspected_overload_messages), 1U);
  EXPECT_TRUE(events.messages.empty());
  overloaded = false;
  forward_sm(3, "you have won a prize", 2);
  EXPECT_EQ(last_map().code, 127);
}

TEST_F(OverloadTest, what_was_stopped_stays_so_where_sctp_repeats_it) {
  forward_sm(3, "you have won a prize", 1);
  overloaded = true;
  --client_next;
  forward_sm(3, "you have won a prize", 1);
  EXPECT_EQ(last_map().code, 127);
  EXPECT_EQ(count(Count::uninspected_overload_messages), 0U);
}

}  // namespace
}  // namespace tollgate::engine
