#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "charge/cdr_writer.hpp"
#include "charge/charger.hpp"
#include "charge/journal.hpp"
#include "charge/ledger.hpp"
#include "charge/quotas.hpp"
#include "charge/recent_charges.hpp"
#include "charge/settler.hpp"
#include "cli/config.hpp"
#include "dpdk/appliance.hpp"
#include "engine/engine.hpp"
#include "engine/memory_file.hpp"
#include "flow/zero_pages.hpp"
#include "rules/finding.hpp"

namespace tollgate::cli {

/// What an appliance is called on its ledger: as the configuration says, else by the name of its host.
std::string appliance_name(const charge::LedgerSettings& ledger);

/// Notes what is wrong with the accounts beside the rules of a folder, where there are any.
void check_accounts(const std::string& rules, rules::Findings& findings);

/// The folder of rules whose accounts, prices and lists a replay charges by.
struct ReplayCharging {
  std::string ledger;   ///< path of a SQLite ledger; empty: one that is thrown away, of the folder's accounts
  std::string copy_of;  ///< path of a SQLite ledger: one that begins as a copy of it, and is thrown away
  std::string rules;    ///< empty: none
  std::uint32_t retry_seconds = 300;
};

/// Charges what a capture holds, on the thread that replays it.
class ReplayCharges {
 public:
  /// Null where there are no accounts. Throws LedgerError, and std::runtime_error where the file of accounts
  /// has an error.
  static std::unique_ptr<ReplayCharges> make(const ReplayCharging& settings);

  charge::Charger& charger() { return *charger_; }

  /// To be called with each packet, before it is read: its time is the ledger's clock.
  void at(std::uint64_t time_ns);
  /// Once, when all was read. Tells `say` what the ledger told.
  void end(const std::function<void(const std::string&)>& say);

 private:
  ReplayCharges(std::unique_ptr<charge::Ledger> ledger, const ReplayCharging& settings);

  charge::Quotas quotas_;
  charge::RecentCharges recent_;
  flow::ZeroPages memory_;
  charge::Journal journal_;
  charge::Settler settler_;
  std::unique_ptr<charge::Charger> charger_;
  bool begun_ = false;
  std::uint64_t time_ns_ = 0;
  std::uint32_t packets_ = 0;
};

/// Charges what passes an appliance: a charger for each worker, and a thread that speaks with the ledger.
/// While this cannot be used, nothing is charged, by a named refusal, and nothing that was is forgotten.
class ApplianceCharges {
 public:
  /// Throws std::runtime_error where journals of an earlier process cannot be used.
  ApplianceCharges(const Configuration& config, const std::string& rules);
  /// Ends the thread.
  ~ApplianceCharges();
  ApplianceCharges(const ApplianceCharges&) = delete;
  ApplianceCharges& operator=(const ApplianceCharges&) = delete;

  charge::Charger& charger(unsigned worker) { return *chargers_[worker]; }

  /// Reads the lists anew that accounts name, soon.
  void reload() { reload_ = true; }

  /// Puts accounts and prices in force that changed since the last call. To be called now and then.
  void look(dpdk::Appliance& appliance);

  /// The accounts and prices in force; null where there are none yet. Of the thread that calls look().
  std::shared_ptr<const charge::Book> book() const { return books_.empty() ? nullptr : books_.back(); }

  /// Charges that would be known if they came again. Any thread.
  TableUse remembered_use() const;

  /// How the ledger does. Any thread.
  struct Health {
    bool usable = false;
    std::uint64_t waiting = 0;       ///< events that it does not have yet
    double settled_seconds_ago = 0;  ///< since it took events last, or had none to take
  };
  Health health() const;

  /// Once, when the workers have ended: all that was charged goes to the ledger, and what is left of quotas
  /// back.
  void end();

 private:
  void work();
  bool begin();
  bool round();
  void offer_book();
  std::uint64_t waiting() const;
  void tell();
  void say_forgotten(std::uint64_t time_ns);
  std::string account_of(std::uint32_t number) const;
  void say_once(const std::string& what);
  void keep_cdr();
  void say_cdr();

  charge::LedgerSettings ledger_settings_;
  std::string rules_;
  std::uint64_t window_ns_;
  charge::Quotas quotas_;
  charge::RecentCharges recent_;
  std::vector<std::unique_ptr<engine::MemoryFile>> files_;
  std::vector<std::unique_ptr<charge::Journal>> journals_;  ///< by worker; then those of workers there were
  std::vector<std::unique_ptr<charge::Charger>> chargers_;
  std::unique_ptr<charge::CdrWriter> cdr_;    ///< the thread's; null where no folder is named
  std::unique_ptr<charge::Settler> settler_;  ///< the thread's; null until the ledger could be opened

  std::mutex mutex_;
  std::shared_ptr<const charge::Book> offered_;             ///< under mutex_: in force at the next look()
  std::vector<std::shared_ptr<const charge::Book>> books_;  ///< look()'s: those that workers may have
  std::string last_said_;                                   ///< the thread's
  std::uint64_t evicted_said_ = 0;                          ///< the thread's
  std::uint64_t evicted_said_ns_ = 0;                       ///< the thread's
  std::uint64_t damaged_said_ = 0;                          ///< the thread's
  std::string cdr_said_;                                    ///< the thread's
  std::uint64_t cdr_lost_said_ = 0;                         ///< the thread's
  std::atomic<bool> usable_{false};
  std::atomic<std::uint64_t> settled_ns_{0};  ///< when its last good round began; by now_ns()
  std::atomic<bool> reload_{false};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace tollgate::cli
