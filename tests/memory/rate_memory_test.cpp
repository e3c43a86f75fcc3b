// Ten million senders through the plugin `rate`, as an engine runs it: memory stays flat, no rate is too low,
// and no more rates are further off than the plugin states. Prints what it found.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "detect/detectors.hpp"
#include "rules/evaluate.hpp"
#include "rules/load.hpp"

namespace tollgate::detect {
namespace {

constexpr std::uint64_t senders = 10'000'000;
constexpr std::uint64_t start_ns = 1'763'762'400'000'000'000;  // 2025-11-21T22:00:00Z: an hour begins
constexpr long memory_mib = 64;                                // the plugin's default

// Of the two halves of 64 MiB: a place in the table takes 32 octets, as does a cell of the 4 rows.
constexpr std::uint64_t table_places = (memory_mib << 20U) / 2 / 32;
constexpr double row_cells = (memory_mib << 20U) / 2.0 / 32 / 4;

/// proc(5): the second number of statm is the resident pages.
long resident_mib() {
  long size = 0;
  long resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
}

class RateMemory : public ::testing::Test {
 protected:
  void SetUp() override {
    rules::Findings findings;
    const auto plugins = std::make_shared<const Plugins>(Settings{.folder = TOLLGATE_PLUGINS}, findings);
    rules::RuleFiles files;
    files.rules = {
        {"r.yaml", "- {id: 1, name: Flood, labels: [flood], when: {rate.sender_per_hour: '> 100'}}"}};
    rules::LoadOptions options;
    options.signals = plugins->signal_names();
    const auto set = rules::load(files, options, findings);
    ASSERT_NE(set, nullptr);
    const auto names = set->signals;
    signal = static_cast<std::size_t>(std::find(names.begin(), names.end(), "rate.sender_per_hour") -
                                      names.begin());
    evaluator.emplace(set);
    detectors.emplace(plugins, *set);
  }

  /// One more message of that sender, within the first hour.
  double rate_of(std::uint64_t sender, std::uint64_t time_ns) {
    char digits[16] = "4477";
    const auto end = std::to_chars(digits + 4, digits + 16, 10'000'000 + sender).ptr;
    Message message;
    message.kind = Kind::message;
    message.time_ns = time_ns;
    message.operation = "mt-forwardSM";
    message.sender.present = true;
    message.sender.number = message.sender.address = {digits, end};
    return detectors->detect(evaluator->look_at(message))[signal];
  }

  std::size_t signal = 0;
  std::optional<rules::Evaluator> evaluator;
  std::optional<Detectors> detectors;
};

TEST_F(RateMemory, of_ten_million_senders_is_flat_and_rates_err_no_more_than_stated) {
  const long before = resident_mib();
  long after_first = 0;
  long peak = 0;
  const auto began = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < senders; ++i) {
    ASSERT_GE(rate_of(i, start_ns + i * 100'000), 1);
    if (i % 500'000 != 0) continue;
    peak = std::max(peak, resident_mib());
    if (i == senders / 5) after_first = peak;
  }
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;

  // Each thousandth sender once more: two messages of it in the hour.
  std::vector<double> errors;
  for (std::uint64_t i = 0; i < senders; i += 1000)
    errors.push_back(rate_of(i, start_ns + 3'500'000'000'000) - 2);
  std::sort(errors.begin(), errors.end());
  EXPECT_GE(errors.front(), 0) << "a rate is too low";
  const double stated = std::numbers::e * static_cast<double>(senders - table_places) / row_cells;
  const auto beyond = errors.end() - std::upper_bound(errors.begin(), errors.end(), stated);
  std::printf(
      "resident memory: %ld MiB before, %ld MiB after %llu senders, %ld MiB after %llu\n"
      "rates too high by: median %.0f, 99th percentile %.0f, most %.0f; stated: by more than %.0f at most "
      "1.8 %%, "
      "found %.2f %%\n"
      "%.0f ns a message\n",
      before, after_first, static_cast<unsigned long long>(senders / 5), peak,
      static_cast<unsigned long long>(senders), errors[errors.size() / 2], errors[errors.size() * 99 / 100],
      errors.back(), stated, 100.0 * static_cast<double>(beyond) / static_cast<double>(errors.size()),
      took.count() / senders);
  EXPECT_LE(static_cast<double>(beyond), std::exp(-4) * static_cast<double>(errors.size()));
  EXPECT_LT(peak - after_first, 2);
  EXPECT_LT(peak - before, memory_mib + 8);
}

// Memory that nothing asks for is not taken.
TEST_F(RateMemory, is_taken_only_when_messages_are_counted) {
  const long before = resident_mib();
  rules::Findings findings;
  const Plugins plugins({.folder = TOLLGATE_PLUGINS}, findings);
  EXPECT_LT(resident_mib() - before, 2);
}

}  // namespace
}  // namespace tollgate::detect
