#include "record/alert.hpp"

#include <algorithm>
#include <array>

namespace tollgate::record {
namespace {

constexpr std::array<std::string_view, 3> measures{"ledger_lag", "lost_events", "silent_seconds"};

}  // namespace

std::string_view to_string(AlertMeasure measure) { return measures[static_cast<std::size_t>(measure)]; }

std::optional<AlertMeasure> measure_named(std::string_view name) {
  const auto* const found = std::find(measures.begin(), measures.end(), name);
  if (found == measures.end()) return std::nullopt;
  return static_cast<AlertMeasure>(found - measures.begin());
}

std::vector<AlertNotice> Alert::look(std::vector<AlertValue> values, AlertTime now) {
  std::stable_sort(values.begin(), values.end(),
                   [](const AlertValue& a, const AlertValue& b) { return a.value > b.value; });
  last_ = Last{.value = values.empty() ? 0 : values.front().value, .at_s = now.utc_s};
  std::map<AlertRow, double> by_row;
  for (const AlertValue& one : values) by_row.emplace(one.row, one.value);
  std::vector<AlertNotice> notices;
  // Those that are over no more make room first.
  std::erase_if(over_, [&](const auto& entry) {
    const auto found = by_row.find(entry.first);
    const double value = found == by_row.end() ? 0 : found->second;
    const Over& over = entry.second;
    if (!over.raised) return value <= rule_.over;
    if (value >= rule_.back_below && value > 0) return false;
    notices.push_back({false, entry.first, value, over.since.utc_s});
    return true;
  });
  take_new_ones(values, now);
  look_at_those_over(by_row, now, notices);
  return notices;
}

/// The highest first.
void Alert::take_new_ones(const std::vector<AlertValue>& values, AlertTime now) {
  left_out_ = 0;
  for (const AlertValue& one : values) {
    if (one.value <= rule_.over) return;
    if (over_.contains(one.row)) continue;
    if (over_.size() < most_rows) over_.emplace(one.row, Over{.since = now, .value = one.value});
    else ++left_out_;
  }
}

void Alert::look_at_those_over(const std::map<AlertRow, double>& values, AlertTime now,
                               std::vector<AlertNotice>& notices) {
  for (auto& [row, over] : over_) {
    const auto found = values.find(row);
    over.value = found == values.end() ? 0 : found->second;
    const bool is_due = over.raised ? now.steady_s - over.told_s >= repeated_after_s
                                    : now.steady_s - over.since.steady_s >= rule_.for_s;
    if (!is_due) continue;
    over.raised = true;
    over.told_s = now.steady_s;
    notices.push_back({true, row, over.value, over.since.utc_s});
  }
}

std::vector<AlertNotice> Alert::standing() const {
  std::vector<AlertNotice> all;
  for (const auto& [row, over] : over_) {
    if (over.raised) all.push_back({true, row, over.value, over.since.utc_s});
  }
  return all;
}

}  // namespace tollgate::record
