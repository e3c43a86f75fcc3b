#include "rules/check.hpp"

#include <optional>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/charging.hpp"
#include "cli/commands.hpp"
#include "cli/rules_folder.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

struct Options {
  Arguments common;
  bool signals = false;
};

/// Nothing where --help was asked for, and given. Throws po::error.
std::optional<Options> parse(const std::vector<std::string>& arguments) {
  Options options;
  Arguments& read = options.common;
  po::options_description own;
  own.add_options()("signals", po::bool_switch(&options.signals),
                    "only show the signals of plugins, which rules can compare");
  constexpr std::string_view usage =
      "usage: tollgate check [options]\n\n"
      "Reads the configuration, the rules, their lists and the policy as a start would, runs the\n"
      "rules' own tests, and says all that is wrong. Exit status 1 where something is.\n";
  if (!read_arguments(arguments, usage, own, "the same as JSON", read)) return std::nullopt;
  if (!read.in.empty()) throw po::too_many_positional_options_error();
  return options;
}

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
      fmt::format("{}: rule {} {}\n", to_string(failed.test->place), failed.rule->id,
                  failed.test->match ? "should match, and does not" : "should not match, and does");
  text += fmt::format("    text: {}\n", text_of(*failed.test));
  for (const rules::Finding& reason : failed.reasons)
    text += fmt::format("    {}: {}\n", to_string(reason.place), reason.text);
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

Json finding_json(const rules::Finding& finding) {
  Json one = place_json(finding.place);
  one["severity"] = finding.severity == rules::Severity::error ? "error" : "warning";
  one["text"] = finding.text;
  return one;
}

void print_json(const rules::Findings& findings, const rules::Ruleset* set, const rules::TestRun& run) {
  Json out;
  out["findings"] = Json::array();
  for (const rules::Finding& finding : findings.all()) out["findings"].push_back(finding_json(finding));
  if (set != nullptr) {
    out.update(numbers_json(count(*set)));
    out["ruleset"] = set->name;
    out["tests"] = run.tests;
    out["failed"] = Json::array();
    for (const rules::FailedTest& failed : run.failed) out["failed"].push_back(failed_json(failed));
  }
  fmt::print("{}\n", out.dump(2, ' ', false, Json::error_handler_t::replace));
}

void print_text(const rules::Findings& findings, const rules::Ruleset* set, const rules::TestRun& run) {
  for (const rules::Finding& finding : findings.all()) fmt::print("{}\n", to_string(finding));
  if (set == nullptr) return;
  for (const rules::FailedTest& failed : run.failed) fmt::print("{}", describe(failed));
  fmt::print("{}", table(count(*set), run));
}

/// What plugins publish.
int show_signals(const detect::Plugins& plugins, const rules::Findings& findings, bool json) {
  if (json) {
    Json out{{"findings", Json::array()}, {"signals", Json::array()}};
    for (const rules::Finding& finding : findings.all()) out["findings"].push_back(finding_json(finding));
    for (const detect::Signal& signal : plugins.signals())
      out["signals"].push_back({{"name", signal.name},
                                {"type", to_string(signal.type)},
                                {"unit", signal.unit},
                                {"help", signal.help}});
    fmt::print("{}\n", out.dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    for (const rules::Finding& finding : findings.all()) fmt::print("{}\n", to_string(finding));
    constexpr std::string_view row = "{:<32} {:<8} {:<12} {}\n";
    fmt::print(row, "signal", "type", "unit", "what it says of a message");
    for (const detect::Signal& signal : plugins.signals())
      fmt::print(row, signal.name, to_string(signal.type), signal.unit, signal.help);
  }
  return findings.any_error() ? Exit::failure : Exit::fine;
}

}  // namespace

int check(const std::vector<std::string>& arguments) {
  const std::optional<Options> options = parse(arguments);
  if (!options) return Exit::fine;
  const engine::Settings settings = settings_of(options->common);
  const bool json = options->common.json;
  rules::Findings findings;
  const detect::Plugins plugins(settings.plugins, findings);
  if (options->signals) return show_signals(plugins, findings, json);
  const std::string& folder = options->common.rules.empty() ? settings.rules : options->common.rules;
  std::shared_ptr<const rules::Ruleset> set;
  rules::TestRun run;
  if (!folder.empty()) {
    set = rules::load(std::filesystem::path(folder), load_options(settings, plugins), findings);
    check_accounts(folder, findings);
  } else if (!json && findings.all().empty()) {
    fmt::print("The configuration is good; it names no rules.\n");
  }
  if (set != nullptr) {
    rules::Evaluator evaluator(set);
    run = rules::run_tests(evaluator);
    rules::warn_of_patterns(evaluator, findings);
    findings.sort();
  }
  if (json) print_json(findings, set.get(), run);
  else print_text(findings, set.get(), run);
  return findings.any_error() || !run.failed.empty() ? Exit::failure : Exit::fine;
}

}  // namespace tollgate::cli
