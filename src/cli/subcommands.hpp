#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tollgate::cli {

/// A command of a command, such as `account list`.
struct Subcommand {
  std::string_view name;
  std::string_view does;
  int (*run)(const std::vector<std::string>& arguments);
};

/// Runs the one that the first argument names, with the others; gives its exit status. --help lists them all
/// below `about`, a text with its line ends. Throws boost::program_options::error.
int run_subcommand(std::string_view command, std::string_view about, std::span<const Subcommand> all,
                   const std::vector<std::string>& arguments);

}  // namespace tollgate::cli
