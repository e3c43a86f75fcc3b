#include "cli/rules_check.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/charging.hpp"

namespace tollgate::cli {
namespace {

using Json = nlohmann::ordered_json;

/// What a ruleset is made of.
struct Numbers {
  std::size_t by_state[3] = {};
  std::size_t without_index = 0;
  std::size_t phrases = 0;
  std::size_t regexes = 0;
  std::size_t database_octets = 0;
  double compile_seconds = 0;
  bool from_cache = true;
  std::size_t lists = 0;
  std::size_t entries = 0;
  std::size_t policy = 0;
};

Numbers count(const rules::Ruleset& set) {
  Numbers n;
  for (const rules::Rule& rule : set.rules) {
    ++n.by_state[static_cast<std::size_t>(rule.state)];
    if (!rule.anchored && rule.state != RuleState::draft) ++n.without_index;
  }
  for (const auto& matcher : set.matchers) {
    if (matcher == nullptr) continue;
    const auto& statistics = matcher->statistics();
    n.phrases += statistics.phrases;
    n.regexes += statistics.regexes;
    n.database_octets += statistics.database_octets;
    n.compile_seconds += statistics.compile_seconds;
    n.from_cache = n.from_cache && statistics.from_cache;
  }
  n.lists = set.lists.size();
  for (const rules::NamedList& list : set.lists) n.entries += list.list->size();
  n.policy = set.policy.size();
  return n;
}

std::string row(std::string_view name, std::string_view value) {
  return fmt::format("{:<20}{}\n", name, value);
}

std::string table(const Numbers& n, const rules::TestRun& run) {
  const auto state = [&](RuleState s) { return n.by_state[static_cast<std::size_t>(s)]; };
  return row("rules", fmt::format("{} enforce, {} shadow, {} draft", state(RuleState::enforce),
                                  state(RuleState::shadow), state(RuleState::draft))) +
         row("looked at always",
             fmt::format("{} (no pattern, list or exact value leads to them)", n.without_index)) +
         row("patterns", fmt::format("{} phrases, {} regexes", n.phrases, n.regexes)) +
         row("database", fmt::format("{} octets, {} in {:.3f} s", n.database_octets,
                                     n.from_cache ? "from the cache" : "compiled", n.compile_seconds)) +
         row("lists", fmt::format("{}, {} entries", n.lists, n.entries)) +
         row("policy", fmt::format("{} lines", n.policy)) +
         row("tests", fmt::format("{}, {} failed", run.tests, run.failed.size()));
}

Json numbers_json(const Numbers& n) {
  return {{"rules", {{"enforce", n.by_state[2]}, {"shadow", n.by_state[1]}, {"draft", n.by_state[0]}}},
          {"looked_at_always", n.without_index},
          {"patterns", {{"phrases", n.phrases}, {"regexes", n.regexes}}},
          {"database_octets", n.database_octets},
          {"compile_seconds", n.compile_seconds},
          {"from_cache", n.from_cache},
          {"lists", n.lists},
          {"list_entries", n.entries},
          {"policy_lines", n.policy}};
}

std::string text_of(const rules::RuleTest& test) {
  for (const auto& [name, value] : test.fields) {
    if (name == "text") return value;
  }
  return {};
}

std::string describe(const rules::FailedTest& failed) {
  std::string text =
      fmt::format("{}: rule {} {}\n    text: {}", to_string(failed.test->place), failed.rule->id,
                  failed.test->match ? "should match, and does not" : "should not match, and does",
                  text_of(*failed.test));
  for (const rules::Finding& reason : failed.reasons)
    text += fmt::format("\n    {}: {}", to_string(reason.place), reason.text);
  return text;
}

Json place_json(const rules::Place& place) {
  return {{"file", place.file}, {"line", place.line}, {"column", place.column}};
}

Json failed_json(const rules::FailedTest& failed) {
  Json reasons = Json::array();
  for (const rules::Finding& reason : failed.reasons) {
    Json one = place_json(reason.place);
    one["text"] = reason.text;
    reasons.push_back(one);
  }
  Json one = place_json(failed.test->place);
  one["rule"] = failed.rule->id;
  one["expect"] = failed.test->match ? "match" : "no match";
  one["text"] = text_of(*failed.test);
  one["reasons"] = reasons;
  return one;
}

}  // namespace

RulesCheck check_rules(const rules::RuleFiles& files, const rules::LoadOptions& options,
                       rules::Findings findings) {
  RulesCheck check{.findings = std::move(findings)};
  if (!check.findings.any_error()) check.set = rules::load(files, options, check.findings);
  if (check.set == nullptr) return check;
  rules::Evaluator evaluator(check.set);
  check.run = rules::run_tests(evaluator);
  rules::warn_of_patterns(evaluator, check.findings);
  check.findings.sort();
  return check;
}

RulesCheck check_folder(const std::string& folder, const rules::RuleFiles& files,
                        const rules::LoadOptions& options, rules::Findings findings) {
  RulesCheck check = check_rules(files, options, std::move(findings));
  check_accounts(folder, check.findings);
  check.findings.sort();
  return check;
}

RulesCheck check_folder(const std::string& folder, const rules::LoadOptions& options,
                        rules::Findings findings) {
  const rules::RuleFiles files = rules::read_rule_files(std::filesystem::path(folder), findings);
  return check_folder(folder, files, options, std::move(findings));
}

Json finding_json(const rules::Finding& finding) {
  Json one = place_json(finding.place);
  one["severity"] = finding.severity == rules::Severity::error ? "error" : "warning";
  one["text"] = finding.text;
  return one;
}

void print_json(const RulesCheck& check) {
  Json out;
  out["findings"] = Json::array();
  for (const rules::Finding& finding : check.findings.all()) out["findings"].push_back(finding_json(finding));
  if (check.set != nullptr) {
    out.update(numbers_json(count(*check.set)));
    out["ruleset"] = check.set->name;
    out["tests"] = check.run.tests;
    out["failed"] = Json::array();
    for (const rules::FailedTest& failed : check.run.failed) out["failed"].push_back(failed_json(failed));
  }
  fmt::print("{}\n", out.dump(2, ' ', false, Json::error_handler_t::replace));
}

std::vector<std::string> fault_texts(const RulesCheck& check) {
  std::vector<std::string> texts;
  for (const rules::Finding& finding : check.findings.all())
    if (finding.severity == rules::Severity::error) texts.push_back(to_string(finding));
  for (const rules::FailedTest& failed : check.run.failed) texts.push_back(describe(failed));
  return texts;
}

void print_findings(std::FILE* to, const RulesCheck& check) {
  for (const rules::Finding& finding : check.findings.all()) fmt::print(to, "{}\n", to_string(finding));
  for (const rules::FailedTest& failed : check.run.failed) fmt::print(to, "{}\n", describe(failed));
}

void print_text(const RulesCheck& check) {
  print_findings(stdout, check);
  if (check.set != nullptr) fmt::print("{}", table(count(*check.set), check.run));
}

}  // namespace tollgate::cli
