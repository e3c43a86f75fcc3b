#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/account.hpp"
#include "cli/commands.hpp"
#include "cli/now.hpp"
#include "cli/rules.hpp"
#include "cli/rules_check.hpp"
#include "cli/rules_folder.hpp"
#include "control/bundle_folder.hpp"
#include "control/bundle_rules.hpp"
#include "control/hexadecimal.hpp"
#include "control/plain_text.hpp"
#include "control/whole_file.hpp"

namespace tollgate::cli {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

constexpr mode_t for_owner_only = 0600;  // lists can have people's numbers

std::tm utc_now() { return fmt::gmtime(static_cast<std::time_t>(now_ns() / 1'000'000'000)); }

/// Who makes a key, where, and when.
std::string usual_comment() {
  std::array<char, 65> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("{}@{} {:%Y-%m-%d}", account_user(), host.data(), utc_now());
}

/// A bundle's version: as given, or one that only grows, as long as clocks do not go back. Throws po::error.
std::uint64_t version_of(const std::string& given, const std::tm& now) {
  const std::string text = given.empty() ? fmt::format("{:%Y%m%d%H%M%S}", now) : given;
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || version == 0)
    throw po::error(
        fmt::format("found the version '{}'; expected a number from 1 to 2^64-1, above those of all "
                    "bundles before",
                    text));
  return version;
}

/// What stands in a folder, but what is hidden: names from `folder`, a `/` behind those of folders.
void list_names(const fs::path& folder, const fs::path& in, std::vector<std::string>& names) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder / in, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') || !control::is_plain_text(name)) continue;
    names.push_back((in / name).string() + (entry.is_directory(ignored) ? "/" : ""));
  }
}

/// Says what stands in the folder and is not part of a bundle, lest somebody believes that it was packed.
void tell_left_out(const fs::path& folder, const std::vector<rules::File>& packed) {
  std::vector<std::string> names;
  list_names(folder, "", names);
  list_names(folder, "lists", names);
  std::erase_if(names, [&](const std::string& name) {
    return name == "lists/" || std::any_of(packed.begin(), packed.end(),
                                           [&](const rules::File& file) { return file.name == name; });
  });
  std::sort(names.begin(), names.end());
  if (!names.empty()) fmt::print(stderr, "not part of a bundle, and left out: {}\n", fmt::join(names, ", "));
}

/// Of the rules of a folder that have no fault; nothing where they have, which is told.
std::optional<std::vector<rules::File>> checked_files(const std::string& folder,
                                                      const engine::Settings& settings) {
  rules::Findings findings;
  const detect::Plugins plugins(settings.plugins, findings);
  const rules::RuleFiles files = rules::read_rule_files(fs::path(folder), findings);
  const RulesCheck check = check_folder(folder, files, load_options(settings, plugins), findings);
  print_findings(stderr, check);
  if (check.good()) return control::bundle_files_of(files);
  fmt::print(stderr, "{}: the rules have faults; nothing was packed\n", folder);
  return std::nullopt;
}

RulesCheck check_bundle(const control::Bundle& bundle, const engine::Settings& settings) {
  rules::Findings findings;
  const detect::Plugins plugins(settings.plugins, findings);
  const rules::RuleFiles files = control::rule_files_of(bundle, findings);
  return check_rules(files, load_options(settings, plugins), findings);
}

Json json_of(const control::UncheckedTitle& title, std::size_t octets) {
  Json files = Json::array();
  for (const control::Manifest::File& file : title.manifest.files)
    files.push_back({{"name", file.name}, {"size", file.size}, {"blake2b", control::hexadecimal(file.hash)}});
  return {{"version", title.manifest.version},
          {"created", title.manifest.created},
          {"tollgate", title.manifest.tollgate},
          {"key", control::hexadecimal(title.key)},
          {"checked", false},
          {"octets", octets},
          {"files", files}};
}

void print_title(const control::UncheckedTitle& title, std::size_t octets) {
  const control::Manifest& manifest = title.manifest;
  constexpr std::string_view row = "{:<12}{}\n";
  fmt::print(row, "version", manifest.version);
  fmt::print(row, "created", manifest.created);
  fmt::print(row, "packed by", "Tollgate " + manifest.tollgate);
  fmt::print(row, "signed by", "key " + control::hexadecimal(title.key) + ", which was not checked");
  fmt::print(row, "octets", octets);
  fmt::print("files\n");
  for (const control::Manifest::File& file : manifest.files)
    fmt::print("{:>12}  {:.16}  {}\n", file.size, control::hexadecimal(file.hash), file.name);
}

}  // namespace

