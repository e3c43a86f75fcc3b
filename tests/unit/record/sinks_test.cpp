#include "record/sinks.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::record {
namespace {

using namespace std::chrono_literals;
using testing::Test;

/// What a sink does, seen from outside; shared, as the sink goes away.
struct Seen {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> lines;
  std::vector<std::string> ids;
  bool asks_for_unread = false;
  std::vector<detect::SinkUnread> unread;
  bool hangs = false;
  bool called = false;
  unsigned ticks = 0;
  unsigned reopened = 0;
  bool finished = false;
  std::string error;

  template <class What>
  void wait_until(What&& what) {
    std::unique_lock lock(mutex);
    changed.wait(lock, what);
  }
  void hang(bool on) {
    const std::lock_guard lock(mutex);
    hangs = on;
    changed.notify_all();
  }
};

class FakeSink final : public detect::Sink {
 public:
  explicit FakeSink(std::shared_ptr<Seen> seen) : seen_(std::move(seen)) {}

  void take(std::span<const detect::SinkEvent> events) override {
    std::unique_lock lock(seen_->mutex);
    seen_->called = true;
    seen_->changed.notify_all();
    seen_->changed.wait(lock, [&] { return !seen_->hangs; });
    for (const detect::SinkEvent& event : events) {
      seen_->lines.emplace_back(event.json);
      seen_->ids.emplace_back(event.id.data(), event.id.size());
    }
    seen_->changed.notify_all();
  }
  bool takes_unread() const override { return seen_->asks_for_unread; }
  void take_unread(std::span<const detect::SinkUnread> counts) override {
    std::unique_lock lock(seen_->mutex);
    seen_->called = true;
    seen_->changed.notify_all();
    seen_->changed.wait(lock, [&] { return !seen_->hangs; });
    seen_->unread.insert(seen_->unread.end(), counts.begin(), counts.end());
  }
  void tick(std::uint64_t /*time_ns*/) override { count(seen_->ticks); }
  void reopen() override { count(seen_->reopened); }
  void finish(std::uint64_t /*milliseconds*/) override {
    const std::lock_guard lock(seen_->mutex);
    seen_->finished = true;
    seen_->changed.notify_all();
  }
  detect::SinkHealth health() override {
    const std::lock_guard lock(seen_->mutex);
    return {.sent = seen_->lines.size(), .lost = 0, .waiting = 3, .spooled = 5, .error = seen_->error};
  }

