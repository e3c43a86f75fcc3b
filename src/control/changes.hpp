#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "control/audit_log.hpp"
#include "control/caller.hpp"
#include "control/errands.hpp"

namespace tollgate::control {

/// What is to be changed. `before` and `make` run on the appliance's thread, and own what they use; the
/// others on that of who asks.
struct Change {
  std::string what;  ///< such as `bypass`
  std::function<nlohmann::ordered_json()> before;
  nlohmann::ordered_json after;
  std::function<void()> keep = {};               ///< has the disk keep it, before it is made; may be empty
  std::function<void()> undo = {};               ///< takes back what `keep` did, where it was not made then
  std::function<void()> done = {};               ///< after it was made: clears up; may be empty
  std::function<nlohmann::ordered_json()> make;  ///< the answer to who asked
  /// Works out, of what `before` gave, what the line shows before and after; may be empty.
  std::function<void(nlohmann::ordered_json& before, nlohmann::ordered_json& after)> work_out = {};
};

/// Changes a running appliance: one change at a time, none without a line in the audit log, which is on the
/// disk before the change is made. The appliance's thread waits for no disk.
class Changes {
 public:
  /// `patience`: for how long the appliance is waited for, each time.
  using Log = std::function<void(const std::string&)>;

  Changes(Errands& errands, AuditLog& audit,
          std::chrono::milliseconds patience = std::chrono::milliseconds(5000), Log log = {})
      : errands_(errands), audit_(audit), patience_(patience), log_(std::move(log)) {}

  /// Throws AuditError and ErrandError, and what the functions throw. Where the change is not made after its
  /// line was written, another line tells so: `.failed`, or `.late` where the appliance has begun with it,
  /// and may still make it; of that one the caller is told what failed, whatever becomes of the line. Once it
  /// is known, `.late.done` or `.late.failed` follows; `undo` and `done` are called then, so that they own
  /// what they use. Until then no other change is made.
  nlohmann::ordered_json make(const Caller& by, const Change& change);

  /// When the appliance ends, after Errands::close(): waits for the change that is on its way, so that the
  /// log tells how it ended. Others are refused from then on.
  void close();

  /// Adds a line to the audit log, of what came of something. Throws AuditError.
  void note(const Caller& by, const std::string& what, nlohmann::ordered_json before,
            nlohmann::ordered_json after);

 private:
  using Json = nlohmann::ordered_json;
  using Rest = std::shared_future<Json>;

  Json keep_and_make(const Change& change, Json& told);
  void take_back(const Change& change, Json& told) const;
  /// A change that the appliance has begun with, and nobody waits for.
  struct Late {
    Caller by;
    Change change;
    Json before;
    Rest rest;
  };
  void note_failure(const Caller& by, const std::string& what, const Json& before, Json told) noexcept;
  void follow(const std::stop_token& stop);
  void end_late(const Late& late);
  void log(const std::string& what) const;

  Errands& errands_;
  AuditLog& audit_;
  const std::chrono::milliseconds patience_;
  std::timed_mutex one_at_a_time_;
  bool closed_ = false;       ///< under the mutex
  std::optional<Late> late_;  ///< likewise
  std::condition_variable_any late_or_end_;
  const Log log_;
  std::jthread follower_{[this](const std::stop_token& stop) { follow(stop); }};  ///< ends first
};

}  // namespace tollgate::control
