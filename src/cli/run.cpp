#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>

#include "charge/ledger_name.hpp"
#include "cli/alert_keeper.hpp"
#include "cli/arguments.hpp"
#include "cli/charging.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/event_writer.hpp"
#include "cli/health.hpp"
#include "cli/ledger_audit.hpp"
#include "cli/live_lists.hpp"
#include "cli/log.hpp"
#include "cli/message_inquiry.hpp"
#include "cli/now.hpp"
#include "cli/recent_rates.hpp"
#include "cli/record_files.hpp"
#include "cli/rollup_keeper.hpp"
#include "cli/rules_folder.hpp"
#include "cli/rules_in_force.hpp"
#include "cli/rules_start.hpp"
#include "cli/rules_update.hpp"
#include "cli/signals.hpp"
#include "cli/state_place.hpp"
#include "control/account_desk.hpp"
#include "control/audit_files.hpp"
#include "control/clock_watch.hpp"
#include "control/daily.hpp"
#include "control/fault.hpp"
#include "control/marks.hpp"
#include "control/operations.hpp"
#include "control/retention.hpp"
#include "control/rule_store.hpp"
#include "control/service.hpp"
#include "control/service_manager.hpp"
#include "control/state_folder.hpp"
#include "control/utc.hpp"
#include "detect/plugin_sink.hpp"
#include "dpdk/appliance.hpp"
#include "engine/engine.hpp"
#include "engine/memory_file.hpp"
#include "record/kept_messages.hpp"
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
      "opens the file of events and what sinks write anew.\n";
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
  config.engine.takes_rules = !config.control.trust.empty();
  return config;
}

/// What limits itself: of wrong tokens 60 lines a minute are told.
control::Log log_of_control() {
  constexpr unsigned most = 100;
  return {.say = [](const std::string& what) { log("{}", what); },
          .warn =
              [](const std::string& what) {
                write_log(LogLevel::warning, {__FILE__, __LINE__}, what, most);
              }};
}

void log_port(const std::string& what, bool works) {
  if (works) log("{}", what);
  else log_warning("{}", what);
}

record::RollupSettings reports_of(const Configuration& config) {
  record::RollupSettings settings = config.reports;
  settings.file = control::reports_path(settings.file, config.state);
  return settings;
}

/// An appliance from its start to its end. What is made last goes first.
class Run final : public control::Operations {
 public:
  Run(const Configuration& config, const std::string& rules)
      : config_(config),
        state_(config.state),
        audit_(control::audit_path(config.control, config.state)),
        clock_(control::clock_path(config.state),
               control::last_audit_ns(control::audit_path(config.control, config.state)),
               {now_ns(), steady_ns()}),
        retention_(record_files(config_), audit_, [](const std::string& what) { log("{}", what); }),
        folder_(rules.empty() ? config.engine.rules : rules),
        plugins_(make_plugins()),
        store_(make_store(!rules.empty())),
        rules_(config_.engine, plugins_,
               load_first(source(), store_.get(), [](const std::string& what) { log_warning("{}", what); })),
        lists_(control::lists_path(config.control, config.state),
               [](const std::string& what) { log_error("{}", what); }),
        kept_(config.control.kept_messages()),
        rollups_(make_rollups()),
        events_(config.events, config.appliance.workers, kept_, rollups_ ? &*rollups_ : nullptr,
                open_sinks()),
        charges_(make_charges()),
        memories_(make_memories()),
        engines_(make_engines()),
        appliance_(config.appliance, config.links),
        update_({source(), rules_, store_.get(), kept_, lists_, changes_, errands_,
                 [this](RulesInForce::Prepared prepared) { put_in_force(std::move(prepared)); }}),
        control_(config.state, config.control,
                 {*this, errands_, audit_, changes_, accounts_ ? &*accounts_ : nullptr,
                  rollups_ ? &reports_.file : nullptr, &events_.tail(), &inquiry_, &marks_},
                 log_of_control()) {}
  ~Run() { control_.stop(); }

