#include <algorithm>
#include <fstream>
#include <iostream>
#include <limits>
#include <optional>
#include <stdexcept>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/rules_folder.hpp"
#include "detect/detectors.hpp"
#include "record/event_json.hpp"
#include "rules/evaluate.hpp"
#include "rules/sample.hpp"
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

/// What a person may give for a field, as text; nothing for objects, lists and null.
std::optional<std::string> scalar(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.dump();
  return std::nullopt;
}

/// Sets the fields of `object`, those of objects in it by dotted names. What a message cannot be given stays
/// as it is in the line. Throws std::runtime_error.
void set_fields(rules::Sample& sample, const Json& object, const std::string& prefix) {
  for (const auto& [key, value] : object.items()) {
    const std::string name = prefix + key;
    if (value.is_object()) {
      set_fields(sample, value, name + ".");
    } else if (rules::Sample::knows(name)) {
      const auto text = scalar(value);
      if (!text) throw std::runtime_error(fmt::format("`{}` is neither text nor a whole number", name));
      const std::string fault = sample.set(name, *text);
      if (!fault.empty()) throw std::runtime_error(fault);
    }
  }
}

/// Rules and plugins.
struct Judge {
  explicit Judge(const Judges& judges)
      : evaluator(judges.ruleset),
        detectors(judges.plugins, *judges.ruleset),
        spans(judges.ruleset, pattern_cache()) {}

  /// Signals that the message brings with it are taken as they are. Throws std::runtime_error.
  void judge(Message& message, const Json& given) {
    const auto detected = detectors.detect(evaluator.look_at(message));
    const std::vector<std::string>& names = evaluator.ruleset().signals;
    signals.assign(names.size(), std::numeric_limits<double>::quiet_NaN());
    std::copy(detected.begin(), detected.end(), signals.begin());
    for (const auto& [name, value] : given.items()) {
      const auto known = std::find(names.begin(), names.end(), name);
      if (known == names.end()) continue;
      if (!value.is_number()) throw std::runtime_error(fmt::format("the signal `{}` is no number", name));
      signals[static_cast<std::size_t>(known - names.begin())] = value.get<double>();
    }
    evaluator.judge(signals);
    spans.add_spans(message);
  }

  rules::Evaluator evaluator;
  detect::Detectors detectors;
  rules::SpanFinder spans;
  std::vector<double> signals;
};

/// One line in, its object with the verdict out. Throws std::runtime_error.
Json judge_line(const std::string& line, Judge* judge, const Home& home) {
  Json object;
  try {
    object = Json::parse(line);
  } catch (const nlohmann::json::parse_error& error) {
    throw std::runtime_error(fmt::format("not JSON: octet {} is not what JSON has there", error.byte));
  }
  if (!object.is_object())
    throw std::runtime_error("found no object; expected one, such as {\"text\":\"hello\"}");
  const auto text = object.find("text");
  if (text == object.end()) throw std::runtime_error("the field `text` is missing");
  rules::Sample sample(home);
  set_fields(sample, object, "");
  Message& message = sample.message();
  if (judge != nullptr) judge->judge(message, object.value("signals", Json::object()));
  std::string judged;
  record::append_judgement(judged, message.judgement);
  const Json said = Json::parse(judged);
  for (const auto& [key, value] : said.items()) object[key] = value;
  return object;
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
  const auto text = judged["text"].is_string() ? judged["text"].get<std::string>() : std::string{};
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

  std::ifstream file;
  if (options->in != "-") {
    file.open(options->in);
    if (!file) throw std::system_error(errno, std::generic_category(), "cannot read " + options->in);
  }
  std::istream& in = options->in == "-" ? std::cin : file;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    try {
      const Json judged = judge_line(line, judge ? &*judge : nullptr, settings.home);
      if (options->json) fmt::print("{}\n", judged.dump(-1, ' ', false, Json::error_handler_t::replace));
      else fmt::print("{}", line_of(judged));
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(fmt::format("{}:{}: {}", options->in, number, error.what()));
    }
  }
  return Exit::fine;
}

}  // namespace tollgate::cli
