#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/event_writer.hpp"
#include "cli/rules_folder.hpp"
#include "control/caller.hpp"
#include "dpdk/appliance.hpp"
#include "engine/engine.hpp"

namespace tollgate::cli {

/// The rules that a running appliance judges by, and their exchange for newer ones while packets pass.
class RulesInForce {
 public:
  /// Throws std::runtime_error where there is an error in the rules.
  RulesInForce(const engine::Settings& settings, const std::string& folder);
  /// Waits for a reload that is on its way.
  ~RulesInForce() = default;

  const Judges& judges() const { return judges_; }

  /// Told of what comes of a reload: who asked for it, the rules before it, and the new ones, or else what is
  /// wrong with them. Called on the thread that loads, before new rules are put in force: where it throws,
  /// they are not.
  using Outcome = std::function<void(const control::Caller& by, const std::string& before,
                                     const std::string& after, const std::string& error)>;
  void tell_outcome_to(Outcome outcome) { outcome_ = std::move(outcome); }

  /// Reads the folder anew, on a thread of its own. What is wrong goes to standard error, and changes
  /// nothing.
  void reload(const control::Caller& by);

  /// Puts in force what was loaded since the last call, and frees what nothing needs any more.
  void look(dpdk::Appliance& appliance, const EventWriter& events);

  /// Whether a reload is on its way.
  bool busy() const { return loading_.valid(); }

 private:
  /// What judges, one a worker.
  using Bench = std::vector<engine::Judge>;
  struct Loaded {
    std::shared_ptr<const rules::Ruleset> ruleset;
    Bench bench;
  };
  /// Events that are still to be written show it.
  struct Old {
    Bench bench;
    std::uint64_t needed_until;  ///< EventWriter::rounds()
  };

  Loaded load() const;
  /// On the thread that loads.
  std::optional<Loaded> load_and_tell(const control::Caller& by, const std::string& before) const;

  const engine::Settings& settings_;
  std::string folder_;
  Judges judges_;
  Outcome outcome_ = [](const auto&...) {};
  std::future<std::optional<Loaded>> loading_;
  std::optional<control::Caller> again_;  ///< who asked for a reload while another was on its way
  std::deque<Old> old_;
};

}  // namespace tollgate::cli
