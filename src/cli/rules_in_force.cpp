#include "cli/rules_in_force.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include "cli/log.hpp"

namespace tollgate::cli {

RulesInForce::RulesInForce(const engine::Settings& settings, const std::string& folder)
    : settings_(settings), folder_(folder), judges_(load_judges(settings, folder)) {}

void RulesInForce::reload(const control::Caller& by) {
  if (judges_.ruleset == nullptr) return log("there are no rules to reload");
  if (busy()) {
    again_ = by;
    return;
  }
  loading_ = std::async(std::launch::async,
                        [this, by, before = judges_.ruleset->name] { return load_and_tell(by, before); });
}

RulesInForce::Loaded RulesInForce::load() const {
  Loaded loaded;
  loaded.ruleset = load_ruleset(settings_, folder_, *judges_.plugins);
  for (std::uint32_t worker = 0; worker < settings_.plugins.workers; ++worker)
    loaded.bench.emplace_back(loaded.ruleset, judges_.plugins, worker);
  return loaded;
}

std::optional<RulesInForce::Loaded> RulesInForce::load_and_tell(const control::Caller& by,
                                                                const std::string& before) const {
  std::string wrong;
  try {
    Loaded loaded = load();
    outcome_(by, before, loaded.ruleset->name, {});
    return loaded;
  } catch (const std::exception& error) {
    wrong = error.what();
  }
  log("{}; the rules stay as they are", wrong);
  try {
    outcome_(by, before, before, wrong);
  } catch (const std::exception& error) {
    log("{}", error.what());
  }
  return std::nullopt;
}

void RulesInForce::look(dpdk::Appliance& appliance, const EventWriter& events) {
  while (!old_.empty() && old_.front().needed_until <= events.rounds()) old_.pop_front();
  if (!busy() || loading_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
  std::optional<Loaded> loaded = loading_.get();
  if (loaded) {
    std::size_t worker = 0;
    appliance.between_bursts(
        [&](engine::Engine& engine, const Counters&) { engine.exchange(loaded->bench[worker++]); });
    judges_.ruleset = std::move(loaded->ruleset);
    // A round that has begun may have passed a worker's ring already; the one after it sees all of it.
    old_.push_back({std::move(loaded->bench), events.rounds() + 2});
    log("the rules are now {}", judges_.ruleset->name);
  }
  if (const auto by = std::exchange(again_, std::nullopt)) reload(*by);
}

}  // namespace tollgate::cli
