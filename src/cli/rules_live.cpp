#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include <boost/optional.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/rules.hpp"
#include "cli/terminal.hpp"
#include "control/bundle.hpp"
#include "control/client.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr std::uint64_t lines_a_request = 1000;

/// The first rows of a group of what changes.
void print_rows(const Json& difference, const char* group, const char* name, const char* more) {
  constexpr std::size_t most_rows = 10;
  const Json& rows = difference.at(group);
  for (std::size_t i = 0; i < rows.size() && i < most_rows; ++i) {
    if (!rows[i].contains("count")) continue;
    fmt::print("{:>8}  {} -> {}  {} {} {}\n", rows[i].at("count").get<std::uint64_t>(),
               printable(rows[i].at("before").get<std::string>()),
               printable(rows[i].at("after").get<std::string>()), name, rows[i].at(name).dump(),
               more[0] == '\0' ? "" : printable(rows[i].at(more).get<std::string>()));
  }
  if (rows.size() > most_rows) fmt::print("          and more: --json shows them\n");
}

void print_difference(const Json& difference) {
  const auto number = [&](const char* name) { return difference.at(name).get<std::uint64_t>(); };
  fmt::print("tried on the last {} messages: {} verdicts change, {} have other labels only\n",
             number("messages"), number("changed"), number("relabelled"));
  fmt::print("one-time passwords that would be lost: {}\n",
             difference.at("otp_lost").at("count").get<std::uint64_t>());
  print_rows(difference, "rules", "id", "name");
  print_rows(difference, "labels", "label", "");
}

/// Its exit status.
int print_report(const Json& push) {
  if (push.contains("difference")) print_difference(push.at("difference"));
  if (push.at("state") == "in force") {
    fmt::print("bundle {} is in force: {} rules as {}, {}\n", push.at("version").get<std::uint64_t>(),
               push.at("rules").get<std::uint64_t>(), push.at("ruleset").get<std::string>(),
               push.at("signed_by").get<std::string>());
    return Exit::fine;
  }
  for (const Json& finding : push.at("findings")) fmt::print(stderr, "{}\n", finding.get<std::string>());
  fmt::print(stderr, "refused: {}\nThe rules stay as they are.\n", push.at("error").get<std::string>());
  return Exit::failure;
}

bool has_ended(const Json& push) { return push.at("state") == "in force" || push.at("state") == "refused"; }

/// What became of the bundle that was pushed as that number.
Json wait_for_end(const std::string& state, std::uint64_t number) {
  for (;;) {
    Json push = control::ask(state, "GET", "/v1/rules/push").at("push");
    if (push.is_null() || push.at("push") != number)
      throw std::runtime_error(
          "the appliance was started anew, or another bundle came after it; `tollgate rules history` tells "
          "more");
    if (has_ended(push)) return push;
    std::this_thread::sleep_for(50ms);
  }
}

void print_versions(const Json& rules) {
  fmt::print("{:<22}{:<22}{:<18}{:>7}  {}\n", "version", "created", "ruleset", "rules", "signed by");
  for (const Json& one : rules.at("versions")) {
    const auto version = one.at("version").get<std::uint64_t>();
    fmt::print("{:<22}{:<22}{:<18}{:>7}  {}{}\n", version == 0 ? "0 (the folder)" : std::to_string(version),
               one.value("created", ""), one.at("ruleset").get<std::string>(),
               one.at("rules").get<std::uint64_t>(), one.value("signed_by", "-"),
               one.at("in_force").get<bool>() ? "  (in force)" : "");
  }
}

bool is_of_rules(const Json& entry) {
  const auto what = entry.at("what").get<std::string>();
  return what == "start" || what.starts_with("rules.");
}

std::string text_of(const Json& value) {
  if (!value.is_object()) return value.is_null() ? "-" : value.dump();
  std::string text;
  for (const auto& [name, inner] : value.items())
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name,
                        inner.is_string() ? printable(inner.get<std::string>()) : inner.dump());
  return text;
}

