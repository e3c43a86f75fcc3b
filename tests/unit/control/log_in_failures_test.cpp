#include "control/log_in_failures.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tollgate::control {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t start_ns = 1'000'000 * second_ns;

TEST(LogInFailures, ten_a_minute_and_then_there_is_a_wait) {
  LogInFailures failures;
  for (unsigned i = 1; i <= 10; ++i) {
    const auto answer = failures.add("192.0.2.7", start_ns + i * second_ns);
    EXPECT_EQ(answer.wait_seconds, 0U) << i;
    EXPECT_EQ(answer.is_last, i == 10) << i;
  }
  // The minute began one second after the start.
  EXPECT_EQ(failures.add("192.0.2.7", start_ns + 11 * second_ns).wait_seconds, 50U);
  EXPECT_EQ(failures.add("192.0.2.7", start_ns + 61 * second_ns - 1).wait_seconds, 1U);
  EXPECT_EQ(failures.add("192.0.2.7", start_ns + 61 * second_ns).wait_seconds, 0U);
  EXPECT_EQ(failures.all(), 13U);
}

TEST(LogInFailures, addresses_are_counted_apart) {
  LogInFailures failures;
  for (unsigned i = 0; i < 11; ++i) failures.add("192.0.2.7", start_ns);
  EXPECT_EQ(failures.add("192.0.2.8", start_ns).wait_seconds, 0U);
  EXPECT_GT(failures.add("192.0.2.7", start_ns).wait_seconds, 0U);
}

TEST(LogInFailures, a_network_of_ipv6_is_one_address) {
  LogInFailures failures;
  for (unsigned i = 0; i < 10; ++i) failures.add(fmt::format("2001:db8::{:x}", i + 1), start_ns);
  EXPECT_GT(failures.add("2001:db8::ffff", start_ns).wait_seconds, 0U);
  EXPECT_EQ(failures.add("2001:db8:0:1::1", start_ns).wait_seconds, 0U);
  EXPECT_EQ(counted_address("::ffff:192.0.2.7"), "::ffff:192.0.2.7");
}

TEST(LogInFailures, a_clock_that_is_set_back_lets_nobody_wait) {
  LogInFailures failures;
  for (unsigned i = 0; i < 11; ++i) failures.add("192.0.2.7", start_ns);
  EXPECT_EQ(failures.add("192.0.2.7", start_ns - 3600 * second_ns).wait_seconds, 0U);
}

TEST(LogInFailures, the_table_is_bounded_and_the_oldest_goes) {
  LogInFailures failures;
  const unsigned many = 3 * LogInFailures::most_addresses;
  for (unsigned i = 0; i < many; ++i) failures.add(fmt::format("10.0.{}.{}", i / 256, i % 256), start_ns + i);
  EXPECT_EQ(failures.addresses(), LogInFailures::most_addresses);
  for (unsigned i = 0; i < 9; ++i)
    failures.add(fmt::format("10.0.{}.{}", (many - 1) / 256, (many - 1) % 256), start_ns + many);
  EXPECT_GT(failures.add(fmt::format("10.0.{}.{}", (many - 1) / 256, (many - 1) % 256), start_ns + many)
                .wait_seconds,
            0U)
      << "the newest was kept";
}

}  // namespace
}  // namespace tollgate::control
