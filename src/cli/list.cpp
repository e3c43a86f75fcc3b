#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/subcommands.hpp"
#include "control/client.hpp"
#include "control/list_body.hpp"
#include "control/utc.hpp"
#include "control/whole_file.hpp"
#include "rules/csv.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

struct Options {
  std::string config;
  std::string until;
  std::string file;
  bool json = false;
  std::vector<std::string> words;

  std::string state() const { return load_config(config).state; }
};

void add_common(po::options_description& shown, Options& options) {
  shown.add_options()                                                       //
      ("json", po::bool_switch(&options.json), "what is printed, as JSON")  //
      ("config,c", po::value(&options.config)->value_name("FILE"),
       "the configuration of the appliance; without it /etc/tollgate/tollgate.yaml")  //
      ("help,h", "this text");
}

// Values, of arguments and of a file.

std::string read_all(const std::string& file) {
  constexpr std::size_t most_octets = 1U << 26U;
  std::string text = file == "-" ? std::string(std::istreambuf_iterator<char>(std::cin), {})
                                 : control::read_whole_file(file, most_octets);
  if (text.size() > most_octets) throw std::runtime_error(file + " has more than 64 MiB");
  return text;
}

/// The first field of each line, as lists have it; days on which entries expire are another matter.
void add_values(const std::string& file, std::vector<std::string>& values) {
  const std::string text = read_all(file);
  rules::CsvReader lines(text);
  while (lines.next()) {
    const auto fail = [&](const std::string& why) {
      throw std::runtime_error(fmt::format("{}:{}: {}", file, lines.line(), why));
    };
    if (!lines.fault().empty()) fail(lines.fault());
    const auto fields = lines.fields();
    if (fields.size() > 1 && !fields[1].text.empty())
      fail("a second field; expected one value a line, and `--until` for all of them");
    values.emplace_back(fields[0].text);
  }
}

/// As many values as one request takes.
class Groups {
 public:
  explicit Groups(const std::vector<std::string>& values) : values_(values) {}

  bool is_done() const { return at_ == values_.size(); }
  std::size_t taken() const { return at_; }
  Json next() {
    Json group = Json::array();
    std::size_t octets = 0;
    while (at_ < values_.size() && group.size() < control::most_changed_values) {
      octets += Json(values_[at_]).dump(-1, ' ', false, Json::error_handler_t::replace).size() + 1;
      if (octets > most_octets && !group.empty()) break;
      group.push_back(values_[at_++]);
    }
    return group;
  }

 private:
  static constexpr std::size_t most_octets = 60'000;  ///< the appliance takes 64 KiB

  const std::vector<std::string>& values_;
  std::size_t at_ = 0;
};

// Changes.

/// What became of one value, where that may not be what was meant; else nothing.
std::string remark(const std::string& change, const Json& value) {
  const bool same = value.at("before") == value.at("after");
  const bool listed = value.at("listed").get<bool>();
  if (change == "add") return same ? "was in it already" : "";
  const char* other = listed ? ", and is found by another entry of it" : "";
  if (value.at("before") == false) return fmt::format("was no entry of it{}", other);
  if (change == "remove" && listed) return "is found by another entry of it still";
  return "";
}

void print_change(const Json& answer) {
  const std::string change = answer.at("change");
  fmt::print("@{}: {} of {} entries changed\n", answer.at("list").get<std::string>(),
             answer.at("changed").get<std::size_t>(), answer.at("values").size());
  for (const Json& value : answer.at("values")) {
    const std::string told = remark(change, value);
    if (!told.empty()) fmt::print("  {} {}\n", value.at("value").get<std::string>(), told);
  }
}

