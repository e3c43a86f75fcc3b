#pragma once

#include <cstdint>
#include <memory>
#include <queue>
#include <vector>

#include "traffic/carrier.hpp"

namespace tollgate::traffic {

/// Something that a carrier does at a time.
struct Step {
  enum class Action { open, send, close };
  std::uint64_t time_ns = 0;
  std::shared_ptr<Carrier> carrier;
  Action action = Action::send;
  bool from_client = true;
  std::vector<Unit> units;
  Handling handling;
};

/// Conversations overlap: their steps wait here and happen in the order of their times.
class Timeline {
 public:
  void add(Step step);
  void run_until(std::uint64_t time_ns);
  void run_all() { run_until(UINT64_MAX); }

 private:
  struct Entry {
    std::uint64_t time_ns;
    std::uint64_t order;  ///< of insertion: equal times keep it
    std::size_t slot;
    bool operator<(const Entry& other) const {
      return time_ns != other.time_ns ? time_ns > other.time_ns : order > other.order;
    }
  };

  std::priority_queue<Entry> queue_;
  std::vector<Step> slots_;
  std::vector<std::size_t> free_;
  std::uint64_t order_ = 0;
};

}  // namespace tollgate::traffic
