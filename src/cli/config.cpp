#include "cli/config.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "charge/accounts_file.hpp"
#include "cli/config_alerts.hpp"
#include "message/countries.hpp"
#include "message/network.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::cli {
namespace {

constexpr std::size_t longest_number = 15;  // E.164 6.1
constexpr std::uint64_t hour_ns = 3'600'000'000'000;
constexpr record::RotationSettings usual_rotation{.most_octets = 1ULL << 30U, .every_ns = 24 * hour_ns};

using rules::all_digits;
using rules::found;
using rules::whole_number;

/// Reads one file.
class ConfigReader {
 public:
  explicit ConfigReader(rules::YamlReader& reader) : reader_(reader) {}

  Configuration read(const YAML::Node& root);

 private:
  void read_version(const YAML::Node& root) const;
  void read_home(const YAML::Node& node, Home& home) const;
  void read_country(const YAML::Node& node, Home& home) const;
  void read_plugins(const YAML::Node& node, detect::Settings& plugins) const;
  void read_short_codes(const YAML::Node& node, Home& home) const;
  Network read_network(const YAML::Node& node) const;
  engine::Peer read_peer(const YAML::Node& node) const;
  void read_peers(const YAML::Node& node, std::vector<engine::Peer>& peers) const;
  bool read_switch(const YAML::Node& node, std::string_view on, std::string_view off) const;
  void read_replay(const YAML::Node& node, engine::Settings& settings) const;
  std::string read_device(const YAML::Node& node);
  void read_link(const YAML::Node& node, Configuration& config);
  void read_events(const YAML::Node& node, EventSettings& events) const;
  void read_numbers(const YAML::Node& node, record::PrivacySettings& privacy) const;
  void read_sinks(const YAML::Node& node, std::vector<detect::SinkSettings>& sinks);
  detect::SinkSettings read_sink(const YAML::Node& node);
  void read_rotation(const YAML::Node& node, record::RotationSettings& rotation) const;
  void read_retention(const YAML::Node& node, control::RetentionSettings& retention) const;
  void read_reports(const YAML::Node& node, Configuration& config) const;
  void take_alerts(Configuration& config);
  void read_memory(const YAML::Node& node, dpdk::ApplianceSettings& appliance) const;
  void read_ledger(const YAML::Node& node, Configuration& config) const;
  void read_cdr(const YAML::Node& node, charge::CdrSettings& cdr) const;
  void read_trust(const YAML::Node& node, control::Settings& control) const;
  void read_control(const YAML::Node& node, control::Settings& control) const;
  void read_https(const YAML::Node& node, control::HttpsSettings& https) const;
  void read_listen(const YAML::Node& node, control::HttpsSettings& https) const;

  /// Relative paths start at the file.
  std::string path(const YAML::Node& node, std::string_view expected) const {
    const std::filesystem::path path = reader_.text(node, expected);
    return (std::filesystem::path(reader_.file()).parent_path() / path).string();
  }
  std::string folder(const YAML::Node& node) const { return path(node, "a folder"); }
  std::string prefix(const YAML::Node& node, std::string_view name, bool may_be_empty) const;
  std::vector<std::string> prefixes(const YAML::Node& node, std::string_view name) const;

