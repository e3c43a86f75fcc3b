#include "cli/config.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tollgate::cli {
namespace {

constexpr const char* whole_file = R"(version: 1
home:                       # the own network
  country: GB
  number: {international_prefix: '00', national_prefix: '0'}
  gt: ['4477', 4478]
  imsi: 00101
  short_codes: '4-5 digits'
  time_zone: Europe/London
enforcement: on
links:
  - {name: ic1, outside: 'net_af_packet0,iface=a', inside: 'net_af_packet1,iface=b', route: international, overload: open}
replay: {outside: ['192.0.2.0/24', '2001:db8::/32', 198.51.100.7], route: international}
rules: rules/
ledger: {sqlite: /var/lib/tollgate/ledger.db}
events: {file: /var/log/tollgate/events.jsonl, text: never, numbers: masked}
peers: [{ip: 192.0.2.7, account: acme}]
)";

TEST(Config, becomes_settings) {
  const engine::Settings settings = parse_config(whole_file, "t.yaml").engine;
  EXPECT_EQ(settings.home.country, "GB");
  EXPECT_EQ(settings.home.country_code, "44");
  EXPECT_EQ(settings.home.international_prefix, "00");
  EXPECT_EQ(settings.home.national_prefix, "0");
  EXPECT_EQ(settings.home.gt, (std::vector<std::string>{"4477", "4478"}));
  EXPECT_EQ(settings.home.imsi, std::vector<std::string>{"00101"}) << "the zeros are digits";
  EXPECT_EQ(settings.home.short_code_min_digits, 4);
  EXPECT_EQ(settings.home.short_code_max_digits, 5);
  EXPECT_EQ(settings.home.time_zone, "Europe/London");
  EXPECT_EQ(settings.replay_route, "international");
  ASSERT_EQ(settings.replay_outside.size(), 3U);
  EXPECT_EQ(settings.replay_outside[0].address.version, 4);
  EXPECT_EQ(settings.replay_outside[0].address.octets[2], std::byte{2});
  EXPECT_EQ(settings.replay_outside[0].prefix_bits, 24);
  EXPECT_EQ(settings.replay_outside[1].address.version, 6);
  EXPECT_EQ(settings.replay_outside[1].address.octets[0], std::byte{0x20});
  EXPECT_EQ(settings.replay_outside[1].prefix_bits, 32);
  EXPECT_EQ(settings.replay_outside[2].prefix_bits, 32) << "one address";
  ASSERT_EQ(settings.peers.size(), 1U);
  EXPECT_EQ(settings.peers[0].ip.version, 4);
  EXPECT_EQ(settings.peers[0].ip.octets[3], std::byte{7});
  EXPECT_EQ(settings.peers[0].account, "acme");
}

TEST(Config, says_how_long_an_applications_retry_is_known) {
  EXPECT_EQ(parse_config("version: 1\nledger: {sqlite: l.db, retry_seconds: 60}", "t.yaml").retry_seconds,
            60U);
  EXPECT_EQ(parse_config("version: 1\nledger: {sqlite: l.db}", "t.yaml").retry_seconds, 300U);
}

TEST(Config, names_links_and_their_ports) {
  const Configuration config = parse_config(
      "version: 1\nenforcement: off\nworkers: 4\nmemory: {mib: 1024, huge_pages: true}\nlinks:\n"
      "  - {name: ic1, outside: 'net_af_packet0,iface=a', inside: 'net_af_packet1,iface=b', route: i,\n"
      "     overload: closed}\n"
      "  - {name: mirror, outside: 0000:3b:00.0, mode: tap}\n",
      "t.yaml");
  ASSERT_EQ(config.links.size(), 2U);
  EXPECT_EQ(config.links[0].name, "ic1");
  EXPECT_EQ(config.links[0].route, "i");
  EXPECT_TRUE(config.links[0].closed);
  EXPECT_FALSE(config.links[0].tap);
  EXPECT_TRUE(config.links[1].tap);
  EXPECT_FALSE(config.links[1].closed);
  ASSERT_EQ(config.appliance.links.size(), 2U);
  EXPECT_EQ(config.appliance.links[0].outside, "net_af_packet0,iface=a");
  EXPECT_EQ(config.appliance.links[0].inside, "net_af_packet1,iface=b");
  EXPECT_EQ(config.appliance.links[1].outside, "0000:3b:00.0");
  EXPECT_EQ(config.appliance.links[1].inside, "");
  EXPECT_EQ(config.appliance.workers, 4U);
  EXPECT_EQ(config.appliance.memory_mib, 1024U);
  EXPECT_TRUE(config.appliance.huge_pages);
  EXPECT_FALSE(config.engine.enforcement);
}

