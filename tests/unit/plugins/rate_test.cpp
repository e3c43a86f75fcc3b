#include <cmath>
#include <map>
#include <numbers>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "counts.hpp"
#include "memory.hpp"

namespace rate {
namespace {

constexpr std::uint64_t start_ms =
    1'763'762'400'000;  // 2025-11-21T22:00:00Z: an hour, minute and second begin
constexpr std::size_t minute = 1;
constexpr std::size_t hour = 2;

/// A number that has nothing to do with its neighbours', as of a hash (SplitMix64).
std::uint64_t hash_of(std::uint64_t n) {
  n += 0x9e3779b97f4a7c15U;
  n = (n ^ (n >> 30U)) * 0xbf58476d1ce4e5b9U;
  n = (n ^ (n >> 27U)) * 0x94d049bb133111ebU;
  return n ^ (n >> 31U);
}

Rates add(Counts& counts, std::uint64_t key, std::uint64_t time_ms, std::size_t longest = hour) {
  return counts.add(counts.place(hash_of(key)), time_ms, longest);
}

/// Keeps all messages, and counts them by the definition: those of this slot, and those of the slot before as
/// far as the window still reaches into it.
class Model {
 public:
  Rates add(std::uint64_t key, std::uint64_t time_ms) {
    std::vector<std::uint64_t>& times = times_[key];
    times.push_back(time_ms);
    Rates rates{};
    for (std::size_t w = 0; w < windows.size(); ++w) {
      const std::uint64_t length = windows[w].seconds * 1000;
      const std::uint64_t slot = time_ms / length;
      std::uint64_t now = 0;
      std::uint64_t before = 0;
      for (const std::uint64_t time : times) {
        now += time / length == slot ? 1 : 0;
        before += time / length + 1 == slot ? 1 : 0;
      }
      const std::uint64_t elapsed = time_ms - slot * length;
      rates[w] = now + before * (length - elapsed) / length;
    }
    return rates;
  }

