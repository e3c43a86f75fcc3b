#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>

#include "cli/arguments.hpp"
#include "cli/charging.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/event_writer.hpp"
#include "cli/log.hpp"
#include "cli/now.hpp"
#include "cli/rules_in_force.hpp"
#include "cli/signals.hpp"
#include "control/operations.hpp"
#include "control/service.hpp"
#include "control/service_manager.hpp"
#include "control/state_folder.hpp"
#include "control/utc.hpp"
#include "dpdk/appliance.hpp"
#include "engine/engine.hpp"
#include "engine/memory_file.hpp"
#include "record/summary.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Clock = std::chrono::steady_clock;

/// Nothing where --help was asked for, and given. Throws po::error.
std::optional<Arguments> parse(const std::vector<std::string>& arguments) {
  Arguments read;
  constexpr std::string_view usage =
      "usage: tollgate run [-c tollgate.yaml] [options]\n\n"
      "Stands in the wire between the ports of each link, or reads a mirror of it, until SIGTERM or SIGINT;\n"
      "then leaves its connections to the next process and prints a summary. SIGHUP: reads the rules anew, "
      "and\n"
      "opens the file of "
      "events anew.\n";
  if (!read_arguments(arguments, usage, {}, "the summary as JSON", read)) return std::nullopt;
  if (!read.in.empty()) throw po::error(fmt::format("`run` takes no file such as {}", read.in));
  return read;
}

Configuration load(const Arguments& arguments) {
  Configuration config = load_config(arguments.config);
  if (config.links.empty())
    throw ConfigError(fmt::format("{} has no `links`; `run` needs one at least",
                                  arguments.config.empty() ? default_config_path : arguments.config));
  config.engine.links = config.links;
  config.engine.plugins.workers = config.appliance.workers;
  return config;
}

/// An appliance from its start to its end. What is made last goes first.
class Run final : public control::Operations {
 public:
  Run(const Configuration& config, const std::string& rules)
      : config_(config),
        state_(config.state),
        audit_(control::audit_path(config.control, config.state)),
        rules_(config_.engine, rules),
        events_(config.events, config.appliance.workers),
        charges_(make_charges(rules)),
        memories_(make_memories()),
        engines_(make_engines()),
        appliance_(config.appliance, config.links),
        control_(config.state, config.control, audit_, *this,
                 [](const std::string& what) { log("{}", what); }) {
    rules_.tell_outcome_to([this](const control::Caller& by, const std::string& before,
                                  const std::string& after,
                                  const std::string& error) { note_reload(by, before, after, error); });
  }
  ~Run() { control_.stop(); }

  // What is asked for over the control socket, and over HTTPS.
  nlohmann::ordered_json status() override;
  control::MetricsView metrics() override;
  bool bypass() const override { return bypass_; }
  std::string set_bypass(bool on) override;
  std::string ruleset() const override;
  void reload_rules(const control::Caller& by) override { rules_.reload(by); }
  bool is_alive() const override;

  /// Until a signal ends it.
  void work(const Signals& signals);
  void end();
  void print_summary(bool as_json);
  bool busy() const { return rules_.busy(); }

 private:
  using Engines = std::vector<std::unique_ptr<engine::Engine>>;
  using Memories = std::vector<std::unique_ptr<engine::MemoryFile>>;

  std::unique_ptr<ApplianceCharges> make_charges(const std::string& rules) const;
  Memories make_memories() const;
  Engines make_engines();
  void say_start() const;
  bool handle(int signal);
  void reload_by_signal();
  void note(const control::Caller& by, const std::string& what, nlohmann::ordered_json before,
            nlohmann::ordered_json after);
  void note_start();
  void note_reload(const control::Caller& by, const std::string& before, const std::string& after,
                   const std::string& error);
  nlohmann::ordered_json ports();
  flow::TcpRelay::InCustody in_custody();
  Counters counters();
  void look_at_losses();

  const Configuration& config_;
  control::StateFolder state_;
  control::AuditLog audit_;  ///< also of rules that are still being read when the rest goes
  RulesInForce rules_;
  EventWriter events_;
  std::unique_ptr<ApplianceCharges> charges_;  ///< null where the configuration names no ledger
  Memories memories_;                          ///< what outlives the process, by worker
  Engines engines_;
  dpdk::Appliance appliance_;
  std::atomic<Clock::rep> looked_at_ = 0;  ///< when the thread of this last came round
  control::Service control_;
  control::ServiceManager manager_;
  std::uint64_t lost_at_ports_ = 0;  ///< of which the log knows
  Clock::time_point losses_looked_at_ = Clock::now();
  bool bypass_ = false;
  Clock::time_point start_ = Clock::now();
  double start_seconds_ = static_cast<double>(now_ns()) * 1e-9;  ///< the same, since 1970
  double seconds_ = 0;
};

