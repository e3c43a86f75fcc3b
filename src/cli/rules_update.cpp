#include "cli/rules_update.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>

#include "cli/changes_report.hpp"
#include "cli/log.hpp"
#include "cli/rules_check.hpp"
#include "cli/rules_difference.hpp"
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

RulesUpdate::RulesUpdate(RulesUpdateParts parts) : parts_(std::move(parts)) {
  if (parts_.store == nullptr) return;
  highest_ = parts_.store->highest();
  before_ = parts_.store->state().before;
}

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

/// What somebody waits for comes before what is compiled for a later day.
void RulesUpdate::add(Kind kind, std::function<void(const Start&)> work) {
  const auto first_later = std::find_if(waiting_.begin(), waiting_.end(), [&](const Task& task) {
    return kind != Kind::compile && task.kind == Kind::compile;
  });
  waiting_.insert(first_later, {kind, std::move(work)});
  look();
}

void RulesUpdate::look() {
  if (running_.valid()) {
    if (running_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
    running_.get();
  }
  if (waiting_.empty()) return;
  const auto run = [work = waiting_.front().work,
                    start = Start{parts_.rules.now(), parts_.rules.exchanges()}] {
    ::setpriority(PRIO_PROCESS, 0, lowest_priority);  // of this thread
    work(start);
  };
  try {
    running_ = std::async(std::launch::async, run);
  } catch (const std::system_error& error) {  // it stays, and is tried again
    log_error("there is no thread for new rules: {}", error.what());
    return;
  }
  running_kind_ = waiting_.front().kind;
  waiting_.pop_front();
}

// The bundles that it can go back to

void RulesUpdate::compile_kept() {
  std::vector<std::uint64_t> numbers = before_;  // in the order in which they are gone back to
  if (parts_.store != nullptr) {
    const auto& versions = parts_.store->versions();
    numbers.insert(numbers.end(), versions.rbegin(), versions.rend());
  }
  if (!parts_.source.folder.empty()) numbers.push_back(control::RuleStore::folder_version);
  for (const std::uint64_t number : numbers) {
    const bool is_folder = number == control::RuleStore::folder_version;
    if (parts_.rules.find(number) != nullptr || (is_folder && parts_.source.folder.empty())) continue;
    if (pending_.insert(number).second)
      add(Kind::compile, [this, number](const Start&) { load_and_add(number); });
  }
}

void RulesUpdate::load_and_add(std::uint64_t number) {
  const bool is_bundle = number != control::RuleStore::folder_version;
  std::optional<RulesVersion> loaded;
  try {
    loaded = is_bundle ? load_kept(parts_.source, *parts_.store, number) : load_folder(parts_.source);
  } catch (const std::exception& error) {
    log_warning("{} cannot be gone back to: {}",
                is_bundle ? fmt::format("bundle {}", number) : "the folder of rules", error.what());
  }
  try {
    parts_.errands.run(
        [this, number, loaded]() -> Json {
          pending_.erase(number);
          if (loaded) parts_.rules.add(*loaded);
          return nullptr;
        },
        patience);
  } catch (const control::ErrandError& error) {
    log_warning("version {} cannot be gone back to: {}", number, error.what());
  }
}

const RulesVersion& RulesUpdate::target(std::optional<std::uint64_t> to) const {
  if (to && *to == parts_.rules.now().number)
    refuse(fmt::format("version {} is in force already", *to), "another one");
  for (const std::uint64_t number : to ? std::vector{*to} : before_) {
    if (pending_.contains(number))
      refuse(fmt::format("version {} is still being compiled", number), "that it is; or another, with --to");
    if (const RulesVersion* wanted = parts_.rules.find(number)) return *wanted;
  }
  if (to) refuse(fmt::format("version {} is not kept", *to), "one of `tollgate rules list`");
  refuse("there is nothing to go back to", "what was in force before, or --to one of `tollgate rules list`");
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
  const auto state = std::make_shared<control::RuleStore::State>();
  const auto kept = std::make_shared<Kept>();
  const auto shared = std::make_shared<RulesInForce::Prepared>(std::move(prepared));
  const auto before = [this, exchanges = start.exchanges]() -> Json {
    if (parts_.rules.exchanges() != exchanges)
      refuse("other rules were put in force meanwhile", "those that were in force when this began");
    return named(parts_.rules.now());
  };
  const auto keep = [&] {
    if (store == nullptr) return;
    *state = store->state();
    if (publication.bundle != nullptr) store->take(number, *publication.bundle);
    else if (store->in_force() != number) store->set_in_force(number);
    *kept = {store->to_keep(), store->state().before};
  };
  const auto undo = [store, state] {
    if (store != nullptr) store->go_back_to(*state);
  };
  const auto done = [store] {
    if (store != nullptr) store->prune();
  };
  const auto make = [this, shared, kept]() -> Json {
    highest_ = std::max(highest_, shared->version.number);
    parts_.put_in_force(std::move(*shared));
    parts_.rules.keep_only(kept->bundles);
    before_ = kept->before;
    Json answer = named(parts_.rules.now());
    answer["said"] = fmt::format("{} are in force", describe(parts_.rules.now()));
    return answer;
  };
  return parts_.changes.make(publication.by,
                             {publication.what, before, publication.after, keep, undo, done, make});
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
    refuse("this appliance takes no bundles: it trusts no key, or was started with --rules",
           "`control: {trust: [FILE]}` in its configuration");
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
  // What is wrong with rules is quoted from them: that is for who may see it, and not for the log.
  log_warning("a bundle of {} is refused{}; the rules stay as they are", push.by.who,
              findings.empty() ? fmt::format(": {}", wrong) : "; its rules have faults");
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
    const Last tried = last();
    const VerdictChanges changes =
        try_rules(start.now.ruleset, version.ruleset, *tried.lists, tried.messages);
    say_of_push({{"difference", trial_json(changes, *start.now.ruleset, *version.ruleset)}});
    after["tried"] = {
        {"messages", changes.messages}, {"changed", changes.changed}, {"otp_lost", changes.lost_passwords}};
  }
  say_of_push({{"state", "publishing"}});
  try {
    publish({push.by, "rules.push.done", after, push.octets}, start, parts_.rules.prepare(version));
  } catch (const control::ErrandError& error) {
    if (!error.begun || !came_into_force(version)) throw;
  }
  say_of_push({{"state", "in force"}, {"before", named(start.now)}});
}

