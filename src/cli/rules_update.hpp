#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/live_lists.hpp"
#include "cli/rules_in_force.hpp"
#include "cli/rules_start.hpp"
#include "control/caller.hpp"
#include "control/changes.hpp"
#include "control/errands.hpp"
#include "control/rule_store.hpp"
#include "record/kept_messages.hpp"

namespace tollgate::cli {

/// What an update of rules works with.
struct RulesUpdateParts {
  RulesSource source;
  RulesInForce& rules;
  control::RuleStore* store;  ///< null where no key is trusted
  const record::KeptMessages& kept;
  const LiveListsInForce& lists;
  control::Changes& changes;
  control::Errands& errands;
  std::function<void(RulesInForce::Prepared)> put_in_force;  ///< called on the appliance's thread
};

/// Changes the rules of a running appliance: reads the folder anew, takes bundles, goes back to what was
/// before. What takes long is done on a thread of low priority, one thing after the other. Where anything
/// fails, nothing is changed.
class RulesUpdate {
 public:
  explicit RulesUpdate(RulesUpdateParts parts);

  // Of the appliance's thread.

  /// Begins to compile the bundles that it can go back to, and the folder's rules.
  void compile_kept();
  /// Throws control::Fault where the folder's rules are not in force.
  void check_reload() const;
  /// Begins to read them anew. Throws control::Fault where `check_reload` does.
  void reload(const control::Caller& by);
  /// Begins to take a bundle; gives the number of the push. Throws control::Fault where another is on its
  /// way, or no key is trusted.
  std::uint64_t push(const control::Caller& by, std::shared_ptr<const std::string> octets);
  /// Throws control::Fault where `push` would.
  void check_push() const;
  /// Begins with what waits.
  void look();
  /// Whether something is on its way.
  bool busy() const { return running_.valid() || !waiting_.empty(); }
  /// What is in force, and what it can go back to.
  nlohmann::ordered_json shown() const;

  // Of other threads.

  /// Goes back to that version, by default the one before. Throws control::Fault, AuditError, ErrandError,
  /// StoreError.
  nlohmann::ordered_json roll_back(const control::Caller& by, std::optional<std::uint64_t> to);
  /// What one version has that another has not. Throws control::Fault, ErrandError.
  nlohmann::ordered_json difference(std::uint64_t from, std::uint64_t to);
  /// What became of the last push; null where there was none.
  nlohmann::ordered_json push_report() const;

 private:
  /// What is in force when a task begins.
  struct Start {
    RulesVersion now;
    std::uint64_t exchanges;  ///< RulesInForce::exchanges()
  };
  enum class Kind : std::uint8_t { compile, reload, push };
  struct Task {
    Kind kind;
    std::function<void(const Start&)> work;  ///< on a thread of its own; throws nothing
  };
  struct Push;
  /// What is to be put in force, and what the audit log says of it.
  struct Publication {
    control::Caller by;
    const char* what;
    nlohmann::ordered_json after;
    std::shared_ptr<const std::string> bundle;  ///< its octets; null where it is none, or is kept already
  };

  /// What new rules are tried on.
  struct Last {
    record::KeptMessages::All messages;
    std::shared_ptr<const control::LiveBook> lists;  ///< what is changed of lists
  };

  /// What of the store stays when a publication is done.
  struct Kept {
    std::vector<std::uint64_t> bundles;
    std::vector<std::uint64_t> before;
  };

  bool waits(Kind kind) const;
  bool push_is_on_its_way() const;
  void add(Kind kind, std::function<void(const Start&)> work);
  void load_and_add(std::uint64_t number);
  void reload_now(const control::Caller& by, const Start& start);
  void take(const Push& push, const Start& start);
  void try_to_take(const Push& push, const Start& start);
  RulesVersion test(const control::Bundle& bundle) const;
  /// Puts it in force, unless other rules were since `start`.
  nlohmann::ordered_json publish(const Publication& publication, const Start& start,
                                 RulesInForce::Prepared prepared);
  rules::RuleFiles files_of(const RulesVersion& version) const;
  rules::RuleFiles read_files(std::uint64_t number) const;
  void say_of_push(const nlohmann::ordered_json& more);
  /// What it would go back to.
  const RulesVersion& target(std::optional<std::uint64_t> to) const;
  bool came_into_force(const RulesVersion& version);
  Last last();

  RulesUpdateParts parts_;
  std::deque<Task> waiting_;
  Kind running_kind_ = Kind::compile;
  std::set<std::uint64_t> pending_;    ///< what is still to be compiled, to be gone back to
  std::vector<std::uint64_t> before_;  ///< RuleStore::State::before
  std::uint64_t highest_ = 0;          ///< version that ever was in force
  std::uint64_t pushes_ = 0;
  mutable std::mutex report_mutex_;
  nlohmann::ordered_json report_;  ///< under the mutex
  std::future<void> running_;      ///< goes first: its thread uses the rest
};

}  // namespace tollgate::cli
