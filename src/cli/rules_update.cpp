#include "cli/rules_update.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>

#include "cli/changes_report.hpp"
#include "cli/log.hpp"
#include "cli/rules_check.hpp"
#include "cli/rules_trial.hpp"
#include "control/bundle_rules.hpp"
#include "control/fault.hpp"
#include "control/utc.hpp"

namespace tollgate::cli {
namespace {

using Json = nlohmann::ordered_json;
using control::Fault;
namespace http = control::http;

constexpr std::chrono::seconds patience{5};
constexpr int lowest_priority = 19;  // packets come first
constexpr std::size_t most_findings = 100;
constexpr std::size_t most_error_octets = 2000;  // in a line of the audit log

/// The rules of a bundle have faults, or fail their own tests: one at least.
struct RulesFault : std::runtime_error {
  explicit RulesFault(std::vector<std::string> found)
      : std::runtime_error(fmt::format("the rules have {} {}; the first: {}", found.size(),
                                       found.size() == 1 ? "fault" : "faults", found.front())),
        findings(std::move(found)) {}
  std::vector<std::string> findings;
};

Json named(const RulesVersion& version) {
  Json name = Json::object();
  if (version.is_bundle()) name["bundle"] = version.number;
  name["ruleset"] = version.ruleset == nullptr ? "" : version.ruleset->name;
  return name;
}

Json described(const RulesVersion& version, bool in_force) {
  Json one{{"version", version.number}};
  if (version.is_bundle()) {
    one["created"] = version.created;
    one["signed_by"] = version.signer;
  }
  one.update(Json{
      {"ruleset", version.ruleset->name}, {"rules", version.ruleset->rules.size()}, {"in_force", in_force}});
  return one;
}

[[noreturn]] void refuse(std::string found, std::string expected) {
  throw Fault(http::conflict, std::move(found), std::move(expected));
}

std::string text_of(const std::exception& error) {
  const auto* fault = dynamic_cast<const Fault*>(&error);
  return fault == nullptr ? error.what()
                          : fmt::format("found {}; expected {}", fault->found(), fault->expected());
}

}  // namespace

struct RulesUpdate::Push {
  control::Caller by;
  std::shared_ptr<const std::string> octets;
  std::uint64_t highest;
};

RulesUpdate::RulesUpdate(RulesUpdateParts parts)
    : parts_(std::move(parts)), highest_(parts_.store == nullptr ? 0 : parts_.store->highest()) {}

bool RulesUpdate::waits(Kind kind) const {
  return std::any_of(waiting_.begin(), waiting_.end(), [&](const Task& task) { return task.kind == kind; });
}

/// Not one that has told how it ended, though its thread may still have to.
bool RulesUpdate::push_is_on_its_way() const {
  if (waits(Kind::push)) return true;
  if (!running_.valid() || running_kind_ != Kind::push) return false;
  const std::lock_guard lock(report_mutex_);
  return !report_.contains("ended");
}

void RulesUpdate::add(Kind kind, std::function<void(const Start&)> work) {
  waiting_.push_back({kind, std::move(work)});
  look();
}

void RulesUpdate::look() {
  if (running_.valid()) {
    if (running_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
    running_.get();
  }
  if (waiting_.empty()) return;
  Task task = std::move(waiting_.front());
  waiting_.pop_front();
  running_kind_ = task.kind;
  running_ = std::async(std::launch::async, [work = std::move(task.work),
                                             start = Start{parts_.rules.now(), parts_.rules.exchanges()}] {
    ::setpriority(PRIO_PROCESS, 0, lowest_priority);  // of this thread
    work(start);
  });
}

// The bundles that it can go back to

void RulesUpdate::compile_kept() {
  std::vector<std::uint64_t> numbers;
  if (parts_.store != nullptr) numbers = parts_.store->versions();
  if (!parts_.source.folder.empty()) numbers.push_back(control::RuleStore::folder_version);
  for (const std::uint64_t number : numbers) {
    if (parts_.rules.find(number) == nullptr)
      add(Kind::compile, [this, number](const Start&) { load_and_add(number); });
  }
}

void RulesUpdate::load_and_add(std::uint64_t number) {
  const bool is_bundle = number != control::RuleStore::folder_version;
  try {
    const RulesVersion version =
        is_bundle ? load_kept(parts_.source, *parts_.store, number) : load_folder(parts_.source);
    parts_.errands.run(
        [this, version]() -> Json {
          parts_.rules.add(version);
          return nullptr;
        },
        patience);
  } catch (const std::exception& error) {
    log_warning("{} cannot be gone back to: {}",
                is_bundle ? fmt::format("bundle {}", number) : "the folder of rules", error.what());
  }
}

const RulesVersion& RulesUpdate::target(std::optional<std::uint64_t> to) const {
  const RulesVersion& now = parts_.rules.now();
  const auto& compiled = parts_.rules.compiled();
  if (to) {
    const RulesVersion* wanted = parts_.rules.find(*to);
    if (wanted == nullptr)
      refuse(fmt::format("version {} is not kept, or not compiled yet", *to), "one of `tollgate rules list`");
    if (*to == now.number) refuse(fmt::format("version {} is in force already", *to), "another one");
    return *wanted;
  }
  const RulesVersion* before = nullptr;
  for (const RulesVersion& one : compiled)
    if (one.number < now.number) before = &one;
  if (before == nullptr)
    refuse("there is nothing to go back to",
           "a version before the one in force, as `tollgate rules list` shows");
  return *before;
}

Json RulesUpdate::roll_back(const control::Caller& by, std::optional<std::uint64_t> to) {
  const auto start = std::make_shared<Start>();
  const auto wanted = std::make_shared<RulesVersion>();
  parts_.errands.run(
      [this, start, wanted, to]() -> Json {
        *wanted = target(to);
        *start = {parts_.rules.now(), parts_.rules.exchanges()};
        return nullptr;
      },
      patience);
  return publish({by, "rules.rollback", named(*wanted), nullptr}, *start, parts_.rules.prepare(*wanted));
}

Json RulesUpdate::publish(const Publication& publication, const Start& start,
                          RulesInForce::Prepared prepared) {
  control::RuleStore* store = parts_.store;
  const std::uint64_t number = prepared.version.number;
  control::RuleStore::State state;
  const auto kept = std::make_shared<std::vector<std::uint64_t>>();
  const auto shared = std::make_shared<RulesInForce::Prepared>(std::move(prepared));
  const auto before = [this, exchanges = start.exchanges]() -> Json {
    if (parts_.rules.exchanges() != exchanges)
      refuse("other rules were put in force meanwhile", "those that were in force when this began");
    return named(parts_.rules.now());
  };
  const auto keep = [&] {
    if (store == nullptr) return;
    state = store->state();
    if (publication.bundle != nullptr) store->take(number, *publication.bundle);
    else if (store->in_force() != number) store->set_in_force(number);
    *kept = store->versions();
  };
  const auto undo = [&] {
    if (store != nullptr) store->go_back_to(state);
  };
  const auto make = [this, shared, kept]() -> Json {
    highest_ = std::max(highest_, shared->version.number);
    parts_.put_in_force(std::move(*shared));
    parts_.rules.keep_only(*kept);
    Json answer = named(parts_.rules.now());
    answer["said"] = fmt::format("{} are in force", describe(parts_.rules.now()));
    return answer;
  };
  return parts_.changes.make(publication.by, {publication.what, before, publication.after, keep, undo, make});
}

// The folder

void RulesUpdate::check_reload() const {
  const RulesVersion& now = parts_.rules.now();
  if (now.is_bundle())
    refuse(fmt::format("the rules of bundle {} are in force", now.number),
           "those of the folder; `tollgate rules rollback 0` goes back to it");
  if (now.ruleset == nullptr) refuse("this appliance has no rules", "`rules` in its configuration");
}

void RulesUpdate::reload(const control::Caller& by) {
  check_reload();
  if (!waits(Kind::reload)) add(Kind::reload, [this, by](const Start& start) { reload_now(by, start); });
}

void RulesUpdate::reload_now(const control::Caller& by, const Start& start) {
  std::string wrong;
  try {
    const RulesVersion version = load_folder(parts_.source);
    publish({by, "rules.reload.done", named(version), nullptr}, start, parts_.rules.prepare(version));
    return;
  } catch (const std::exception& error) {
    wrong = text_of(error);
  }
  log_error("{}; the rules stay as they are", wrong);
  try {
    Json after = named(start.now);
    after["error"] = wrong.substr(0, most_error_octets);
    parts_.changes.note(by, "rules.reload.failed", named(start.now), after);
  } catch (const std::exception& error) {
    log_error("{}", error.what());
  }
}

// Bundles that come

void RulesUpdate::check_push() const {
  if (parts_.store == nullptr)
    refuse("this appliance trusts no key", "`control: {trust: [FILE]}` in its configuration");
  if (push_is_on_its_way()) refuse("another bundle is on its way", "one at a time");
}

std::uint64_t RulesUpdate::push(const control::Caller& by, std::shared_ptr<const std::string> octets) {
  check_push();
  {
    const std::lock_guard lock(report_mutex_);
    report_ = Json{{"push", ++pushes_},
                   {"by", by.who},
                   {"began", control::to_utc(control::utc_now_ns())},
                   {"octets", octets->size()},
                   {"state", "waiting"}};
  }
  const Push push{by, std::move(octets), highest_};
  add(Kind::push, [this, push](const Start& start) { take(push, start); });
  return pushes_;
}

void RulesUpdate::take(const Push& push, const Start& start) {
  Json findings = Json::array();
  std::string wrong;
  try {
    return try_to_take(push, start);
  } catch (const RulesFault& fault) {
    wrong = fault.what();
    for (std::size_t i = 0; i < std::min(fault.findings.size(), most_findings); ++i)
      findings.push_back(fault.findings[i]);
  } catch (const std::exception& error) {
    wrong = text_of(error);
  }
  log_warning("a bundle of {} is refused: {}; the rules stay as they are", push.by.who, wrong);
  try {
    Json after = named(start.now);
    after["error"] = wrong.substr(0, most_error_octets);
    parts_.changes.note(push.by, "rules.push.failed", named(start.now), after);
  } catch (const std::exception& error) {
    log_error("{}", error.what());
  }
  say_of_push({{"state", "refused"}, {"error", wrong}, {"findings", findings}});
}

RulesVersion RulesUpdate::test(const control::Bundle& bundle) const {
  rules::Findings findings;
  const rules::RuleFiles files = control::rule_files_of(bundle, findings);
  const RulesCheck check =
      check_rules(files, load_options(parts_.source.settings, parts_.source.plugins), findings);
  if (!check.good()) throw RulesFault(fault_texts(check));
  return {.number = bundle.manifest.version,
          .created = bundle.manifest.created,
          .signer = control::describe(bundle.signer),
          .ruleset = check.set};
}

void RulesUpdate::try_to_take(const Push& push, const Start& start) {
  say_of_push({{"state", "opening"}});
  const control::Bundle bundle =
      control::open_bundle(*push.octets, control::read_trusted_keys(parts_.source.trust), "the bundle");
  const std::uint64_t number = bundle.manifest.version;
  say_of_push({{"version", number}, {"signed_by", control::describe(bundle.signer)}});
  if (number <= push.highest)
    refuse(
        fmt::format("version {}", number),
        fmt::format("one above {}, the highest that was in force here; `tollgate rules rollback` goes back",
                    push.highest));
  say_of_push({{"state", "testing"}});
  const RulesVersion version = test(bundle);
  say_of_push(
      {{"state", "trying"}, {"ruleset", version.ruleset->name}, {"rules", version.ruleset->rules.size()}});
  Json after = named(version);
  if (start.now.ruleset != nullptr) {
    const VerdictChanges changes = try_rules(start.now.ruleset, version.ruleset, parts_.kept.all());
    say_of_push({{"difference", trial_json(changes, *start.now.ruleset, *version.ruleset)}});
    after["tried"] = {
        {"messages", changes.messages}, {"changed", changes.changed}, {"otp_lost", changes.lost_passwords}};
  }
  say_of_push({{"state", "publishing"}});
  publish({push.by, "rules.push.done", after, push.octets}, start, parts_.rules.prepare(version));
  say_of_push({{"state", "in force"}, {"before", named(start.now)}});
}

void RulesUpdate::say_of_push(const Json& more) {
  const std::lock_guard lock(report_mutex_);
  report_.update(more);
  const auto& state = report_["state"];
  if (state == "in force" || state == "refused") report_["ended"] = control::to_utc(control::utc_now_ns());
}

Json RulesUpdate::push_report() const {
  const std::lock_guard lock(report_mutex_);
  return report_;
}

Json RulesUpdate::shown() const {
  const RulesVersion& now = parts_.rules.now();
  Json versions = Json::array();
  for (const RulesVersion& one : parts_.rules.compiled())
    versions.push_back(described(one, one.number == now.number));
  return {{"in_force", now.ruleset == nullptr ? Json() : Json(now.number)},
          {"highest", highest_},
          {"versions", versions}};
}

}  // namespace tollgate::cli
