#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <boost/program_options/errors.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"

namespace tollgate::cli {
namespace {

struct Command {
  std::string_view name;
  std::string_view does;
  int (*run)(const std::vector<std::string>& arguments);
};

constexpr Command commands[] = {
    {"account", "keeps accounts, prices and credit: what they may send, and what it costs", account},
    {"audit", "shows who changed what of an appliance, and whether that was changed later", audit},
    {"bypass", "lets a running appliance only record what it decides, or act on it again", bypass},
    {"check", "says what is wrong with the configuration and the rules; runs the rules' own tests", check},
    {"diff", "tells which verdicts change between two folders of rules", diff},
    {"explain", "shows one packet as Tollgate reads it, field by field", explain},
    {"judge", "judges messages from a file by the rules", judge},
    {"list", "changes entries of lists while the appliance runs", list},
    {"mark", "says which verdicts of a running appliance are wrong", mark},
    {"replay", "sends a capture through the packet path; tells what is in it", replay},
    {"report", "tells of traffic, fraud and money, by time and by what you like", report},
    {"rules", "signs rules, lists and policy as one file, and reads such files", rules},
    {"run", "works in the wire, between the ports of its links, until SIGTERM", run},
    {"status", "tells how a running appliance does", status},
    {"token", "says who may speak with an appliance over HTTPS, and in which role", token},
};

void print_help() {
  fmt::print(
      "Tollgate reads SS7/SIGTRAN and SMPP traffic and every short message in it.\n\n"
      "usage: tollgate COMMAND [ARGUMENTS]\n\ncommands:\n");
  for (const Command& command : commands) fmt::print("  {:<10} {}\n", command.name, command.does);
  fmt::print(
      "\n`tollgate COMMAND --help` tells more; `tollgate --version` the version.\n"
      "Exit status: 0 fine, 1 unreadable input, findings or failure, 2 wrong arguments.\n");
}

int run_command(const Command& command, const std::vector<std::string>& arguments) {
  try {
    return command.run(arguments);
  } catch (const boost::program_options::error& error) {
    fmt::print(stderr, "tollgate {0}: {1}\nSee `tollgate {0} --help`.\n", command.name, error.what());
    return Exit::usage;
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::broken_pipe) return Exit::failure;  // who read it has had enough
    fmt::print(stderr, "tollgate {}: {}\n", command.name, error.what());
    return Exit::failure;
  } catch (const std::exception& error) {
    fmt::print(stderr, "tollgate {}: {}\n", command.name, error.what());
    return Exit::failure;
  }
}

int start(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    fmt::print(stderr, "tollgate: a command is missing. See `tollgate --help`.\n");
    return Exit::usage;
  }
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h" || first == "help") {
    print_help();
    return Exit::fine;
  }
  if (first == "--version") {
    fmt::print("tollgate {}\n", TOLLGATE_VERSION);
    return Exit::fine;
  }
  for (const Command& command : commands) {
    if (command.name == first) return run_command(command, {arguments.begin() + 1, arguments.end()});
  }
  fmt::print(stderr, "tollgate: there is no command '{}'. See `tollgate --help`.\n", first);
  return Exit::usage;
}

}  // namespace
}  // namespace tollgate::cli

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away shows as a failed write
  const int status = tollgate::cli::start({argv + 1, argv + argc});
  if (std::fflush(stdout) != 0) {
    if (errno != EPIPE) std::perror("tollgate: cannot write standard output");
    return tollgate::cli::Exit::failure;
  }
  return status;
}
