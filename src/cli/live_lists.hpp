#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "control/list_change.hpp"
#include "control/live_file.hpp"
#include "dpdk/appliance.hpp"
#include "engine/engine.hpp"
#include "rules/live_list.hpp"

namespace tollgate::cli {

/// The lists of a ruleset as a book changes them. The ruleset must outlive what asks them.
std::unique_ptr<const rules::LiveLists> live_lists(const rules::Ruleset& ruleset,
                                                   const control::LiveBook& book);

/// What was changed of the lists of a running appliance, in force with its rules. Of the appliance's thread,
/// but for file().
class LiveListsInForce {
 public:
  using Ruleset = std::shared_ptr<const rules::Ruleset>;

  /// Goes on with what the file keeps. `log` is told where that cannot be. Throws LiveFileError where another
  /// appliance works with it.
  LiveListsInForce(const std::string& path, const std::function<void(const std::string&)>& log);

  /// Makes what judges by `ruleset` ask its lists as they are live. To be called before a ruleset is put in
  /// force, also one that was so before. What the rules before it use stays until the next look().
  void prepare(const Ruleset& ruleset, std::vector<engine::Judge>& bench);

  /// As workers ask them; null where nothing was changed.
  std::shared_ptr<const rules::LiveLists> live() const { return lists_; }

  control::ListsNow now() const { return {ruleset_, book_}; }

  /// Puts `book` in force: workers judge by it when this returns. `live` is one of the lists as it is then,
  /// if the rules are still the same, or null.
  void use(std::shared_ptr<const control::LiveBook> book, const std::shared_ptr<const rules::LiveList>& live,
           dpdk::Appliance& appliance);

  /// Forgets what is over, and frees what nothing uses any more. Now and then, when no ruleset is on its way
  /// from prepare() to the workers.
  void look(dpdk::Appliance& appliance);

  control::LiveFile& file() { return file_; }

 private:
  using Lists = std::vector<std::shared_ptr<const rules::LiveList>>;
  /// What was changed of one list of the ruleset, by its index, and what was made of that.
  using Entries = std::vector<std::shared_ptr<const rules::LiveEntries>>;

  control::LiveFile& claimed();
  void bind(const std::shared_ptr<const rules::LiveList>& live);
  void bind_and_publish(const std::shared_ptr<const rules::LiveList>& live, dpdk::Appliance& appliance);

  control::LiveFile file_;
  std::shared_ptr<const control::LiveBook> book_;
  std::uint64_t next_end_ns_;  ///< of an entry of it
  Ruleset ruleset_;
  Entries entries_;
  std::shared_ptr<const rules::LiveLists> lists_;                ///< null where nothing was changed
  std::vector<std::shared_ptr<const rules::LiveLists>> before_;  ///< which workers may still ask
  std::chrono::steady_clock::time_point looked_at_ = std::chrono::steady_clock::now();
};

}  // namespace tollgate::cli
