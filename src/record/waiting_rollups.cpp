#include "record/waiting_rollups.hpp"

#include <algorithm>
#include <utility>

namespace tollgate::record {
namespace {

std::size_t counts_of(const RollupBatch& batch) { return batch.cells.size() + batch.unread.size(); }

/// Those of a minute stand together, the newest last.
void add(std::vector<RollupBatch::Unread>& all, RollupBatch::Unread one) {
  for (auto known = all.rbegin(); known != all.rend() && known->minute == one.minute; ++known) {
    if (known->reason != one.reason || known->route != one.route) continue;
    known->packets += one.packets;
    return;
  }
  all.push_back(std::move(one));
}

void add(std::map<std::uint32_t, std::uint64_t>& all, const std::map<std::uint32_t, std::uint64_t>& more) {
  for (const auto& [rule, time_ns] : more) all[rule] = std::max(all[rule], time_ns);
}

}  // namespace

std::size_t WaitingRollups::add(RollupBatch batch) {
  if (batch.empty()) return 0;
  const std::size_t counts = counts_of(batch);
  if (empty()) {
    size_ = counts;
    batches_.push_back(std::move(batch));
    return 0;
  }
  if (size_ + counts > most_) {
    record::add(batches_.back().last_hits, batch.last_hits);
    return counts;
  }
  if (!batch.cells.empty()) {
    size_ += counts;
    batches_.push_back(std::move(batch));
    return 0;
  }
  RollupBatch& last = batches_.back();
  size_ -= counts_of(last);
  for (RollupBatch::Unread& one : batch.unread) record::add(last.unread, std::move(one));
  size_ += counts_of(last);
  return 0;
}

void WaitingRollups::remove_first() {
  size_ -= counts_of(batches_.front());
  batches_.pop_front();
}

}  // namespace tollgate::record
