#include <optional>
#include <string>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/message_judge.hpp"
#include "cli/message_lines.hpp"
#include "cli/rules_folder.hpp"
#include "record/event_json.hpp"
#include "rules/spans.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

/// Nothing where --help was asked for, and given. Throws po::error.
std::optional<Arguments> parse(const std::vector<std::string>& arguments) {
  Arguments read;
  constexpr std::string_view usage =
      "usage: tollgate judge IN.jsonl [options]\n\n"
      "Judges messages by the rules: a JSON object a line (`-` for stdin) in the event's fields, of\n"
      "which only `text` is required. Gives each back with what the rules and the policy say of it.\n";
  if (!read_arguments(arguments, usage, po::options_description(), "the messages as JSON, one a line", read))
    return std::nullopt;
  if (read.in.empty()) throw po::error("the file of messages is missing");
  return read;
}

/// Rules and plugins, and where patterns stand.
struct Judge {
  explicit Judge(const Judges& judges) : by_rules(judges), spans(judges.ruleset, pattern_cache()) {}
  MessageJudge by_rules;
  rules::SpanFinder spans;
};

/// Adds the verdict on a message to its object; without `judge` it passes. Throws std::runtime_error.
void judge_line(MessageLine& line, Judge* judge) {
  if (line.message == nullptr) return;
  if (judge != nullptr) {
    judge->by_rules.judge(*line.message, line.object.value("signals", Json::object()));
    judge->spans.add_spans(*line.message);
  }
  std::string judged;
  record::append_judgement(judged, line.message->judgement);
  const Json said = Json::parse(judged);
  for (const auto& [key, value] : said.items()) line.object[key] = value;
}

/// For a person: one line a message, what was decided first.
std::string line_of(const Json& judged) {
  std::string rules;
  if (const auto list = judged.find("rules"); list != judged.end()) {
    for (const Json& rule : *list)
      rules += fmt::format("{}{}{}", rules.empty() ? "" : ",", rule["id"].get<std::uint32_t>(),
                           rule["state"] == "shadow" ? " (shadow)" : "");
  }
  std::string labels;
  for (const Json& label : judged["labels"]) labels += (labels.empty() ? "" : ",") + label.get<std::string>();
  const std::string text = judged.value("text", "");
  return fmt::format("{:<8} {:<24} {:<16} {}  {}\n", judged["verdict"].get<std::string>(),
                     judged.value("policy", "-"), labels.empty() ? "-" : labels, rules.empty() ? "-" : rules,
                     text);
}

}  // namespace

int judge(const std::vector<std::string>& arguments) {
  const std::optional<Arguments> options = parse(arguments);
  if (!options) return Exit::fine;
  const engine::Settings settings = settings_of(*options);
  const Judges judges = load_judges(settings, options->rules);
  std::optional<Judge> judge;
  if (judges.ruleset != nullptr) judge.emplace(judges);

  read_message_lines(options->in, settings.home, [&](MessageLine& line) {
    judge_line(line, judge ? &*judge : nullptr);
    if (options->json) fmt::print("{}\n", line.object.dump(-1, ' ', false, Json::error_handler_t::replace));
    else if (line.message != nullptr) fmt::print("{}", line_of(line.object));
  });
  return Exit::fine;
}

}  // namespace tollgate::cli
