#include "cli/rules_in_force.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace tollgate::cli {

std::string describe(const RulesVersion& version) {
  if (version.ruleset == nullptr) return "no rules";
  if (!version.is_bundle()) return fmt::format("the rules {}", version.ruleset->name);
  return fmt::format("the rules of bundle {} ({})", version.number, version.ruleset->name);
}

RulesInForce::RulesInForce(const engine::Settings& settings, std::shared_ptr<const detect::Plugins> plugins,
                           RulesVersion first)
    : settings_(settings), plugins_(std::move(plugins)), now_(std::move(first)) {
  if (now_.ruleset != nullptr) compiled_.push_back(now_);
}

const RulesVersion* RulesInForce::find(std::uint64_t number) const {
  const auto found = std::find_if(compiled_.begin(), compiled_.end(),
                                  [&](const RulesVersion& one) { return one.number == number; });
  return found == compiled_.end() ? nullptr : &*found;
}

void RulesInForce::add(RulesVersion version) {
  const auto place =
      std::lower_bound(compiled_.begin(), compiled_.end(), version.number,
                       [](const RulesVersion& one, std::uint64_t number) { return one.number < number; });
  if (place != compiled_.end() && place->number == version.number) *place = std::move(version);
  else compiled_.insert(place, std::move(version));
}

void RulesInForce::keep_only(const std::vector<std::uint64_t>& bundles) {
  std::erase_if(compiled_, [&](const RulesVersion& one) {
    return one.is_bundle() && one.number != now_.number &&
           std::find(bundles.begin(), bundles.end(), one.number) == bundles.end();
  });
}

RulesInForce::Prepared RulesInForce::prepare(RulesVersion version) const {
  Prepared prepared;
  for (std::uint32_t worker = 0; worker < settings_.plugins.workers; ++worker)
    prepared.bench.emplace_back(version.ruleset, plugins_, worker);
  prepared.version = std::move(version);
  return prepared;
}

void RulesInForce::put_in_force(Prepared prepared, dpdk::Appliance& appliance, const EventWriter& events) {
  std::size_t worker = 0;
  appliance.between_bursts(
      [&](engine::Engine& engine, const Counters&) { engine.exchange(prepared.bench[worker++]); });
  ++exchanges_;
  std::swap(now_, prepared.version);
  add(now_);
  // A round that has begun may have passed a worker's ring already; the one after it sees all of it.
  old_.push_back({std::move(prepared), events.rounds() + 2});
}

void RulesInForce::look(const EventWriter& events) {
  while (!old_.empty() && old_.front().needed_until <= events.rounds()) old_.pop_front();
}

}  // namespace tollgate::cli
