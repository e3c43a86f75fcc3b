#include "record/report.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/now.hpp"
#include "cli/terminal.hpp"
#include "control/client.hpp"
#include "control/fault.hpp"
#include "control/html_report.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

struct Options {
  std::string config;
  std::string from;
  record::ReportWords words;
  std::vector<std::string> where;
  bool json = false;
  bool csv = false;
  bool html = false;
};

std::string usage() {
  std::string text =
      "usage: tollgate report NAME [options]\n\n"
      "Tells what the running appliance has counted; with --from what stands in a file of rollups.\n\n"
      "reports:\n";
  for (const record::ReportKind& kind : record::report_kinds())
    text += fmt::format("  {:<12} {}\n", record::to_string(kind.name), kind.does);
  text +=
      "\nA row is told apart `--by` time, route, direction, protocol, operation, operator, country,\n"
      "account, label, verdict, policy, refusal or currency; of senders also by sender, of rules by rule\n"
      "and state, of leakage by origin; of uninspected by time, reason and route.\n";
  return text;
}

/// Nothing where --help was asked for, and given. Throws po::error.
std::optional<Options> parse(const std::vector<std::string>& arguments) {
  Options options;
  std::vector<std::string> names;
  po::options_description shown("options", 100);
  shown.add_options()  //
      ("config,c", po::value(&options.config)->value_name("FILE"),
       "the configuration of the appliance; without it /etc/tollgate/tollgate.yaml")  //
      ("from", po::value(&options.from)->value_name("FILE"),
       "reads this file of rollups, and asks no appliance")  //
      ("since", po::value(&options.words.since)->value_name("TIME"),
       "2026-11-01T00:00:00Z, 2026-11-01, or 90d, 24h or 30m before now; without it a day before --until")  //
      ("until", po::value(&options.words.until)->value_name("TIME"),
       "the same, up to but without; without it now")                                                //
      ("by", po::value(&options.words.by)->value_name("COLUMN,..."), "what rows are told apart by")  //
      ("step", po::value(&options.words.step)->value_name("STEP"),
       "of time: minute, hour or day; without it as the time that is asked for")  //
      ("where", po::value(&options.where)->value_name("COLUMN=VALUE")->composing(),
       "counts this alone: verdict=block, route!=domestic, label=otp|spam, sender=447*; may be given "
       "again")  //
      ("top", po::value(&options.words.top)->value_name("N"),
       "the first N rows, or groups of rows over time; the others together")                               //
      ("json", po::bool_switch(&options.json), "as JSON")                                                  //
      ("csv", po::bool_switch(&options.csv), "as CSV: a line with the columns, then a line for each row")  //
      ("html", po::bool_switch(&options.html),
       "as a page with charts, in one file, to be read or printed")  //
      ("help,h", "this text");
  if (!parse_arguments(arguments, usage(), shown, names, 1)) return std::nullopt;
  if (names.empty()) throw po::error("the name of a report is missing");
  if (options.json + options.csv + options.html > 1)
    throw po::error("--json, --csv and --html are several things");
  options.words.name = names[0];
  for (const std::string& filter : options.where)
    options.words.where += (options.words.where.empty() ? "" : ",") + filter;
  return options;
}

/// Throws record::ReportError.
record::ReportQuery query_of(const Options& options, const record::RollupTime& time) {
  constexpr std::uint64_t second_ns = 1'000'000'000;
  return record::read_query(options.words, time, static_cast<std::int64_t>(now_ns() / second_ns));
}

record::Report read_file(const Options& options) {
  const record::Reports reports(options.from);
  return reports.make(query_of(options, reports.time()));
}

/// Without what a terminal would act on: senders are named by whoever sends.
record::Report for_a_terminal(record::Report report) {
  for (record::Report::Row& row : report.rows) {
    for (record::Report::Value& value : row) {
      if (auto* const text = std::get_if<std::string>(&value)) *text = printable(*text);
    }
  }
  return report;
}

Json ask_appliance(const Options& options) {
  const Configuration config = load_config(options.config);
  query_of(options, record::RollupTime(config.reports.time_zone));  // what it would refuse is refused here
  std::string path = "/v1/report";
  const auto add = [&](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    path += fmt::format("{}{}={}", path.find('?') == path.npos ? "?" : "&", name, control::query_text(value));
  };
  const record::ReportWords& words = options.words;
  add("name", words.name);
  add("since", words.since);
  add("until", words.until);
  add("step", words.step);
  add("by", words.by);
  add("where", words.where);
  add("top", words.top);
  return control::ask(config.state, "GET", path);
}

/// Whoever answers: arguments that cannot be answered are po::error.
record::Report answer_to(const Options& options) {
  try {
    return options.from.empty() ? record::report_of(ask_appliance(options)) : read_file(options);
  } catch (const record::ReportError& error) {
    throw po::error(error.what());
  } catch (const control::RefusedError& error) {
    if (error.status != control::http::bad_request) throw;
    throw po::error(error.what());
  }
}

}  // namespace

int report(const std::vector<std::string>& arguments) {
  const auto options = parse(arguments);
  if (!options) return Exit::fine;
  const record::Report report = answer_to(*options);
  if (options->json)
    fmt::print("{}\n", record::to_json(report).dump(2, ' ', false, Json::error_handler_t::replace));
  else if (options->html) fmt::print("{}", control::html_report(record::to_json(report)));
  else fmt::print("{}", options->csv ? record::to_csv(report) : record::to_text(for_a_terminal(report)));
  return Exit::fine;
}

}  // namespace tollgate::cli
