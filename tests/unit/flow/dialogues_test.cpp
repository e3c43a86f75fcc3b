#include "flow/dialogues.hpp"

#include <gtest/gtest.h>

namespace tollgate::flow {
namespace {

constexpr TransactionEnd alice{.node = 1, .id = 0x11, .id_octets = 4};
constexpr TransactionEnd bob{.node = 2, .id = 0x22, .id_octets = 4};

TEST(Dialogues, an_end_answers_what_the_begin_invoked) {
  Counters counters;
  Dialogues dialogues{10, counters};
  DialogueEnd& begun = dialogues.begin(alice);
  begun.context.version = 3;
  begun.invoked(1, 44, 7, counters);

  DialogueEnd* asked = dialogues.find(alice);
  ASSERT_NE(asked, nullptr);
  ASSERT_NE(asked->find(1), nullptr);
  EXPECT_EQ(asked->find(1)->operation, 44);
  EXPECT_EQ(asked->find(1)->frame, 7U);
  EXPECT_EQ(asked->find(2), nullptr);
  dialogues.end(alice);
  EXPECT_EQ(dialogues.size(), 0U);
}

TEST(Dialogues, a_continue_makes_the_context_known_to_both_ends) {
  Counters counters;
  Dialogues dialogues{10, counters};
  dialogues.begin(alice).context.name = "shortMsgMT-Relay";  // an empty Begin; the invoke comes later

  auto first = dialogues.proceed(bob, alice);  // bob answers
  ASSERT_NE(first.destination, nullptr);
  EXPECT_EQ(first.origin.context.name, "shortMsgMT-Relay");

  auto second = dialogues.proceed(alice, bob);  // alice invokes
  ASSERT_NE(second.destination, nullptr);
  EXPECT_EQ(second.origin.context.name, "shortMsgMT-Relay");
  second.origin.invoked(1, 44, 9, counters);

  ASSERT_NE(dialogues.find(alice), nullptr);  // bob ends
  EXPECT_EQ(dialogues.find(alice)->find(1)->frame, 9U);
  dialogues.end(alice);
  EXPECT_EQ(dialogues.size(), 0U);
}

TEST(Dialogues, the_same_identifier_at_another_node_is_another_dialogue) {
  Counters counters;
  Dialogues dialogues{10, counters};
  dialogues.begin(alice).context.version = 3;
  TransactionEnd other = alice;
  other.node = 99;
  EXPECT_EQ(dialogues.find(other), nullptr);
}

TEST(Dialogues, a_begin_forgets_an_older_dialogue_of_its_identifier) {
  Counters counters;
  Dialogues dialogues{10, counters};
  dialogues.begin(alice).invoked(1, 44, 7, counters);
  EXPECT_EQ(dialogues.begin(alice).find(1), nullptr);
}

TEST(Dialogues, the_fifth_unanswered_invoke_takes_the_place_of_the_first) {
  Counters counters;
  DialogueEnd end;
  for (std::int8_t id = 1; id <= 5; ++id) end.invoked(id, 44, static_cast<std::uint64_t>(id), counters);
  EXPECT_EQ(end.find(1), nullptr);
  EXPECT_NE(end.find(5), nullptr);
  EXPECT_EQ(counters.of(Count::evicted_invoke), 1U);
}

TEST(Dialogues, a_hundred_thousand_opened_and_never_ended_stay_within_the_bound) {
  Counters counters;
  Dialogues dialogues{1000, counters};
  for (std::uint32_t id = 0; id < 100'000; ++id) dialogues.begin({.node = 1, .id = id, .id_octets = 4});
  EXPECT_EQ(dialogues.size(), 1000U);
  EXPECT_EQ(counters.of(Count::evicted_dialogue), 99'000U);
}

}  // namespace
}  // namespace tollgate::flow
