#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/event_writer.hpp"
#include "cli/rules_folder.hpp"
#include "dpdk/appliance.hpp"
#include "engine/engine.hpp"
#include "record/summary.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Clock = std::chrono::steady_clock;

/// Nothing where --help was asked for, and given. Throws po::error.
std::optional<Arguments> parse(const std::vector<std::string>& arguments) {
  Arguments read;
  constexpr std::string_view usage =
      "usage: tollgate run [-c tollgate.yaml] [options]\n\n"
      "Stands in the wire between the ports of each link, or reads a mirror of it, until SIGTERM or SIGINT;\n"
      "then lets out what it holds and prints a summary.\n";
  if (!read_arguments(arguments, usage, {}, "the summary as JSON", read)) return std::nullopt;
  if (!read.in.empty()) throw po::error(fmt::format("`run` takes no file such as {}", read.in));
  return read;
}

/// SIGINT and SIGTERM wait for wait_for_end(), in all threads.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

/// From here on a second signal ends the process at once.
void wait_for_end(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void say_links(const Configuration& config) {
  for (std::size_t i = 0; i < config.links.size(); ++i) {
    const Link& link = config.links[i];
    const dpdk::LinkPorts& ports = config.appliance.links[i];
    fmt::print(stderr, "tollgate run: link {}: {}{}{}\n", link.name, ports.outside,
               link.tap ? ", a tap" : " to ", ports.inside);
  }
}

void print_summary(const record::Summary& summary, double seconds, bool as_json) {
  if (!as_json) {
    fmt::print("{:<34}{:>13.3f} s\n{}", "in the wire", seconds, summary.table());
    return;
  }
  nlohmann::ordered_json out;
  out["seconds"] = seconds;
  out.update(summary.json());
  fmt::print("{}\n", out.dump(2));
}

}  // namespace

int run(const std::vector<std::string>& arguments) {
  const std::optional<Arguments> read = parse(arguments);
  if (!read) return Exit::fine;
  Configuration config = load_config(read->config);
  if (config.links.empty())
    throw ConfigError(fmt::format("{} has no `links`; `run` needs one at least",
                                  read->config.empty() ? default_config_path : read->config));
  config.engine.links = config.links;

  const sigset_t signals = block_signals();
  dpdk::Appliance appliance(config.appliance);
  EventWriter events(config.events, config.appliance.workers);
  std::vector<std::unique_ptr<engine::Engine>> engines;
  std::vector<engine::Engine*> started;
  for (unsigned i = 0; i < config.appliance.workers; ++i) {
    const Judges judges = load_judges(config.engine, read->rules);
    engines.push_back(
        std::make_unique<engine::Engine>(config.engine, events.ring(i), judges.ruleset, judges.plugins));
    started.push_back(engines.back().get());
  }
  const auto start = Clock::now();
  appliance.start(started);
  say_links(config);
  fmt::print(stderr, "tollgate run: ready\n");

  wait_for_end(signals);

  appliance.stop();
  events.close();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  for (const auto& engine : engines) events.summary().add(engine->counters());
  events.summary().add(appliance.counters());
  print_summary(events.summary(), seconds, read->json);
  return Exit::fine;
}

}  // namespace tollgate::cli
