#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "control/audit_reader.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

struct Options {
  std::string config;
  std::string file;
  std::uint64_t after = 0;
  bool json = false;
  std::vector<std::string> words;

  std::string path() const {
    if (!file.empty()) return file;
    const Configuration loaded = load_config(config);
    return control::audit_path(loaded.control, loaded.state);
  }
};

/// False where --help was asked for, and given. Throws po::error.
bool parse(const std::vector<std::string>& arguments, Options& options) {
  constexpr std::string_view usage =
      "usage: tollgate audit show|verify [-c tollgate.yaml] [options]\n\n"
      "show: prints who changed what of an appliance, and when.\n"
      "verify: says whether any line of it was changed, or is missing.\n";
  po::options_description shown("options", 100);
  shown.add_options()  //
      ("config,c", po::value(&options.config)->value_name("FILE"),
       "the configuration of the appliance; without it /etc/tollgate/tollgate.yaml")  //
      ("file", po::value(&options.file)->value_name("FILE"),
       "the audit log, instead of the configuration's")  //
      ("after", po::value(&options.after)->value_name("NUMBER"),
       "show: only the lines behind that number")  //
      ("json", po::bool_switch(&options.json),
       "show: the lines as they stand; verify: what was found, as JSON")  //
      ("help,h", "this text");
  if (!parse_arguments(arguments, usage, shown, options.words, -1)) return false;
  if (options.words.size() != 1 || (options.words[0] != "show" && options.words[0] != "verify"))
    throw po::error("expected `show` or `verify`");
  return true;
}

/// A value as it is shown; what is not printable is escaped.
std::string shown(const Json& line, const char* key) {
  const auto found = line.find(key);
  if (found == line.end()) return "?";
  const std::string text = found->dump(-1, ' ', true, Json::error_handler_t::replace);
  return found->is_string() ? text.substr(1, text.size() - 2) : text;
}

void print(const std::string& text) {
  const Json line = Json::parse(text, nullptr, false);
  if (!line.is_object()) return fmt::print("a line that is not one of an audit log\n");
  fmt::print("{:>6} {} {} ({}, from {}): {} {} -> {}\n", shown(line, "number"), shown(line, "time"),
             shown(line, "who"), shown(line, "role"), shown(line, "from"), shown(line, "what"),
             shown(line, "before"), shown(line, "after"));
}

int show(const Options& options) {
  constexpr std::size_t at_once = 1000;
  const std::string path = options.path();
  std::uint64_t after = options.after;
  for (;;) {
    const auto lines = control::audit_lines_after(path, after, at_once);
    for (const std::string& line : lines) {
      if (options.json) fmt::print("{}\n", line);
      else print(line);
    }
    if (lines.size() < at_once) return Exit::fine;
    const std::uint64_t last = Json::parse(lines.back(), nullptr, false).value("number", after);
    if (last <= after) return Exit::fine;
    after = last;
  }
}

int verify(const Options& options) {
  const std::string path = options.path();
  const control::AuditState state = control::verify_audit(path);
  const bool good = state.wrong_line == 0;
  if (options.json) {
    Json out{{"file", path},
             {"good", good},
             {"lines", state.end.number - state.removed},
             {"removed", state.removed},
             {"hash", state.end.hash}};
    if (!good) out["wrong"] = {{"file", state.file}, {"line", state.wrong_line}, {"why", state.why}};
    fmt::print("{}\n", out.dump(2, ' ', false, Json::error_handler_t::replace));
  } else if (good) {
    fmt::print("{}: {} lines, each as it was written; the hash of the last is {}\n", path,
               state.end.number - state.removed, state.end.hash);
    if (state.removed != 0)
      fmt::print("{} lines before them were removed, as a later line tells\n", state.removed);
  } else {
    fmt::print("{}:{}: {}; the {} lines before it are as they were written\n", state.file, state.wrong_line,
               state.why, state.end.number - state.removed);
  }
  return good ? Exit::fine : Exit::failure;
}

}  // namespace

int audit(const std::vector<std::string>& arguments) {
  Options options;
  if (!parse(arguments, options)) return Exit::fine;
  return options.words[0] == "show" ? show(options) : verify(options);
}

}  // namespace tollgate::cli
