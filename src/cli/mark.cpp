#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/now.hpp"
#include "cli/subcommands.hpp"
#include "cli/terminal.hpp"
#include "control/client.hpp"
#include "control/utc.hpp"
#include "record/report_query.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t most_marks = 1000;  ///< in one answer

struct Options {
  std::string config;
  std::string wrong;
  std::string text;
  std::string note;
  std::string since;
  std::string rule;
  bool with_text = false;
  bool json = false;
  std::vector<std::string> words;

  std::string state() const { return load_config(config).state; }
};

void add_common(po::options_description& shown, Options& options) {
  shown.add_options()                                                       //
      ("json", po::bool_switch(&options.json), "what is printed, as JSON")  //
      ("config,c", po::value(&options.config)->value_name("FILE"),
       "the configuration of the appliance; without it /etc/tollgate/tollgate.yaml")  //
      ("help,h", "this text");
}

void add_choice(po::options_description& shown, Options& options) {
  shown.add_options()                                                                  //
      ("rule", po::value(&options.rule)->value_name("ID"), "only marks of this rule")  //
      ("since", po::value(&options.since)->value_name("TIME"),
       "only marks made from then on: 2026-12-01T00:00:00Z, 2026-12-01, or 90d, 24h or 30m before now");
}

/// 0 where none is named. Throws po::error.
std::uint32_t rule_of(const Options& options) {
  if (options.rule.empty()) return 0;
  std::uint32_t rule = 0;
  const char* const end = options.rule.data() + options.rule.size();
  const auto read = std::from_chars(options.rule.data(), end, rule);
  if (read.ec != std::errc() || read.ptr != end || rule == 0)
    throw po::error(fmt::format("found --rule {}; expected the id of a rule, a number from 1", options.rule));
  return rule;
}

/// The moment from which on marks are asked for, as the API takes it. Throws po::error.
std::string since_of(const Options& options, const std::string& time_zone) {
  const record::RollupTime time(time_zone);
  const auto now_s = static_cast<std::int64_t>(now_ns() / control::second_ns);
  try {
    const std::int64_t since_s = record::read_moment(options.since, time, now_s);
    return control::to_utc(static_cast<std::uint64_t>(since_s) * control::second_ns);
  } catch (const record::ReportError& error) {
    throw po::error(error.what());
  }
}

/// What is asked for of the marks, as it stands in a path. Throws po::error.
std::string choice_of(const Options& options, const Configuration& config) {
  std::string choice = fmt::format("rule={}", rule_of(options));
  if (!options.since.empty())
    choice += "&since=" + control::query_text(since_of(options, config.engine.home.time_zone));
  return choice;
}

std::string rules_of(const Json& mark) {
  std::string rules;
  for (const Json& rule : mark.at("rules"))
    rules += fmt::format("{}{}", rules.empty() ? "" : ",", rule.get<std::uint32_t>());
  return rules.empty() ? "-" : rules;
}

void print_mark(const Json& mark) {
  const auto text = [&](const char* name) { return printable(mark.value(name, std::string())); };
  fmt::print("{:>6}  {}  {:<14}  {:<8}  rules {}  {}  by {}\n", mark.at("number").get<std::uint64_t>(),
             text("made"), text("wrong"), text("verdict"), rules_of(mark), text("event"), text("by"));
  for (const char* name : {"text", "note"})
    if (mark.contains(name)) fmt::print("        {}: {}\n", name, text(name));
}

int print_one(const Options& options, const Json& answer) {
  if (options.json) fmt::print("{}\n", answer.dump(2));
  else print_mark(answer.at("mark"));
  return Exit::fine;
}

