#pragma once

#include <cstddef>
#include <deque>

#include "record/rollups.hpp"

namespace tollgate::record {

/// What was counted and is not in the file yet, in the order in which it came. Bounded: what finds no room is
/// lost, but for when rules hit last. One thread.
class WaitingRollups {
 public:
  /// `most`: counts, of messages and of what was not read. The first batch has room always.
  explicit WaitingRollups(std::size_t most) : most_(most) {}

  /// Gives how many counts were lost. Packets that were not read for the same reason in the same minute are
  /// one count, however many batches tell of them.
  std::size_t add(RollupBatch batch);

  std::size_t size() const { return size_; }  ///< counts
  bool empty() const { return batches_.empty(); }
  const RollupBatch& first() const { return batches_.front(); }
  void remove_first();

 private:
  const std::size_t most_;
  std::size_t size_ = 0;
  std::deque<RollupBatch> batches_;
};

}  // namespace tollgate::record
