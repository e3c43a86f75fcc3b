#include "cli/config.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "message/countries.hpp"

namespace tollgate::cli {
namespace {

constexpr std::size_t longest_number = 15;  // E.164 6.1

/// Changes of one character that make `a` of `b`.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  if (!all_digits(text) || std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{})
    return {};
  return value;
}

std::string found(const YAML::Node& node) {
  constexpr std::size_t shown = 40;
  if (node.IsMap()) return "a map";
  if (node.IsSequence()) return "a list";
  if (!node.IsScalar()) return "nothing";
  const std::string& text = node.Scalar();
  return text.size() <= shown ? fmt::format("`{}`", text) : fmt::format("`{}...`", text.substr(0, shown));
}

/// Reads one file; knows its name, for errors.
class Config {
 public:
  explicit Config(std::string name) : name_(std::move(name)) {}

  engine::Settings read(const YAML::Node& root);

  [[noreturn]] void fail(const YAML::Mark& mark, std::string_view what) const {
    if (mark.is_null()) throw ConfigError(fmt::format("{}: {}", name_, what));
    throw ConfigError(fmt::format("{}:{}:{}: {}", name_, mark.line + 1, mark.column + 1, what));
  }

 private:
  struct Key {
    std::string_view name;
    std::function<void(const YAML::Node&)> read;
  };

  /// Calls the reader of each key of `map`; refuses unknown and repeated ones. `where` is empty for the file.
  void read_map(const YAML::Node& map, std::string_view where, const std::vector<Key>& keys) const;
  const Key& known(const YAML::Node& key, std::string_view where, const std::vector<Key>& keys) const;

  void read_version(const YAML::Node& root) const;
  void read_home(const YAML::Node& node, Home& home) const;
  void read_country(const YAML::Node& node, Home& home) const;
  void read_short_codes(const YAML::Node& node, Home& home) const;
  engine::Network read_network(const YAML::Node& node) const;

  std::string text(const YAML::Node& node, std::string_view expected) const;
  std::string prefix(const YAML::Node& node, std::string_view name, bool may_be_empty) const;
  std::vector<std::string> prefixes(const YAML::Node& node, std::string_view name) const;
  /// Each element of a list; one value counts as a list of it.
  void each(const YAML::Node& node, std::string_view expected,
            const std::function<void(const YAML::Node&)>& read) const;
  [[noreturn]] void unexpected(const YAML::Node& node, std::string_view expected) const {
    fail(node.Mark(), fmt::format("found {}; expected {}", found(node), expected));
  }
  /// For keys of stages that do not run yet.
  auto of_kind(YAML::NodeType::value kind, std::string_view expected) const {
    return [=, this](const YAML::Node& node) {
      if (node.Type() != kind) unexpected(node, expected);
    };
  }

  std::string name_;
};

const Config::Key& Config::known(const YAML::Node& key, std::string_view where,
                                 const std::vector<Key>& keys) const {
  if (!key.IsScalar()) unexpected(key, "the name of a key");
  const std::string& name = key.Scalar();
  const auto same = std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == name; });
  if (same != keys.end()) return *same;

  const std::string place = where.empty() ? std::string{} : fmt::format(" in `{}`", where);
  constexpr std::size_t longest_worth_comparing = 40;
  if (name.size() <= longest_worth_comparing) {
    const auto nearest = std::min_element(keys.begin(), keys.end(), [&](const Key& a, const Key& b) {
      return distance(name, a.name) < distance(name, b.name);
    });
    if (distance(name, nearest->name) <= 2)
      fail(key.Mark(), fmt::format("unknown key {}{}; did you mean `{}`?", found(key), place, nearest->name));
  }
  std::vector<std::string_view> names;
  std::transform(keys.begin(), keys.end(), std::back_inserter(names), [](const Key& k) { return k.name; });
  fail(key.Mark(),
       fmt::format("unknown key {}{}; expected one of {}", found(key), place, fmt::join(names, ", ")));
}

void Config::read_map(const YAML::Node& map, std::string_view where, const std::vector<Key>& keys) const {
  if (!map.IsMap()) unexpected(map, "a map of keys and values");
  std::vector<std::pair<const Key*, YAML::Mark>> seen;
  for (const auto& entry : map) {
    const Key& key = known(entry.first, where, keys);
    const auto before =
        std::find_if(seen.begin(), seen.end(), [&](const auto& s) { return s.first == &key; });
    if (before != seen.end()) {
      fail(entry.first.Mark(), fmt::format("key `{}` is repeated; it stands in line {} already", key.name,
                                           before->second.line + 1));
    }
    seen.emplace_back(&key, entry.first.Mark());
    key.read(entry.second);
  }
}

