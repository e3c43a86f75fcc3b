#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options.hpp>

#include "engine/settings.hpp"

namespace tollgate::cli {

/// What commands take in the same way.
struct Arguments {
  std::string in;      ///< the file to read; empty: none was named
  std::string config;  ///< empty: the usual place, or built-in defaults
  std::string rules;   ///< empty: the configuration's
  bool json = false;
  bool ignore_checksums = false;  ///< of commands that read a capture
};

/// Reads a command's arguments: `own` options, and those of `Arguments`, of which `json_help` says what
/// --json does. Prints `usage` and the options where --help is among them, and is false then. Throws
/// boost::program_options::error.
bool read_arguments(const std::vector<std::string>& arguments, std::string_view usage,
                    const boost::program_options::options_description& own, const char* json_help,
                    Arguments& read);

/// The same of any command: the options `shown`, and up to `most_in` files to read (-1: any number).
bool parse_arguments(const std::vector<std::string>& arguments, std::string_view usage,
                     const boost::program_options::options_description& shown, std::vector<std::string>& in,
                     int most_in);

/// Adds the options of a command that reads a capture to its `own`.
void add_capture_options(boost::program_options::options_description& own, Arguments& read);

/// The settings that the arguments ask for. Throws ConfigError.
engine::Settings settings_of(const Arguments& arguments);

}  // namespace tollgate::cli