std::unique_ptr<ApplianceCharges> Run::make_charges(const std::string& rules) const {
  if (!config_.ledger.sqlite.empty() || !config_.ledger.postgresql.empty())
    return std::make_unique<ApplianceCharges>(config_, rules.empty() ? config_.engine.rules : rules);
  const auto& ruleset = rules_.judges().ruleset;
  const auto charges = [](const rules::PolicyLine& line) { return line.action.verdict == Verdict::charge; };
  if (ruleset != nullptr && std::any_of(ruleset->policy.begin(), ruleset->policy.end(), charges))
    log("the policy charges messages, and the configuration names no `ledger`: they pass unpaid");
  return nullptr;
}

Run::Memories Run::make_memories() const {
  using Found = engine::MemoryFile::Found;
  Memories memories;
  const unsigned workers = config_.appliance.workers;
  for (unsigned worker = 1; worker <= workers; ++worker) {
    const std::string path = fmt::format("{}/worker-{}-of-{}", config_.state, worker, workers);
    const engine::MemoryFile& memory = *memories.emplace_back(std::make_unique<engine::MemoryFile>(
        path, engine::Memory::size(config_.engine), engine::Memory::layout(config_.engine)));
    if (memory.found() == Found::same) log("takes over the connections in {}", path);
    if (memory.found() == Found::other)
      log("{} is of another version or other settings: what it held of connections is lost", path);
  }
  return memories;
}

Run::Engines Run::make_engines() {
  Engines engines;
  const Judges& judges = rules_.judges();
  for (unsigned worker = 0; worker < config_.appliance.workers; ++worker) {
    engines.push_back(std::make_unique<engine::Engine>(config_.engine, events_.ring(worker), judges.ruleset,
                                                       nullptr, memories_[worker]->memory()));
    engine::Judge judge(judges.ruleset, judges.plugins, worker);
    engines.back()->exchange(judge);
    if (charges_) engines.back()->charge_with(&charges_->charger(worker));
  }
  return engines;
}

void Run::say_start() const {
  for (std::size_t i = 0; i < config_.links.size(); ++i) {
    const Link& link = config_.links[i];
    const dpdk::LinkPorts& ports = config_.appliance.links[i];
    log("link {}: {}{}{}", link.name, ports.outside, link.tap ? ", a tap" : " to ", ports.inside);
  }
  if (const auto& ruleset = rules_.judges().ruleset) log("the rules are {}", ruleset->name);
  log("ready");
}

void Run::work(const Signals& signals) {
  std::vector<engine::Engine*> engines;
  for (const auto& engine : engines_) engines.push_back(engine.get());
  appliance_.start(engines);
  start_ = Clock::now();
  note_start();
  say_start();
  control::ServiceManager::ready();
  constexpr int between_looks_ms = 50;
  for (;;) {
    looked_at_ = Clock::now().time_since_epoch().count();
    std::array<pollfd, 2> waiting{pollfd{.fd = signals.descriptor(), .events = POLLIN, .revents = 0},
                                  {.fd = control_.descriptor(), .events = POLLIN, .revents = 0}};
    ::poll(waiting.data(), waiting.size(), between_looks_ms);
    if (waiting[0].revents != 0 && handle(signals.next())) return;
    if (waiting[1].revents != 0) control_.work();
    rules_.look(appliance_, events_);
    if (charges_) charges_->look(appliance_);
    appliance_.look_at_ports([](const std::string& what) { log("{}", what); });
    look_at_losses();
    if (manager_.is_sign_due()) {
      appliance_.between_bursts([](engine::Engine&, const Counters&) {});  // does not return while one hangs
      manager_.give_sign();
    }
  }
}

/// Says once a second at most that ports have lost more.
void Run::look_at_losses() {
  if (Clock::now() - losses_looked_at_ < std::chrono::seconds(1)) return;
  losses_looked_at_ = Clock::now();
  std::uint64_t lost = 0;
  std::string of;
  for (const auto& port : appliance_.losses()) {
    const dpdk::PortLosses& losses = port.losses;
    lost += losses.all();
    if (losses.all() != 0)
      of += fmt::format("; `{}`: {} (ring full), {} (no buffer), {} (errors)", port.device, losses.full,
                        losses.no_buffer, losses.errors);
  }
  if (std::exchange(lost_at_ports_, lost) < lost) log("ports have lost {} packets{}", lost, of);
}

nlohmann::ordered_json Run::ports() {
  auto all = nlohmann::ordered_json::array();
  for (const auto& [device, losses, works] : appliance_.losses()) {
    all.push_back(
        {{"device", device},
         {"works", works},
         {"lost", {{"full", losses.full}, {"no_buffer", losses.no_buffer}, {"errors", losses.errors}}}});
  }
  return all;
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
    note(signal, "rules.reload", {{"ruleset", ruleset()}}, nullptr);
    rules_.reload(signal);
  } catch (const control::AuditError& error) {
    log("{}; the rules stay as they are", error.what());
  }
}

void Run::note(const control::Caller& by, const std::string& what, nlohmann::ordered_json before,
               nlohmann::ordered_json after) {
  audit_.append({by.who, std::string(to_string(by.role)), by.from, what, std::move(before), std::move(after)},
                control::utc_now_ns());
}