/// What the appliance has begun to put in force, however long it takes.
bool RulesUpdate::came_into_force(const RulesVersion& version) {
  const auto is_in_force = [this, ruleset = version.ruleset]() -> Json {
    return parts_.rules.now().ruleset == ruleset;
  };
  while (!parts_.errands.is_closed()) {
    try {
      return parts_.errands.run(is_in_force, patience).get<bool>();
    } catch (const control::ErrandError&) {  // it is still not done
    }
  }
  return true;
}

/// By the appliance's thread: one of low priority would let who keeps messages wait for it.
RulesUpdate::Last RulesUpdate::last() {
  const auto all = std::make_shared<Last>();
  parts_.errands.run(
      [this, all]() -> Json {
        *all = {parts_.kept.all(), parts_.lists.now().book};
        return nullptr;
      },
      patience);
  return std::move(*all);
}

/// What a version was made of; nothing where its files cannot be read any more, or are others by now.
rules::RuleFiles RulesUpdate::files_of(const RulesVersion& version) const {
  rules::RuleFiles files = read_files(version.number);
  return rules::digest(files) == version.ruleset->name ? files : rules::RuleFiles{};
}

rules::RuleFiles RulesUpdate::read_files(std::uint64_t number) const {
  rules::Findings findings;
  if (number == control::RuleStore::folder_version)
    return rules::read_rule_files(parts_.source.folder, findings);
  if (parts_.store == nullptr) return {};
  try {
    const std::string path = parts_.store->path(number);
    return control::rule_files_of(control::open_bundle(control::read_bundle_file(path),
                                                       control::read_trusted_keys(parts_.source.trust), path),
                                  findings);
  } catch (const std::exception&) {  // its key is trusted no more, for example
    return {};
  }
}

Json RulesUpdate::difference(std::uint64_t from, std::uint64_t to) {
  struct Versions {
    RulesVersion before, after;
  };
  const auto versions = std::make_shared<Versions>();  // which whoever is too late finds as well
  parts_.errands.run(
      [this, versions, from, to]() -> Json {
        for (const auto& [number, version] : {std::pair{from, &versions->before}, {to, &versions->after}}) {
          if (pending_.contains(number))
            refuse(fmt::format("version {} is still being compiled", number), "that it is");
          const RulesVersion* const found = parts_.rules.find(number);
          if (found == nullptr)
            throw Fault(http::not_found, fmt::format("version {} is not kept", number),
                        "one of `tollgate rules list`");
          *version = *found;
        }
        return nullptr;
      },
      patience);
  return cli::difference({versions->before, files_of(versions->before)},
                         {versions->after, files_of(versions->after)});
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
