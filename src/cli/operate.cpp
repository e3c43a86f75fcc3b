#include <optional>
#include <string>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "control/client.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;

struct Options {
  std::string config;
  std::vector<std::string> words;
};

/// Nothing where --help was asked for, and given. Throws po::error.
std::optional<Options> parse(const std::vector<std::string>& arguments, std::string_view usage,
                             int most_words) {
  Options options;
  po::options_description shown("options", 100);
  shown.add_options()  //
      ("config,c", po::value(&options.config)->value_name("FILE"),
       "the configuration of the appliance; without it /etc/tollgate/tollgate.yaml")  //
      ("help,h", "this text");
  if (!parse_arguments(arguments, usage, shown, options.words, most_words)) return std::nullopt;
  return options;
}

}  // namespace

int bypass(const std::vector<std::string>& arguments) {
  const auto options =
      parse(arguments,
            "usage: tollgate bypass on|off [-c tollgate.yaml]\n\n"
            "on: the running appliance only records what it decides, and edits nothing any more.\n"
            "off: it acts on what it decides again.\n",
            1);
  if (!options) return Exit::fine;
  if (options->words.size() != 1 || (options->words[0] != "on" && options->words[0] != "off"))
    throw po::error("expected `on` or `off`");
  const nlohmann::json wanted{{"on", options->words[0] == "on"}};
  const auto answer = control::ask(load_config(options->config).state, "PUT", "/v1/bypass", wanted.dump());
  fmt::print("{}\n", answer.at("said").get<std::string>());
  return Exit::fine;
}

int status(const std::vector<std::string>& arguments) {
  const auto options =
      parse(arguments,
            "usage: tollgate status [-c tollgate.yaml]\n\n"
            "Prints as JSON what the running appliance does, and what it has counted so far.\n",
            0);
  if (!options) return Exit::fine;
  fmt::print("{}\n", control::ask(load_config(options->config).state, "GET", "/v1/status").dump(2));
  return Exit::fine;
}

}  // namespace tollgate::cli