/// A restart ends what `bypass on` began, and judges by the rules that are there now. Packets pass also where
/// that cannot be written down.
void Run::note_start() {
  try {
    note({"tollgate", control::Role::admin, "local"}, "start", nullptr,
         {{"version", TOLLGATE_VERSION}, {"bypass", bypass_}, {"ruleset", ruleset()}});
  } catch (const control::AuditError& error) {
    log("{} that asks for a line in it", error.what());
  }
}

void Run::note_reload(const control::Caller& by, const std::string& before, const std::string& after,
                      const std::string& error) {
  constexpr std::size_t most_shown = 2000;
  nlohmann::ordered_json outcome{{"ruleset", after}};
  if (!error.empty()) outcome["error"] = error.substr(0, most_shown);
  note(by, error.empty() ? "rules.reload.done" : "rules.reload.failed", {{"ruleset", before}}, outcome);
}

std::string Run::ruleset() const {
  const auto& ruleset = rules_.judges().ruleset;
  return ruleset == nullptr ? "" : ruleset->name;
}

bool Run::is_alive() const {
  constexpr std::chrono::seconds most_between_looks{5};
  return Clock::now() - Clock::time_point(Clock::duration(looked_at_.load())) < most_between_looks;
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

control::MetricsView Run::metrics() {
  control::MetricsView view;
  view.version = TOLLGATE_VERSION;
  view.ruleset = ruleset();
  view.start_seconds = start_seconds_;
  view.enforcement = config_.engine.enforcement && !bypass_;
  for (const std::uint64_t busy_ns : appliance_.busy_ns())
    view.busy_seconds.push_back(static_cast<double>(busy_ns) * 1e-9);
  for (const auto& port : appliance_.losses()) view.ports.push_back({port.device, port.works});
  const flow::TcpRelay::InCustody custody = in_custody();
  view.custody_connections = custody.connections;
  view.custody_octets = custody.octets;
  view.event_octets_waiting = events_.waiting_octets();
  view.has_ledger = charges_ != nullptr;
  if (charges_) {
    const ApplianceCharges::Health health = charges_->health();
    view.ledger = {health.usable, health.waiting, health.settled_seconds_ago};
  }
  view.counters = counters();
  view.tally = events_.tally();
  return view;
}

flow::TcpRelay::InCustody Run::in_custody() {
  flow::TcpRelay::InCustody custody;
  appliance_.between_bursts([&](engine::Engine& engine, const Counters&) {
    custody.connections += engine.in_custody().connections;
    custody.octets += engine.in_custody().octets;
  });
  return custody;
}

Counters Run::counters() {
  Counters counters = appliance_.counters();
  counters.add(Count::lost_event, events_.lost());
  return counters;
}

nlohmann::ordered_json Run::status() {
  nlohmann::ordered_json out;
  out["version"] = TOLLGATE_VERSION;
  out["seconds"] = std::chrono::duration<double>(Clock::now() - start_).count();
  out["enforcement"] = config_.engine.enforcement && !bypass_;
  out["bypass"] = bypass_;
  if (const auto& ruleset = rules_.judges().ruleset) out["ruleset"] = ruleset->name;
  out["workers"] = config_.appliance.workers;
  auto& links = out["links"] = nlohmann::ordered_json::array();
  for (const Link& link : config_.links)
    links.push_back({{"name", link.name}, {"route", link.route}, {"mode", link.tap ? "tap" : "inline"}});
  out["ports"] = ports();
  const flow::TcpRelay::InCustody custody = in_custody();
  out["custody"] = {{"connections", custody.connections}, {"octets", custody.octets}};
  out["control"] = {{"log_in_failures", control_.log_in_failures()}};
  record::Summary summary;
  summary.add(counters());
  const auto all = summary.json();
  out["counts"] = all["counts"];
  out["errors"] = all["errors"];
  return out;
}

void Run::end() {
  control::ServiceManager::stopping();
  control_.stop();
  appliance_.stop();
  events_.close();
  if (charges_) charges_->end();
  seconds_ = std::chrono::duration<double>(Clock::now() - start_).count();
}

void Run::print_summary(bool as_json) {
  record::Summary& summary = events_.summary();
  summary.add(appliance_.counters());
  if (!as_json) {
    fmt::print("{:<34}{:>13.3f} s\n{}", "in the wire", seconds_, summary.table());
    return;
  }
  nlohmann::ordered_json out;
  out["seconds"] = seconds_;
  out["ports"] = ports();
  out.update(summary.json());
  fmt::print("{}\n", out.dump(2));
}

}  // namespace

int run(const std::vector<std::string>& arguments) {
  const std::optional<Arguments> read = parse(arguments);
  if (!read) return Exit::fine;
  const Configuration config = load(*read);
  const Signals signals;
  Run run(config, read->rules);
  run.work(signals);
  signals.end_at_next();
  run.end();
  run.print_summary(read->json);
  if (run.busy()) {  // rules that nobody waits for any more may take their time to compile
    std::fflush(nullptr);
    std::_Exit(Exit::fine);
  }
  return Exit::fine;
}

}  // namespace tollgate::cli
