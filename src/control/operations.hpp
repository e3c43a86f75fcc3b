#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "control/caller.hpp"
#include "control/list_change.hpp"
#include "control/live_file.hpp"
#include "control/metrics.hpp"

namespace tollgate::control {

/// What can be asked of an appliance. Its own thread alone calls these, but for the last ones.
class Operations {
 public:
  virtual nlohmann::ordered_json status() = 0;
  /// A list of those that the configuration names, each with its state.
  virtual nlohmann::ordered_json alerts() const = 0;
  virtual MetricsView metrics() = 0;

  virtual bool bypass() const = 0;
  /// Says what is so then.
  virtual std::string set_bypass(bool on) = 0;

  /// The name of the rules in force; empty where there are none.
  virtual std::string ruleset() const = 0;
  /// The rules in force, and those that it can go back to.
  virtual nlohmann::ordered_json rules() const = 0;
  /// Throws Fault where the folder of rules cannot be read anew.
  virtual void check_reload() const = 0;
  /// Begins to read it anew. What comes of it is written to the audit log under that name. Throws Fault.
  virtual void reload_rules(const Caller& by) = 0;
  /// Begins to take a bundle; gives the number of the push. What comes of it is in the audit log, and in
  /// `push_report`. Throws Fault.
  virtual std::uint64_t push_rules(const Caller& by, std::shared_ptr<const std::string> octets) = 0;
  /// Throws Fault where push_rules would.
  virtual void check_push() const = 0;

  /// The lists of the rules in force, and what was changed of them.
  virtual ListsNow lists() = 0;
  /// Puts in force what is changed of them now. `live` is a list of the rules in force as it is then, worked
  /// out already, or null.
  virtual void use_lists(std::shared_ptr<const LiveBook> book,
                         const std::shared_ptr<const rules::LiveList>& live) = 0;

  // Of any other thread:

  /// What keeps what was changed of lists: for one change at a time.
  virtual LiveFile& live_file() = 0;
  /// Whether the appliance's thread goes on with its work.
  virtual bool is_alive() const = 0;
  /// What became of the last bundle that came; null where none did.
  virtual nlohmann::ordered_json push_report() const = 0;
  /// What one version of the rules has that another has not; 0 is the folder. Throws Fault, ErrandError.
  virtual nlohmann::ordered_json rules_difference(std::uint64_t from, std::uint64_t to) = 0;
  /// Puts rules in force that were before, by default those just before. Audits it. Throws Fault and others.
  virtual nlohmann::ordered_json roll_back_rules(const Caller& by, std::optional<std::uint64_t> to) = 0;

 protected:
  ~Operations() = default;
};

}  // namespace tollgate::control