std::string Config::text(const YAML::Node& node, std::string_view expected) const {
  if (!node.IsScalar() || node.Scalar().empty()) unexpected(node, expected);
  return node.Scalar();
}

void Config::each(const YAML::Node& node, std::string_view expected,
                  const std::function<void(const YAML::Node&)>& read) const {
  if (node.IsScalar()) return read(node);
  if (!node.IsSequence()) unexpected(node, expected);
  for (const auto& element : node) read(element);
}

std::string Config::prefix(const YAML::Node& node, std::string_view name, bool may_be_empty) const {
  const bool empty = node.IsScalar() && node.Scalar().empty() && may_be_empty;
  const bool digits = node.IsScalar() && all_digits(node.Scalar()) && node.Scalar().size() <= longest_number;
  if (!empty && !digits)
    unexpected(node, fmt::format("the digits of {}, at most {}{}", name, longest_number,
                                 may_be_empty ? ", or '' where there is none" : ""));
  return node.Scalar();
}

std::vector<std::string> Config::prefixes(const YAML::Node& node, std::string_view name) const {
  std::vector<std::string> all;
  each(node, fmt::format("a list of {}es", name),
       [&](const YAML::Node& one) { all.push_back(prefix(one, fmt::format("one {}", name), false)); });
  return all;
}

void Config::read_country(const YAML::Node& node, Home& home) const {
  constexpr std::string_view expected = "a country's two letters of ISO 3166, for example GB";
  home.country = text(node, expected);
  home.country_code = country_code_of(home.country);
  if (home.country_code.empty()) unexpected(node, expected);
}

void Config::read_short_codes(const YAML::Node& node, Home& home) const {
  constexpr std::string_view expected = "lengths such as '3-6 digits' or '5 digits', from 1 to 15";
  const std::string whole = text(node, expected);
  std::string_view range = whole;
  constexpr std::string_view unit = " digits";
  if (!range.ends_with(unit)) unexpected(node, expected);
  range.remove_suffix(unit.size());
  const std::size_t dash = range.find('-');
  const auto low = number(range.substr(0, dash));
  const auto high = dash == range.npos ? low : number(range.substr(dash + 1));
  if (!low || !high || *low < 1 || *low > *high || *high > longest_number) unexpected(node, expected);
  home.short_code_min_digits = static_cast<std::uint8_t>(*low);
  home.short_code_max_digits = static_cast<std::uint8_t>(*high);
}

void Config::read_home(const YAML::Node& node, Home& home) const {
  const auto read_number = [&](const YAML::Node& number) {
    read_map(number, "home.number",
             {{"international_prefix",
               [&](const YAML::Node& n) { home.international_prefix = prefix(n, "a prefix", false); }},
              {"national_prefix",
               [&](const YAML::Node& n) { home.national_prefix = prefix(n, "a prefix", true); }}});
  };
  read_map(node, "home",
           {{"country", [&](const YAML::Node& n) { read_country(n, home); }},
            {"number", read_number},
            {"gt", [&](const YAML::Node& n) { home.gt = prefixes(n, "global-title prefix"); }},
            {"imsi", [&](const YAML::Node& n) { home.imsi = prefixes(n, "IMSI prefix"); }},
            {"short_codes", [&](const YAML::Node& n) { read_short_codes(n, home); }},
            {"time_zone", [&](const YAML::Node& n) {
               home.time_zone = text(n, "a time zone, for example Europe/London");
             }}});
}

engine::Network Config::read_network(const YAML::Node& node) const {
  constexpr std::string_view expected = "a network such as 192.0.2.0/24 or 2001:db8::/32, or an address";
  const std::string whole = text(node, expected);
  const std::size_t slash = whole.find('/');
  const std::string address = whole.substr(0, slash);
  engine::Network network;
  if (inet_pton(AF_INET, address.c_str(), network.address.octets.data()) == 1) network.address.version = 4;
  else if (inet_pton(AF_INET6, address.c_str(), network.address.octets.data()) == 1)
    network.address.version = 6;
  else unexpected(node, expected);

  const unsigned most = network.address.version == 4 ? 32 : 128;
  const auto bits =
      slash == whole.npos ? std::optional{most} : number(std::string_view(whole).substr(slash + 1));
  if (!bits || *bits > most) unexpected(node, fmt::format("0 to {} bits after the /", most));
  network.prefix_bits = static_cast<std::uint8_t>(*bits);
  for (unsigned bit = *bits; bit < most; ++bit) {
    if ((network.address.octets[bit / 8] & std::byte{0x80} >> bit % 8) != std::byte{0})
      fail(node.Mark(),
           fmt::format("found {}; expected only zeros after the first {} bits", found(node), *bits));
  }
  return network;
}

