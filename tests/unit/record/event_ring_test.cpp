#include "record/event_ring.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::record {
namespace {

std::string text_of(std::uint64_t frame) {
  return std::string(frame * 7 % 400, static_cast<char>('a' + frame % 26));
}

/// A message whose views are gone when the function returns: the ring must have its own copies.
bool push(EventRing& ring, std::uint64_t frame) {
  const std::string text = text_of(frame);
  const std::string number = std::to_string(frame);
  Message m;
  m.frame = frame;
  m.has_text = true;
  m.text = text;
  m.recipient.address = number;
  m.data = as_octets(number);
  return ring.push(m);
}

void expect_whole(const Message& m) {
  ASSERT_EQ(m.text, text_of(m.frame));
  ASSERT_EQ(m.recipient.address, std::to_string(m.frame));
  ASSERT_EQ(as_chars(m.data), std::to_string(m.frame));
  ASSERT_TRUE(m.imsi.empty());
}

TEST(EventRing, gives_back_messages_in_order_with_their_own_views) {
  EventRing ring;
  for (std::uint64_t frame = 1; frame <= 3; ++frame) ASSERT_TRUE(push(ring, frame));
  std::uint64_t next = 1;
  EXPECT_EQ(ring.drain([&](const Message& m) {
    EXPECT_EQ(m.frame, next++);
    expect_whole(m);
  }),
            3U);
  EXPECT_EQ(ring.drain([](const Message&) { FAIL(); }), 0U);
}

TEST(EventRing, keeps_a_judgement_of_its_own) {
  EventRing ring;
  Message m;
  m.text = "win a prize";
  {
    // What the evaluator shows is its own, and gone with the next message; texts belong to the ruleset.
    const std::vector<std::string_view> labels{"spam", "a2p"};
    std::vector<RuleHit> rules{{7, 2, RuleState::shadow, 1}, {9, 1, RuleState::enforce, 2}};
    std::vector<TextSpan> spans{{0, 3}, {4, 5}, {6, 11}};
    m.judgement.ruleset = "0123456789abcdef";
    m.judgement.labels = labels;
    m.judgement.rules = rules;
    m.judgement.spans = spans;
    m.judgement.verdict = Verdict::charge;
    m.judgement.tariff = "domestic";
    ASSERT_TRUE(ring.push(m));
    std::fill(rules.begin(), rules.end(), RuleHit{});
    std::fill(spans.begin(), spans.end(), TextSpan{});
  }
  EXPECT_EQ(ring.drain([](const Message& kept) {
    const Judgement& j = kept.judgement;
    EXPECT_EQ(kept.text, "win a prize");
    EXPECT_EQ(std::vector<std::string_view>(j.labels.begin(), j.labels.end()),
              (std::vector<std::string_view>{"spam", "a2p"}));
    ASSERT_EQ(j.rules.size(), 2U);
    EXPECT_EQ(j.rules[0].id, 7U);
    EXPECT_EQ(j.rules[0].state, RuleState::shadow);
    EXPECT_EQ(j.rules[1].rev, 1U);
    EXPECT_EQ(j.rules[1].spans, 2U);
    EXPECT_EQ(std::vector<TextSpan>(j.spans.begin(), j.spans.end()),
              (std::vector<TextSpan>{{0, 3}, {4, 5}, {6, 11}}));
    EXPECT_EQ(j.verdict, Verdict::charge);
    EXPECT_EQ(j.tariff, "domestic");
  }),
            1U);
}

TEST(EventRing, goes_round_its_end_many_times) {
  EventRing ring(1);
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  for (int round = 0; round < 500; ++round) {
    for (int i = 0; i < round % 23; ++i) ASSERT_TRUE(push(ring, in++));
    ring.drain([&](const Message& m) {
      ASSERT_EQ(m.frame, out++);
      expect_whole(m);
    });
  }
  EXPECT_EQ(in, out);
  EXPECT_EQ(ring.lost(), 0U);
}

TEST(EventRing, refuses_when_full_and_takes_again_when_drained) {
  EventRing ring(64U << 10U);
  std::uint64_t kept = 0;
  while (push(ring, kept)) ++kept;
  EXPECT_GT(kept, 30U);
  EXPECT_EQ(ring.lost(), 0U);
  std::uint64_t out = 0;
  ring.drain([&](const Message& m) { ASSERT_EQ(m.frame, out++); });
  EXPECT_EQ(out, kept);
  EXPECT_TRUE(push(ring, kept));
}

TEST(EventRing, counts_what_accept_finds_no_room_for) {
  EventRing ring(64U << 10U);
  Consumer& consumer = ring;
  Message m;
  for (int i = 0; i < 1000; ++i) consumer.accept(m);
  const std::size_t kept = ring.drain([](const Message&) {});
  EXPECT_GT(ring.lost(), 0U);
  EXPECT_EQ(kept + ring.lost(), 1000U);
}

TEST(EventRing, never_asks_to_wait_for_a_message_that_could_not_fit) {
  EventRing ring(64U << 10U);
  const std::string huge(40'000, 'x');
  Message m;
  m.text = huge;
  EXPECT_TRUE(ring.push(m));
  EXPECT_EQ(ring.lost(), 1U);
  EXPECT_EQ(ring.drain([](const Message&) {}), 0U);
}

TEST(EventRing, takes_the_largest_message_wherever_the_last_one_ended) {
  EventRing ring(64U << 10U);
  const std::string large(31'000, 'x');
  for (std::uint64_t frame = 0; frame < 300; ++frame) {
    ASSERT_TRUE(push(ring, frame));
    ring.drain([](const Message&) {});
    Message m;
    m.text = large;
    ASSERT_TRUE(ring.push(m));
    ring.drain([&](const Message& read) { ASSERT_EQ(read.text, large); });
  }
  EXPECT_EQ(ring.lost(), 0U);
}

TEST(EventRing, carries_messages_between_two_threads) {
  constexpr std::uint64_t count = 50'000;
  EventRing ring(64U << 10U);
  std::thread producer([&] {
    for (std::uint64_t frame = 0; frame < count; ++frame) {
      while (!push(ring, frame)) std::this_thread::yield();
    }
  });
  std::uint64_t next = 0;
  std::uint64_t wrong = 0;
  while (next < count) {
    const std::size_t drained = ring.drain([&](const Message& m) {
      if (m.frame != next || m.text != text_of(next) || m.recipient.address != std::to_string(next)) ++wrong;
      ++next;
    });
    if (drained == 0) std::this_thread::yield();
  }
  producer.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(ring.lost(), 0U);
}

}  // namespace
}  // namespace tollgate::record
