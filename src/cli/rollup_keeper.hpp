#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "record/rollup_store.hpp"
#include "record/rollups.hpp"
#include "record/waiting_rollups.hpp"
#include "rules/ruleset.hpp"

namespace tollgate::cli {

/// Brings what was counted to the file of rollups every few seconds, on a thread of its own and of low
/// priority. Where that file cannot be written, what was counted waits, up to a bound; beyond it the newest
/// is lost, and counted.
class RollupKeeper {
 public:
  /// A file that can be used no more is put aside, and a new one takes its place. Throws std::runtime_error
  /// where the file cannot be made.
  RollupKeeper(const record::RollupSettings& settings, record::Rollups& rollups);
  /// Writes what is left.
  ~RollupKeeper();
  RollupKeeper(const RollupKeeper&) = delete;
  RollupKeeper& operator=(const RollupKeeper&) = delete;

  /// The rules that are in force from now on, for reports to name. Any thread.
  void name_rules(const rules::Ruleset& ruleset);

  /// How it does. Any thread.
  struct Health {
    std::uint64_t waiting = 0;  ///< counts that could not be written yet
    std::uint64_t lost = 0;     ///< counts
    bool failing = false;       ///< the file cannot be written
  };
  Health health() const { return {waiting_, lost_, failing_}; }

 private:
  void work();
  bool tidy();
  void write();
  void name_rules();
  void begin_anew(const std::exception& error);
  void begin_anew_or_say(const std::exception& error);
  void take();
  void say(const std::exception& error);
  void works_again();

  const record::RollupSettings settings_;
  std::optional<record::RollupStore> store_;  ///< the thread's own; nothing where none could be made anew
  record::Rollups& rollups_;
  record::WaitingRollups pending_;        ///< the thread's own
  std::uint64_t lost_since_failing_ = 0;  ///< the thread's own
  std::atomic<bool> failing_{false};
  std::atomic<std::uint64_t> waiting_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<record::NamedRule> rules_;  ///< under the mutex
  bool rules_are_new_ = false;            ///< under the mutex: the file has others
  bool stop_ = false;                     ///< under the mutex
  std::thread thread_;
};

}  // namespace tollgate::cli
