#include "cli/subcommands.hpp"

#include <boost/program_options/errors.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"

namespace tollgate::cli {

int run_subcommand(std::string_view command, std::string_view about, std::span<const Subcommand> all,
                   const std::vector<std::string>& arguments) {
  using boost::program_options::error;
  if (arguments.empty()) throw error("a command of it is missing");
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h") {
    fmt::print("usage: tollgate {} COMMAND [ARGUMENTS]\n\n{}\ncommands:\n", command, about);
    for (const Subcommand& one : all) fmt::print("  {:<10} {}\n", one.name, one.does);
    fmt::print("\n`tollgate {} COMMAND --help` tells more.\n", command);
    return Exit::fine;
  }
  for (const Subcommand& one : all) {
    if (one.name == first) return one.run({arguments.begin() + 1, arguments.end()});
  }
  throw error(fmt::format("there is no command '{}' of it", first));
}

}  // namespace tollgate::cli