int rules_key(const std::vector<std::string>& arguments) {
  RulesArguments read;
  std::string comment;
  read.own.add_options()("comment", po::value(&comment)->value_name("TEXT"),
                         "whose key it is; without it USER@HOST and the day");
  constexpr std::string_view usage =
      "usage: tollgate rules key FILE [options]\n\n"
      "Makes a pair of keys: FILE signs bundles, and is for its owner only; FILE.pub is for the\n"
      "appliances that are to take them. Never writes over a file.\n";
  if (!read.parse(arguments, usage, {"the file"})) return Exit::fine;
  if (comment.empty()) comment = usual_comment();
  if (!control::is_key_comment(comment))
    throw po::error("found a comment that cannot be shown, or of more than 100 octets; expected plain text");
  const control::PublicKey key = control::make_key_files(read.words[0], comment);
  fmt::print("{}.pub: {}\n", read.words[0], describe(key));
  return Exit::fine;
}

int rules_pack(const std::vector<std::string>& arguments) {
  RulesArguments read;
  std::string key;
  std::string out;
  const std::tm now = utc_now();
  std::string given;
  read.own.add_options()                                                        //
      ("key", po::value(&key)->value_name("K"), "the secret key to sign with")  //
      ("out", po::value(&out)->value_name("FILE"),                              //
       "the bundle, a new file; without it rules-VERSION.tgb")                  //
      ("version", po::value(&given)->value_name("N"),
       "a number above those of all bundles before; without it the UTC time as YYYYMMDDhhmmss");
  read.add_configuration();
  constexpr std::string_view usage =
      "usage: tollgate rules pack DIR --key K [options]\n\n"
      "Checks a folder of rules as `tollgate check` does, and makes one signed file of its rules,\n"
      "policy, lists and operators. Where the check finds a fault, nothing is packed; exit status 1\n"
      "then.\n";
  if (!read.parse(arguments, usage, {"the folder"})) return Exit::fine;
  if (key.empty()) throw po::error("--key is missing: name the secret key to sign with");
  const std::uint64_t version = version_of(given, now);
  const std::string& folder = read.words[0];
  const control::SecretKey secret = control::read_secret_key(key);
  const auto files = checked_files(folder, read.settings());
  if (!files) return Exit::failure;
  tell_left_out(folder, *files);
  const control::BundleTitle title{version, fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", now), TOLLGATE_VERSION};
  if (out.empty()) out = fmt::format("rules-{}.tgb", version);
  control::write_new_file(out, control::pack_bundle(*files, title, secret), for_owner_only);
  fmt::print("{}\n", out);
  return Exit::fine;
}

int rules_show(const std::vector<std::string>& arguments) {
  RulesArguments read;
  bool json = false;
  read.own.add_options()("json", po::bool_switch(&json), "the same as JSON");
  constexpr std::string_view usage =
      "usage: tollgate rules show FILE [options]\n\n"
      "Shows what a bundle says of itself: its version, its files, and whose key signed it. Anybody\n"
      "can have written that: `tollgate rules verify` says whether it is so.\n";
  if (!read.parse(arguments, usage, {"the bundle"})) return Exit::fine;
  const std::string octets = control::read_bundle_file(read.words[0]);
  const control::UncheckedTitle title = control::read_unchecked(octets, read.words[0]);
  if (json) fmt::print("{}\n", json_of(title, octets.size()).dump(2));
  else print_title(title, octets.size());
  return Exit::fine;
}

int rules_unpack(const std::vector<std::string>& arguments) {
  RulesArguments read;
  read.add_trust();
  constexpr std::string_view usage =
      "usage: tollgate rules unpack FILE DIR --trust K.pub...\n\n"
      "Makes a new folder of rules of a bundle that a trusted key signed. The folder is there whole,\n"
      "or not at all.\n";
  if (!read.parse(arguments, usage,
                  {"the bundle, before any --trust,", "the new folder, before any --trust,"}))
    return Exit::fine;
  control::unpack(read.open(read.words[0]), read.words[1]);
  fmt::print("{}\n", read.words[1]);
  return Exit::fine;
}

int rules_verify(const std::vector<std::string>& arguments) {
  RulesArguments read;
  read.add_trust();
  read.add_configuration();
  constexpr std::string_view usage =
      "usage: tollgate rules verify FILE --trust K.pub... [options]\n\n"
      "Checks a bundle as an appliance would: that one of these keys signed it, that nothing in it\n"
      "was changed, that its rules load, and that every rule passes its own tests. Exit status 1\n"
      "where something is wrong.\n";
  if (!read.parse(arguments, usage, {"the bundle, before any --trust,"})) return Exit::fine;
  const std::string& file = read.words[0];
  const control::Bundle bundle = read.open(file);
  const RulesCheck check = check_bundle(bundle, read.settings());
  print_findings(stderr, check);
  if (!check.good()) {
    fmt::print(stderr, "{}: the rules have faults\n", file);
    return Exit::failure;
  }
  fmt::print("{}: version {} of {}, signed by {}; {} rules as {}, {} tests passed\n", file,
             bundle.manifest.version, bundle.manifest.created, describe(bundle.signer),
             check.set->rules.size(), check.set->name, check.run.tests);
  return Exit::fine;
}

}  // namespace tollgate::cli