  // What is asked for over the control socket, and over HTTPS.
  nlohmann::ordered_json status() override;
  nlohmann::ordered_json alerts() const override {
    return alerts_ ? alerts_->states() : nlohmann::ordered_json::array();
  }
  control::MetricsView metrics() override;
  bool bypass() const override { return bypass_; }
  std::string set_bypass(bool on) override;
  std::string ruleset() const override { return rules_.ruleset(); }
  nlohmann::ordered_json rules() const override { return update_.shown(); }
  void check_reload() const override { update_.check_reload(); }
  void reload_rules(const control::Caller& by) override { update_.reload(by); }
  void check_push() const override { update_.check_push(); }
  std::uint64_t push_rules(const control::Caller& by, std::shared_ptr<const std::string> octets) override {
    return update_.push(by, std::move(octets));
  }
  control::ListsNow lists() override { return lists_.now(); }
  void use_lists(std::shared_ptr<const control::LiveBook> book,
                 const std::shared_ptr<const rules::LiveList>& live) override {
    lists_.use(std::move(book), live, appliance_);
  }
  control::LiveFile& live_file() override { return lists_.file(); }
  bool is_alive() const override;
  nlohmann::ordered_json rules_difference(std::uint64_t from, std::uint64_t to) override {
    return update_.difference(from, to);
  }
  nlohmann::ordered_json push_report() const override { return update_.push_report(); }
  nlohmann::ordered_json roll_back_rules(const control::Caller& by,
                                         std::optional<std::uint64_t> to) override {
    return update_.roll_back(by, to);
  }

  /// Until a signal ends it.
  void work(const Signals& signals);
  void end();
  void print_summary(bool as_json);
  /// Something still runs that nobody waits for.
  bool busy() const { return update_.busy() || events_.has_left_a_sink(); }

 private:
  using Engines = std::vector<std::unique_ptr<engine::Engine>>;
  using Memories = std::vector<std::unique_ptr<engine::MemoryFile>>;

  std::shared_ptr<const detect::Plugins> make_plugins() const;
  std::vector<record::OpenSink> open_sinks() const;
  std::unique_ptr<control::RuleStore> make_store(bool rules_are_named) const;
  RulesSource source() const { return {config_.engine, *plugins_, folder_, config_.control.trust}; }
  std::unique_ptr<ApplianceCharges> make_charges();
  std::optional<control::AccountDesk> make_accounts();
  std::optional<record::Rollups> make_rollups() const;
  std::optional<RollupKeeper> make_keeper();
  void start_alerts();
  std::vector<record::AlertValue> measure(record::AlertMeasure of) const;
  void count_unread();
  Memories make_memories() const;
  Engines make_engines();
  void say_start() const;
  bool handle(int signal);
  void reload_by_signal();
  void put_in_force(RulesInForce::Prepared prepared);
  void name_rules();
  void note_start();
  void purge(const std::stop_token& stop);
  void purge_marks();
  RecentRates::Sample sample();
  engine::TableUses tables();
  flow::TcpRelay::InCustody in_custody();
  Counters counters();
  void look_at_losses();

  const Configuration& config_;
  control::StateFolder state_;
  control::AuditLog audit_;
  control::ClockWatch clock_;
  control::Retention retention_;
  control::Errands errands_;
  control::Changes changes_{errands_, audit_, std::chrono::seconds(5),
                            [](const std::string& what) { log_error("{}", what); }};
  const std::string folder_;  ///< of rules; empty: there is none
  std::shared_ptr<const detect::Plugins> plugins_;
  std::unique_ptr<control::RuleStore> store_;  ///< null where no key is trusted
  RulesInForce rules_;
  LiveListsInForce lists_;
  record::KeptMessages kept_;
  const record::RollupSettings reports_ = reports_of(config_);
  std::optional<record::Rollups> rollups_;  ///< nothing where no reports are kept
  std::optional<RollupKeeper> keeper_ = make_keeper();
  EventWriter events_;
  std::unique_ptr<ApplianceCharges> charges_;  ///< null where the configuration names no ledger
  Memories memories_;                          ///< what outlives the process, by worker
  Engines engines_;
  dpdk::Appliance appliance_;
  RulesUpdate update_;
  MessageInquiry inquiry_{config_.engine, kept_, errands_, [this] {
                            return MessageInquiry::InForce{rules_.now().ruleset, lists_.live(),
                                                           charges_ ? charges_->book() : nullptr};
                          }};
  control::MarkBook marks_{control::marks_path(config_.control, config_.state)};
  std::atomic<Clock::rep> looked_at_ = 0;  ///< when the thread of this last came round
  std::optional<control::AccountDesk> accounts_ = make_accounts();
  control::Service control_;
  control::ServiceManager manager_;
  std::uint64_t lost_at_ports_ = 0;  ///< of which the log knows
  Clock::time_point losses_looked_at_ = Clock::now();
  RecentRates rates_;
  bool bypass_ = false;
  Clock::time_point start_ = Clock::now();
  double start_seconds_ = static_cast<double>(now_ns()) * 1e-9;  ///< the same, since 1970
  double seconds_ = 0;
  bool purge_held_up_ = false;                  ///< of the thread that purges, as the next one
  std::optional<Clock::time_point> purged_at_;  ///< or told that it does not
  std::optional<control::Daily> purge_;
  std::optional<AlertKeeper> alerts_;  ///< nothing where the configuration names none
};

