#include "cli/appliance_run.hpp"

#include <array>
#include <csignal>

#include <poll.h>

#include "cli/log.hpp"
#include "cli/now.hpp"
#include "cli/state_place.hpp"
#include "control/fault.hpp"

namespace tollgate::cli {
namespace {

void log_port(const std::string& what, bool works) {
  if (works) log("{}", what);
  else log_warning("{}", what);
}

}  // namespace

/// What was not read, as of now.
void Run::count_unread() {
  const Counters counters = appliance_.counters();
  const std::uint64_t time_ns = now_ns();
  if (rollups_) rollups_->add_unread(counters, config_.links, time_ns);
  events_.add_unread(counters, config_.links, time_ns);
}

void Run::say_start() const {
  for (std::size_t i = 0; i < config_.links.size(); ++i) {
    const Link& link = config_.links[i];
    const dpdk::LinkPorts& ports = config_.appliance.links[i];
    log_each("link {}: {}{}{}", link.name, ports.outside, link.tap ? ", a tap" : " to ", ports.inside);
  }
  if (!ruleset().empty()) log("{} are in force", describe(rules_.now()));
  if (config_.events.privacy.text != record::ShownText::all && !is_in_memory(config_.state))
    log("`state`, {}, is on a disk: what connections have on their way stands there, texts too",
        config_.state);
  log("ready");
}

void Run::work(const Signals& signals) {
  std::vector<engine::Engine*> engines;
  for (const auto& engine : engines_) engines.push_back(engine.get());
  for (engine::Engine* const engine : engines) engine->measure_by(dpdk::Appliance::ticks());
  appliance_.start(engines);
  start_ = Clock::now();
  note_start();
  name_rules();
  say_start();
  if (config_.retention.any()) purge_.start();
  start_alerts();
  control::ServiceManager::ready();
  update_.compile_kept();
  constexpr int between_looks_ms = 50;
  for (;;) {
    looked_at_ = Clock::now().time_since_epoch().count();
    std::array<pollfd, 2> waiting{pollfd{.fd = signals.descriptor(), .events = POLLIN, .revents = 0},
                                  {.fd = errands_.descriptor(), .events = POLLIN, .revents = 0}};
    ::poll(waiting.data(), waiting.size(), between_looks_ms);
    if (waiting[0].revents != 0 && handle(signals.next())) return;
    if (waiting[1].revents != 0) errands_.work();
    update_.look();
    rules_.look(events_);
    lists_.look(appliance_);
    if (charges_) charges_->look(appliance_);
    appliance_.look_at_ports(log_port);
    losses_.look(appliance_);
    if (rates_.is_due(steady_ns())) {
      rates_.add(sample());
      count_unread();
    }
    look_at_log();
    if (manager_.is_sign_due()) {
      appliance_.between_bursts([](engine::Engine&, const Counters&) {});  // does not return while one hangs
      manager_.give_sign();
    }
  }
}

/// Whether the signal ends the run.
bool Run::handle(int signal) {
  if (signal != SIGHUP) return signal == SIGTERM || signal == SIGINT;
  log("SIGHUP: rules and the file of events are read anew");
  events_.reopen();
  if (!ruleset().empty()) reload_by_signal();
  if (charges_) charges_->reload();
  return false;
}

/// On this thread, which waits for the disk then: nothing else is to happen before it.
void Run::reload_by_signal() {
  const control::Caller signal{"SIGHUP", control::Role::admin, "local"};
  try {
    update_.check_reload();
    changes_.note(signal, "rules.reload", {{"ruleset", ruleset()}}, nullptr);
    update_.reload(signal);
  } catch (const control::Fault& fault) {
    log_error("{}: expected {}; the rules stay as they are", fault.found(), fault.expected());
  } catch (const control::AuditError& error) {
    log_error("{}; the rules stay as they are", error.what());
  }
}

void Run::put_in_force(RulesInForce::Prepared prepared) {
  lists_.prepare(prepared.version.ruleset, prepared.bench);
  rules_.put_in_force(std::move(prepared), appliance_, events_);
  name_rules();
  log("{} are in force now", describe(rules_.now()));
}

/// For reports.
void Run::name_rules() {
  if (keeper_ && rules_.now().ruleset != nullptr) keeper_->name_rules(*rules_.now().ruleset);
}

/// A restart ends what `bypass on` began, and judges by the rules that are there now. Packets pass also where
/// that cannot be written down.
void Run::note_start() {
  try {
    nlohmann::ordered_json begun{{"version", TOLLGATE_VERSION}, {"bypass", bypass_}, {"ruleset", ruleset()}};
    if (rules_.now().is_bundle()) begun["bundle"] = rules_.now().number;
    changes_.note({"tollgate", control::Role::admin, "local"}, "start", nullptr, std::move(begun));
  } catch (const control::AuditError& error) {
    log_error("{} that asks for a line in it", error.what());
  }
}

std::string Run::set_bypass(bool on) {
  bypass_ = on;
  const bool enforce = config_.engine.enforcement && !on;
  appliance_.between_bursts([&](engine::Engine& engine, const Counters&) { engine.enforce(enforce); });
  const std::string said = on ? "bypass is on: verdicts are recorded, nothing is edited"
                           : config_.engine.enforcement
                               ? "bypass is off: verdicts are enforced"
                               : "bypass is off, but the configuration says `enforcement: off`";
  log("{}", said);
  return said;
}

void Run::end() {
  control::ServiceManager::stopping();
  control_.stop();
  alerts_.reset();
  appliance_.stop();
  count_unread();
  events_.close();
  keeper_.reset();
  if (charges_) charges_->end();
  end_log();
  seconds_ = std::chrono::duration<double>(Clock::now() - start_).count();
}

}  // namespace tollgate::cli