void print_entry(const Json& entry) {
  fmt::print("{}  {:<20}  {}\n    before: {}\n    after:  {}\n", entry.at("time").get<std::string>(),
             entry.at("what").get<std::string>(), printable(entry.at("who").get<std::string>()),
             text_of(entry.at("before")), text_of(entry.at("after")));
}

/// Calls `each` with the lines of the audit log that are of rules, the oldest first.
template <class Each>
void for_each_entry(const std::string& state, Each&& each) {
  for (std::uint64_t after = 0;;) {
    const Json entries =
        control::ask(state, "GET", fmt::format("/v1/audit?after={}&most={}", after, lines_a_request))
            .at("entries");
    for (const Json& entry : entries) {
      after = entry.at("number").get<std::uint64_t>();
      if (is_of_rules(entry)) each(entry);
    }
    if (entries.empty()) return;
  }
}

/// Adds --json, and reads. False where --help was asked for, and given.
bool parse(RulesArguments& read, bool& json, const std::vector<std::string>& arguments,
           std::string_view usage, const std::vector<std::string_view>& named) {
  read.own.add_options()("json", po::bool_switch(&json), "the same as JSON");
  read.add_configuration();
  return read.parse(arguments, usage, named);
}

}  // namespace

int rules_push(const std::vector<std::string>& arguments) {
  RulesArguments read;
  bool json = false;
  constexpr std::string_view usage =
      "usage: tollgate rules push FILE [options]\n\n"
      "Gives a bundle to the running appliance, which checks its signature and that its version is\n"
      "newer than any before, runs the rules' own tests, tries them on the last messages, shows what\n"
      "would have changed, and puts them in force while packets pass. A bundle that fails anywhere\n"
      "changes nothing; exit status 1 then.\n";
  if (!parse(read, json, arguments, usage, {"the bundle"})) return Exit::fine;
  const std::string state = read.state();
  const Json begun = control::ask(state, "POST", "/v1/rules/push", control::read_bundle_file(read.words[0]));
  const Json push = wait_for_end(state, begun.at("push").get<std::uint64_t>());
  if (!json) return print_report(push);
  fmt::print("{}\n", push.dump(2));
  return push.at("state") == "in force" ? Exit::fine : Exit::failure;
}

int rules_list(const std::vector<std::string>& arguments) {
  RulesArguments read;
  bool json = false;
  constexpr std::string_view usage =
      "usage: tollgate rules list [options]\n\n"
      "Shows the versions that the running appliance has compiled: the one in force, and those that\n"
      "`tollgate rules rollback` can go back to.\n";
  if (!parse(read, json, arguments, usage, {})) return Exit::fine;
  const Json rules = control::ask(read.state(), "GET", "/v1/rules");
  if (json) fmt::print("{}\n", rules.dump(2));
  else print_versions(rules);
  return Exit::fine;
}

int rules_rollback(const std::vector<std::string>& arguments) {
  RulesArguments read;
  boost::optional<std::uint64_t> to;
  read.own.add_options()("to", po::value(&to)->value_name("VERSION"),
                         "the version; 0 is the folder of rules. Without it the one before");
  read.add_configuration();
  constexpr std::string_view usage =
      "usage: tollgate rules rollback [--to VERSION] [options]\n\n"
      "Puts rules in force again that were before, at once: those that `tollgate rules list` shows.\n";
  if (!read.parse(arguments, usage, {})) return Exit::fine;
  const Json body = to ? Json{{"to", *to}} : Json::object();
  const Json answer = control::ask(read.state(), "POST", "/v1/rules/rollback", body.dump());
  fmt::print("{}\n", answer.at("said").get<std::string>());
  return Exit::fine;
}

int rules_history(const std::vector<std::string>& arguments) {
  RulesArguments read;
  bool json = false;
  constexpr std::string_view usage =
      "usage: tollgate rules history [options]\n\n"
      "Shows from the audit log of the running appliance who changed its rules, when, from what and to\n"
      "what, and what was refused; the oldest first.\n";
  if (!parse(read, json, arguments, usage, {})) return Exit::fine;
  for_each_entry(read.state(), [&](const Json& entry) {
    if (json) fmt::print("{}\n", entry.dump());
    else print_entry(entry);
  });
  return Exit::fine;
}

}  // namespace tollgate::cli
