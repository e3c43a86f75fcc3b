#include <algorithm>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "control/audit_log.hpp"
#include "control/client.hpp"
#include "control/local_who.hpp"
#include "control/token_file.hpp"
#include "control/utc.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

struct Options {
  std::string config;
  std::string role;
  unsigned days = 365;
  bool json = false;
  std::vector<std::string> words;
};

constexpr unsigned most_days = 3650;

/// False where --help was asked for, and given. Throws po::error.
bool parse(const std::vector<std::string>& arguments, Options& options) {
  constexpr std::string_view usage =
      "usage: tollgate token add NAME --role ROLE [--days N] [-c tollgate.yaml]\n"
      "       tollgate token list [-c tollgate.yaml]\n"
      "       tollgate token remove NAME [-c tollgate.yaml]\n\n"
      "Says who may speak with an appliance over HTTPS. A running one takes changes at once.\n"
      "add: makes a token and prints it, once; it is stored as a hash.\n";
  po::options_description shown("options", 100);
  shown.add_options()  //
      ("role", po::value(&options.role)->value_name("ROLE"),
       "add: viewer, analyst, security, commercial or admin")  //
      ("days", po::value(&options.days)->value_name("N"),
       "add: how long it can be used, from 1 to 3650 days; 365 where nothing is said")  //
      ("json", po::bool_switch(&options.json), "what is printed, as JSON")              //
      ("config,c", po::value(&options.config)->value_name("FILE"),
       "the configuration of the appliance; without it /etc/tollgate/tollgate.yaml")  //
      ("help,h", "this text");
  if (!parse_arguments(arguments, usage, shown, options.words, -1)) return false;
  if (options.words.empty()) throw po::error("expected `add`, `list` or `remove`");
  return true;
}

/// Where tokens stand, and who changed them.
class TokenKeeper {
 public:
  explicit TokenKeeper(const Options& options)
      : config_(load_config(options.config)), audit_(control::audit_path(config_.control, config_.state)) {
    if (path().empty())
      throw control::TokenError("the configuration names no tokens; write `control: {tokens: FILE}` in it");
  }

  const std::string& path() const { return config_.control.tokens; }

  /// Puts what `change` makes of the tokens in their place, with a line of it in the audit log before.
  /// `change` says what that is: the token before and after.
  void change(const std::string& what, const std::function<Json(control::Tokens&)>& change) {
    Json noted;
    try {
      control::change_tokens(path(), [&](control::Tokens& tokens) {
        const Json changed = change(tokens);
        note(what, changed.at("before"), changed.at("after"));
        noted = changed;
      });
    } catch (const std::exception& error) {
      if (!noted.is_null()) note(what + ".failed", noted.at("before"), {{"error", error.what()}});
      throw;
    }
  }

 private:
  void note(const std::string& what, Json before, Json after) {
    audit_.append({control::local_who(::geteuid(), control::said_user()), "admin", "local", what,
                   std::move(before), std::move(after)},
                  control::utc_now_ns());
  }

  Configuration config_;
  control::AuditLog audit_;
};

Json described(const control::Token& token) {
  return {{"name", token.name},
          {"role", to_string(token.role)},
          {"created", control::to_utc(token.created_ns)},
          {"expires", control::to_utc(token.expires_ns)}};
}

auto find(control::Tokens& tokens, const std::string& name) {
  return std::find_if(tokens.begin(), tokens.end(),
                      [&](const control::Token& token) { return token.name == name; });
}

void expect_words(const Options& options, std::size_t count) {
  if (options.words.size() < count) throw po::error("the name of the token is missing");
  if (options.words.size() > count) throw po::error(fmt::format("'{}' is too much", options.words[count]));
}

control::Token token_of(const Options& options, const std::string& secret) {
  const auto role = control::role_of(options.role);
  if (!role) throw po::error("expected --role viewer, analyst, security, commercial or admin");
  if (options.days < 1 || options.days > most_days) throw po::error("expected --days from 1 to 3650");
  if (!control::is_token_name(options.words[1]))
    throw po::error("expected a name of 1 to 64 letters, digits and `.-_`");
  constexpr std::uint64_t day_ns = 86'400 * control::second_ns;
  const std::uint64_t now_ns = control::utc_now_ns();
  return {options.words[1], *role, control::hash_of_token(secret), now_ns, now_ns + options.days * day_ns};
}

int add(const Options& options) {
  expect_words(options, 2);
  const std::string secret = control::make_token();
  const control::Token token = token_of(options, secret);
  TokenKeeper keeper(options);
  keeper.change("token.add", [&](control::Tokens& tokens) -> Json {
    if (find(tokens, token.name) != tokens.end())
      throw control::TokenError(
          fmt::format("there is a token {} already; `tollgate token remove` takes it away", token.name));
    tokens.push_back(token);
    return {{"before", nullptr}, {"after", described(token)}};
  });
  if (options.json) {
    Json out = described(token);
    out["token"] = secret;
    fmt::print("{}\n", out.dump(2));
  } else {
    fmt::print("{}\n", secret);
    fmt::print(stderr, "the token {} can be used until {}; it is not shown again\n", token.name,
               control::to_utc(token.expires_ns));
  }
  return Exit::fine;
}

int list(const Options& options) {
  expect_words(options, 1);
  const control::Tokens tokens = control::read_tokens(TokenKeeper(options).path());
  Json all = Json::array();
  for (const control::Token& token : tokens) {
    const bool expired = control::utc_now_ns() >= token.expires_ns;
    all.push_back(described(token));
    all.back()["expired"] = expired;
    if (!options.json)
      fmt::print("{:<24} {:<10} until {}{}\n", token.name, to_string(token.role),
                 control::to_utc(token.expires_ns), expired ? ", expired" : "");
  }
  if (options.json) fmt::print("{}\n", all.dump(2));
  return Exit::fine;
}

int remove(const Options& options) {
  expect_words(options, 2);
  TokenKeeper keeper(options);
  keeper.change("token.remove", [&](control::Tokens& tokens) -> Json {
    const auto found = find(tokens, options.words[1]);
    if (found == tokens.end())
      throw control::TokenError(fmt::format("there is no token {}", options.words[1]));
    const Json before = described(*found);
    tokens.erase(found);
    return {{"before", before}, {"after", nullptr}};
  });
  fmt::print("the token {} is removed\n", options.words[1]);
  return Exit::fine;
}

}  // namespace

int token(const std::vector<std::string>& arguments) {
  Options options;
  if (!parse(arguments, options)) return Exit::fine;
  const std::string& command = options.words[0];
  if (command == "add") return add(options);
  if (command == "list") return list(options);
  if (command == "remove") return remove(options);
  throw po::error(fmt::format("found '{}'; expected `add`, `list` or `remove`", command));
}

}  // namespace tollgate::cli