void Config::read_version(const YAML::Node& root) const {
  constexpr unsigned current = 1;
  if (!root.IsMap())
    fail(root.Mark(), fmt::format("found {}; expected keys, the first of them `version: 1`", found(root)));
  for (const auto& entry : root) {
    if (!entry.first.IsScalar() || entry.first.Scalar() != "version") continue;
    const auto version = entry.second.IsScalar() ? number(entry.second.Scalar()) : std::nullopt;
    if (version == current) return;
    if (version && *version > current)
      fail(entry.second.Mark(),
           fmt::format("version {} is of a later Tollgate than this one, which reads version {}; "
                       "update Tollgate, or write the file for version {}",
                       *version, current, current));
    unexpected(entry.second, "version 1");
  }
  fail(root.Mark(), "the key `version` is missing; write `version: 1`");
}

engine::Settings Config::read(const YAML::Node& root) {
  engine::Settings settings;
  read_version(root);
  const auto read_replay = [&](const YAML::Node& node) {
    read_map(
        node, "replay",
        {{"outside",
          [&](const YAML::Node& n) {
            each(n, "a list of networks",
                 [&](const YAML::Node& one) { settings.replay_outside.push_back(read_network(one)); });
          }},
         {"route", [&](const YAML::Node& n) { settings.replay_route = text(n, "the name of a route"); }}});
  };
  const auto read_enforcement = [&](const YAML::Node& node) {
    constexpr std::string_view expected = "`on` or `off`";
    if (const std::string value = text(node, expected); value != "on" && value != "off")
      unexpected(node, expected);
  };
  using Kind = YAML::NodeType;
  read_map(root, {},
           {{"version", [](const YAML::Node&) {}},
            {"home", [&](const YAML::Node& n) { read_home(n, settings.home); }},
            {"enforcement", read_enforcement},
            {"links", of_kind(Kind::Sequence, "a list of links")},
            {"replay", read_replay},
            {"rules", of_kind(Kind::Scalar, "a folder")},
            {"ledger", of_kind(Kind::Map, "a map with `sqlite` or `postgresql`")},
            {"events", of_kind(Kind::Map, "a map with `file`, `text`, `numbers`")},
            {"peers", of_kind(Kind::Sequence, "a list of peers")}});
  return settings;
}

std::string read_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    throw ConfigError(fmt::format("{}: is a directory; expected a configuration file", path));
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!file)
    throw ConfigError(fmt::format("cannot read {}: {}", path, std::generic_category().message(errno)));
  return content;
}

/// Notes where each document starts, and nothing else.
class DocumentStart final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& at) override { mark = at; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}

  YAML::Mark mark;
};

/// Where a second document starts, be it only what is left over after the first. Not by YAML::LoadAll, which
/// finds documents without end in some broken files.
std::optional<YAML::Mark> second_document(const std::string& yaml) {
  std::istringstream input(yaml);
  YAML::Parser parser(input);
  DocumentStart start;
  if (!parser.HandleNextDocument(start) || !parser.HandleNextDocument(start)) return {};
  return start.mark;
}

}  // namespace

engine::Settings parse_config(const std::string& yaml, const std::string& name) {
  Config config(name);
  try {
    const YAML::Node root = YAML::Load(yaml);
    if (const auto second = second_document(yaml)) config.fail(*second, "the file goes on after its end");
    return config.read(root);
  } catch (const YAML::Exception& error) {
    config.fail(error.mark, fmt::format("not YAML: {}", error.msg));
  }
}

engine::Settings load_config(const std::string& path) {
  if (!path.empty()) return parse_config(read_file(path), path);
  std::error_code error;
  if (!std::filesystem::exists(default_config_path, error) && !error) return {};
  return parse_config(read_file(default_config_path), default_config_path);
}

}  // namespace tollgate::cli
