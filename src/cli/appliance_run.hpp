#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "charge/ledger_name.hpp"
#include "cli/alert_keeper.hpp"
#include "cli/charging.hpp"
#include "cli/config.hpp"
#include "cli/event_writer.hpp"
#include "cli/live_lists.hpp"
#include "cli/log.hpp"
#include "cli/message_inquiry.hpp"
#include "cli/now.hpp"
#include "cli/port_loss_log.hpp"
#include "cli/recent_rates.hpp"
#include "cli/record_purge.hpp"
#include "cli/rollup_keeper.hpp"
#include "cli/rules_in_force.hpp"
#include "cli/rules_update.hpp"
#include "cli/signals.hpp"
#include "control/account_desk.hpp"
#include "control/audit_log.hpp"
#include "control/changes.hpp"
#include "control/errands.hpp"
#include "control/marks.hpp"
#include "control/operations.hpp"
#include "control/rule_store.hpp"
#include "control/service.hpp"
#include "control/service_manager.hpp"
#include "control/state_folder.hpp"
#include "dpdk/appliance.hpp"
#include "engine/engine.hpp"
#include "engine/memory_file.hpp"
#include "record/kept_messages.hpp"

namespace tollgate::cli {

/// An appliance from its start to its end. What is made last goes first.
class Run final : public control::Operations {
 public:
  Run(const Configuration& config, const std::string& rules);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

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
  using Clock = std::chrono::steady_clock;
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
  RecentRates::Sample sample();
  engine::TableUses tables();
  flow::TcpRelay::InCustody in_custody();
  Counters counters();

  const Configuration& config_;
  control::StateFolder state_;
  control::AuditLog audit_;
  control::MarkBook marks_{control::marks_path(config_.control, config_.state)};
  RecordPurge purge_{config_, audit_, marks_};  ///< made before a line of this process is in the audit log
  control::Errands errands_;
  control::Changes changes_{errands_, audit_, std::chrono::seconds(5),
                            [](const std::string& what) { log_error("{}", what); }};
  const std::string folder_;  ///< of rules; empty: there is none
  std::shared_ptr<const detect::Plugins> plugins_;
  std::unique_ptr<control::RuleStore> store_;  ///< null where no key is trusted
  RulesInForce rules_;
  LiveListsInForce lists_;
  record::KeptMessages kept_;
  const record::RollupSettings reports_;
  std::optional<record::Rollups> rollups_;  ///< nothing where no reports are kept
  std::optional<RollupKeeper> keeper_ = make_keeper();
  EventWriter events_;
  std::unique_ptr<ApplianceCharges> charges_;  ///< null where the configuration names no ledger
  const std::string ledger_name_ = charge::name_of(config_.ledger);  ///< asks the disk, and so is made once
  Memories memories_;                                                ///< what outlives the process, by worker
  Engines engines_;
  dpdk::Appliance appliance_;
  RulesUpdate update_;
  MessageInquiry inquiry_{config_.engine, kept_, errands_, [this] {
                            return MessageInquiry::InForce{rules_.now().ruleset, lists_.live(),
                                                           charges_ ? charges_->book() : nullptr};
                          }};
  std::atomic<Clock::rep> looked_at_ = 0;  ///< when the thread of this last came round
  std::optional<control::AccountDesk> accounts_ = make_accounts();
  control::Service control_;
  control::ServiceManager manager_;
  PortLossLog losses_;
  RecentRates rates_;
  bool bypass_ = false;
  Clock::time_point start_ = Clock::now();
  double start_seconds_ = static_cast<double>(now_ns()) * 1e-9;  ///< the same, since 1970
  double seconds_ = 0;
  std::optional<AlertKeeper> alerts_;  ///< nothing where the configuration names none
};

}  // namespace tollgate::cli