/// Asks for all values, one group after the other; gives what was answered, as one.
Json ask_for_change(const Options& options, const std::string& change,
                    const std::vector<std::string>& values) {
  const std::string state = options.state();
  Json all;
  Groups groups(values);
  while (!groups.is_done()) {
    const std::size_t before = groups.taken();
    Json body{{"list", options.words[0]}, {"change", change}, {"values", groups.next()}};
    if (!options.until.empty()) body["until"] = options.until;
    Json answer;
    try {
      answer =
          control::ask(state, "POST", "/v1/lists", body.dump(-1, ' ', false, Json::error_handler_t::replace));
    } catch (const std::exception& error) {
      if (before == 0) throw;
      throw std::runtime_error(
          fmt::format("{}; the first {} of {} values are done", error.what(), before, values.size()));
    }
    if (all.is_null()) {
      all = std::move(answer);
      continue;
    }
    all["changed"] = all["changed"].get<std::size_t>() + answer.at("changed").get<std::size_t>();
    for (Json& value : answer.at("values")) all["values"].push_back(std::move(value));
  }
  return all;
}

int change_by(const std::string& change, const std::vector<std::string>& arguments, std::string_view usage) {
  Options options;
  po::options_description shown("options", 100);
  if (change != "remove")
    shown.add_options()("until", po::value(&options.until)->value_name("TIME"),
                        "until when the entries count, in UTC, such as 2026-12-01T00:00:00Z");
  shown.add_options()("file", po::value(&options.file)->value_name("FILE"),
                      "more values, one a line; `-` is standard input");
  add_common(shown, options);
  if (!parse_arguments(arguments, usage, shown, options.words, -1)) return Exit::fine;
  if (options.words.empty()) throw po::error("the name of the list is missing");
  if (options.words[0].starts_with('@')) options.words[0].erase(0, 1);
  if (change == "expire" && options.until.empty()) throw po::error("--until is missing");
  if (!options.until.empty() && !control::from_utc(options.until))
    throw po::error(
        fmt::format("found --until {}; expected a time such as 2026-12-01T00:00:00Z", options.until));
  std::vector<std::string> values(options.words.begin() + 1, options.words.end());
  if (!options.file.empty()) add_values(options.file, values);
  if (values.empty()) throw po::error("values are missing");
  const Json answer = ask_for_change(options, change, values);
  if (options.json) fmt::print("{}\n", answer.dump(2));
  else print_change(answer);
  return Exit::fine;
}

int list_add(const std::vector<std::string>& arguments) {
  return change_by(
      "add", arguments,
      "usage: tollgate list add LIST [VALUE...] [--until TIME] [--file FILE] [-c tollgate.yaml]\n\n"
      "Values count as entries of the list from now on, for good or until a time. An entry that\n"
      "was taken out and is added for good is as it was before.\n");
}

int list_remove(const std::vector<std::string>& arguments) {
  return change_by(
      "remove", arguments,
      "usage: tollgate list remove LIST [VALUE...] [--file FILE] [-c tollgate.yaml]\n\n"
      "Takes these very entries out of the list from now on, also its own. A number with a shorter\n"
      "prefix in the list, or a host below another, is found by that still. Of a list that the rules\n"
      "in force do not have, what was changed of these entries is forgotten.\n");
}

int list_expire(const std::vector<std::string>& arguments) {
  return change_by(
      "expire", arguments,
      "usage: tollgate list expire LIST [VALUE...] --until TIME [--file FILE] [-c tollgate.yaml]\n\n"
      "Entries of the list count until that time, and no longer: its own ones, and those that were\n"
      "added. What is no entry of it does not become one.\n");
}

// What there is.

std::string described(const Json& entry) {
  const auto added = entry.find("added");
  const auto own = entry.find("own");
  std::string text;
  if (added != entry.end())
    text = added->is_string() ? fmt::format("added until {}", added->get<std::string>()) : "added";
  if (own == entry.end()) return text;
  if (!text.empty()) text += "; ";
  return text + (own->is_string() ? fmt::format("the list's own ends {}", own->get<std::string>())
                                  : std::string("the list's own is taken out"));
}

