#include "record/waiting_rollups.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tollgate::record {
namespace {

std::size_t counts_of(const RollupBatch& batch) { return batch.cells.size() + batch.unread.size(); }

/// To one that is there already, which takes no room. Those of a minute stand together, the newest last.
bool merge(std::vector<RollupBatch::Unread>& all, const RollupBatch::Unread& one) {
  for (auto known = all.rbegin(); known != all.rend() && known->minute == one.minute; ++known) {
    if (known->reason != one.reason || known->route != one.route) continue;
    known->packets += one.packets;
    return true;
  }
  return false;
}

void add(std::map<std::uint32_t, std::uint64_t>& all, const std::map<std::uint32_t, std::uint64_t>& more) {
  for (const auto& [rule, time_ns] : more) all[rule] = std::max(all[rule], time_ns);
}

}  // namespace

std::size_t WaitingRollups::add(RollupBatch batch) {
  if (batch.empty()) return 0;
  if (empty()) {
    size_ = counts_of(batch);
    batches_.push_back(std::move(batch));
    return 0;
  }
  RollupBatch& last = batches_.back();
  std::erase_if(batch.unread, [&](const RollupBatch::Unread& one) { return merge(last.unread, one); });
  const std::size_t counts = counts_of(batch);
  if (size_ + counts > most_) {
    record::add(last.last_hits, batch.last_hits);
    return counts;
  }
  size_ += counts;
  if (!batch.cells.empty()) {
    batches_.push_back(std::move(batch));
    return 0;
  }
  std::move(batch.unread.begin(), batch.unread.end(), std::back_inserter(last.unread));
  record::add(last.last_hits, batch.last_hits);
  return 0;
}

void WaitingRollups::remove_first() {
  size_ -= counts_of(batches_.front());
  batches_.pop_front();
}

}  // namespace tollgate::record
