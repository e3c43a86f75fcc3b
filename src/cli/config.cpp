#include "cli/config.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "message/countries.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::cli {
namespace {

constexpr std::size_t longest_number = 15;  // E.164 6.1

using rules::all_digits;
using rules::found;
using rules::whole_number;

std::optional<IpAddress> ip_address(const std::string& text) {
  IpAddress address;
  if (inet_pton(AF_INET, text.c_str(), address.octets.data()) == 1) address.version = 4;
  else if (inet_pton(AF_INET6, text.c_str(), address.octets.data()) == 1) address.version = 6;
  else return std::nullopt;
  return address;
}

/// Reads one file into settings.
class Config {
 public:
  explicit Config(rules::YamlReader& reader) : reader_(reader) {}

  engine::Settings read(const YAML::Node& root);

 private:
  void read_version(const YAML::Node& root) const;
  void read_home(const YAML::Node& node, Home& home) const;
  void read_country(const YAML::Node& node, Home& home) const;
  void read_plugins(const YAML::Node& node, detect::Settings& plugins) const;
  void read_short_codes(const YAML::Node& node, Home& home) const;
  engine::Network read_network(const YAML::Node& node) const;
  engine::Peer read_peer(const YAML::Node& node) const;
  void read_peers(const YAML::Node& node, std::vector<engine::Peer>& peers) const;

  /// Relative paths start at the file.
  std::string folder(const YAML::Node& node) const {
    const std::filesystem::path path = reader_.text(node, "a folder");
    return (std::filesystem::path(reader_.file()).parent_path() / path).string();
  }
  std::string prefix(const YAML::Node& node, std::string_view name, bool may_be_empty) const;
  std::vector<std::string> prefixes(const YAML::Node& node, std::string_view name) const;
  /// For keys of stages that do not run yet.
  auto of_kind(YAML::NodeType::value kind, std::string_view expected) const {
    return [=, this](const YAML::Node& node) {
      if (node.Type() != kind) reader_.unexpected(node, expected);
    };
  }