int show_all(const Options& options) {
  const Json answer = control::ask(options.state(), "GET", "/v1/lists");
  if (options.json) {
    fmt::print("{}\n", answer.dump(2));
    return Exit::fine;
  }
  for (const Json& list : answer.at("lists")) {
    const Json& live = list.at("live");
    const bool in_force = list.at("in_force").get<bool>();
    fmt::print("@{:<30} {:<7} {:>9} entries, {} added, {} taken out{}\n", list.at("list").get<std::string>(),
               list.at("type").get<std::string>(), list.value("entries", std::uint64_t{0}),
               live.at("added").get<std::uint64_t>(), live.at("removed").get<std::uint64_t>(),
               in_force ? "" : "; not in force: the rules have no such list");
  }
  return Exit::fine;
}

std::string entries_path(const Options& options) {
  return "/v1/lists/entries?list=" + control::query_text(options.words[0]);
}

/// What was changed of the list, page by page.
int show_entries(const Options& options) {
  constexpr std::size_t most = 1000;
  Json all;
  for (std::size_t after = 0, total = 1; after < total; after += most) {
    Json page = control::ask(options.state(), "GET",
                             fmt::format("{}&after={}&most={}", entries_path(options), after, most));
    total = page.at("total").get<std::size_t>();
    if (all.is_null()) all = std::move(page);
    else
      for (Json& entry : page.at("entries")) all["entries"].push_back(std::move(entry));
  }
  if (options.json) {
    fmt::print("{}\n", all.dump(2));
    return Exit::fine;
  }
  if (!all.at("in_force").get<bool>())
    fmt::print("not in force: the rules have no @{} of the type {}\n", options.words[0],
               all.at("type").get<std::string>());
  for (const Json& entry : all.at("entries"))
    fmt::print("{:<30} {}\n", entry.at("value").get<std::string>(), described(entry));
  return Exit::fine;
}

/// Whether each of the values is found in the list.
int show_values(const Options& options) {
  Json all = Json::array();
  for (std::size_t i = 1; i < options.words.size(); ++i) {
    const std::string& value = options.words[i];
    Json answer = control::ask(options.state(), "GET",
                               fmt::format("{}&value={}", entries_path(options), control::query_text(value)));
    const bool listed = answer.at("listed").get<bool>();
    const Json& entries = answer.at("entries");
    if (!options.json)
      fmt::print("{:<30} {}{}\n", value, listed ? "is in the list" : "is not in the list",
                 entries.empty() ? "" : ": " + described(entries[0]));
    all.push_back({{"value", value}, {"listed", listed}, {"entries", entries}});
  }
  if (options.json) fmt::print("{}\n", all.dump(2));
  return Exit::fine;
}

int list_show(const std::vector<std::string>& arguments) {
  Options options;
  po::options_description shown("options", 100);
  add_common(shown, options);
  if (!parse_arguments(
          arguments,
          "usage: tollgate list show [LIST [VALUE...]] [-c tollgate.yaml]\n\n"
          "Shows the lists of the rules in force, and how many entries were changed of each; of one\n"
          "list these entries; of values, whether they are found in the list now.\n",
          shown, options.words, -1))
    return Exit::fine;
  if (options.words.empty()) return show_all(options);
  if (options.words[0].starts_with('@')) options.words[0].erase(0, 1);
  return options.words.size() == 1 ? show_entries(options) : show_values(options);
}

constexpr Subcommand commands[] = {
    {"add", "values become entries of a list, for good or until a time", list_add},
    {"remove", "takes entries out of a list, its own too", list_remove},
    {"expire", "says until when entries of a list count", list_expire},
    {"show", "what was changed of lists, and whether a value is in one", list_show},
};

}  // namespace

int list(const std::vector<std::string>& arguments) {
  return run_subcommand(
      "list",
      "Changes entries of the lists of a running appliance's rules: at once, kept over restarts\n"
      "and reloads, and in the audit log.\n",
      commands, arguments);
}

}  // namespace tollgate::cli