 private:
  void count(unsigned& what) {
    const std::lock_guard lock(seen_->mutex);
    ++what;
    seen_->changed.notify_all();
  }
  std::shared_ptr<Seen> seen_;
};

class SinksTest : public Test {
 protected:
  std::unique_ptr<Sinks> sinks(std::vector<std::shared_ptr<Seen>> all, std::uint64_t octets = 1U << 20U) {
    std::vector<OpenSink> open;
    for (const auto& seen : all)
      open.push_back({"sink" + std::to_string(open.size()), std::make_unique<FakeSink>(seen), octets});
    return std::make_unique<Sinks>(std::move(open),
                                   SinkLog{.say = [this](const std::string& what) { log(what); },
                                           .error = [this](const std::string& what) { log(what); }});
  }
  void log(const std::string& what) {
    const std::lock_guard lock(mutex_);
    logged_.push_back(what);
    changed_.notify_all();
  }
  void wait_for_line(const std::string& line) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !logged_.empty() && logged_.back() == line; });
  }
  static void add(Sinks& sinks, std::uint64_t number, std::size_t octets = 10) {
    Message message;
    message.kind = Kind::message;
    message.id = {0xABC, number};
    sinks.add(message, "{" + std::to_string(number) + std::string(octets, ' ') + "}");
    sinks.flush();
  }

  /// Some more of these packets on the second link.
  void add_unread(Sinks& sinks, std::uint64_t packets, std::uint64_t time_s = 0) {
    counters_.be_on(1);
    counters_.add(Count::unread_encrypted, packets);
    sinks.add_unread(counters_, links_, time_s * 1'000'000'000);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> logged_;
  Counters counters_;
  const std::vector<Link> links_{{.name = "a", .route = "domestic"}, {.name = "b", .route = "hub"}};
};

TEST_F(SinksTest, get_all_events_in_their_order) {
  const auto one = std::make_shared<Seen>();
  const auto other = std::make_shared<Seen>();
  const auto all = sinks({one, other});
  for (std::uint64_t number = 0; number < 100; ++number) add(*all, number);
  EXPECT_TRUE(all->close(60s));
  for (const auto& seen : {one, other}) {
    ASSERT_EQ(seen->lines.size(), 100U);
    EXPECT_TRUE(seen->lines[7].starts_with("{7 "));
    EXPECT_EQ(seen->ids[16], "0000000000000abc0000000000000010");
    EXPECT_TRUE(seen->finished);
  }
}

TEST_F(SinksTest, that_hang_hold_up_no_other_and_lose_what_finds_their_queue_full) {
  const auto good = std::make_shared<Seen>();
  const auto hanging = std::make_shared<Seen>();
  hanging->hangs = true;
  const auto all = sinks({good, hanging}, 16U << 10U);
  for (std::uint64_t number = 0; number < 100; ++number) {
    add(*all, number, 1000);
    good->wait_until([&] { return good->lines.size() == number + 1; });
  }
  hanging->wait_until([&] { return hanging->called; });
  const Sinks::Health health = all->health().at(1);
  // A batch is at most in the queue 16 KiB, and another is with the sink.
  EXPECT_GT(health.sink.lost, 80U);
  EXPECT_LE(health.queued, 16U << 10U);
  EXPECT_EQ(health.sink.lost + health.sink.waiting, 100U);
  EXPECT_GT(health.silent_seconds, 0);
  hanging->hang(false);
  EXPECT_TRUE(all->close(60s));
  EXPECT_EQ(hanging->lines.size(), 100 - health.sink.lost);
  EXPECT_EQ(all->health().at(1).sink.lost, health.sink.lost);
  EXPECT_EQ(all->health().at(0).sink.lost, 0U);
}

TEST_F(SinksTest, that_ask_for_it_are_told_what_was_not_read_and_others_not) {
  const auto asking = std::make_shared<Seen>();
  asking->asks_for_unread = true;
  const auto other = std::make_shared<Seen>();
  const auto all = sinks({asking, other});
  add_unread(*all, 3, 61);
  all->add_unread(counters_, links_, 61'000'000'000);  // nothing new
  add_unread(*all, 4, 179);
  EXPECT_TRUE(all->close(60s));
  ASSERT_EQ(asking->unread.size(), 2U);
  EXPECT_EQ(asking->unread[0].time_ns, 60'000'000'000U);
  EXPECT_EQ(asking->unread[0].reason, "unread_encrypted");
  EXPECT_EQ(asking->unread[0].route, "hub");
  EXPECT_EQ(asking->unread[0].packets, 3U);
  EXPECT_EQ(asking->unread[1].time_ns, 120'000'000'000U);
  EXPECT_EQ(asking->unread[1].packets, 4U);
  EXPECT_TRUE(other->unread.empty());
  EXPECT_EQ(all->health().at(1).sink.lost, 0U);
}

TEST_F(SinksTest, are_told_what_was_not_read_by_ids_that_no_other_process_has) {
  const auto one = std::make_shared<Seen>();
  const auto other = std::make_shared<Seen>();
  std::set<std::string> ids;
  for (const auto& seen : {one, other}) {
    seen->asks_for_unread = true;
    const auto all = sinks({seen});
    for (int i = 0; i < 3; ++i) add_unread(*all, 1);
    EXPECT_TRUE(all->close(60s));
    for (const detect::SinkUnread& count : seen->unread) ids.emplace(count.id.begin(), count.id.end());
  }
  EXPECT_EQ(ids.size(), 6U);
  for (const std::string& id : ids) EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), id.npos) << id;
}

TEST_F(SinksTest, that_hang_lose_counts_that_find_their_queue_full) {
  const auto hanging = std::make_shared<Seen>();
  hanging->asks_for_unread = true;
  hanging->hangs = true;
  const auto all = sinks({hanging}, 1U << 10U);
  for (int i = 0; i < 100; ++i) add_unread(*all, 1);
  hanging->wait_until([&] { return hanging->called; });
  const Sinks::Health health = all->health().at(0);
  EXPECT_GT(health.sink.lost, 80U);
  EXPECT_LE(health.queued, 1U << 10U);
  EXPECT_EQ(health.sink.lost + health.sink.waiting, 100U);
  hanging->hang(false);
  EXPECT_TRUE(all->close(60s));
  EXPECT_EQ(hanging->unread.size(), 100 - health.sink.lost);
}

TEST_F(SinksTest, that_never_come_back_are_left_behind) {
  const auto hanging = std::make_shared<Seen>();
  hanging->hangs = true;
  const auto all = sinks({hanging});
  add(*all, 1);
  hanging->wait_until([&] { return hanging->called; });
  EXPECT_FALSE(all->close(0s));
  ASSERT_FALSE(logged_.empty());
  EXPECT_TRUE(logged_.back().starts_with("the sink sink0 does not come back, and is left behind"));
  EXPECT_FALSE(hanging->finished);
  hanging->hang(false);  // so that its thread ends before the test does
  hanging->wait_until([&] { return hanging->finished; });
}

TEST_F(SinksTest, are_ticked_and_reopened_without_events) {
  const auto seen = std::make_shared<Seen>();
  const auto all = sinks({seen});
  all->reopen();
  seen->wait_until([&] { return seen->ticks > 1 && seen->reopened == 1; });
  EXPECT_TRUE(all->close(60s));
  EXPECT_EQ(seen->reopened, 1U);
}

TEST_F(SinksTest, are_told_of_once_when_they_fail_and_once_when_they_work_again) {
  const auto seen = std::make_shared<Seen>();
  seen->error = "the moon is not full";
  const auto all = sinks({seen});
  wait_for_line("the sink sink0 does not work: the moon is not full");
  EXPECT_EQ(all->health().at(0).sink.error, "the moon is not full");
  EXPECT_EQ(all->health().at(0).sink.spooled, 5U);
  {
    const std::lock_guard lock(seen->mutex);
    seen->error.clear();
  }
  wait_for_line("the sink sink0 works again");
  EXPECT_TRUE(all->close(60s));
  EXPECT_EQ(logged_.size(), 2U);
}

}  // namespace
}  // namespace tollgate::record
