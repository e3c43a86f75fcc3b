// What an appliance is made of.
#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/appliance_run.hpp"
#include "cli/ledger_audit.hpp"
#include "cli/log.hpp"
#include "cli/rules_folder.hpp"
#include "cli/rules_start.hpp"
#include "detect/plugin_sink.hpp"

namespace tollgate::cli {
namespace {

/// What limits itself: of wrong tokens 60 lines a minute are told.
control::Log log_of_control() {
  constexpr unsigned most = 100;
  return {.say = [](const std::string& what) { log("{}", what); },
          .warn =
              [](const std::string& what) {
                write_log(LogLevel::warning, {__FILE__, __LINE__}, what, most);
              }};
}

record::RollupSettings reports_of(const Configuration& config) {
  record::RollupSettings settings = config.reports;
  settings.file = control::reports_path(settings.file, config.state);
  return settings;
}

}  // namespace

Run::Run(const Configuration& config, const std::string& rules)
    : config_(config),
      state_(config.state),
      audit_(control::audit_path(config.control, config.state)),
      folder_(rules.empty() ? config.engine.rules : rules),
      plugins_(make_plugins()),
      store_(make_store(!rules.empty())),
      rules_(config_.engine, plugins_,
             load_first(source(), store_.get(), [](const std::string& what) { log_warning("{}", what); })),
      lists_(control::lists_path(config.control, config.state),
             [](const std::string& what) { log_error("{}", what); }),
      kept_(config.control.kept_messages()),
      reports_(reports_of(config)),
      rollups_(make_rollups()),
      events_(config.events, config.appliance.workers, kept_, rollups_ ? &*rollups_ : nullptr, open_sinks()),
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

Run::~Run() { control_.stop(); }

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
    } catch (const UntoldError& error) {
      log_error("{}; this one's has the line", error.what());
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

}  // namespace tollgate::cli