int mark_add(const std::vector<std::string>& arguments) {
  Options options;
  po::options_description shown("options", 100);
  shown.add_options()  //
      ("wrong", po::value(&options.wrong)->value_name("HOW"),
       "false_positive: rules hold that should not; false_negative: none holds that should")  //
      ("rule", po::value(&options.rule)->value_name("ID"),
       "the rule that it is about; without it, of a false positive, those that hold")          //
      ("text", po::value(&options.text)->value_name("TEXT"), "keeps this text, to test with")  //
      ("with-text", po::bool_switch(&options.with_text),
       "keeps the text and the sender of the message, while the appliance still has it in memory")  //
      ("note", po::value(&options.note)->value_name("TEXT"), "why");
  add_common(shown, options);
  if (!parse_arguments(arguments,
                       "usage: tollgate mark add ID --wrong false_positive|false_negative [--rule ID]\n"
                       "           [--text TEXT | --with-text] [--note TEXT] [-c tollgate.yaml]\n\n"
                       "Keeps that the verdict on a message is wrong. ID is that of its event, which came\n"
                       "lately. An event has one mark: a later one takes its place.\n",
                       shown, options.words, 1))
    return Exit::fine;
  if (options.words.empty()) throw po::error("the id of an event is missing");
  std::replace(options.wrong.begin(), options.wrong.end(), '-', '_');
  if (options.wrong != "false_positive" && options.wrong != "false_negative")
    throw po::error("--wrong: expected false_positive or false_negative");
  if (options.with_text && !options.text.empty()) throw po::error("give either --text or --with-text");
  Json body{{"id", options.words[0]}, {"wrong", options.wrong}};
  if (const std::uint32_t rule = rule_of(options); rule != 0) body["rule"] = rule;
  if (!options.text.empty()) body["text"] = options.text;
  if (options.with_text) body["with_text"] = true;
  if (!options.note.empty()) body["note"] = options.note;
  return print_one(options, control::ask(options.state(), "POST", "/v1/marks",
                                         body.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

int mark_remove(const std::vector<std::string>& arguments) {
  Options options;
  po::options_description shown("options", 100);
  add_common(shown, options);
  if (!parse_arguments(arguments,
                       "usage: tollgate mark remove NUMBER [-c tollgate.yaml]\n\n"
                       "Takes a mark back; NUMBER is as `tollgate mark list` shows it.\n",
                       shown, options.words, 1))
    return Exit::fine;
  const bool is_number = options.words.size() == 1 && !options.words[0].empty() &&
                         options.words[0].size() < 19 &&
                         options.words[0].find_first_not_of("0123456789") == std::string::npos;
  if (!is_number) throw po::error("expected the number of a mark");
  const Json body{{"number", std::stoull(options.words[0])}};
  return print_one(options, control::ask(options.state(), "POST", "/v1/marks/remove", body.dump()));
}

int mark_list(const std::vector<std::string>& arguments) {
  Options options;
  po::options_description shown("options", 100);
  add_choice(shown, options);
  add_common(shown, options);
  if (!parse_arguments(arguments,
                       "usage: tollgate mark list [--rule ID] [--since TIME] [-c tollgate.yaml]\n\n"
                       "Shows which verdicts somebody says are wrong.\n",
                       shown, options.words, 0))
    return Exit::fine;
  const Configuration config = load_config(options.config);
  const std::string choice = choice_of(options, config);
  Json all;
  for (std::uint64_t after = 0;;) {
    Json page = control::ask(config.state, "GET",
                             fmt::format("/v1/marks?after={}&most={}&{}", after, most_marks, choice));
    const std::size_t count = page.at("marks").size();
    if (count != 0) after = page.at("marks").back().at("number").get<std::uint64_t>();
    if (all.is_null()) all = std::move(page);
    else
      for (Json& mark : page.at("marks")) all["marks"].push_back(std::move(mark));
    if (count < most_marks) break;
  }
  if (options.json) fmt::print("{}\n", all.dump(2));
  else
    for (const Json& mark : all.at("marks")) print_mark(mark);
  return Exit::fine;
}

int mark_tests(const std::vector<std::string>& arguments) {
  Options options;
  po::options_description shown("options", 100);
  add_choice(shown, options);
  add_common(shown, options);
  if (!parse_arguments(
          arguments,
          "usage: tollgate mark tests [--rule ID] [--since TIME] [-c tollgate.yaml]\n\n"
          "Prints marks that have a text as tests of rules: lines of YAML that can be put below\n"
          "the `tests:` of a rule. `tollgate check` says then which of them it fails.\n",
          shown, options.words, 0))
    return Exit::fine;
  const Configuration config = load_config(options.config);
  const std::string yaml =
      control::ask_for_text(config.state, "GET", "/v1/marks/tests?" + choice_of(options, config));
  if (options.json) fmt::print("{}\n", Json{{"tests", yaml}}.dump(2));
  else fmt::print("{}", yaml);
  return Exit::fine;
}

constexpr Subcommand commands[] = {
    {"add", "says that a verdict is wrong", mark_add},
    {"list", "which verdicts somebody says are wrong", mark_list},
    {"remove", "takes a mark back", mark_remove},
    {"tests", "prints marks as tests of rules", mark_tests},
};

}  // namespace

int mark(const std::vector<std::string>& arguments) {
  return run_subcommand("mark",
                        "Keeps which verdicts of a running appliance are wrong, as people say, and makes\n"
                        "tests of rules of them.\n",
                        commands, arguments);
}

}  // namespace tollgate::cli
