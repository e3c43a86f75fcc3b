#include <optional>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/rules_check.hpp"
#include "cli/rules_folder.hpp"
#include "detect/plugin_sink.hpp"

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
  const Configuration config = load_config(options->common.config);
  const engine::Settings& settings = config.engine;
  const bool json = options->common.json;
  rules::Findings findings;
  const detect::Plugins plugins(settings.plugins, findings);
  for (const detect::SinkSettings& sink : config.sinks)
    detect::open_sink(plugins, sink, config.folder, true, findings);
  if (options->signals) return show_signals(plugins, findings, json);
  const std::string& folder = options->common.rules.empty() ? settings.rules : options->common.rules;
  if (folder.empty() && !json && findings.all().empty())
    fmt::print("The configuration is good; it names no rules.\n");
  const RulesCheck checked = folder.empty() ? RulesCheck{.findings = findings}
                                            : check_folder(folder, load_options(settings, plugins), findings);
  if (json) print_json(checked);
  else print_text(checked);
  return checked.good() ? Exit::fine : Exit::failure;
}

}  // namespace tollgate::cli