  rules::YamlReader& reader_;
};

std::string Config::prefix(const YAML::Node& node, std::string_view name, bool may_be_empty) const {
  const bool empty = node.IsScalar() && node.Scalar().empty() && may_be_empty;
  const bool digits = node.IsScalar() && all_digits(node.Scalar()) && node.Scalar().size() <= longest_number;
  if (!empty && !digits)
    reader_.unexpected(node, fmt::format("the digits of {}, at most {}{}", name, longest_number,
                                         may_be_empty ? ", or '' where there is none" : ""));
  return node.Scalar();
}

std::vector<std::string> Config::prefixes(const YAML::Node& node, std::string_view name) const {
  std::vector<std::string> all;
  reader_.each(node, fmt::format("a list of {}es", name), [&](const YAML::Node& one) {
    all.push_back(prefix(one, fmt::format("one {}", name), false));
  });
  return all;
}

void Config::read_country(const YAML::Node& node, Home& home) const {
  constexpr std::string_view expected = "a country's two letters of ISO 3166, for example GB";
  home.country = reader_.text(node, expected);
  home.country_code = country_code_of(home.country);
  if (home.country_code.empty()) reader_.unexpected(node, expected);
}

void Config::read_short_codes(const YAML::Node& node, Home& home) const {
  constexpr std::string_view expected = "lengths such as '3-6 digits' or '5 digits', from 1 to 15";
  const std::string whole = reader_.text(node, expected);
  std::string_view range = whole;
  constexpr std::string_view unit = " digits";
  if (!range.ends_with(unit)) reader_.unexpected(node, expected);
  range.remove_suffix(unit.size());
  const std::size_t dash = range.find('-');
  const auto low = whole_number(range.substr(0, dash));
  const auto high = dash == range.npos ? low : whole_number(range.substr(dash + 1));
  if (!low || !high || *low < 1 || *low > *high || *high > longest_number) reader_.unexpected(node, expected);
  home.short_code_min_digits = static_cast<std::uint8_t>(*low);
  home.short_code_max_digits = static_cast<std::uint8_t>(*high);
}

void Config::read_home(const YAML::Node& node, Home& home) const {
  const auto read_number = [&](const YAML::Node& number) {
    reader_.map(number, "home.number",
                {{"international_prefix",
                  [&](const YAML::Node& n) { home.international_prefix = prefix(n, "a prefix", false); }},
                 {"national_prefix",
                  [&](const YAML::Node& n) { home.national_prefix = prefix(n, "a prefix", true); }}});
  };
  reader_.map(node, "home",
              {{"country", [&](const YAML::Node& n) { read_country(n, home); }},
               {"number", read_number},
               {"gt", [&](const YAML::Node& n) { home.gt = prefixes(n, "global-title prefix"); }},
               {"imsi", [&](const YAML::Node& n) { home.imsi = prefixes(n, "IMSI prefix"); }},
               {"short_codes", [&](const YAML::Node& n) { read_short_codes(n, home); }},
               {"time_zone", [&](const YAML::Node& n) {
                  home.time_zone = reader_.text(n, "a time zone, for example Europe/London");
                }}});
}

void Config::read_plugins(const YAML::Node& node, detect::Settings& plugins) const {
  const auto read_plugin = [&](const std::string& name, const YAML::Node& key, const YAML::Node& value) {
    detect::PluginSettings& plugin = plugins.plugins.emplace_back();
    plugin.name = name;
    plugin.place = reader_.place(key.Mark());
    if (value.IsNull()) return;
    reader_.map(value, fmt::format("a map of what the plugin `{}` takes", name),
                [&](const std::string& setting, const YAML::Node& where, const YAML::Node& given) {
                  if (!given.IsScalar())
                    reader_.unexpected(given, fmt::format("one value for `{}`", setting));
                  plugin.settings.push_back({setting, given.Scalar(), reader_.place(where.Mark())});
                });
  };
  reader_.map(node, "a map of plugins, such as {rate: {memory: 64 MiB}}",
              [&](const std::string& name, const YAML::Node& key, const YAML::Node& value) {
                if (name != "folder") return read_plugin(name, key, value);
                plugins.folder = folder(value);
                plugins.folder_place = reader_.place(value.Mark());
              });
}

engine::Network Config::read_network(const YAML::Node& node) const {
  constexpr std::string_view expected = "a network such as 192.0.2.0/24 or 2001:db8::/32, or an address";
  const std::string whole = reader_.text(node, expected);
  const std::size_t slash = whole.find('/');
  const auto address = ip_address(whole.substr(0, slash));
  if (!address) reader_.unexpected(node, expected);
  engine::Network network{*address, 0};
  const unsigned most = network.address.version == 4 ? 32 : 128;
  const auto bits = slash == whole.npos ? std::optional<std::uint64_t>{most}
                                        : whole_number(std::string_view(whole).substr(slash + 1));
  if (!bits || *bits > most) reader_.unexpected(node, fmt::format("0 to {} bits after the /", most));
  network.prefix_bits = static_cast<std::uint8_t>(*bits);
  for (unsigned bit = network.prefix_bits; bit < most; ++bit) {
    if ((network.address.octets[bit / 8] & std::byte{0x80} >> bit % 8) != std::byte{0})
      reader_.fail(node.Mark(),
                   fmt::format("found {}; expected only zeros after the first {} bits", found(node), *bits));
  }
  return network;
}

engine::Peer Config::read_peer(const YAML::Node& node) const {
  engine::Peer peer;
  const bool good = reader_.map(
      node, "peers",
      {{"ip",
        [&](const YAML::Node& n) {
          constexpr std::string_view expected = "an address such as 192.0.2.7 or 2001:db8::7";
          const auto address = ip_address(reader_.text(n, expected));
          if (!address) reader_.unexpected(n, expected);
          peer.ip = *address;
        }},
       {"account", [&](const YAML::Node& n) { peer.account = reader_.text(n, "the name of an account"); }}});
  if (good && (peer.ip.version == 0 || peer.account.empty()))
    reader_.fail(node.Mark(), "a peer needs both `ip` and `account`");
  return peer;
}

void Config::read_peers(const YAML::Node& node, std::vector<engine::Peer>& peers) const {
  constexpr std::string_view expected = "a list of peers, for example [{ip: 192.0.2.7, account: acme}]";
  if (!node.IsSequence()) reader_.unexpected(node, expected);
  std::map<IpAddress, engine::Peer> by_address;
  reader_.each(node, expected, [&](const YAML::Node& one) {
    const engine::Peer peer = read_peer(one);
    const auto [same, is_new] = by_address.emplace(peer.ip, peer);
    if (!is_new && peer.ip.version != 0)
      reader_.fail(one.Mark(),
                   fmt::format("this address is that of `{}` already; write it once", same->second.account));
  });
  for (const auto& [ip, peer] : by_address) peers.push_back(peer);
}

void Config::read_version(const YAML::Node& root) const {
  constexpr unsigned current = 1;
  if (!root.IsMap())
    reader_.fail(root.Mark(),
                 fmt::format("found {}; expected keys, the first of them `version: 1`", found(root)));
  for (const auto& entry : root) {
    if (!entry.first.IsScalar() || entry.first.Scalar() != "version") continue;
    const auto version = entry.second.IsScalar() ? whole_number(entry.second.Scalar()) : std::nullopt;
    if (version == current) return;
    if (version && *version > current)
      reader_.fail(entry.second.Mark(),
                   fmt::format("version {} is of a later Tollgate than this one, which reads version {}; "
                               "update Tollgate, or write the file for version {}",
                               *version, current, current));
    reader_.unexpected(entry.second, "version 1");
  }
  reader_.fail(root.Mark(), "the key `version` is missing; write `version: 1`");
}

engine::Settings Config::read(const YAML::Node& root) {
  engine::Settings settings;
  read_version(root);
  const auto read_replay = [&](const YAML::Node& node) {
    reader_.map(node, "replay",
                {{"outside",
                  [&](const YAML::Node& n) {
                    reader_.each(n, "a list of networks", [&](const YAML::Node& one) {
                      settings.replay_outside.push_back(read_network(one));
                    });
                  }},
                 {"route", [&](const YAML::Node& n) {
                    settings.replay_route = reader_.text(n, "the name of a route");
                  }}});
  };
  const auto read_enforcement = [&](const YAML::Node& node) {
    constexpr std::string_view expected = "`on` or `off`";
    if (const std::string value = reader_.text(node, expected); value != "on" && value != "off")
      reader_.unexpected(node, expected);
  };
  using Kind = YAML::NodeType;
  reader_.map(root, {},
              {{"version", [](const YAML::Node&) {}},
               {"home", [&](const YAML::Node& n) { read_home(n, settings.home); }},
               {"enforcement", read_enforcement},
               {"links", of_kind(Kind::Sequence, "a list of links")},
               {"replay", read_replay},
               {"rules", [&](const YAML::Node& n) { settings.rules = folder(n); }},
               {"plugins", [&](const YAML::Node& n) { read_plugins(n, settings.plugins); }},
               {"ledger", of_kind(Kind::Map, "a map with `sqlite` or `postgresql`")},
               {"events", of_kind(Kind::Map, "a map with `file`, `text`, `numbers`")},
               {"peers", [&](const YAML::Node& n) { read_peers(n, settings.peers); }}});
  return settings;
}

/// `PLACE: TEXT`, a line each.
std::string lines(const rules::Findings& findings) {
  std::string text;
  for (const rules::Finding& finding : findings.all())
    text += fmt::format("{}{}: {}", text.empty() ? "" : "\n", to_string(finding.place), finding.text);
  return text;
}

std::string read_config_file(const std::string& path) {
  try {
    return rules::read_file(path);
  } catch (const std::system_error& error) {
    throw ConfigError(error.what());
  }
}

}  // namespace

engine::Settings parse_config(const std::string& yaml, const std::string& name) {
  rules::Findings findings;
  rules::YamlReader reader(name, findings);
  engine::Settings settings;
  if (const auto root = reader.parse(yaml)) reader.attempt([&] { settings = Config(reader).read(*root); });
  if (findings.any_error()) throw ConfigError(lines(findings));
  return settings;
}

engine::Settings load_config(const std::string& path, const std::string& usual) {
  if (!path.empty()) return parse_config(read_config_file(path), path);
  std::error_code error;
  if (!std::filesystem::exists(usual, error) && !error) return {};
  return parse_config(read_config_file(usual), usual);
}

}  // namespace tollgate::cli
