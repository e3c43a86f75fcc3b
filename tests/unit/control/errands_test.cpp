#include "control/errands.hpp"

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <poll.h>

namespace tollgate::control {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;

bool is_readable(int fd) {
  pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, 0) == 1;
}

/// The thread of an appliance, until the end of the scope.
class Worker {
 public:
  explicit Worker(Errands& errands)
      : thread_([this, &errands] {
          while (!ends_) {
            pollfd one{.fd = errands.descriptor(), .events = POLLIN, .revents = 0};
            ::poll(&one, 1, 10);
            errands.work();
          }
        }) {}
  ~Worker() {
    ends_ = true;
    thread_.join();
  }
  std::thread::id id() const { return thread_.get_id(); }

 private:
  std::atomic<bool> ends_ = false;
  std::thread thread_;
};

std::string refusal(Errands& errands, std::chrono::milliseconds time) {
  try {
    errands.run([] { return Json(1); }, time);
    return {};
  } catch (const ErrandError& error) {
    return error.what();
  }
}

TEST(Errands, are_done_by_the_other_thread) {
  Errands errands;
  Worker worker(errands);
  std::thread::id by;
  const Json answer = errands.run(
      [&by] {
        by = std::this_thread::get_id();
        return Json{{"a", 1}};
      },
      1min);
  EXPECT_EQ(answer["a"], 1);
  EXPECT_EQ(by, worker.id());
}

TEST(Errands, what_they_throw_comes_back) {
  Errands errands;
  Worker worker(errands);
  EXPECT_THROW(errands.run([]() -> Json { throw std::invalid_argument("x"); }, 1min), std::invalid_argument);
  EXPECT_EQ(errands.run([] { return Json(2); }, 1min), 2);
}

TEST(Errands, what_nobody_comes_to_is_never_done) {
  Errands errands;
  std::atomic<int> done = 0;
  EXPECT_THROW(errands.run(
                   [&done] {
                     ++done;
                     return Json();
                   },
                   1ms),
               ErrandError);
  EXPECT_TRUE(is_readable(errands.descriptor()));
  errands.work();
  EXPECT_EQ(done, 0);
  EXPECT_FALSE(is_readable(errands.descriptor()));
}

TEST(Errands, what_is_begun_and_not_done_in_time_is_said_to_be_so) {
  Errands errands;
  std::atomic<bool> begun = false;
  std::atomic<bool> ends = false;
  std::thread appliance([&] {
    while (!begun) errands.work();
  });
  try {
    errands.run(
        [&] {
          begun = true;
          while (!ends) std::this_thread::yield();
          return Json();
        },
        2s);
    ADD_FAILURE() << "it was said to be done";
  } catch (const ErrandError& error) {
    EXPECT_NE(std::string(error.what()).find("has begun"), std::string::npos) << error.what();
  }
  ends = true;
  appliance.join();
}

TEST(Errands, behind_the_end_nothing_is_done) {
  Errands errands;
  std::string told;
  std::thread asker([&] { told = refusal(errands, 1min); });
  while (!is_readable(errands.descriptor())) std::this_thread::yield();
  errands.close();
  asker.join();
  EXPECT_NE(told.find("is ending"), std::string::npos) << told;
  EXPECT_NE(refusal(errands, 1min).find("is ending"), std::string::npos);
}

TEST(Errands, no_more_wait_than_there_is_room_for) {
  Errands errands;
  std::vector<std::thread> askers;
  std::atomic<int> full = 0;
  for (int i = 0; i < 40; ++i) {
    askers.emplace_back([&] {
      if (refusal(errands, 1min).find("too much") != std::string::npos) ++full;
    });
  }
  while (full < 8) std::this_thread::yield();
  errands.close();
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(full, 8);
}

}  // namespace
}  // namespace tollgate::control
