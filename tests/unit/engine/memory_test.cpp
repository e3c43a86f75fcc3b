#include "engine/memory.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
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

/// Whatever stands in a file that was damaged, the next process works with it: of that this shows something
/// where the address and undefined behaviour sanitizers look on.
TEST_F(MemoryTest, a_process_starts_with_memory_in_which_octets_are_wrong) {
  bind();
  submit(2, "you have won a prize");
  segment(true, traffic::tcp::ack, {});
  for (const int version : {2, 3}) forward_sm(version, "you have won a prize", 2);
  const auto octets = memory->span();
  const std::vector<std::byte> sound(octets.begin(), octets.end());
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < sound.size(); ++at) {
    if (sound[at] != std::byte{}) places.push_back(at);
  }
  ASSERT_GT(places.size(), 200U);
  std::minstd_rand random(1);
  const std::uint32_t client_before = client_next;
  const std::uint32_t server_before = server_next;
  for (unsigned i = 0; i < 40; ++i) {
    std::copy(sound.begin(), sound.end(), octets.begin());
    for (unsigned wrong = 0; wrong < 1 + i % 8; ++wrong)
      octets[places[random() % places.size()]] = static_cast<std::byte>(random());
    start();
    client_next = client_before;
    server_next = server_before;
    answered(2, refused_by_the_receiver);
    submit(3, "you have won a prize");
    forward_sm(2, "you have won a prize", 2);
    --client_next;
    forward_sm(2, "you have won a prize", 2);
    engine->tick(frame * 1'000'000, output);
    ASSERT_FALSE(output.packets.empty());
    output.packets.clear();
    output.rooms.clear();
    events.messages.clear();
  }
}

}  // namespace
}  // namespace tollgate::engine
