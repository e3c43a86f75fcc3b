#include "cli/arguments.hpp"

#include <iostream>

#include "cli/config.hpp"

namespace tollgate::cli {

namespace po = boost::program_options;

bool read_arguments(const std::vector<std::string>& arguments, std::string_view usage,
                    const po::options_description& own, const char* json_help, Arguments& read) {
  po::options_description shown("options", 100);
  for (const auto& option : own.options()) shown.add(option);
  shown.add_options()                                                                    //
      ("config,c", po::value(&read.config)->value_name("FILE"),                          //
       "the configuration; without it /etc/tollgate/tollgate.yaml, where there is one")  //
      ("rules", po::value(&read.rules)->value_name("DIR"),                               //
       "the rules, instead of the configuration's")                                      //
      ("json", po::bool_switch(&read.json), json_help)                                   //
      ("help,h", "this text");
  std::vector<std::string> in;
  if (!parse_arguments(arguments, usage, shown, in, 1)) return false;
  if (!in.empty()) read.in = in.front();
  return true;
}

bool parse_arguments(const std::vector<std::string>& arguments, std::string_view usage,
                     const po::options_description& shown, std::vector<std::string>& in, int most_in) {
  po::options_description all;
  all.add(shown).add_options()("in", po::value(&in));
  po::positional_options_description positional;
  positional.add("in", most_in);

  constexpr int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::variables_map given;
  po::store(po::command_line_parser(arguments).options(all).positional(positional).style(style).run(), given);
  if (given.count("help") != 0) {
    std::cout << usage << '\n' << shown;
    return false;
  }
  po::notify(given);
  return true;
}

void add_capture_options(po::options_description& own, Arguments& read) {
  own.add_options()("ignore-checksums", po::bool_switch(&read.ignore_checksums),
                    "read packets with a wrong checksum too: for captures taken at the sending host");
}

engine::Settings settings_of(const Arguments& arguments) {
  engine::Settings settings = load_config(arguments.config).engine;
  settings.ignore_checksums = arguments.ignore_checksums;
  return settings;
}

}  // namespace tollgate::cli
