#include "engine/memory.hpp"

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/engine/in_the_wire.hpp"

// One engine stops messages, its process ends, and another goes on with what it left.
namespace tollgate::engine {
namespace {

constexpr std::uint32_t refused_by_the_receiver = 0x0b;  // ESME_RINVDSTADR
constexpr std::uint32_t submit_fail = 0x45;              // ESME_RSUBMITFAIL
constexpr int system_failure = 34;                       // TS 29.002 17.6

struct MemoryTest : EngineInTheWire {};

TEST_F(MemoryTest, who_sent_a_stopped_smpp_message_is_told_so_after_a_restart) {
  bind();
  submit(2, "you have won a prize");
  submit(3, "see you at eight");
  start();
  EXPECT_EQ(answered(2, refused_by_the_receiver), submit_fail);
  EXPECT_TRUE(events.messages.back().answer.given);
  EXPECT_EQ(answered(3, 0), 0U);
  EXPECT_EQ(answered(2, refused_by_the_receiver), refused_by_the_receiver) << "it was owed once";
}

TEST_F(MemoryTest, the_account_of_an_smpp_connection_is_known_after_a_restart) {
  bind();
  start();
  submit(2, "see you at eight");
  EXPECT_EQ(events.messages.back().smpp.system_id, "acme");
  EXPECT_EQ(events.messages.back().origin.account, "acme");
}

TEST_F(MemoryTest, who_sent_a_stopped_map_message_is_told_so_after_a_restart) {
  for (const int version : {2, 3}) {
    const auto dialogue = static_cast<std::uint32_t>(version);
    forward_sm(version, "you have won a prize", dialogue);
    const live::Received stopped = last_map();
    EXPECT_EQ(stopped.code, 127);
    const live::Reaction answer = live::react(stopped);
    EXPECT_EQ(answer.outcome, "unknown operation");
    start();
    user_message(false, answer.m3ua);
    const live::Received told = last_map();
    EXPECT_EQ(told.component, 0xa3) << "a ReturnError";
    EXPECT_EQ(told.code, system_failure);
    EXPECT_TRUE(events.messages.back().answer.given);
  }
}

TEST_F(MemoryTest, so_is_that_of_map_version_1_whose_subscriber_was_made_unknown) {
  forward_sm(1, "you have won a prize", 5);
  const live::Reaction answer = live::react(last_map());
  EXPECT_EQ(answer.outcome, "unknown subscriber");
  start();
  user_message(false, answer.m3ua);
  EXPECT_EQ(last_map().component, 0xa3) << "a ReturnError";
  EXPECT_EQ(last_map().code, system_failure);
}

TEST_F(MemoryTest, without_it_the_receivers_own_answer_arrives) {
  bind();
  submit(2, "you have won a prize");
  memory = std::make_unique<flow::ZeroPages>(Memory::size(settings));
  start();
  EXPECT_EQ(answered(2, refused_by_the_receiver), refused_by_the_receiver);
}

}  // namespace
}  // namespace tollgate::engine
