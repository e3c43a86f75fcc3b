#include "message/time_histogram.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate {
namespace {

/// What Prometheus asks of a histogram: of each bound, how many durations do not exceed it.
void expect_like(const std::vector<std::uint64_t>& durations, const TimeHistogram& histogram) {
  std::uint64_t up_to = 0;
  for (std::size_t bucket = 0; bucket < TimeHistogram::bounds_ns.size(); ++bucket) {
    const std::uint64_t bound = TimeHistogram::bounds_ns[bucket];
    up_to += histogram.counts()[bucket];
    const auto expected =
        std::count_if(durations.begin(), durations.end(), [&](std::uint64_t ns) { return ns <= bound; });
    EXPECT_EQ(up_to, static_cast<std::uint64_t>(expected)) << "up to " << bound;
  }
  EXPECT_EQ(histogram.count(), durations.size());
  EXPECT_EQ(histogram.sum_ns(), std::accumulate(durations.begin(), durations.end(), std::uint64_t{0}));
}

TEST(TimeHistogram, bounds_ascend) {
  EXPECT_TRUE(std::is_sorted(TimeHistogram::bounds_ns.begin(), TimeHistogram::bounds_ns.end()));
}

TEST(TimeHistogram, a_duration_counts_where_it_does_not_exceed_the_bound) {
  std::vector<std::uint64_t> durations{0};
  for (const std::uint64_t bound : TimeHistogram::bounds_ns)
    durations.insert(durations.end(), {bound - 1, bound, bound + 1});
  TimeHistogram histogram;
  for (const std::uint64_t ns : durations) histogram.add(ns);
  expect_like(durations, histogram);
}

TEST(TimeHistogram, is_like_a_list_of_all_durations) {
  std::mt19937_64 random(7);
  std::vector<std::uint64_t> durations;
  TimeHistogram histogram;
  TimeHistogram other;
  for (int i = 0; i < 5'000; ++i) {
    durations.push_back(random() >> (24 + random() % 40));  // of every size up to 1,100 s
    (i % 3 == 0 ? other : histogram).add(durations.back());
  }
  histogram.add(other);
  expect_like(durations, histogram);
}

}  // namespace
}  // namespace tollgate
