#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "cli/appliance_run.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/signals.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;

/// Nothing where --help was asked for, and given. Throws po::error.
std::optional<Arguments> parse(const std::vector<std::string>& arguments) {
  Arguments read;
  constexpr std::string_view usage =
      "usage: tollgate run [-c tollgate.yaml] [options]\n\n"
      "Stands in the wire between the ports of each link, or reads a mirror of it, until SIGTERM or SIGINT;\n"
      "then leaves its connections to the next process and prints a summary. SIGHUP: reads the rules anew, "
      "and\n"
      "opens the file of events and what sinks write anew.\n";
  if (!read_arguments(arguments, usage, {}, "the summary as JSON", read)) return std::nullopt;
  if (!read.in.empty()) throw po::error(fmt::format("`run` takes no file such as {}", read.in));
  return read;
}

Configuration load(const Arguments& arguments) {
  Configuration config = load_config(arguments.config);
  if (config.links.empty())
    throw ConfigError(fmt::format("{} has no `links`; `run` needs one at least",
                                  arguments.config.empty() ? default_config_path : arguments.config));
  config.engine.links = config.links;
  config.engine.plugins.workers = config.appliance.workers;
  config.engine.takes_rules = !config.control.trust.empty();
  return config;
}

}  // namespace

int run(const std::vector<std::string>& arguments) {
  const std::optional<Arguments> read = parse(arguments);
  if (!read) return Exit::fine;
  const Configuration config = load(*read);
  const Signals signals;
  Run run(config, read->rules);
  run.work(signals);
  signals.end_at_next();
  run.end();
  run.print_summary(read->json);
  if (run.busy()) {  // rules may take their time to compile, and a sink may hang
    std::fflush(nullptr);
    std::_Exit(Exit::fine);
  }
  return Exit::fine;
}

}  // namespace tollgate::cli
