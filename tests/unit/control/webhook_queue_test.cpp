#include "control/webhook_queue.hpp"

#include <string>

#include <gtest/gtest.h>

#include "control/webhooks.hpp"

namespace tollgate::control {
namespace {

constexpr std::uint64_t second = 1'000'000'000;
const std::string a = "http://a.example/";
const std::string b = "http://b.example/";

std::string body(const std::optional<WebhookQueue::Due>& due) { return due ? due->notice.body : ""; }

TEST(WebhookQueue, gives_the_notices_of_an_address_in_order_once_each) {
  WebhookQueue queue;
  EXPECT_EQ(queue.next_ns(a), std::nullopt);
  queue.add(a, {"x", "1", 0});
  queue.add(a, {"x", "2", 0});
  EXPECT_EQ(body(queue.due(a, 0)), "1");
  queue.taken(a);
  EXPECT_EQ(body(queue.due(a, 0)), "2");
  queue.taken(a);
  EXPECT_EQ(queue.due(a, second), std::nullopt);
  EXPECT_EQ(queue.waiting(), 0U);
}

TEST(WebhookQueue, tries_again_ever_more_seldom_and_others_do_not_wait) {
  WebhookQueue queue;
  queue.add(a, {"x", "1", 0});
  queue.add(a, {"x", "2", 0});
  queue.add(b, {"y", "3", 0});
  EXPECT_TRUE(queue.refused(a, 0).empty());
  EXPECT_EQ(body(queue.due(b, 0)), "3");
  queue.taken(b);
  std::uint64_t now = 0;
  for (const std::uint64_t wait : {2U, 4U, 8U, 16U, 32U, 60U, 60U}) {
    EXPECT_EQ(queue.next_ns(a), now + wait * second);
    EXPECT_EQ(queue.due(a, now + wait * second - 1), std::nullopt);
    now += wait * second;
    EXPECT_EQ(body(queue.due(a, now)), "1") << "and not the one behind it";
    EXPECT_TRUE(queue.refused(a, now).empty());
  }
  now = *queue.next_ns(a);
  queue.taken(a);
  EXPECT_EQ(body(queue.due(a, now)), "2");
  queue.refused(a, now);
  EXPECT_EQ(queue.next_ns(a), now + 2 * second) << "what was taken makes it begin anew";
}

TEST(WebhookQueue, gives_up_what_is_too_old_and_keeps_what_is_not) {
  WebhookQueue queue;
  constexpr std::uint64_t age = WebhookQueue::given_up_after_ns;
  queue.add(a, {"x", "1", 0});
  queue.add(a, {"x", "2", second});
  queue.add(a, {"x", "3", age});
  EXPECT_TRUE(queue.refused(a, age - 1).empty());
  const auto given_up = queue.refused(a, age + second);
  ASSERT_EQ(given_up.size(), 2U);
  EXPECT_EQ(given_up[1].body, "2");
  EXPECT_EQ(body(queue.due(a, 2 * age)), "3");
}

TEST(WebhookQueue, has_room_for_so_many_of_each_address) {
  WebhookQueue queue;
  for (std::size_t i = 0; i < WebhookQueue::most_waiting; ++i) EXPECT_TRUE(queue.add(a, {"x", "", 0}));
  EXPECT_FALSE(queue.add(a, {"x", "", 0}));
  EXPECT_TRUE(queue.add(b, {"y", "", 0}));
  EXPECT_EQ(queue.waiting(), WebhookQueue::most_waiting + 1);
}

TEST(Webhooks, sign_as_HMAC_SHA256) {
  // RFC 4231 4.3
  EXPECT_EQ(webhook_signature("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace tollgate::control
