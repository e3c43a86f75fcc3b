#include "cli/rules.hpp"

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/subcommands.hpp"

namespace tollgate::cli {
namespace {

namespace po = boost::program_options;

constexpr Subcommand commands[] = {
    {"history", "who changed the rules of a running appliance, and what was refused", rules_history},
    {"key", "makes a pair of keys, to sign bundles and to trust them", rules_key},
    {"list", "the versions of the rules that a running appliance has", rules_list},
    {"pack", "checks a folder of rules, and makes a signed bundle of it", rules_pack},
    {"push", "gives a bundle to a running appliance, which puts it in force", rules_push},
    {"rollback", "puts rules in force that were before", rules_rollback},
    {"show", "what a bundle says of itself, whoever signed it", rules_show},
    {"unpack", "makes a folder of rules of a bundle that is trusted", rules_unpack},
    {"verify", "says whether a bundle is trusted and whole, and its rules pass their tests", rules_verify},
};

}  // namespace

int rules(const std::vector<std::string>& arguments) {
  return run_subcommand("rules",
                        "Works with bundles: rules, policy, lists and operators in one signed file, and with "
                        "the\nrules of a running appliance.\n",
                        commands, arguments);
}

void RulesArguments::add_configuration() {
  own.add_options()("config,c", po::value(&common_.config)->value_name("FILE"),
                    "the configuration; without it /etc/tollgate/tollgate.yaml, where there is one");
}

void RulesArguments::add_trust() {
  own.add_options()("trust", po::value(&trust_)->multitoken()->value_name("K.pub..."),
                    "the public keys whose bundles are taken");
}

bool RulesArguments::parse(const std::vector<std::string>& arguments, std::string_view usage,
                           const std::vector<std::string_view>& named) {
  po::options_description shown("options", 100);
  for (const auto& option : own.options()) shown.add(option);
  shown.add_options()("help,h", "this text");
  if (!parse_arguments(arguments, usage, shown, words, -1)) return false;
  if (words.size() < named.size()) throw po::error(fmt::format("{} is missing", named[words.size()]));
  if (words.size() > named.size()) throw po::error(fmt::format("'{}' is too much", words[named.size()]));
  return true;
}

std::string RulesArguments::state() const { return load_config(common_.config).state; }

control::Bundle RulesArguments::open(const std::string& file) const {
  if (trust_.empty()) throw po::error("--trust is missing: name the public keys whose bundles are taken");
  const control::TrustedKeys trusted = control::read_trusted_keys(trust_);
  return control::open_bundle(control::read_bundle_file(file), trusted, file);
}

}  // namespace tollgate::cli