  rules::YamlReader& reader_;
  /// Where each device, interface and name of a link stands: none may stand twice.
  std::map<std::string, YAML::Mark> devices_;
  std::map<std::string, YAML::Mark> link_names_;
  std::map<std::string, YAML::Mark> sink_names_;
  std::vector<PlacedAlert> alerts_;
};

std::string ConfigReader::prefix(const YAML::Node& node, std::string_view name, bool may_be_empty) const {
  const bool empty = node.IsScalar() && node.Scalar().empty() && may_be_empty;
  const bool digits = node.IsScalar() && all_digits(node.Scalar()) && node.Scalar().size() <= longest_number;
  if (!empty && !digits)
    reader_.unexpected(node, fmt::format("the digits of {}, at most {}{}", name, longest_number,
                                         may_be_empty ? ", or '' where there is none" : ""));
  return node.Scalar();
}

std::vector<std::string> ConfigReader::prefixes(const YAML::Node& node, std::string_view name) const {
  std::vector<std::string> all;
  reader_.each(node, fmt::format("a list of {}es", name), [&](const YAML::Node& one) {
    all.push_back(prefix(one, fmt::format("one {}", name), false));
  });
  return all;
}

void ConfigReader::read_country(const YAML::Node& node, Home& home) const {
  constexpr std::string_view expected = "a country's two letters of ISO 3166, for example GB";
  home.country = reader_.text(node, expected);
  home.country_code = country_code_of(home.country);
  if (home.country_code.empty()) reader_.unexpected(node, expected);
}

void ConfigReader::read_short_codes(const YAML::Node& node, Home& home) const {
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

void ConfigReader::read_home(const YAML::Node& node, Home& home) const {
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

void ConfigReader::read_plugins(const YAML::Node& node, detect::Settings& plugins) const {
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

Network ConfigReader::read_network(const YAML::Node& node) const {
  constexpr std::string_view expected = "a network such as 192.0.2.0/24 or 2001:db8::/32, or an address";
  const std::string whole = reader_.text(node, expected);
  const auto address = read_ip_address(whole.substr(0, whole.find('/')));
  if (!address) reader_.unexpected(node, expected);
  const unsigned most = address->version == 4 ? 32 : 128;
  const auto read = tollgate::read_network(whole);
  if (!read) reader_.unexpected(node, fmt::format("0 to {} bits after the /", most));
  const Network network = *read;
  for (unsigned bit = network.prefix_bits; bit < most; ++bit) {
    if ((network.address.octets[bit / 8] & std::byte{0x80} >> bit % 8) != std::byte{0})
      reader_.fail(node.Mark(), fmt::format("found {}; expected only zeros after the first {} bits",
                                            found(node), network.prefix_bits));
  }
  return network;
}

engine::Peer ConfigReader::read_peer(const YAML::Node& node) const {
  engine::Peer peer;
  const bool good = reader_.map(
      node, "peers",
      {{"ip",
        [&](const YAML::Node& n) {
          constexpr std::string_view expected = "an address such as 192.0.2.7 or 2001:db8::7";
          const auto address = read_ip_address(reader_.text(n, expected));
          if (!address) reader_.unexpected(n, expected);
          peer.ip = *address;
        }},
       {"account", [&](const YAML::Node& n) { peer.account = reader_.text(n, "the name of an account"); }}});
  if (good && (peer.ip.version == 0 || peer.account.empty()))
    reader_.fail(node.Mark(), "a peer needs both `ip` and `account`");
  return peer;
}

void ConfigReader::read_peers(const YAML::Node& node, std::vector<engine::Peer>& peers) const {
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

void ConfigReader::read_version(const YAML::Node& root) const {
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

bool ConfigReader::read_switch(const YAML::Node& node, std::string_view on, std::string_view off) const {
  const std::string expected = fmt::format("`{}` or `{}`", on, off);
  const std::string value = reader_.text(node, expected);
  if (value != on && value != off) reader_.unexpected(node, expected);
  return value == on;
}

void ConfigReader::read_replay(const YAML::Node& node, engine::Settings& settings) const {
  reader_.map(node, "replay",
              {{"outside",
                [&](const YAML::Node& n) {
                  reader_.each(n, "a list of networks", [&](const YAML::Node& one) {
                    settings.replay_outside.push_back(read_network(one));
                  });
                }},
               {"route",
                [&](const YAML::Node& n) { settings.replay_route = reader_.text(n, "the name of a route"); }},
               {"overload",
                [&](const YAML::Node& n) { settings.links[0].closed = read_switch(n, "closed", "open"); }}});
}

std::string ConfigReader::read_device(const YAML::Node& node) {
  constexpr std::string_view expected =
      "a device such as 'net_af_packet0,iface=eth1', or the PCI address of one such as 0000:3b:00.0";
  const std::string device = reader_.text(node, expected);
  const std::string name = dpdk::device_name(device);
  if (!dpdk::is_pci_address(device) && !name.starts_with("net_")) reader_.unexpected(node, expected);
  const std::string interface = dpdk::device_argument(device, "iface");
  if (name.starts_with("net_af_packet") && interface.empty())
    reader_.fail(node.Mark(),
                 fmt::format("found {}; expected `iface=` and the interface's name", found(node)));
  for (const auto& [what, key] : {std::pair{"device", name}, {"interface", interface}}) {
    if (key.empty()) continue;
    const auto [first, is_new] = devices_.emplace(fmt::format("{} `{}`", what, key), node.Mark());
    if (!is_new)
      reader_.fail(node.Mark(), fmt::format("the {} is used in line {} already; a port has one place",
                                            first->first, first->second.line + 1));
  }
  return device;
}

void ConfigReader::read_link(const YAML::Node& node, Configuration& config) {
  Link link;
  dpdk::LinkPorts ports;
  const bool good = reader_.map(
      node, "links",
      {{"name",
        [&](const YAML::Node& n) {
          link.name = reader_.text(n, "the name of the link");
          const auto [first, is_new] = link_names_.emplace(link.name, n.Mark());
          if (!is_new)
            reader_.fail(n.Mark(), fmt::format("a link is called `{}` in line {} already", link.name,
                                               first->second.line + 1));
        }},
       {"outside", [&](const YAML::Node& n) { ports.outside = read_device(n); }},
       {"inside", [&](const YAML::Node& n) { ports.inside = read_device(n); }},
       {"route", [&](const YAML::Node& n) { link.route = reader_.text(n, "the name of a route"); }},
       {"overload", [&](const YAML::Node& n) { link.closed = read_switch(n, "closed", "open"); }},
       {"mode", [&](const YAML::Node& n) { link.tap = read_switch(n, "tap", "inline"); }}});
  if (!good) return;
  if (link.name.empty()) reader_.fail(node.Mark(), "the link has no `name`");
  if (ports.outside.empty()) reader_.fail(node.Mark(), "the link has no `outside`");
  if (ports.inside.empty() != link.tap)
    reader_.fail(node.Mark(), link.tap ? "a link of `mode: tap` has no `inside`: what comes in leaves nowhere"
                                       : "the link has no `inside`; or is it one of `mode: tap`?");
  link.two_sided = !link.tap;
  config.links.push_back(link);
  config.appliance.links.push_back(ports);
}

void ConfigReader::read_events(const YAML::Node& node, EventSettings& events) const {
  const auto read_text = [&](const YAML::Node& n) {
    using record::ShownText;
    constexpr std::string_view expected = "`never`, `blocked` or `all`";
    const std::string value = reader_.text(n, expected);
    if (value != "never" && value != "blocked" && value != "all") reader_.unexpected(n, expected);
    events.privacy.text = value == "all"       ? ShownText::all
                          : value == "blocked" ? ShownText::blocked
                                               : ShownText::never;
  };
  const bool good =
      reader_.map(node, "events",
                  {{"file", [&](const YAML::Node& n) { events.file = path(n, "a file"); }},
                   {"text", read_text},
                   {"numbers", [&](const YAML::Node& n) { read_numbers(n, events.privacy); }},
                   {"key", [&](const YAML::Node& n) { events.privacy.key = path(n, "a file"); }},
                   {"rotate", [&](const YAML::Node& n) { read_rotation(n, events.rotation); }}});
  const bool pseudonyms = events.privacy.numbers == record::ShownNumbers::pseudonyms;
  if (good && pseudonyms == events.privacy.key.empty())
    reader_.fail(node.Mark(), pseudonyms ? "`numbers: pseudonyms` needs a `key`, the file of a secret"
                                         : "`key` is for `numbers: pseudonyms` alone");
}

detect::SinkSettings ConfigReader::read_sink(const YAML::Node& node) {
  constexpr std::string_view expected = "a map such as {plugin: syslog, to: 'udp://192.0.2.1:514'}";
  detect::SinkSettings sink;
  detect::PluginSettings& plugin = sink.plugin;
  YAML::Mark name_place = node.Mark();
  const auto read_one = [&](const std::string& key, const YAML::Node& where, const YAML::Node& value) {
    if (key == "plugin") {
      plugin.name = reader_.text(value, "the name of a plugin, such as syslog");
      plugin.place = reader_.place(value.Mark());
    } else if (key == "name") {
      sink.name = reader_.text(value, "a name, by which this sink is told from others");
      name_place = value.Mark();
    } else if (key == "queue_mib") {
      sink.queue_octets = reader_.number(value, 1, 65'536, "1 to 65536 MiB") << 20U;
    } else if (!value.IsScalar()) {
      reader_.unexpected(value, fmt::format("one value for `{}`", key));
    } else {
      plugin.settings.push_back({key, value.Scalar(), reader_.place(where.Mark())});
    }
  };
  if (!node.IsMap()) reader_.unexpected(node, expected);
  reader_.map(node, expected, read_one);
  if (plugin.name.empty()) reader_.fail(node.Mark(), "the sink has no `plugin`");
  if (sink.name.empty()) sink.name = plugin.name;
  const auto [first, is_new] = sink_names_.emplace(sink.name, name_place);
  if (!is_new)
    reader_.fail(name_place, fmt::format("a sink is called `{}` in line {} already; give this one a `name`",
                                         sink.name, first->second.line + 1));
  return sink;
}

void ConfigReader::read_sinks(const YAML::Node& node, std::vector<detect::SinkSettings>& sinks) {
  constexpr std::string_view expected = "a list of sinks, such as [{plugin: syslog, to: 'unix:/dev/log'}]";
  if (!node.IsSequence()) reader_.unexpected(node, expected);
  reader_.each(node, expected, [&](const YAML::Node& one) { sinks.push_back(read_sink(one)); });
}

void ConfigReader::read_rotation(const YAML::Node& node, record::RotationSettings& rotation) const {
  rotation = usual_rotation;
  reader_.map(node, "events.rotate",
              {{"mib",
                [&](const YAML::Node& n) {
                  rotation.most_octets = reader_.number(n, 1, 1'048'576, "1 to 1048576 MiB") << 20U;
                }},
               {"hours", [&](const YAML::Node& n) {
                  rotation.every_ns = reader_.number(n, 1, 8'760, "1 to 8760 hours") * hour_ns;
                }}});
}

void ConfigReader::read_retention(const YAML::Node& node, control::RetentionSettings& retention) const {
  const auto days = [this](std::uint32_t& into) {
    return [this, &into](const YAML::Node& n) {
      into = static_cast<std::uint32_t>(reader_.number(n, 1, 36'500, "1 to 36500 days"));
    };
  };
  reader_.map(node, "retention",
              {{"events_days", days(retention.events_days)},
               {"cdr_days", days(retention.cdr_days)},
               {"audit_days", days(retention.audit_days)},
               {"marks_days", days(retention.marks_days)}});
}

void ConfigReader::read_reports(const YAML::Node& node, Configuration& config) const {
  if (node.IsScalar()) {
    config.keeps_reports = read_switch(node, "on", "off");
    return;
  }
  record::RollupSettings& reports = config.reports;
  const auto days = [this](std::uint32_t& into) {
    return [this, &into](const YAML::Node& n) {
      into = static_cast<std::uint32_t>(reader_.number(n, 1, 36'500, "1 to 36500 days"));
    };
  };
  const auto read_senders = [&](const YAML::Node& n) {
    reports.senders = static_cast<std::uint32_t>(reader_.number(n, 10, 100'000, "10 to 100000 senders"));
  };
  const auto read_report_numbers = [&](const YAML::Node& n) {
    config.reports_in_full = read_switch(n, "full", "as-events");
  };
  const bool good = reader_.map(node, "reports",
                                {{"file", [&](const YAML::Node& n) { reports.file = path(n, "a file"); }},
                                 {"numbers", read_report_numbers},
                                 {"minutes_days", days(reports.minutes_days)},
                                 {"hours_days", days(reports.hours_days)},
                                 {"days_days", days(reports.days_days)},
                                 {"senders", read_senders}});
  if (good && (reports.minutes_days > reports.hours_days || reports.hours_days > reports.days_days))
    reader_.fail(node.Mark(),
                 "`minutes_days` is more than `hours_days`, or that more than `days_days`; finer "
                 "counts are kept no longer than coarser ones");
}

/// Those that were read; what they look at must be there.
void ConfigReader::take_alerts(Configuration& config) {
  using record::AlertMeasure;
  for (const PlacedAlert& alert : alerts_) {
    record::AlertRule rule = alert.rule;
    if (!rule.secret.empty()) rule.secret = std::filesystem::path(config.folder) / rule.secret;
    const auto needs = [&](bool is_there, std::string_view what) {
      if (!is_there) reader_.fail(alert.mark, fmt::format("the alert `{}` needs {}", rule.name, what));
    };
    reader_.attempt([&] {
      needs(!rule.report || config.keeps_reports, "`reports`, which are off");
      if (rule.report) return;
      if (rule.measure == AlertMeasure::ledger_lag)
        needs(!config.ledger.sqlite.empty() || !config.ledger.postgresql.empty(), "a `ledger`");
      if (rule.measure == AlertMeasure::silent_seconds) needs(!config.sinks.empty(), "`sinks`");
    });
    config.alerts.push_back(rule);
  }
}

void ConfigReader::read_numbers(const YAML::Node& node, record::PrivacySettings& privacy) const {
  using record::ShownNumbers;
  constexpr std::string_view expected = "`masked`, `pseudonyms` or `full`";
  const std::string value = reader_.text(node, expected);
  if (value == "masked") privacy.numbers = ShownNumbers::masked;
  else if (value == "pseudonyms") privacy.numbers = ShownNumbers::pseudonyms;
  else if (value == "full") privacy.numbers = ShownNumbers::full;
  else reader_.unexpected(node, expected);
}

void ConfigReader::read_memory(const YAML::Node& node, dpdk::ApplianceSettings& appliance) const {
  constexpr std::uint64_t most_mib = 1U << 20U;
  reader_.map(node, "memory",
              {{"mib",
                [&](const YAML::Node& n) {
                  appliance.memory_mib =
                      static_cast<std::uint32_t>(reader_.number(n, 1, most_mib, "a number of MiB"));
                }},
               {"huge_pages", [&](const YAML::Node& n) { appliance.huge_pages = reader_.flag(n); }}});
}

void ConfigReader::read_ledger(const YAML::Node& node, Configuration& config) const {
  charge::LedgerSettings& ledger = config.ledger;
  const auto percent = [&](const YAML::Node& n) {
    constexpr std::string_view expected = "percents a month, such as 1 or 0.75";
    const auto amount = charge::read_amount(reader_.text(n, expected), 100 * charge::unit);
    if (!amount) reader_.unexpected(n, expected);
    config.invoices.interest_millionths = static_cast<std::uint32_t>(*amount / 100);
  };
  const auto invoices = [&](const YAML::Node& n) {
    reader_.map(n, "ledger.invoices",
                {{"due_days",
                  [&](const YAML::Node& days) {
                    config.invoices.due_days =
                        static_cast<std::uint32_t>(reader_.number(days, 0, 365, "0 to 365 days"));
                  }},
                 {"interest_percent", percent}});
  };
  const bool good = reader_.map(
      node, "ledger",
      {{"sqlite", [&](const YAML::Node& n) { ledger.sqlite = path(n, "the file of the ledger"); }},
       {"postgresql",
        [&](const YAML::Node& n) {
          ledger.postgresql =
              reader_.text(n, "how libpq reaches it, such as 'host=db.example dbname=tollgate'");
        }},
       {"appliance",
        [&](const YAML::Node& n) {
          ledger.appliance = reader_.text(n, "this appliance's own name on the ledger");
        }},
       {"retry_seconds",
        [&](const YAML::Node& n) {
          config.retry_seconds =
              static_cast<std::uint32_t>(reader_.number(n, 0, 86'400, "0 to 86400 seconds"));
        }},
       {"invoices", invoices},
       {"cdr", [&](const YAML::Node& n) { read_cdr(n, config.cdr); }}});
  if (good && ledger.sqlite.empty() == ledger.postgresql.empty())
    reader_.fail(node.Mark(), "expected one of `sqlite` and `postgresql`");
}

void ConfigReader::read_cdr(const YAML::Node& node, charge::CdrSettings& cdr) const {
  constexpr std::uint64_t minute_ns = 60'000'000'000;
  const bool good = reader_.map(node, "ledger.cdr",
                                {{"folder", [&](const YAML::Node& n) { cdr.folder = folder(n); }},
                                 {"mib",
                                  [&](const YAML::Node& n) {
                                    cdr.most_octets = reader_.number(n, 1, 10'240, "1 to 10240 MiB") << 20U;
                                  }},
                                 {"minutes", [&](const YAML::Node& n) {
                                    cdr.most_ns =
                                        reader_.number(n, 1, 1'440, "1 to 1440 minutes") * minute_ns;
                                  }}});
  if (good && cdr.folder.empty()) reader_.fail(node.Mark(), "`cdr` has no `folder`");
}

void ConfigReader::read_listen(const YAML::Node& node, control::HttpsSettings& https) const {
  constexpr std::string_view expected = "an address and a port such as '127.0.0.1:8443' or '[::1]:8443'";
  const std::string whole = reader_.text(node, expected);
  const std::size_t colon = whole.rfind(':');
  if (colon == whole.npos) reader_.unexpected(node, expected);
  std::string address = whole.substr(0, colon);
  const bool in_brackets = address.starts_with('[') && address.ends_with(']');
  if (in_brackets) address = address.substr(1, address.size() - 2);
  const auto read = read_ip_address(address);
  const auto port = whole_number(std::string_view(whole).substr(colon + 1));
  constexpr std::uint64_t most = 65'535;
  if (!read || (read->version == 6) != in_brackets || !port || *port < 1 || *port > most)
    reader_.unexpected(node, expected);
  https.address = address;
  https.port = static_cast<std::uint16_t>(*port);
}

void ConfigReader::read_https(const YAML::Node& node, control::HttpsSettings& https) const {
  const bool good = reader_.map(
      node, "control.https",
      {{"listen", [&](const YAML::Node& n) { read_listen(n, https); }},
       {"certificate", [&](const YAML::Node& n) { https.certificate = path(n, "a file of PEM"); }},
       {"key", [&](const YAML::Node& n) { https.key = path(n, "a file of PEM"); }}});
  if (good && (https.certificate.empty() || https.key.empty()))
    reader_.fail(node.Mark(), "`https` needs both `certificate` and `key`");
}

void ConfigReader::read_trust(const YAML::Node& node, control::Settings& control) const {
  constexpr std::string_view expected = "a list of files of public keys";
  if (!node.IsSequence()) reader_.unexpected(node, expected);
  reader_.each(node, expected, [&](const YAML::Node& one) { control.trust.push_back(path(one, "a file")); });
}

void ConfigReader::read_control(const YAML::Node& node, control::Settings& control) const {
  const bool good = reader_.map(node, "control",
                                {{"audit", [&](const YAML::Node& n) { control.audit = path(n, "a file"); }},
                                 {"tokens", [&](const YAML::Node& n) { control.tokens = path(n, "a file"); }},
                                 {"trust", [&](const YAML::Node& n) { read_trust(n, control); }},
                                 {"bundles", [&](const YAML::Node& n) { control.bundles = folder(n); }},
                                 {"trial_messages",
                                  [&](const YAML::Node& n) {
                                    control.trial_messages =
                                        reader_.number(n, 0, 10'000'000, "0 to 10000000 messages");
                                  }},
                                 {"lists", [&](const YAML::Node& n) { control.lists = path(n, "a file"); }},
                                 {"marks", [&](const YAML::Node& n) { control.marks = path(n, "a file"); }},
                                 {"https", [&](const YAML::Node& n) { read_https(n, control.https); }}});
  if (good && !control.https.certificate.empty() && control.tokens.empty())
    reader_.fail(node.Mark(), "`https` needs `tokens`: without any, nobody could use it");
}

Configuration ConfigReader::read(const YAML::Node& root) {
  Configuration config;
  config.folder = std::filesystem::path(reader_.file()).parent_path().string();
  read_version(root);
  const auto read_links = [&](const YAML::Node& node) {
    constexpr std::string_view expected = "a list of links";
    if (!node.IsSequence()) reader_.unexpected(node, expected);
    reader_.each(node, expected, [&](const YAML::Node& one) { read_link(one, config); });
  };
  const auto read_workers = [&](const YAML::Node& node) {
    constexpr std::uint64_t most = 64;
    config.appliance.workers = static_cast<std::uint32_t>(reader_.number(node, 1, most, "1 to 64 workers"));
  };
  reader_.map(
      root, {},
      {{"version", [](const YAML::Node&) {}},
       {"home", [&](const YAML::Node& n) { read_home(n, config.engine.home); }},
       {"enforcement", [&](const YAML::Node& n) { config.engine.enforcement = read_switch(n, "on", "off"); }},
       {"links", read_links},
       {"replay", [&](const YAML::Node& n) { read_replay(n, config.engine); }},
       {"rules", [&](const YAML::Node& n) { config.engine.rules = folder(n); }},
       {"plugins", [&](const YAML::Node& n) { read_plugins(n, config.engine.plugins); }},
       {"ledger", [&](const YAML::Node& n) { read_ledger(n, config); }},
       {"events", [&](const YAML::Node& n) { read_events(n, config.events); }},
       {"sinks", [&](const YAML::Node& n) { read_sinks(n, config.sinks); }},
       {"control", [&](const YAML::Node& n) { read_control(n, config.control); }},
       {"retention", [&](const YAML::Node& n) { read_retention(n, config.retention); }},
       {"reports", [&](const YAML::Node& n) { read_reports(n, config); }},
       {"alerts", [&](const YAML::Node& n) { alerts_ = read_alerts(reader_, n); }},
       {"peers", [&](const YAML::Node& n) { read_peers(n, config.engine.peers); }},
       {"state", [&](const YAML::Node& n) { config.state = folder(n); }},
       {"workers", read_workers},
       {"memory", [&](const YAML::Node& n) { read_memory(n, config.appliance); }}});
  take_alerts(config);
  if (config.retention.events_days != 0 && !config.events.rotation.any())
    config.events.rotation = usual_rotation;
  config.reports.time_zone = config.engine.home.time_zone;
  return config;
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

Configuration parse_config(const std::string& yaml, const std::string& name) {
  rules::Findings findings;
  rules::YamlReader reader(name, findings);
  Configuration config;
  if (const auto root = reader.parse(yaml))
    reader.attempt([&] { config = ConfigReader(reader).read(*root); });
  if (findings.any_error()) throw ConfigError(lines(findings));
  return config;
}

Configuration load_config(const std::string& path, const std::string& usual) {
  std::error_code error;
  if (path.empty() && !std::filesystem::exists(usual, error) && !error) return {};
  const std::string& file = path.empty() ? usual : path;
  Configuration config = parse_config(read_config_file(file), file);
  const std::filesystem::path audit = control::audit_path(config.control, config.state);
  config.ledger.audit = std::filesystem::absolute(audit).lexically_normal().string();
  return config;
}

}  // namespace tollgate::cli
