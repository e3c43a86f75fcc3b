#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "cli/event_writer.hpp"
#include "cli/rules_folder.hpp"
#include "control/rule_store.hpp"
#include "dpdk/appliance.hpp"
#include "engine/engine.hpp"

namespace tollgate::cli {

/// Rules that are compiled, and where they come from.
struct RulesVersion {
  std::uint64_t number = control::RuleStore::folder_version;
  std::string created;  ///< of a bundle, as its manifest has it
  std::string signer;   ///< of a bundle: whose key, for people
  std::shared_ptr<const rules::Ruleset> ruleset;

  bool is_bundle() const { return number != control::RuleStore::folder_version; }
};

/// `the rules of bundle 7 (0123456789abcdef)`, `the rules 0123456789abcdef`
std::string describe(const RulesVersion& version);

/// The rules that a running appliance judges by, those that it can go back to, and their exchange while
/// packets pass. But for `prepare`, for the appliance's thread only.
class RulesInForce {
 public:
  /// Without a ruleset nothing is judged, as yet.
  RulesInForce(const engine::Settings& settings, std::shared_ptr<const detect::Plugins> plugins,
               RulesVersion first);

  const RulesVersion& now() const { return now_; }
  /// The name of its ruleset; empty where there is none.
  std::string ruleset() const { return now_.ruleset == nullptr ? std::string() : now_.ruleset->name; }
  const std::shared_ptr<const detect::Plugins>& plugins() const { return plugins_; }
  /// How often rules were put in force.
  std::uint64_t exchanges() const { return exchanges_; }

  /// What is compiled, by version: each bundle once, and the folder's. The one in force is among them.
  const std::vector<RulesVersion>& compiled() const { return compiled_; }
  /// Null where that is not compiled.
  const RulesVersion* find(std::uint64_t number) const;
  /// Adds one, or puts it in the place of that of the same number.
  void add(RulesVersion version);
  /// Forgets the bundles that are not among these, nor in force.
  void keep_only(const std::vector<std::uint64_t>& bundles);

  /// Rules, and what judges by them, one a worker.
  struct Prepared {
    RulesVersion version;
    std::vector<engine::Judge> bench;
  };
  /// Makes what allocates. Any thread.
  Prepared prepare(RulesVersion version) const;

  /// From now on `prepared` judges: each worker takes its judge between two bursts, so that each message is
  /// judged by one ruleset in whole. What judged before is kept until no event shows it any more.
  void put_in_force(Prepared prepared, dpdk::Appliance& appliance, const EventWriter& events);

  /// Frees what nothing needs any more.
  void look(const EventWriter& events);

 private:
  /// Events that are still to be written show it.
  struct Old {
    Prepared prepared;
    std::uint64_t needed_until;  ///< EventWriter::rounds()
  };

  const engine::Settings& settings_;
  std::shared_ptr<const detect::Plugins> plugins_;
  RulesVersion now_;
  std::vector<RulesVersion> compiled_;
  std::deque<Old> old_;
  std::uint64_t exchanges_ = 0;
};

}  // namespace tollgate::cli