std::shared_ptr<const detect::Plugins> Run::make_plugins() const {
  rules::Findings findings;
  auto plugins = std::make_shared<const detect::Plugins>(config_.engine.plugins, findings);
  for (const rules::Finding& finding : findings.all())
    fmt::print(stderr, "{}\n", without_numbers(to_string(finding)));
  return plugins;
}

std::vector<record::OpenSink> Run::open_sinks() const {
  std::vector<record::OpenSink> sinks;
  rules::Findings findings;
  for (const detect::SinkSettings& settings : config_.sinks)
    sinks.push_back({settings.name, detect::open_sink(*plugins_, settings, config_.folder, false, findings),
                     settings.queue_octets});
  std::string why;
  for (const rules::Finding& finding : findings.all())
    why += fmt::format("{}{}: {}", why.empty() ? "" : "\n", to_string(finding.place),
                       without_numbers(finding.text));
  if (!why.empty()) throw ConfigError(why);
  return sinks;
}

/// Where the folder of rules is named on the command line, it is the one to begin with.
std::unique_ptr<control::RuleStore> Run::make_store(bool rules_are_named) const {
  const std::string folder = control::bundles_path(config_.control, config_.state);
  if (!config_.control.trust.empty()) {
    auto store = std::make_unique<control::RuleStore>(folder);
    if (!rules_are_named) return store;
    log_warning("--rules is given: the bundles in {} stay as they are", folder);
  } else if (std::filesystem::exists(folder)) {
    log_warning("there are bundles in {}, and the configuration trusts no key: they are left alone", folder);
  }
  return nullptr;
}

std::unique_ptr<ApplianceCharges> Run::make_charges() {
  if (!config_.ledger.sqlite.empty() || !config_.ledger.postgresql.empty()) {
    try {
      note_take_over(config_.ledger, audit_, {"tollgate", control::Role::admin, "local"});
    } catch (const control::AuditError& error) {
      log_error("{}; who changed the ledger before is told there", error.what());
    }
    return std::make_unique<ApplianceCharges>(config_, folder_);
  }
  const auto& ruleset = rules_.now().ruleset;
  const auto charges = [](const rules::PolicyLine& line) { return line.action.verdict == Verdict::charge; };
  if (ruleset != nullptr && std::any_of(ruleset->policy.begin(), ruleset->policy.end(), charges))
    log_warning("the policy charges messages, and the configuration names no `ledger`: they pass unpaid");
  return nullptr;
}

std::optional<record::Rollups> Run::make_rollups() const {
  if (!config_.keeps_reports) return std::nullopt;
  record::PrivacySettings privacy = config_.events.privacy;
  if (config_.reports_in_full) privacy.numbers = record::ShownNumbers::full;
  constexpr std::size_t names_a_sender_kept = 10;
  constexpr std::size_t most_names = 200'000;
  const std::size_t names = std::min(config_.reports.senders * names_a_sender_kept, most_names);
  return std::optional<record::Rollups>(std::in_place, privacy, names);
}

std::optional<RollupKeeper> Run::make_keeper() {
  if (!rollups_) return std::nullopt;
  return std::optional<RollupKeeper>(std::in_place, reports_, *rollups_);
}