TEST(Config, says_who_may_change_an_appliance) {
  const auto control = [](const std::string& map) {
    return parse_config("version: 1\ncontrol: " + map, "/etc/tollgate/t.yaml").control;
  };
  const auto whole = control(
      "{audit: a.jsonl, tokens: t.json, https: {listen: '[2001:db8::7]:443', certificate: c.pem, key: "
      "/k.pem}}");
  EXPECT_EQ(whole.audit, "/etc/tollgate/a.jsonl");
  EXPECT_EQ(whole.tokens, "/etc/tollgate/t.json");
  EXPECT_EQ(whole.https.address, "2001:db8::7");
  EXPECT_EQ(whole.https.port, 443);
  EXPECT_EQ(whole.https.certificate, "/etc/tollgate/c.pem");
  EXPECT_EQ(whole.https.key, "/k.pem");
  const auto usual = control("{tokens: t.json, https: {certificate: c.pem, key: k.pem}}").https;
  EXPECT_EQ(usual.address, "127.0.0.1");
  EXPECT_EQ(usual.port, 8443);
  const auto trusting = control("{trust: [team.pub, /srv/other.pub], bundles: kept, trial_messages: 7}");
  EXPECT_EQ(trusting.trust, (std::vector<std::string>{"/etc/tollgate/team.pub", "/srv/other.pub"}));
  EXPECT_EQ(trusting.bundles, "/etc/tollgate/kept");
  EXPECT_EQ(trusting.kept_messages(), 7U);
  EXPECT_EQ(control("{marks: m.db}").marks, "/etc/tollgate/m.db");
  EXPECT_EQ(control("{trial_messages: 8}").kept_messages(), 8U);
  EXPECT_EQ(control("{trust: [team.pub]}").kept_messages(), 100'000U);
  EXPECT_EQ(control("{audit: a.jsonl}").kept_messages(), 0U) << "texts are kept where that is wanted alone";
  EXPECT_TRUE(control("{audit: a.jsonl}").trust.empty()) << "nobody is trusted who is not named";
  EXPECT_EQ(control("{audit: a.jsonl}").https.certificate, "") << "it answers nobody over the network";
}

TEST(Config, keeps_what_is_changed_of_lists_beside_the_audit_log) {
  const Configuration usual = parse_config("version: 1", "t.yaml");
  EXPECT_EQ(control::lists_path(usual.control, usual.state), "/var/lib/tollgate/lists.json");
  const Configuration other = parse_config("version: 1\nstate: /srv/north", "t.yaml");
  EXPECT_EQ(control::lists_path(other.control, other.state), "/srv/north/lists.json");
  const Configuration named = parse_config("version: 1\ncontrol: {lists: l.json}", "/etc/tollgate/t.yaml");
  EXPECT_EQ(control::lists_path(named.control, named.state), "/etc/tollgate/l.json");
}

TEST(Config, has_the_audit_log_where_the_power_does_not_take_it) {
  const Configuration usual = parse_config("version: 1", "t.yaml");
  EXPECT_EQ(control::audit_path(usual.control, usual.state), "/var/lib/tollgate/audit.jsonl");
  const Configuration other = parse_config("version: 1\nstate: /srv/north", "t.yaml");
  EXPECT_EQ(control::audit_path(other.control, other.state), "/srv/north/audit.jsonl");
  const Configuration named = parse_config("version: 1\nstate: /srv/north\ncontrol: {audit: /a}", "t.yaml");
  EXPECT_EQ(control::audit_path(named.control, named.state), "/a");
  EXPECT_EQ(control::bundles_path(usual.control, usual.state), "/var/lib/tollgate/bundles");
  EXPECT_EQ(control::bundles_path(other.control, other.state), "/srv/north/bundles");
}

TEST(Config, keeps_text_and_numbers_from_events_unless_it_is_told_otherwise) {
  const auto events = [](const std::string& map) {
    return parse_config("version: 1\nevents: " + map, "/etc/tollgate/t.yaml").events;
  };
  EXPECT_EQ(events("{file: e.jsonl}").file, "/etc/tollgate/e.jsonl");
  EXPECT_EQ(events("{file: /var/e}").privacy.text, record::ShownText::never);
  EXPECT_EQ(events("{file: /var/e}").privacy.numbers, record::ShownNumbers::masked);
  EXPECT_EQ(events("{text: blocked}").privacy.text, record::ShownText::blocked);
  EXPECT_EQ(events("{text: all}").privacy.text, record::ShownText::all);
  EXPECT_EQ(events("{numbers: full}").privacy.numbers, record::ShownNumbers::full);
  const EventSettings pseudonyms = events("{numbers: pseudonyms, key: p.key}");
  EXPECT_EQ(pseudonyms.privacy.numbers, record::ShownNumbers::pseudonyms);
  EXPECT_EQ(pseudonyms.privacy.key, "/etc/tollgate/p.key");
}

TEST(Config, has_a_key_where_there_are_pseudonyms_and_there_alone) {
  for (const char* map : {"{numbers: pseudonyms}", "{numbers: masked, key: p.key}", "{key: p.key}"})
    EXPECT_THROW(parse_config(std::string("version: 1\nevents: ") + map, "t.yaml"), ConfigError) << map;
}

TEST(Config, puts_events_aside_where_that_is_asked_for_or_they_are_to_be_removed) {
  constexpr std::uint64_t hour_ns = 3'600'000'000'000;
  const auto rotation = [](const std::string& yaml) {
    return parse_config("version: 1\n" + yaml, "t.yaml").events.rotation;
  };
  EXPECT_FALSE(rotation("events: {file: e}").any());
  EXPECT_FALSE(rotation("retention: {cdr_days: 3}").any());
  EXPECT_EQ(rotation("events: {rotate: {mib: 2}}").most_octets, 2U << 20U);
  EXPECT_EQ(rotation("events: {rotate: {hours: 6}}").every_ns, 6 * hour_ns);
  EXPECT_EQ(rotation("retention: {events_days: 3}").every_ns, 24 * hour_ns);
  EXPECT_EQ(rotation("retention: {events_days: 3}").most_octets, 1U << 30U);
  EXPECT_EQ(rotation("retention: {events_days: 3}\nevents: {rotate: {hours: 1}}").every_ns, hour_ns);
}

TEST(Config, keeps_records_for_ever_unless_it_is_told_otherwise) {
  EXPECT_FALSE(parse_config("version: 1", "t.yaml").retention.any());
  EXPECT_EQ(parse_config("version: 1\nretention: {marks_days: 5}", "t.yaml").retention.marks_days, 5U);
  const auto some =
      parse_config("version: 1\nretention: {events_days: 7, cdr_days: 90, audit_days: 400}", "t.yaml")
          .retention;
  EXPECT_EQ(some.events_days, 7U);
  EXPECT_EQ(some.cdr_days, 90U);
  EXPECT_EQ(some.audit_days, 400U);
  EXPECT_THROW(parse_config("version: 1\nretention: {events_days: 0}", "t.yaml"), ConfigError);
}

TEST(Config, says_what_happens_to_what_a_replay_cannot_inspect) {
  const Configuration config = parse_config(
      "version: 1\nreplay: {overload: closed}\nlinks: [{name: a, outside: 'net_null0', inside: net_null1}]",
      "t.yaml");
  ASSERT_EQ(config.engine.links.size(), 1U) << "a capture comes over a link of its own";
  EXPECT_TRUE(config.engine.links[0].closed);
  EXPECT_EQ(config.engine.links[0].name, "");
}

TEST(Config, names_the_ledger_and_the_terms_of_invoices) {
  Configuration config = parse_config(whole_file, "etc/t.yaml");
  EXPECT_EQ(config.ledger.sqlite, "/var/lib/tollgate/ledger.db");
  EXPECT_EQ(config.invoices.due_days, 15U);
  EXPECT_EQ(config.invoices.interest_millionths, 10'000U) << "1 % a month";
  config = parse_config(
      "version: 1\nledger: {sqlite: l.db, appliance: north, invoices: {due_days: 30, interest_percent: "
      "0.75}}\n",
      "etc/t.yaml");
  EXPECT_EQ(config.ledger.sqlite, "etc/l.db") << "relative paths start at the file";
  EXPECT_EQ(config.ledger.appliance, "north");
  EXPECT_EQ(config.invoices.due_days, 30U);
  EXPECT_EQ(config.invoices.interest_millionths, 7'500U);
  config = parse_config("version: 1\nledger: {postgresql: 'dbname=tollgate'}\n", "etc/t.yaml");
  EXPECT_EQ(config.ledger.postgresql, "dbname=tollgate");
}

TEST(Config, names_the_folder_of_cdr_files) {
  constexpr std::uint64_t minute_ns = 60'000'000'000;
  EXPECT_EQ(parse_config(whole_file, "etc/t.yaml").cdr.folder, "") << "none are written";
  charge::CdrSettings cdr =
      parse_config("version: 1\nledger: {sqlite: l.db, cdr: {folder: cdr}}", "etc/t.yaml").cdr;
  EXPECT_EQ(cdr.folder, "etc/cdr");
  EXPECT_EQ(cdr.most_octets, 104'857'600U) << "100 MiB";
  EXPECT_EQ(cdr.most_ns, 15 * minute_ns);
  cdr =
      parse_config("version: 1\nledger: {sqlite: l.db, cdr: {folder: /c, mib: 10240, minutes: 1}}", "t.yaml")
          .cdr;
  EXPECT_EQ(cdr.most_octets, 10'737'418'240U);
  EXPECT_EQ(cdr.most_ns, minute_ns);
}

TEST(Config, needs_only_its_version) {
  const engine::Settings settings = parse_config("version: 1\n", "t.yaml").engine;
  EXPECT_EQ(settings.home.country, "");
  EXPECT_EQ(settings.home.international_prefix, "00");
  EXPECT_EQ(settings.home.short_code_min_digits, 3);
  EXPECT_TRUE(settings.replay_outside.empty());
}

TEST(Config, sorts_peers_by_their_address) {
  const auto peers = parse_config(
                         "version: 1\npeers: [{ip: '2001:db8::1', account: c}, {ip: 192.0.2.9, account: b},\n"
                         "  {account: a, ip: 192.0.2.8}]",
                         "t")
                         .engine.peers;
  ASSERT_EQ(peers.size(), 3U);
  EXPECT_TRUE(peers[0].ip < peers[1].ip && peers[1].ip < peers[2].ip);
  EXPECT_EQ(peers[2].account, "b") << "9 comes after 8, and C0 after 20";
}

TEST(Config, takes_an_empty_national_prefix_and_one_length_of_short_codes) {
  const auto home =
      parse_config("version: 1\nhome: {country: IT, number: {national_prefix: ''}, short_codes: 5 digits}",
                   "t")
          .engine.home;
  EXPECT_EQ(home.country_code, "39");
  EXPECT_EQ(home.national_prefix, "");
  EXPECT_EQ(home.short_code_min_digits, 5);
  EXPECT_EQ(home.short_code_max_digits, 5);
}

TEST(Config, takes_what_plugins_are_told_as_it_is_written) {
  const auto plugins =
      parse_config("version: 1\nplugins:\n  folder: lib\n  rate: {memory: 64 MiB, seed: 07}\n  other:\n",
                   "/etc/tollgate/t.yaml")
          .engine.plugins;
  EXPECT_EQ(plugins.folder, "/etc/tollgate/lib");
  EXPECT_EQ(to_string(plugins.folder_place), "/etc/tollgate/t.yaml:3:11");
  ASSERT_EQ(plugins.plugins.size(), 2U);
  EXPECT_EQ(plugins.plugins[0].name, "rate");
  ASSERT_EQ(plugins.plugins[0].settings.size(), 2U);
  EXPECT_EQ(plugins.plugins[0].settings[0].key, "memory");
  EXPECT_EQ(plugins.plugins[0].settings[0].value, "64 MiB");
  EXPECT_EQ(to_string(plugins.plugins[0].settings[1].place), "/etc/tollgate/t.yaml:4:26");
  EXPECT_EQ(plugins.plugins[0].settings[1].value, "07");
  EXPECT_TRUE(plugins.plugins[1].settings.empty());
}

TEST(Config, takes_sinks_with_what_they_are_told) {
  const Configuration config = parse_config(
      "version: 1\nsinks:\n  - {plugin: syslog, to: 'unix:/dev/log'}\n"
      "  - {plugin: syslog, name: soc, queue_mib: 2, octets: 07}\n",
      "/etc/tollgate/t.yaml");
  EXPECT_EQ(config.folder, "/etc/tollgate");
  ASSERT_EQ(config.sinks.size(), 2U);
  EXPECT_EQ(config.sinks[0].name, "syslog");
  EXPECT_EQ(config.sinks[0].plugin.name, "syslog");
  EXPECT_EQ(to_string(config.sinks[0].plugin.place), "/etc/tollgate/t.yaml:3:14");
  ASSERT_EQ(config.sinks[0].plugin.settings.size(), 1U);
  EXPECT_EQ(config.sinks[0].plugin.settings[0].key, "to");
  EXPECT_EQ(config.sinks[0].plugin.settings[0].value, "unix:/dev/log");
  EXPECT_EQ(to_string(config.sinks[0].plugin.settings[0].place), "/etc/tollgate/t.yaml:3:22");
  EXPECT_EQ(config.sinks[0].queue_octets, 64U << 20U);
  EXPECT_EQ(config.sinks[1].name, "soc");
  EXPECT_EQ(config.sinks[1].queue_octets, 2U << 20U);
  EXPECT_EQ(config.sinks[1].plugin.settings.at(0).value, "07");
}

TEST(Config, takes_alerts) {
  const Configuration config = parse_config(
      "version: 1\nledger: {sqlite: l.db}\nalerts:\n"
      "  - {name: Leakage, report: leakage, figure: leaked, by: origin, where: 'currency=EUR', over: 50,\n"
      "     within: 2h, back_below: 40.5, for: 5m, every: 10s, webhook: 'https://hooks.example/a?b=c'}\n"
      "  - {name: Money, report: leakage, figure: leaked, over: 50}\n"
      "  - {name: Blind, report: uninspected, figure: share, over: 0.5}\n"
      "  - {name: Behind, measure: ledger_lag, over: 30}\n",
      "t.yaml");
  ASSERT_EQ(config.alerts.size(), 4U);
  const record::AlertRule& leakage = config.alerts[0];
  EXPECT_EQ(leakage.name, "Leakage");
  ASSERT_TRUE(leakage.report.has_value());
  EXPECT_EQ(leakage.report->name, record::ReportName::leakage);
  ASSERT_EQ(leakage.report->by.size(), 1U);
  EXPECT_EQ(leakage.report->by[0].dimension, record::Dimension::origin);
  ASSERT_EQ(leakage.report->where.size(), 1U);
  EXPECT_EQ(leakage.figure.name, "leaked");
  EXPECT_EQ(leakage.over, 50);
  EXPECT_EQ(leakage.back_below, 40.5);
  EXPECT_EQ(leakage.within_s, 7200);
  EXPECT_EQ(leakage.for_s, 300);
  EXPECT_EQ(leakage.every_s, 10);
  EXPECT_EQ(leakage.webhook, "https://hooks.example/a?b=c");
  ASSERT_EQ(config.alerts[1].report->by.size(), 1U) << "currencies are not added up";
  EXPECT_EQ(config.alerts[1].report->by[0].dimension, record::Dimension::currency);
  EXPECT_EQ(config.alerts[1].back_below, 45);
  EXPECT_EQ(config.alerts[1].within_s, 3600);
  EXPECT_EQ(config.alerts[1].for_s, 0);
  EXPECT_EQ(config.alerts[1].every_s, 60);
  EXPECT_TRUE(config.alerts[2].report->by.empty());
  EXPECT_FALSE(config.alerts[3].report.has_value());
  EXPECT_EQ(config.alerts[3].measure, record::AlertMeasure::ledger_lag);
}

std::string error_of(const std::string& yaml) {
  try {
    parse_config(yaml, "t.yaml");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

struct Bad {
  const char* yaml;
  const char* error;
};

// What an alert says after `alerts: [{name: A, `, which ends in column 19.
TEST(Config, says_what_is_wrong_with_an_alert) {
  const std::vector<Bad> all = {
      {"report: weather, figure: parts, over: 1",
       "t.yaml:2:28: found no report `weather`; expected traffic, blocked, revenue, leakage, senders, rules, "
       "accounts, uninspected"},
      {"report: uninspected, figure: rain, over: 1",
       "t.yaml:2:49: found no figure `rain` of the report uninspected; expected packets, share"},
      {"report: uninspected, over: 1",
       "t.yaml:2:28: found no figure `` of the report uninspected; expected packets, share"},
      {"report: leakage, figure: share, over: 1",
       "t.yaml:2:45: found no figure `share` of the report leakage; expected messages, leaks, leaked"},
      {"report: rules, figure: messages, over: 1",
       "t.yaml:2:43: found no figure `messages` of the report rules; expected hits"},
      {"report: uninspected, by: label, figure: share, over: 1",
       "t.yaml:2:45: found `label` in `by`; expected time, reason or route"},
      {"report: leakage, by: time, figure: leaks, over: 1",
       "t.yaml:2:41: an alert is of the time `within`; expected other columns than `time`"},
      {"report: leakage, where: EUR, figure: leaks, over: 1",
       "t.yaml:2:44: found `EUR` in `where`; expected such as verdict=block or route!=domestic"},
      {"report: leakage, figure: leaks", "t.yaml:2:10: the alert has no `over`, the bound"},
      {"over: 1", "t.yaml:2:10: expected one of `report` and `measure`"},
      {"report: leakage, measure: lost_events, over: 1",
       "t.yaml:2:10: expected one of `report` and `measure`"},
      {"measure: rain, over: 1",
       "t.yaml:2:29: found `rain`; expected `ledger_lag`, `lost_events` or `silent_seconds`"},
      {"measure: lost_events, by: route, over: 1",
       "t.yaml:2:46: `figure`, `by` and `where` are for a `report` alone"},
      {"measure: ledger_lag, within: 1h, over: 1",
       "t.yaml:2:49: `ledger_lag` is what is so now, and has no `within`"},
      {"measure: ledger_lag, over: 1", "t.yaml:2:10: the alert `A` needs a `ledger`"},
      {"measure: silent_seconds, over: 1", "t.yaml:2:10: the alert `A` needs `sinks`"},
      {"measure: lost_events, over: -1", "t.yaml:2:48: found `-1`; expected a number that is not below 0"},
      {"measure: lost_events, over: 1, back_below: 2",
       "t.yaml:2:63: `back_below` is more than `over`; expected that or less"},
      {"measure: lost_events, over: 1, within: 59s",
       "t.yaml:2:59: found `59s`; expected a time of 1m to 31d, such as 1h"},
      {"measure: lost_events, over: 1, for: 5",
       "t.yaml:2:56: found `5`; expected a time of 0s to 7d, such as 5m"},
      {"measure: lost_events, over: 1, every: 2h",
       "t.yaml:2:58: found `2h`; expected a time of 1s to 1h, such as 1m"},
      {"measure: lost_events, over: 1, webhook: 'https://me:secret@h.example/'",
       "t.yaml:2:60: this is no address of a webhook; expected an address such as "
       "'https://hooks.example/alerts'"},
      {"measure: lost_events, over: 1}, {name: A, measure: lost_events, over: 2",
       "t.yaml:2:52: an alert is called `A` in line 2 already"},
  };
  for (const auto& [alert, error] : all)
    EXPECT_EQ(error_of(std::string("version: 1\nalerts: [{name: A, ") + alert + "}]"), error) << alert;
  EXPECT_EQ(
      error_of("version: 1\nalerts: {}"),
      "t.yaml:2:9: found a map; expected a list of alerts such as {name: Leakage, report: leakage, figure: "
      "leaked, over: 50}");
  EXPECT_EQ(
      error_of("version: 1\nreports: off\nalerts: [{name: A, report: leakage, figure: leaks, over: 1}]"),
      "t.yaml:3:10: the alert `A` needs `reports`, which are off");
}

// Every file is wrong in one way; line and column are those of the value or key that is wrong.
TEST(Config, tells_where_a_file_is_wrong_and_what_to_write) {
  const Bad files[] = {
      {"", "t.yaml: found nothing; expected keys, the first of them `version: 1`"},
      {"just text", "t.yaml:1:1: found `just text`; expected keys, the first of them `version: 1`"},
      {"- version: 1", "t.yaml:1:1: found a list; expected keys, the first of them `version: 1`"},
      {"home: {}", "t.yaml:1:1: the key `version` is missing; write `version: 1`"},
      {"version: 2",
       "t.yaml:1:10: version 2 is of a later Tollgate than this one, which reads version 1; update Tollgate, "
       "or "
       "write the file for version 1"},
      {"version: 0", "t.yaml:1:10: found `0`; expected version 1"},
      {"version: one", "t.yaml:1:10: found `one`; expected version 1"},
      {"version: [1]", "t.yaml:1:10: found a list; expected version 1"},
      {"version: 1\nversion: 1", "t.yaml:2:1: key `version` is repeated; it stands in line 1 already"},
      {"version: 1\nhome: {country: GB}\nhome: {country: DE}",
       "t.yaml:3:1: key `home` is repeated; it stands in line 2 already"},
      {"version: 1\nhme: {}", "t.yaml:2:1: unknown key `hme`; did you mean `home`?"},
      {"version: 1\nledger: {}", "t.yaml:2:9: expected one of `sqlite` and `postgresql`"},
      {"version: 1\ncontrol: {trust: team.pub}",
       "t.yaml:2:18: found `team.pub`; expected a list of files of public keys"},
      {"version: 1\ncontrol: {trial_messages: 10000001}",
       "t.yaml:2:27: found `10000001`; expected 0 to 10000000 messages"},
      {"version: 1\ncontrol: {tokens: t, https: {key: k}}",
       "t.yaml:2:29: `https` needs both `certificate` and `key`"},
      {"version: 1\ncontrol: {https: {certificate: c, key: k}}",
       "t.yaml:2:10: `https` needs `tokens`: without any, nobody could use it"},
      {"version: 1\ncontrol: {https: {listen: '::1:8443'}}",
       "t.yaml:2:27: found `::1:8443`; expected an address and a port such as '127.0.0.1:8443' or "
       "'[::1]:8443'"},
      {"version: 1\ncontrol: {https: {listen: 'localhost:8443'}}",
       "t.yaml:2:27: found `localhost:8443`; expected an address and a port such as '127.0.0.1:8443' or "
       "'[::1]:8443'"},
      {"version: 1\ncontrol: {https: {listen: '127.0.0.1:65536'}}",
       "t.yaml:2:27: found `127.0.0.1:65536`; expected an address and a port such as '127.0.0.1:8443' or "
       "'[::1]:8443'"},
      {"version: 1\nledger: {sqlite: l.db, cdr: {mib: 5}}", "t.yaml:2:29: `cdr` has no `folder`"},
      {"version: 1\nledger: {sqlite: l.db, cdr: {folder: c, mib: 0}}",
       "t.yaml:2:46: found `0`; expected 1 to 10240 MiB"},
      {"version: 1\nledger: {sqlite: l.db, cdr: {folder: c, minutes: 1441}}",
       "t.yaml:2:50: found `1441`; expected 1 to 1440 minutes"},
      {"version: 1\nledger: {sqlite: l.db, invoices: {interest_percent: 101}}",
       "t.yaml:2:53: found `101`; expected percents a month, such as 1 or 0.75"},
      {"version: 1\nplugins: []",
       "t.yaml:2:10: found a list; expected a map of plugins, such as {rate: {memory: 64 MiB}}"},
      {"version: 1\nplugins: {rate: fast}",
       "t.yaml:2:17: found `fast`; expected a map of what the plugin `rate` takes"},
      {"version: 1\nplugins: {rate: {memory: [1]}}",
       "t.yaml:2:26: found a list; expected one value for `memory`"},
      {"version: 1\nplugins: {rate: {}, rate: {}}",
       "t.yaml:2:21: key `rate` is repeated; it stands in line 2 already"},
      {"version: 1\nfirewall: {}",
       "t.yaml:2:1: unknown key `firewall`; expected one of version, home, enforcement, links, replay, "
       "rules, plugins, ledger, events, sinks, control, retention, reports, alerts, peers, state, workers, "
       "memory"},
      {"version: 1\n? [a, b]\n: c", "t.yaml:2:3: found a list; expected the name of a key"},
      {"version: 1\nhome: GB", "t.yaml:2:7: found `GB`; expected a map of keys and values"},
      {"version: 1\nhome:\n  contry: GB",
       "t.yaml:3:3: unknown key `contry` in `home`; did you mean `country`?"},
      {"version: 1\nhome:\n  country: gb",
       "t.yaml:3:12: found `gb`; expected a country's two letters of ISO 3166, for example GB"},
      {"version: 1\nhome:\n  country: [GB]",
       "t.yaml:3:12: found a list; expected a country's two letters of ISO 3166, for example GB"},
      {"version: 1\nhome:\n  number: {national: '0'}",
       "t.yaml:3:12: unknown key `national` in `home.number`; expected one of international_prefix, "
       "national_prefix"},
      {"version: 1\nhome:\n  number: {international_prefix: ''}",
       "t.yaml:3:34: found ``; expected the digits of a prefix, at most 15"},
      {"version: 1\nhome:\n  number: {national_prefix: zero}",
       "t.yaml:3:29: found `zero`; expected the digits of a prefix, at most 15, or '' where there is none"},
      {"version: 1\nhome:\n  gt: ['44 77']",
       "t.yaml:3:8: found `44 77`; expected the digits of one global-title prefix, at most 15"},
      {"version: 1\nhome:\n  gt: {a: b}",
       "t.yaml:3:7: found a map; expected a list of global-title prefixes"},
      {"version: 1\nhome:\n  imsi: [[00101]]",
       "t.yaml:3:10: found a list; expected the digits of one IMSI prefix, at most 15"},
      {"version: 1\nhome:\n  short_codes: 3-6",
       "t.yaml:3:16: found `3-6`; expected lengths such as '3-6 digits' or '5 digits', from 1 to 15"},
      {"version: 1\nhome:\n  short_codes: 6-3 digits",
       "t.yaml:3:16: found `6-3 digits`; expected lengths such as '3-6 digits' or '5 digits', from 1 to 15"},
      {"version: 1\nhome:\n  time_zone: ''",
       "t.yaml:3:14: found ``; expected a time zone, for example Europe/London"},
      {"version: 1\nenforcement: maybe", "t.yaml:2:14: found `maybe`; expected `on` or `off`"},
      {"version: 1\nreplay: {outside: [192.0.2.0/33]}",
       "t.yaml:2:20: found `192.0.2.0/33`; expected 0 to 32 bits after the /"},
      {"version: 1\nledger: {sqlite: a.db, retry_seconds: 100000}",
       "t.yaml:2:39: found `100000`; expected 0 to 86400 seconds"},
      {"version: 1\nreplay: {outside: [192.0.2.0/]}",
       "t.yaml:2:20: found `192.0.2.0/`; expected 0 to 32 bits after the /"},
      {"version: 1\nreplay: {outside: [192.0.2.1/24]}",
       "t.yaml:2:20: found `192.0.2.1/24`; expected only zeros after the first 24 bits"},
      {"version: 1\nreplay: {outside: ['2001:db8::1/32']}",
       "t.yaml:2:20: found `2001:db8::1/32`; expected only zeros after the first 32 bits"},
      {"version: 1\nreplay: {outside: [example.com]}",
       "t.yaml:2:20: found `example.com`; expected a network such as 192.0.2.0/24 or 2001:db8::/32, or an "
       "address"},
      {"version: 1\nreplay: {route: [a]}", "t.yaml:2:17: found a list; expected the name of a route"},
      {"version: 1\nlinks: {name: a}", "t.yaml:2:8: found a map; expected a list of links"},
      {"version: 1\nlinks: [{outside: net_null0, inside: net_null1}]", "t.yaml:2:9: the link has no `name`"},
      {"version: 1\nlinks: [{name: a, inside: net_null1}]", "t.yaml:2:9: the link has no `outside`"},
      {"version: 1\nlinks: [{name: a, outside: net_null0}]",
       "t.yaml:2:9: the link has no `inside`; or is it one of `mode: tap`?"},
      {"version: 1\nlinks: [{name: a, outside: net_null0, inside: net_null1, mode: tap}]",
       "t.yaml:2:9: a link of `mode: tap` has no `inside`: what comes in leaves nowhere"},
      {"version: 1\nlinks: [{name: a, outside: net_null0, mode: inlin}]",
       "t.yaml:2:45: found `inlin`; expected `tap` or `inline`"},
      {"version: 1\nlinks: [{name: a, outside: eth0, mode: tap}]",
       "t.yaml:2:28: found `eth0`; expected a device such as 'net_af_packet0,iface=eth1', or the PCI address "
       "of one such as 0000:3b:00.0"},
      {"version: 1\nlinks: [{name: a, outside: net_af_packet0, mode: tap}]",
       "t.yaml:2:28: found `net_af_packet0`; expected `iface=` and the interface's name"},
      {"version: 1\nlinks:\n  - {name: a, outside: net_null0, inside: net_null0}",
       "t.yaml:3:43: the device `net_null0` is used in line 3 already; a port has one place"},
      {"version: 1\nlinks:\n  - {name: a, outside: 'net_af_packet0,iface=x', mode: tap}\n"
       "  - {name: b, outside: 'net_af_packet1,iface=x', mode: tap}",
       "t.yaml:4:24: the interface `x` is used in line 3 already; a port has one place"},
      {"version: 1\nlinks:\n  - {name: a, outside: net_null0, mode: tap}\n"
       "  - {name: a, outside: net_null1, mode: tap}",
       "t.yaml:4:12: a link is called `a` in line 3 already"},
      {"version: 1\nlinks: [{name: a, outside: net_null0, mode: tap, overload: never}]",
       "t.yaml:2:60: found `never`; expected `closed` or `open`"},
      {"version: 1\nworkers: 0", "t.yaml:2:10: found `0`; expected 1 to 64 workers"},
      {"version: 1\nmemory: {mib: much}", "t.yaml:2:15: found `much`; expected a number of MiB"},
      {"version: 1\nmemory: {huge_pages: on}", "t.yaml:2:22: found `on`; expected `true` or `false`"},
      {"version: 1\nevents: {text: some}", "t.yaml:2:16: found `some`; expected `never`, `blocked` or `all`"},
      {"version: 1\nevents: {numbers: none}",
       "t.yaml:2:19: found `none`; expected `masked`, `pseudonyms` or `full`"},
      {"version: 1\nevents: {file: [a]}", "t.yaml:2:16: found a list; expected a file"},
      {"version: 1\nreplay: {overload: maybe}", "t.yaml:2:20: found `maybe`; expected `closed` or `open`"},
      {"version: 1\nrules: [a]", "t.yaml:2:8: found a list; expected a folder"},
      {"version: 1\npeers: acme",
       "t.yaml:2:8: found `acme`; expected a list of peers, for example [{ip: 192.0.2.7, account: acme}]"},
      {"version: 1\npeers: [acme]", "t.yaml:2:9: found `acme`; expected a map of keys and values"},
      {"version: 1\npeers: [{ip: 192.0.2.0/24, account: acme}]",
       "t.yaml:2:14: found `192.0.2.0/24`; expected an address such as 192.0.2.7 or 2001:db8::7"},
      {"version: 1\npeers: [{ip: 192.0.2.7}]", "t.yaml:2:9: a peer needs both `ip` and `account`"},
      {"version: 1\npeers: [{ip: 192.0.2.7, acount: acme}]",
       "t.yaml:2:25: unknown key `acount` in `peers`; did you mean `account`?"},
      {"version: 1\npeers:\n  - {ip: 192.0.2.7, account: acme}\n  - {ip: 192.0.2.7, account: other}",
       "t.yaml:4:5: this address is that of `acme` already; write it once"},
      {"version: 1\n---\nversion: 1", "t.yaml:2:1: the file goes on after its end"},
      {"version # 1\n, 4478]\n  imsi\n  imsi: 40['x", "t.yaml:2:1: the file goes on after its end"},
      {"version: 1\nhome: {country: GB", "t.yaml:2:1: not YAML: end of map flow not found"},
  };
  for (const Bad& bad : files) EXPECT_EQ(error_of(bad.yaml), bad.error) << bad.yaml;
}

class ConfigFile : public testing::Test {
 protected:
  ConfigFile() {
    std::string name = testing::TempDir() + "config_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~ConfigFile() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(ConfigFile, is_read_and_named_in_its_errors) {
  const std::string path = folder_ / "tollgate.yaml";
  std::ofstream(path) << "version: 1\nhome: {country: FR}\n";
  EXPECT_EQ(load_config(path).engine.home.country_code, "33");
  std::ofstream(path) << "version: 1\nhom: {}\n";
  try {
    load_config(path);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.what(), path + ":2:1: unknown key `hom`; did you mean `home`?");
  }
}

TEST_F(ConfigFile, that_was_named_has_to_be_there) {
  const std::string path = folder_ / "absent.yaml";
  try {
    load_config(path);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.what(), "cannot read " + path + ": No such file or directory");
  }
  EXPECT_THROW(load_config(folder_), ConfigError);
}

TEST_F(ConfigFile, at_the_usual_place_may_be_absent) {
  const std::string usual = folder_ / "tollgate.yaml";
  EXPECT_EQ(load_config("", usual).engine.home.country, "");
  std::ofstream(usual) << "version: 1\nhome: {country: FR}\n";
  EXPECT_EQ(load_config("", usual).engine.home.country_code, "33");
}

TEST_F(ConfigFile, that_was_named_is_read_in_place_of_the_usual_one) {
  const std::string usual = folder_ / "usual.yaml";
  const std::string named = folder_ / "named.yaml";
  std::ofstream(usual) << "version: 1\nhome: {country: FR}\n";
  std::ofstream(named) << "version: 1\nhome: {country: GB}\n";
  EXPECT_EQ(load_config(named, usual).engine.home.country_code, "44");
}

}  // namespace
}  // namespace tollgate::cli
