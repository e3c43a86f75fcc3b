#include "cli/recent_rates.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace tollgate::cli {
namespace {

/// By the second. 0 where a counter has begun anew.
double rate(std::uint64_t before, std::uint64_t now, double seconds) {
  return now > before ? static_cast<double>(now - before) / seconds : 0;
}

}  // namespace

void RecentRates::add(Sample sample) {
  samples_.push_back(std::move(sample));
  const std::uint64_t now_ns = samples_.back().time_ns;
  while (samples_.size() > 1 && now_ns - samples_[1].time_ns >= window_ns) samples_.pop_front();
}

RecentRates::Rates RecentRates::until(const Sample& now) const {
  Rates rates;
  rates.busy.resize(now.busy_ns.size());
  // What was sampled before the window serves where nothing was since.
  const auto after = std::find_if(samples_.begin(), samples_.end(), [&](const Sample& sample) {
    return sample.time_ns + window_ns > now.time_ns;
  });
  if (samples_.empty()) return rates;
  const Sample& before = after == samples_.begin() ? *after : *std::prev(after);
  if (now.time_ns <= before.time_ns) return rates;
  rates.seconds = static_cast<double>(now.time_ns - before.time_ns) * 1e-9;
  rates.packets = rate(before.packets, now.packets, rates.seconds);
  rates.octets = rate(before.octets, now.octets, rates.seconds);
  rates.messages = rate(before.messages, now.messages, rates.seconds);
  rates.events = rate(before.events, now.events, rates.seconds);
  for (std::size_t worker = 0; worker < std::min(before.busy_ns.size(), rates.busy.size()); ++worker)
    rates.busy[worker] =
        std::min(1.0, rate(before.busy_ns[worker], now.busy_ns[worker], rates.seconds * 1e9));
  return rates;
}

}  // namespace tollgate::cli
