#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "record/alert.hpp"

namespace tollgate::record {

/// What a rule's report says of the time before now; `now_s`: since 1970. Groups that stand together as
/// `(others)` are nobody's, and left out. Throws RollupError.
std::vector<AlertValue> values_of(const AlertRule& rule, const Reports& reports, std::int64_t now_s);

/// Sets the figure of a rule, and what its report tells rows apart by where the rule names nothing: sums of
/// several currencies are not added up. Throws ReportError.
void set_figure(AlertRule& rule, const std::string& name);

/// By how much a count has grown lately. Time is passed in, in seconds that never go backwards.
class Growth {
 public:
  /// The count is 0 at `start_s`.
  Growth(std::int64_t within_s, std::int64_t start_s) : within_s_(within_s), counts_{{start_s, 0}} {}

  std::uint64_t now(std::uint64_t count, std::int64_t now_s);

 private:
  std::int64_t within_s_;
  std::deque<std::pair<std::int64_t, std::uint64_t>> counts_;  ///< the first at the window's begin, or before
};

}  // namespace tollgate::record