void Run::start_alerts() {
  if (config_.alerts.empty()) return;
  alerts_.emplace(config_.alerts,
                  AlertSources{.reports = rollups_ ? reports_.file : "",
                               .reports_fail = [this] { return keeper_ && keeper_->health().failing; },
                               .appliance = config_.ledger.appliance,
                               .measure = [this](record::AlertMeasure of) { return measure(of); }});
}

/// On the thread of the alerts.
std::vector<record::AlertValue> Run::measure(record::AlertMeasure of) const {
  using record::AlertMeasure;
  std::vector<record::AlertValue> values;
  if (of == AlertMeasure::lost_events) values.push_back({{}, static_cast<double>(events_.lost())});
  if (of == AlertMeasure::ledger_lag && charges_)
    values.push_back({{}, charges_->health().settled_seconds_ago});
  if (of == AlertMeasure::silent_seconds) {
    for (const record::Sinks::Health& sink : events_.sinks())
      values.push_back({{{"sink", sink.name}}, sink.silent_seconds});
  }
  return values;
}

/// What was not read, as of now.
void Run::count_unread() {
  if (rollups_) rollups_->add_unread(appliance_.counters(), config_.links, now_ns());
}

std::optional<control::AccountDesk> Run::make_accounts() {
  if (charges_ == nullptr) return std::nullopt;
  return control::AccountDesk(config_.ledger, &audit_, config_.invoices);
}

Run::Memories Run::make_memories() const {
  using Found = engine::MemoryFile::Found;
  Memories memories;
  const unsigned workers = config_.appliance.workers;
  for (unsigned worker = 1; worker <= workers; ++worker) {
    const std::string path = fmt::format("{}/worker-{}-of-{}", config_.state, worker, workers);
    const engine::MemoryFile& memory = *memories.emplace_back(std::make_unique<engine::MemoryFile>(
        path, engine::Memory::size(config_.engine), engine::Memory::layout(config_.engine)));
    if (memory.found() == Found::same) log_each("takes over the connections in {}", path);
    if (memory.found() == Found::other)
      log_warning("{} is of another version or other settings: what it held of connections is lost", path);
  }
  return memories;
}