 private:
  std::map<std::uint64_t, std::vector<std::uint64_t>> times_;
};

TEST(Rate, counts_a_slot_and_the_part_of_the_one_before_that_the_window_reaches_into) {
  Counts counts(Counts::least_octets);
  for (int i = 0; i < 8; ++i) add(counts, 1, start_ms + 59'000);
  EXPECT_EQ(add(counts, 1, start_ms + 59'500), (Rates{9, 9, 9}));
  // A second later: of that second's nine messages half, then the minute begins anew with all of them.
  EXPECT_EQ(add(counts, 1, start_ms + 60'500), (Rates{1 + 9 / 2, 1 + 9 * 59'500 / 60'000, 10}));
  EXPECT_EQ(add(counts, 1, start_ms + 105'000), (Rates{1, 2 + 9 / 4, 11})) << "a quarter of a minute is left";
  EXPECT_EQ(add(counts, 1, start_ms + 3 * 3'600'000), (Rates{1, 1, 1})) << "all of it is long ago";
}

TEST(Rate, is_exact_for_few_keys) {
  std::mt19937_64 random(1);
  Counts counts(Counts::least_octets);
  Model model;
  std::uint64_t time = start_ms;
  for (int i = 0; i < 20'000; ++i) {
    time += random() % 100 == 0 ? random() % 600'000 : random() % 300;
    const std::uint64_t key = random() % 50;
    ASSERT_EQ(add(counts, key, time), model.add(key, time)) << "message " << i;
  }
}

TEST(Rate, is_exact_for_as_many_keys_as_a_tenth_of_the_table_has_places) {
  Counts counts(Counts::least_octets * 4);
  const std::uint64_t keys = counts.table_places() / 10;
  for (std::uint64_t round = 1; round <= 3; ++round) {
    for (std::uint64_t key = 0; key < keys; ++key)
      ASSERT_EQ(add(counts, key, start_ms)[hour], round) << key << " of " << keys;
  }
}

TEST(Rate, a_time_a_little_before_the_newest_counts_as_the_newest) {
  Counts counts(Counts::least_octets);
  add(counts, 1, start_ms + 5'000);
  EXPECT_EQ(add(counts, 1, start_ms + 4'000), (Rates{2, 2, 2}));
  EXPECT_EQ(add(counts, 1, start_ms - 3'600'000), (Rates{1, 1, 1})) << "an hour: another beginning";
}

TEST(Rate, a_place_is_given_to_another_key_when_the_longest_window_has_left_it) {
  Counts counts(Counts::least_octets);
  const std::uint64_t keys = counts.table_places() * 2;
  for (std::uint64_t key = 0; key < keys; ++key) add(counts, key, start_ms, minute);
  EXPECT_GT(counts.in_sketch(start_ms, minute), keys / 3);
  for (std::uint64_t key = 0; key < keys; ++key) add(counts, keys + key, start_ms + 60'000, minute);
  EXPECT_GT(counts.in_sketch(start_ms + 60'000, minute), keys) << "the minute before still reaches into this";
  EXPECT_EQ(counts.in_sketch(start_ms + 180'000, minute), 0U);
  for (std::uint64_t key = 0; key < 1000; ++key)
    ASSERT_EQ(add(counts, 2 * keys + key, start_ms + 180'000, minute)[minute], 1U);
}

/// Adds many keys, some of them more often, and compares with what was added: no rate is too low, and few are
/// too high by more than is stated.
TEST(Rate, of_more_keys_than_the_table_holds_errs_no_more_than_it_states) {
  Counts counts(Counts::least_octets);
  std::mt19937_64 random(2);
  std::map<std::uint64_t, std::uint64_t> truth;
  const std::uint64_t keys = counts.table_places() * 20;
  std::map<std::uint64_t, std::uint64_t> last;
  for (std::uint64_t i = 0; i < keys * 3; ++i) {
    // The square prefers small keys: some come a hundred times, most a few times.
    const double uniform = static_cast<double>(random() >> 11U) * 0x1p-53;
    const auto key = static_cast<std::uint64_t>(uniform * uniform * static_cast<double>(keys));
    const std::uint64_t rate = add(counts, key, start_ms + i / 1000)[hour];
    ASSERT_GE(rate, ++truth[key]);
    last[key] = rate;
  }
  const double stated = std::numbers::e * static_cast<double>(counts.in_sketch(start_ms, hour)) /
                        static_cast<double>(counts.row_cells());
  std::size_t beyond = 0;
  double mean = 0;
  for (const auto& [key, rate] : last) {
    const auto error = static_cast<double>(rate - truth[key]);
    beyond += error > stated ? 1 : 0;
    mean += error / static_cast<double>(last.size());
  }
  std::printf("%zu keys in %zu places: stated error %.0f, found %.2f in the mean, beyond it %zu\n",
              last.size(), counts.table_places(), stated, mean, beyond);
  EXPECT_LE(static_cast<double>(beyond), std::exp(-4) * static_cast<double>(last.size()));
}

TEST(Rate, a_frequent_key_gets_a_place_among_rare_ones_and_is_exact_from_then_on) {
  Counts counts(Counts::least_octets);
  const std::uint64_t keys = counts.table_places() * 20;
  for (std::uint64_t key = 0; key < keys; ++key) add(counts, key, start_ms);
  constexpr std::uint64_t frequent = 1U << 30U;
  for (int i = 0; i < 2'000; ++i) EXPECT_GT(add(counts, frequent, start_ms + 1)[hour], 0U);
  const std::uint64_t next = start_ms + 2 * 3'600'000;
  for (std::uint64_t key = keys; key < 2 * keys; ++key) add(counts, key, next - 3'600'000);
  for (std::uint64_t i = 1; i <= 2'000; ++i) add(counts, frequent, next - 3'600'000);
  for (std::uint64_t i = 1; i <= 100; ++i) {
    // All of the hour before counts at the moment that the next begins.
    ASSERT_EQ(add(counts, frequent, next)[hour], 2'000 + i);
  }
}

TEST(Rate, keys_that_leave_the_table_are_not_rated_too_low) {
  Counts counts(Counts::least_octets);
  const std::uint64_t keys = counts.table_places() * 2;
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t key = 0; key < keys; ++key) add(counts, key, start_ms);
  }
  // Others, each a hundred times, take the places of some of them.
  for (std::uint64_t key = keys; key < keys + 2'000; ++key) {
    for (int i = 0; i < 100; ++i) add(counts, key, start_ms);
  }
  for (std::uint64_t key = 0; key < keys; ++key) ASSERT_GE(add(counts, key, start_ms)[hour], 4U) << key;
}

TEST(Rate, counts_each_message_of_two_workers_once) {
  Counts counts(Counts::least_octets);
  constexpr std::uint64_t keys = 64;
  constexpr std::uint64_t messages = 200'000;
  std::vector<std::thread> workers;
  for (int worker = 0; worker < 2; ++worker)
    workers.emplace_back([&] {
      for (std::uint64_t i = 0; i < messages; ++i) add(counts, i % keys, start_ms);
    });
  for (std::thread& worker : workers) worker.join();
  for (std::uint64_t key = 0; key < keys; ++key)
    EXPECT_EQ(add(counts, key, start_ms)[hour], 2 * messages / keys + 1);
}

TEST(RateMemory, is_a_size_with_its_unit) {
  EXPECT_EQ(parse_memory("1 MiB"), 1'048'576U);
  EXPECT_EQ(parse_memory("64 GiB"), 68'719'476'736U);
  for (const char* bad : {"", "64", "64MiB", "64 MB", "0 MiB", "-1 MiB", "65 GiB", "99999999999999999999 MiB",
                          "1.5 GiB", " 1 MiB", "1 MiB "})
    EXPECT_FALSE(parse_memory(bad)) << bad;
}

}  // namespace
}  // namespace rate
