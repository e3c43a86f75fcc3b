#include "record/frequent_names.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <absl/strings/string_view.h>

namespace tollgate::record {
namespace {

constexpr std::size_t stays = 10;  ///< one of so many

}  // namespace

bool FrequentNames::admit(std::string_view name, std::uint64_t hour) {
  // What comes a little late counts with this hour; a clock that is set back begins another one.
  if (hour > hour_ || hour + 1 < hour_) begin(hour);
  if (const auto known = counts_.find(absl::string_view(name.data(), name.size())); known != counts_.end()) {
    ++known->second;
    return true;
  }
  if (counts_.size() >= most_) return false;
  counts_.emplace(name, 1);
  return true;
}

void FrequentNames::begin(std::uint64_t hour) {
  hour_ = hour;
  std::vector<std::pair<std::string, std::uint64_t>> names(counts_.begin(), counts_.end());
  const std::size_t staying = std::min(names.size(), most_ / stays);
  std::nth_element(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(staying), names.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  counts_.clear();
  for (std::size_t i = 0; i < staying; ++i) counts_.emplace(std::move(names[i].first), 0);
}

}  // namespace tollgate::record