Run::Engines Run::make_engines() {
  Engines engines;
  RulesInForce::Prepared first = rules_.prepare(rules_.now());
  lists_.prepare(first.version.ruleset, first.bench);
  for (unsigned worker = 0; worker < config_.appliance.workers; ++worker) {
    engines.push_back(std::make_unique<engine::Engine>(
        config_.engine, events_.ring(worker), rules_.now().ruleset, nullptr, memories_[worker]->memory()));
    engines.back()->exchange(first.bench[worker]);
    if (charges_) engines.back()->charge_with(&charges_->charger(worker));
  }
  return engines;
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
  if (config_.retention.any())
    purge_.emplace([this](const std::stop_token& stop) { purge(stop); }, std::chrono::hours(1));
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
    look_at_losses();
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

/// Each hour; records are looked at once a day, and once the clock is believed again.
void Run::purge(const std::stop_token& stop) {
  constexpr auto day = std::chrono::hours(24);
  clock_.look({now_ns(), steady_ns()});
  const std::string doubt = clock_.doubt();
  const bool changed = doubt.empty() == purge_held_up_;
  purge_held_up_ = !doubt.empty();
  if (!changed && purged_at_ && Clock::now() - *purged_at_ < day) return;
  purged_at_ = Clock::now();
  if (!doubt.empty()) return log_error("no records are removed for their age: {}", doubt);
  retention_.purge(now_ns(), stop);
  purge_marks();
}

/// As with files: the audit log tells of it first.
void Run::purge_marks() {
  if (config_.retention.marks_days == 0) return;
  constexpr std::uint64_t day_ns = 86'400'000'000'000;
  const std::uint64_t now = now_ns();
  const std::uint64_t before = now - std::min(now, config_.retention.marks_days * day_ns);
  try {
    const auto removed = marks_.remove_before(before, [&](const control::MarkBook::Removed& marks) {
      audit_.append(control::entry_of(marks), now);
    });
    if (removed.count != 0)
      log("{} marks that were too old are removed; the audit log has their hash", removed.count);
  } catch (const std::exception& error) {
    log_error("cannot remove old marks: {}", error.what());
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
  if (std::exchange(lost_at_ports_, lost) < lost) log_warning("ports have lost {} packets{}", lost, of);
}

engine::TableUses Run::tables() {
  engine::TableUses all = appliance_.tables();
  if (charges_) all.of(engine::Table::remembered_charges) = charges_->remembered_use();
  return all;
}

RecentRates::Sample Run::sample() {
  const EventWriter::Health events = events_.health();
  RecentRates::Sample sample{.time_ns = steady_ns(),
                             .messages = events.messages,
                             .events = events.taken,
                             .busy_ns = appliance_.busy_ns()};
  appliance_.between_bursts([&](engine::Engine& engine, const Counters&) {
    sample.packets += engine.counters().of(Count::packets);
    sample.octets += engine.counters().of(Count::octets);
  });
  return sample;
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
  view.bundle = rules_.now().number;
  view.start_seconds = start_seconds_;
  view.enforcement = config_.engine.enforcement && !bypass_;
  for (const std::uint64_t busy_ns : appliance_.busy_ns())
    view.busy_seconds.push_back(static_cast<double>(busy_ns) * 1e-9);
  for (const auto& port : appliance_.losses()) view.ports.push_back({port.device, port.works});
  for (const auto& queue : appliance_.queues())
    view.queues.push_back({queue.worker, queue.to_worker, queue.packets, queue.capacity});
  const flow::TcpRelay::InCustody custody = in_custody();
  view.custody_connections = custody.connections;
  view.custody_octets = custody.octets;
  view.event_octets_waiting = events_.waiting_octets();
  view.sinks = events_.sinks();
  view.has_reports = keeper_.has_value();
  if (keeper_) {
    view.report_cells_waiting = keeper_->health().waiting;
    view.report_cells_lost = keeper_->health().lost;
  }
  view.has_ledger = charges_ != nullptr;
  if (charges_) {
    const ApplianceCharges::Health health = charges_->health();
    view.ledger = {health.usable, health.waiting, health.settled_seconds_ago};
  }
  view.lists = control::live_list_sizes(lists_.now());
  if (alerts_) view.alerts = alerts_->metrics();
  view.counters = counters();
  view.tables = tables();
  appliance_.between_bursts(
      [&](engine::Engine& engine, const Counters&) { view.stages.add(engine.stage_times()); });
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
  if (!ruleset().empty()) out["ruleset"] = ruleset();
  if (rules_.now().is_bundle()) out["bundle"] = rules_.now().number;
  out["workers"] = config_.appliance.workers;
  auto& links = out["links"] = nlohmann::ordered_json::array();
  for (const Link& link : config_.links)
    links.push_back({{"name", link.name}, {"route", link.route}, {"mode", link.tap ? "tap" : "inline"}});
  out["ports"] = to_json(appliance_.port_health());
  out["rates"] = to_json(rates_.until(sample()));
  const flow::TcpRelay::InCustody custody = in_custody();
  out["custody"] = {{"connections", custody.connections}, {"octets", custody.octets}};
  out["tables"] = to_json(tables());
  out["events"] = to_json(events_.health());
  if (keeper_) out["reports"] = {{"waiting", keeper_->health().waiting}, {"lost", keeper_->health().lost}};
  if (!config_.sinks.empty()) out["sinks"] = to_json(events_.sinks());
  if (charges_) {
    out["ledger"] = to_json(charges_->health());
    out["ledger"]["name"] = charge::name_of(config_.ledger);
  }
  if (alerts_) out["alerts"] = alerts_->status();
  if (config_.retention.any()) {
    const std::string doubt = clock_.doubt();
    out["retention"] = {{"held_up", !doubt.empty()}};
    if (!doubt.empty()) out["retention"]["why"] = doubt;
  }
  out["last_errors"] = to_json(last_troubles());
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
  alerts_.reset();
  appliance_.stop();
  count_unread();
  events_.close();
  keeper_.reset();
  if (charges_) charges_->end();
  end_log();
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
  out["ports"] = to_json(appliance_.port_health());
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
  if (run.busy()) {  // rules may take their time to compile, and a sink may hang
    std::fflush(nullptr);
    std::_Exit(Exit::fine);
  }
  return Exit::fine;
}

}  // namespace tollgate::cli
