#include "record/report.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "record/alert_values.hpp"
#include "record/frequent_names.hpp"
#include "record/rollup_store.hpp"
#include "record/sealed_cells.hpp"

namespace tollgate::record {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
// 2026-10-24T00:00:00Z: a day before the clocks of Berlin go back.
constexpr std::int64_t first_s = 1'792'800'000;

const std::vector<Link> links{{.name = "a", .route = "international"}, {.name = "b", .route = "hub"}};
const PrivacySettings in_full{.numbers = ShownNumbers::full};

class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "tollgate-report-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file() const { return path_ + "/reports.db"; }

 private:
  std::string path_;
};

/// What a message is counted by, and a Message that shows it.
struct Sent {
  std::int64_t time_s = first_s;
  std::string route = "international";
  std::string account;
  std::string sender = "ACME";
  std::string centre;
  std::vector<std::string> labels;
  std::vector<std::uint32_t> rules;
  Verdict verdict = Verdict::pass;
  std::string policy = "All else";
  std::string currency;
  std::int64_t amount = 0;
  std::int64_t leaked = 0;
  std::uint8_t parts = 0;
  std::uint8_t part = 0;

  bool is_message() const { return parts == 0 || part == 1; }
};

void add(Rollups& rollups, const Sent& sent) {
  std::vector<std::string_view> labels(sent.labels.begin(), sent.labels.end());
  std::vector<RuleHit> hits;
  for (const std::uint32_t rule : sent.rules) hits.push_back({.id = rule, .rev = 1});
  Message m;
  m.kind = Kind::message;
  m.protocol = Protocol::map;
  m.direction = Direction::mt;
  m.operation = "mt-forwardSM";
  m.time_ns = static_cast<std::uint64_t>(sent.time_s) * second_ns;
  m.route = sent.route;
  m.origin.account = sent.account;
  m.service_centre = sent.centre;
  m.sender.address = sent.sender;
  m.parts.total = sent.parts;
  m.parts.seq = sent.part;
  m.judgement.ruleset = "r";
  m.judgement.labels = labels;
  m.judgement.rules = hits;
  m.judgement.verdict = sent.verdict;
  m.judgement.policy = sent.policy;
  m.judgement.currency = sent.currency;
  m.judgement.charged = sent.verdict == Verdict::charge;
  m.judgement.amount = sent.amount;
  m.judgement.leaked = sent.leaked;
  rollups.add(m);
}

RollupSettings settings_of(const Folder& folder, const std::string& zone = "UTC") {
  return {.file = folder.file(), .time_zone = zone};
}

void store(const RollupSettings& settings, const std::vector<Sent>& all) {
  Rollups rollups(in_full);
  for (const Sent& sent : all) add(rollups, sent);
  RollupStore(settings).add(rollups.take());
}

Report report_of(const Folder& folder, const ReportWords& words) {
  const Reports reports(folder.file());
  return reports.make(read_query(words, reports.time(), first_s + 90 * 86'400));
}

/// All of it, however long.
ReportWords words_of(const std::string& name, const std::string& by = "", const std::string& where = "") {
  return {
      .name = name, .since = "2026-10-01", .until = "2026-12-01", .step = "day", .by = by, .where = where};
}

std::size_t column_of(const Report& report, const std::string& name) {
  const auto found = std::find_if(report.columns.begin(), report.columns.end(),
                                  [&](const auto& column) { return column.name == name; });
  EXPECT_NE(found, report.columns.end()) << name;
  return static_cast<std::size_t>(found - report.columns.begin());
}

std::int64_t figure(const Report& report, const Report::Row& row, const std::string& name) {
  return std::get<std::int64_t>(row[column_of(report, name)]);
}

/// Of the first column, which is a text.
std::map<std::string, std::int64_t> figures(const Report& report, const std::string& name) {
  std::map<std::string, std::int64_t> all;
  for (const Report::Row& row : report.rows) all[std::get<std::string>(row[0])] += figure(report, row, name);
  return all;
}

std::vector<Sent> random_traffic(unsigned seed, std::size_t count) {
  std::mt19937 random(seed);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  std::vector<Sent> all;
  for (std::size_t i = 0; i < count; ++i) {
    Sent sent;
    sent.time_s = first_s + below(4 * 86'400);
    sent.route = std::vector<std::string>{"international", "domestic", "hub"}[below(3)];
    sent.account = std::vector<std::string>{"", "acme", "zeta"}[below(3)];
    sent.sender = "S" + std::to_string(below(40) * below(40));
    sent.centre = std::vector<std::string>{"", "491700000000", "447700900000"}[below(3)];
    if (below(2) == 0) sent.labels.emplace_back("a2p");
    if (below(3) == 0) sent.labels.emplace_back("otp");
    if (below(4) == 0) sent.rules.push_back(1 + below(5));
    sent.verdict = static_cast<Verdict>(below(3));
    sent.policy = "line " + std::to_string(below(4));
    if (sent.verdict == Verdict::charge) {
      sent.currency = "EUR";
      sent.amount = 10'000 + below(5);
    } else if (!sent.labels.empty() && below(2) == 0) {
      sent.currency = "EUR";
      sent.leaked = 30'000;
    }
    if (below(5) == 0) {
      sent.parts = 3;
      sent.part = static_cast<std::uint8_t>(1 + below(3));
    }
    all.push_back(sent);
  }
  return all;
}

TEST(RollupTime, days_and_hours_are_those_of_the_zone) {
  const RollupTime berlin("Europe/Berlin");
  const std::int64_t back_s = 1'792'879'200;  // 2026-10-24T22:00:00Z: midnight of the 25th, UTC+2
  EXPECT_EQ(berlin.begin(Level::day, back_s - 1), back_s - 86'400);
  EXPECT_EQ(berlin.begin(Level::day, back_s), back_s);
  EXPECT_EQ(berlin.next(Level::day, back_s), back_s + 25 * 3600) << "the day has 25 hours";
  EXPECT_EQ(berlin.begin(Level::day, back_s + 24 * 3600), back_s);
  EXPECT_EQ(berlin.local_date(back_s), "2026-10-25");
  const RollupTime kathmandu("Asia/Kathmandu");  // UTC+5:45
  EXPECT_EQ(kathmandu.begin(Level::hour, first_s), first_s - 45 * 60);
  EXPECT_EQ(kathmandu.begin(Level::minute, first_s + 59), first_s);
  EXPECT_THROW(RollupTime("Europe/Nowhere"), RollupError);
}

TEST(RollupTime, each_hour_is_followed_by_one_that_begins_where_it_ends) {
  for (const char* const zone : {"Europe/Berlin", "Asia/Kathmandu", "America/New_York", "UTC"}) {
    const RollupTime time(zone);
    for (std::int64_t at = first_s; at < first_s + 10 * 86'400; at += 1800) {
      for (const Level level : all_levels) {
        const std::int64_t next = time.next(level, at);
        EXPECT_GT(next, at) << zone;
        EXPECT_EQ(time.begin(level, next), next) << zone;
        EXPECT_EQ(time.begin(level, next - 1), time.begin(level, at)) << zone << " " << at;
      }
    }
  }
}

TEST(Report, is_what_a_plain_recount_gives) {
  const Folder folder;
  const std::vector<Sent> all = random_traffic(1, 20'000);
  store(settings_of(folder, "Europe/Berlin"), all);
  std::map<std::string, std::int64_t> by_route;
  std::map<std::string, std::int64_t> by_label;
  std::map<std::string, std::int64_t> by_country;
  std::map<std::string, std::int64_t> by_sender;
  std::map<std::string, std::int64_t> by_rule;
  std::map<std::string, std::int64_t> leaked_by_account;
  std::map<std::string, std::int64_t> messages_by_verdict;
  for (const Sent& sent : all) {
    ++by_route[sent.route];
    for (const std::string& label : sent.labels) ++by_label[label];
    if (sent.labels.empty()) ++by_label[""];
    ++by_country[sent.centre.empty() ? "" : sent.centre.starts_with("49") ? "DE" : "GB"];
    ++by_sender[sent.sender];
    for (const std::uint32_t rule : sent.rules) ++by_rule[std::to_string(rule)];
    leaked_by_account[sent.account] += sent.leaked;
    if (sent.is_message()) ++messages_by_verdict[std::string(to_string(sent.verdict))];
  }
  EXPECT_EQ(figures(report_of(folder, words_of("traffic", "route")), "parts"), by_route);
  EXPECT_EQ(figures(report_of(folder, words_of("traffic", "label")), "parts"), by_label);
  EXPECT_EQ(figures(report_of(folder, words_of("traffic", "country")), "parts"), by_country);
  EXPECT_EQ(figures(report_of(folder, words_of("traffic", "verdict")), "messages"), messages_by_verdict);
  EXPECT_EQ(figures(report_of(folder, words_of("senders")), "parts"), by_sender);
  EXPECT_EQ(figures(report_of(folder, words_of("rules")), "hits"), by_rule);
  EXPECT_EQ(figures(report_of(folder, words_of("accounts")), "leaked"), leaked_by_account);
  const Report traffic = report_of(folder, words_of("traffic", "label"));
  EXPECT_EQ(figure(traffic, traffic.totals, "parts"), 20'000) << "a message with two labels counts once";
}

TEST(Report, counts_exactly_between_two_minutes_whatever_cells_that_takes) {
  const Folder folder;
  const std::vector<Sent> all = random_traffic(2, 5'000);
  store(settings_of(folder, "Europe/Berlin"), all);
  const Reports reports(folder.file());
  std::mt19937 random(3);
  for (int i = 0; i < 100; ++i) {
    ReportQuery query =
        read_query(words_of("traffic", i % 2 == 0 ? "route" : "time"), reports.time(), first_s);
    query.step = static_cast<Level>(i % 3);
    query.since_s = first_s + 60 * static_cast<std::int64_t>(random() % 5'000);
    query.until_s = query.since_s + 60 * static_cast<std::int64_t>(1 + random() % 4'000);
    const auto within = [&](const Sent& sent) {
      return sent.time_s >= query.since_s && sent.time_s < query.until_s;
    };
    const Report report = reports.make(query);
    EXPECT_EQ(figure(report, report.totals, "parts"), std::count_if(all.begin(), all.end(), within));
    EXPECT_EQ(report.query.since_s, query.since_s);
    std::int64_t rows = 0;
    for (const Report::Row& row : report.rows) rows += figure(report, row, "parts");
    EXPECT_EQ(rows, figure(report, report.totals, "parts"));
  }
}

TEST(Report, filters_what_it_counts) {
  const Folder folder;
  const std::vector<Sent> all = random_traffic(4, 5'000);
  store(settings_of(folder), all);
  const auto count = [&](const std::string& where, auto&& holds) {
    const Report report = report_of(folder, words_of("senders", "sender", where));
    EXPECT_EQ(figure(report, report.totals, "parts"), std::count_if(all.begin(), all.end(), holds)) << where;
  };
  count("route=hub", [](const Sent& s) { return s.route == "hub"; });
  count("route!=hub", [](const Sent& s) { return s.route != "hub"; });
  count("route=hub|domestic", [](const Sent& s) { return s.route != "international"; });
  count("label=otp",
        [](const Sent& s) { return std::find(s.labels.begin(), s.labels.end(), "otp") != s.labels.end(); });
  count("label!=otp,verdict=block", [](const Sent& s) {
    return s.verdict == Verdict::block &&
           std::find(s.labels.begin(), s.labels.end(), "otp") == s.labels.end();
  });
  count("sender=S1*", [](const Sent& s) { return s.sender.starts_with("S1"); });
  count("account=", [](const Sent& s) { return s.account.empty(); });
}

TEST(Report, shows_the_first_groups_and_the_others_together) {
  const Folder folder;
  store(settings_of(folder), random_traffic(5, 5'000));
  const Report whole = report_of(folder, words_of("senders"));
  ReportWords words = words_of("senders");
  words.top = "3";
  const Report top = report_of(folder, words);
  ASSERT_EQ(top.rows.size(), 4U);
  EXPECT_EQ(top.left_out, whole.rows.size() - 3);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(top.rows[i], whole.rows[i]);
  EXPECT_EQ(std::get<std::string>(top.rows[3][0]), "(others)");
  std::int64_t sum = 0;
  for (const Report::Row& row : top.rows) sum += figure(top, row, "parts");
  EXPECT_EQ(sum, 5'000);
}

TEST(Report, tells_the_share_that_was_not_read_of_the_routes_that_stand_together) {
  const Folder folder;
  const std::vector<Link> three{{.name = "a", .route = "international"},
                                {.name = "b", .route = "hub"},
                                {.name = "c", .route = "domestic"}};
  Rollups rollups(in_full);
  for (int i = 0; i < 2; ++i) add(rollups, {.route = "hub"});
  for (int i = 0; i < 5; ++i) add(rollups, {.route = "domestic"});
  add(rollups, {});
  Counters counters;
  for (const auto& [link, packets] : {std::pair{0U, 3U}, {1U, 1U}, {2U, 2U}}) {
    counters.be_on(link);
    counters.add(Count::unread_encrypted, packets);
  }
  rollups.add_unread(counters, three, first_s * second_ns);
  RollupStore(settings_of(folder)).add(rollups.take());
  ReportWords words = words_of("uninspected", "route");
  words.top = "1";
  const Report report = report_of(folder, words);
  EXPECT_EQ(figures(report, "packets"),
            (std::map<std::string, std::int64_t>{{"international", 3}, {"(others)", 3}}));
  EXPECT_DOUBLE_EQ(std::get<double>(report.rows[0].back()), 75);
  EXPECT_DOUBLE_EQ(std::get<double>(report.rows[1].back()), 30) << "beside seven messages that were read";
  words.by = "route,reason";
  EXPECT_TRUE(std::holds_alternative<std::monostate>(report_of(folder, words).rows[1].back()));
}

TEST(Report, finds_a_name_with_a_star_at_its_end) {
  const Folder folder;
  store(settings_of(folder), {{.sender = "A*"}, {.sender = "AB"}, {.sender = "AB"}});
  const auto parts_of = [&](const char* where) {
    return figures(report_of(folder, words_of("senders", "sender", where)), "parts");
  };
  EXPECT_EQ(parts_of("sender=A\\*"), (std::map<std::string, std::int64_t>{{"A*", 1}}));
  EXPECT_EQ(parts_of("sender=A*"), (std::map<std::string, std::int64_t>{{"A*", 1}, {"AB", 2}}));
  EXPECT_EQ(parts_of("sender=A**"), (std::map<std::string, std::int64_t>{{"A*", 1}}))
      << "whatever begins with A*";
  for (const char* where : {"sender=A\\*", "sender=A*", "sender!=AB"}) {
    const Report made = report_of(folder, words_of("senders", "sender", where));
    EXPECT_EQ(to_json(record::report_of(to_json(made))), to_json(made)) << where;
  }
}

TEST(ReportFilter, is_read_as_it_was_written) {
  for (const char* text : {"", "A", "*", "A*", "A**", "A\\", "A\\*", "A\\\\*", "\\"}) {
    for (const bool begins : {false, true}) {
      const ReportFilter::Value value{.text = text, .begins = begins};
      EXPECT_EQ(read_value(written(value)), value) << text << (begins ? " and what begins so" : "");
    }
  }
}

TEST(Report, says_of_a_file_that_is_none_of_counts_what_it_is) {
  const Folder folder;
  const auto expect_said = [](const std::string& path, const std::string& wanted) {
    try {
      const Reports reports(path);
      ADD_FAILURE() << path << " was opened";
    } catch (const RollupError& error) {
      EXPECT_NE(std::string(error.what()).find(wanted), std::string::npos) << error.what();
    }
  };
  expect_said("/nowhere/reports.db", "No such file or directory; name a file of counts");
  expect_said("/", "it is no file; name a file of counts");
  std::ofstream(folder.file()) << std::string(1'000, 'x');
  expect_said(folder.file(), "name a file of counts, or, where an appliance keeps");
}

TEST(Report, tells_the_share_of_money_in_its_own_currency) {
  const Folder folder;
  const auto leaked = [](const char* account, const char* currency, std::int64_t amount) {
    return Sent{.account = account, .currency = currency, .leaked = amount};
  };
  store(
      settings_of(folder),
      {leaked("acme", "EUR", 1), leaked("bank", "EUR", 3), leaked("acme", "GBP", 100), {.account = "acme"}});
  const Report report = report_of(folder, words_of("leakage", "account"));
  std::map<std::string, double> shares;
  for (const Report::Row& row : report.rows)
    shares[std::get<std::string>(row[0]) + " " + std::get<std::string>(row[column_of(report, "currency")])] =
        std::get<double>(row.back());
  EXPECT_EQ(shares, (std::map<std::string, double>{{"acme EUR", 25}, {"bank EUR", 75}, {"acme GBP", 100}}));
}

TEST(Report, keeps_currencies_apart) {
  const Folder folder;
  Sent euro{.account = "acme", .verdict = Verdict::charge, .currency = "EUR", .amount = 5};
  Sent pound{.account = "acme", .verdict = Verdict::charge, .currency = "GBP", .amount = 7};
  Sent free{.account = "acme"};
  store(settings_of(folder), {euro, free});
  const Report one = report_of(folder, words_of("revenue"));
  ASSERT_EQ(one.rows.size(), 1U) << "what has no money goes with the only currency";
  EXPECT_EQ(figure(one, one.rows[0], "parts"), 2);
  EXPECT_EQ(std::get<std::string>(one.rows[0][column_of(one, "currency")]), "EUR");
  EXPECT_EQ(figure(one, one.totals, "charged"), 5);
  store(settings_of(folder), {pound});
  const Report two = report_of(folder, words_of("revenue"));
  ASSERT_EQ(two.rows.size(), 3U);
  EXPECT_EQ(std::get<std::string>(two.rows[0][column_of(two, "currency")]), "GBP");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(two.totals[column_of(two, "charged")]))
      << "a sum of two currencies is no money";
}

TEST(Report, keeps_currencies_apart_among_the_others_too) {
  const Folder folder;
  const auto charged = [](const char* sender, const char* currency, std::int64_t amount) {
    return Sent{.sender = sender, .verdict = Verdict::charge, .currency = currency, .amount = amount};
  };
  store(settings_of(folder), {charged("A", "EUR", 1), charged("A", "EUR", 1), charged("B", "EUR", 2),
                              charged("C", "GBP", 4), charged("D", "GBP", 8)});
  ReportWords words = words_of("senders", "sender,currency");
  words.top = "1";
  std::map<std::string, std::int64_t> charged_by;
  const Report report = report_of(folder, words);
  for (const Report::Row& row : report.rows)
    charged_by[std::get<std::string>(row[0]) + " " + std::get<std::string>(row[1])] +=
        figure(report, row, "charged");
  EXPECT_EQ(charged_by,
            (std::map<std::string, std::int64_t>{{"A EUR", 2}, {"(others) EUR", 2}, {"(others) GBP", 12}}));
  EXPECT_EQ(std::get<std::string>(report.rows[0][0]), "A")
      << "the others come last, though they have as many";
}

TEST(Report, counts_only_what_was_stopped_as_blocked) {
  const Folder folder;
  store(settings_of(folder), {{.verdict = Verdict::block, .policy = "No"},
                              {.verdict = Verdict::throttle, .policy = "Slow"},
                              {.verdict = Verdict::pass}});
  EXPECT_EQ(figures(report_of(folder, words_of("blocked")), "parts"),
            (std::map<std::string, std::int64_t>{{"No", 1}, {"Slow", 1}}));
}

TEST(Report, names_rules_and_those_that_never_hit) {
  const Folder folder;
  {
    Rollups rollups(in_full);
    add(rollups, {.time_s = first_s + 100, .rules = {7}});
    RollupStore kept(settings_of(folder));
    kept.add(rollups.take());
    kept.name_rules({{.id = 7, .name = "Lure"}, {.id = 8, .name = "Bait"}});
  }
  const Reports reports(folder.file());
  const Report report = reports.make(read_query(words_of("rules"), reports.time(), first_s + 86'400),
                                     Reports::Marks{{7, {.false_positives = 2, .false_negatives = 0}}});
  ASSERT_EQ(report.rows.size(), 2U);
  EXPECT_EQ(std::get<std::string>(report.rows[0][1]), "Lure");
  EXPECT_EQ(figure(report, report.rows[0], "last_hit"), first_s + 100);
  EXPECT_EQ(figure(report, report.rows[0], "false_positives"), 2);
  EXPECT_EQ(std::get<std::string>(report.rows[1][1]), "Bait");
  EXPECT_EQ(figure(report, report.rows[1], "hits"), 0);
}

TEST(Report, of_rules_has_no_total_of_messages_that_several_of_them_hit) {
  const Folder folder;
  store(settings_of(folder), {{.rules = {7, 8}, .verdict = Verdict::block}, {.rules = {7}}});
  const Report report = report_of(folder, words_of("rules"));
  EXPECT_EQ(figures(report, "messages"), (std::map<std::string, std::int64_t>{{"7", 2}, {"8", 1}}));
  EXPECT_EQ(figure(report, report.totals, "hits"), 3);
  for (const char* const name : {"messages", "blocked"})
    EXPECT_TRUE(std::holds_alternative<std::monostate>(report.totals[column_of(report, name)])) << name;
}

TEST(Report, leaves_open_how_often_a_rule_was_wrong_where_nobody_says) {
  const Folder folder;
  store(settings_of(folder), {{.rules = {7}}});
  const Report report = report_of(folder, words_of("rules"));
  ASSERT_EQ(report.rows.size(), 1U);
  for (const auto way : {1U, 2U})
    EXPECT_TRUE(std::holds_alternative<std::monostate>(report.rows[0][report.rows[0].size() - way]));
  EXPECT_TRUE(to_json(report).at("rows").at(0).back().is_null());
  EXPECT_NE(to_csv(report).find(",,\n"), std::string::npos);
}

TEST(Report, tells_the_share_that_was_not_read) {
  const Folder folder;
  Rollups rollups(in_full);
  add(rollups, {});
  add(rollups, {});
  add(rollups, {});
  Counters counters;
  counters.add(Count::packets, 1000);
  counters.add(Count::unread_not_ip, 500);
  counters.add(Count::unread_encrypted, 1);
  rollups.add_unread(counters, links, first_s * second_ns);
  rollups.add_unread(counters, links, first_s * second_ns);  // nothing new since
  RollupStore(settings_of(folder)).add(rollups.take());
  const Report report = report_of(folder, words_of("uninspected"));
  ASSERT_EQ(report.rows.size(), 1U);
  EXPECT_EQ(std::get<std::string>(report.rows[0][0]), "unread_encrypted");
  EXPECT_EQ(figure(report, report.rows[0], "packets"), 1);
  EXPECT_DOUBLE_EQ(std::get<double>(report.rows[0].back()), 25.0);
}

TEST(Report, tells_what_was_not_read_by_route) {
  const Folder folder;
  Rollups rollups(in_full);
  for (int i = 0; i < 3; ++i) add(rollups, {.route = "hub"});
  add(rollups, {.time_s = first_s + 86'400, .route = "hub"});
  add(rollups, {});
  Counters counters;
  counters.be_on(1);
  counters.add(Count::unread_encrypted);
  counters.add(Count::uninspected_overload_messages, 4);
  counters.be_on(0);
  counters.add(Count::unread_encrypted, 3);
  rollups.add_unread(counters, links, first_s * second_ns);
  RollupStore(settings_of(folder)).add(rollups.take());
  const Report by_route = report_of(folder, words_of("uninspected", "route"));
  EXPECT_EQ(figures(by_route, "packets"),
            (std::map<std::string, std::int64_t>{{"hub", 5}, {"international", 3}}));
  EXPECT_DOUBLE_EQ(std::get<double>(by_route.rows[0].back()), 100.0 * 5 / 9)
      << "beside four messages that were read";
  EXPECT_DOUBLE_EQ(std::get<double>(by_route.rows[1].back()), 75);
  EXPECT_EQ(
      figures(report_of(folder, words_of("uninspected", "reason", "route=hub")), "packets"),
      (std::map<std::string, std::int64_t>{{"unread_encrypted", 1}, {"uninspected_overload_messages", 4}}));
  const Report of_one = report_of(folder, words_of("uninspected", "route", "reason=unread_encrypted"));
  EXPECT_EQ(figures(of_one, "packets"),
            (std::map<std::string, std::int64_t>{{"hub", 1}, {"international", 3}}));
  const auto share_of_hub = [](const Report& report) {
    return std::get<double>(std::get<std::string>(report.rows[0][0]) == "hub" ? report.rows[0].back()
                                                                              : report.rows[1].back());
  };
  EXPECT_DOUBLE_EQ(share_of_hub(of_one), 100.0 * 1 / 9) << "of what could be read, whatever the reason";
  const Report by_both = report_of(folder, words_of("uninspected", "route,time", "route!=hub"));
  ASSERT_EQ(by_both.rows.size(), 1U);
  EXPECT_EQ(std::get<std::string>(by_both.rows[0][0]), "international");
  EXPECT_EQ(figure(by_both, by_both.rows[0], "packets"), 3);
}

TEST(Rollups, links_beyond_the_room_for_them_are_counted_together) {
  std::vector<Link> many;
  for (int i = 0; i < 20; ++i) many.push_back({.name = "link", .route = "route " + std::to_string(i)});
  Counters counters;
  for (std::size_t i = 0; i < many.size(); ++i) {
    counters.be_on(i);
    counters.add(Count::unread_encrypted);
  }
  Rollups rollups(in_full);
  rollups.add_unread(counters, many, first_s * second_ns);
  std::map<std::string, std::uint64_t> packets;
  for (const RollupBatch::Unread& unread : rollups.take().unread) packets[unread.route] += unread.packets;
  EXPECT_EQ(packets.size(), Counters::most_links);
  EXPECT_EQ(packets.at("route 14"), 1U);
  EXPECT_EQ(packets.at("(others)"), 5U);
}

TEST(RollupStore, puts_senders_together_that_are_not_among_the_first) {
  const Folder folder;
  RollupSettings settings = settings_of(folder);
  settings.senders = 10;
  const std::vector<Sent> all = random_traffic(6, 20'000);
  RollupStore kept(settings);
  Rollups rollups(in_full);
  for (const Sent& sent : all) add(rollups, sent);
  add(rollups, {.time_s = first_s + 10 * 86'400});  // so that all days before are over
  kept.add(rollups.take());
  const Report before = report_of(folder, words_of("traffic", "route"));
  while (!kept.tidy(first_s + 10 * 86'400)) continue;

  std::map<std::string, std::map<std::string, std::int64_t>> by_day;
  for (const Sent& sent : all) ++by_day[RollupTime("UTC").local_date(sent.time_s)][sent.sender];
  for (const auto& [day, senders] : by_day) {
    std::vector<std::pair<std::int64_t, std::string>> order;
    for (const auto& [sender, count] : senders) order.emplace_back(-count, sender);
    std::sort(order.begin(), order.end());
    ReportWords words = words_of("senders");
    words.since = day;
    words.until = report_time(read_query({.name = "senders", .since = day, .until = "2026-12-01"},
                                         RollupTime("UTC"), first_s + 90 * 86'400)
                                  .since_s +
                              86'400);
    const auto shown = figures(report_of(folder, words), "parts");
    std::int64_t kept_apart = 0;
    for (std::size_t i = 0; i < 10; ++i) {
      ASSERT_TRUE(shown.contains(order[i].second)) << day << " " << order[i].second;
      EXPECT_EQ(shown.at(order[i].second), -order[i].first);
      kept_apart -= order[i].first;
    }
    std::int64_t whole = 0;
    for (const auto& [sender, count] : senders) whole += count;
    EXPECT_EQ(shown.size(), 11U);
    EXPECT_EQ(shown.at("(others)"), whole - kept_apart);
  }
  EXPECT_EQ(report_of(folder, words_of("senders", "route")).totals[2], Report::Value{std::int64_t{20'001}});
  EXPECT_EQ(report_of(folder, words_of("traffic", "route")).rows, before.rows);
}

TEST(RollupStore, leaves_hours_and_days_of_what_is_too_old_for_minutes) {
  const Folder folder;
  RollupSettings settings = settings_of(folder);
  settings.minutes_days = 1;
  settings.hours_days = 10;
  settings.days_days = 40;
  const std::int64_t now_s = first_s + 50 * 86'400;
  RollupStore kept(settings);
  Rollups rollups(in_full);
  for (std::int64_t hour = 0; hour < 50 * 24; ++hour) add(rollups, {.time_s = first_s + hour * 3600 + 1800});
  kept.add(rollups.take());
  while (!kept.tidy(now_s)) continue;
  const Reports reports(folder.file());
  const auto parts = [&](std::int64_t since_s, std::int64_t until_s, std::int64_t& from_s) {
    ReportQuery query = read_query(words_of("traffic", "route"), reports.time(), now_s);
    query.since_s = since_s;
    query.until_s = until_s;
    const Report report = reports.make(query);
    from_s = report.query.since_s;
    return report.rows.empty() ? 0 : figure(report, report.totals, "parts");
  };
  std::int64_t from_s = 0;
  EXPECT_EQ(parts(now_s - 3600 * 2 + 60, now_s, from_s), 2);
  EXPECT_EQ(from_s, now_s - 3600 * 2 + 60) << "minutes are kept of today";
  EXPECT_EQ(parts(now_s - 5 * 86'400 + 600, now_s, from_s), 5 * 24);
  EXPECT_EQ(from_s, now_s - 5 * 86'400) << "of five days ago there are hours";
  EXPECT_EQ(parts(now_s - 30 * 86'400 + 7200, now_s, from_s), 30 * 24);
  EXPECT_EQ(from_s, now_s - 30 * 86'400) << "of thirty days ago there are days";
  ReportQuery past = read_query(words_of("traffic", "route"), reports.time(), now_s);
  past.since_s = now_s - 30 * 86'400;
  past.until_s = now_s - 29 * 86'400 - 7200;
  EXPECT_EQ(reports.make(past).notes,
            std::vector<std::string>{"ends at " + report_time(now_s - 29 * 86'400) +
                                     ": of so long ago only hours or days are kept"});
  const std::int64_t all = parts(0, now_s, from_s);
  EXPECT_GE(all, 40 * 24);
  EXPECT_LE(all, 41 * 24) << "what is older than forty days is gone";
}

TEST(RollupStore, removes_what_is_old_also_where_nothing_was_read) {
  const Folder folder;
  RollupSettings settings = settings_of(folder);
  settings.minutes_days = settings.hours_days = settings.days_days = 10;
  RollupStore kept(settings);
  Rollups rollups(in_full);
  Counters counters;
  for (const std::int64_t day : {0, 30}) {
    counters.add(Count::unread_encrypted, 2);
    rollups.add_unread(counters, links, static_cast<std::uint64_t>(first_s + day * 86'400) * second_ns);
  }
  kept.add(rollups.take());
  while (!kept.tidy(first_s + 31 * 86'400)) continue;
  EXPECT_EQ(figures(report_of(folder, words_of("uninspected")), "packets").at("unread_encrypted"), 2);
}

TEST(RollupStore, a_clock_that_was_ahead_does_not_remove_what_is_young) {
  const Folder folder;
  RollupSettings settings = settings_of(folder);
  settings.minutes_days = settings.hours_days = settings.days_days = 10;
  RollupStore kept(settings);
  Rollups rollups(in_full);
  add(rollups, {});
  add(rollups, {.time_s = first_s + 1000 * 86'400});
  kept.add(rollups.take());
  while (!kept.tidy(first_s + 86'400)) continue;
  EXPECT_EQ(figures(report_of(folder, words_of("traffic", "route")), "parts").at("international"), 1);
}

TEST(RollupStore, a_clock_that_was_ahead_does_not_end_the_folding_of_senders) {
  const Folder folder;
  RollupSettings settings = settings_of(folder);
  settings.senders = 10;  // of a minute: 1
  RollupStore kept(settings);
  Rollups rollups(in_full);
  add(rollups, {.time_s = first_s + 1000 * 86'400});
  kept.add(rollups.take());
  while (!kept.tidy(first_s + 60)) continue;
  for (const char* const sender : {"a", "a", "b", "c"})
    add(rollups, {.time_s = first_s + 600, .sender = sender});
  kept.add(rollups.take());
  while (!kept.tidy(first_s + 3600)) continue;
  ReportWords words = words_of("senders");
  words.since = report_time(first_s + 600);
  words.until = report_time(first_s + 660);
  EXPECT_EQ(figures(report_of(folder, words), "parts"),
            (std::map<std::string, std::int64_t>{{"a", 2}, {"(others)", 2}}));
}

TEST(Report, ends_where_time_does_however_late_it_is_asked_to) {
  const Folder folder;
  store(settings_of(folder), {{}});
  const Reports reports(folder.file());
  ReportWords words{
      .name = "traffic", .since = "1970-01-01", .until = "2200-01-01T00:00:00Z", .step = "minute"};
  const Report report = reports.make(read_query(words, reports.time(), first_s + 60));
  EXPECT_EQ(report.rows.size(), 1U);
  EXPECT_LE(report.query.until_s, first_s + 60 + 86'400);
}

TEST(Report, refuses_more_rows_than_anybody_reads) {
  const Folder folder;
  Rollups rollups(in_full);
  for (std::int64_t minute = 0; minute < 6; ++minute) {
    for (int sender = 0; sender < 9; ++sender)
      add(rollups, {.time_s = first_s + minute * 60, .sender = std::to_string(sender)});
  }
  RollupStore(settings_of(folder)).add(rollups.take());
  ReportWords words = words_of("senders", "time,sender");
  words.step = "minute";
  const Reports reports(folder.file());
  ReportQuery query = read_query(words, reports.time(), first_s + 90 * 86'400);
  EXPECT_EQ(query.most_rows, 500'000U);
  query.most_rows = 54;
  EXPECT_EQ(reports.make(query).rows.size(), 54U);
  query.most_rows = 53;
  EXPECT_THROW(reports.make(query), ReportError);
}

TEST(RollupStore, adds_to_what_is_there) {
  const Folder folder;
  for (int i = 0; i < 3; ++i) store(settings_of(folder), {{.route = "hub"}, {.route = "hub"}});
  EXPECT_EQ(figures(report_of(folder, words_of("traffic", "route")), "parts").at("hub"), 6);
}

TEST(RollupStore, takes_over_what_the_first_version_of_its_file_had) {
  const Folder folder;
  store(settings_of(folder), {{.route = "hub"}, {.route = "hub"}});
  // As it was: cells in rows alone, and what was not read without its route.
  SqliteFile(folder.file(), SqliteFile::Access::write)
      .execute(
          "DROP TABLE uninspected_minute; DROP TABLE uninspected_hour; DROP TABLE uninspected_day;"
          "CREATE TABLE unread_minute (start INTEGER NOT NULL, reason TEXT NOT NULL, packets INTEGER NOT "
          "NULL, "
          "PRIMARY KEY (start, reason)) STRICT, WITHOUT ROWID;"
          "CREATE TABLE unread_hour (start INTEGER NOT NULL, reason TEXT NOT NULL, packets INTEGER NOT NULL, "
          "PRIMARY KEY (start, reason)) STRICT, WITHOUT ROWID;"
          "CREATE TABLE unread_day (start INTEGER NOT NULL, reason TEXT NOT NULL, packets INTEGER NOT NULL, "
          "PRIMARY KEY (start, reason)) STRICT, WITHOUT ROWID;"
          "INSERT INTO unread_minute VALUES (1792800000, 'unread_encrypted', 5);"
          "INSERT INTO unread_hour VALUES (1792800000, 'unread_encrypted', 5);"
          "INSERT INTO unread_day VALUES (1792800000, 'unread_encrypted', 5);"
          "CREATE INDEX key_of_cube ON key (cube);"
          "CREATE TABLE folded (level TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT;"
          "DROP TABLE traffic_day_sealed; PRAGMA user_version = 1;");
  EXPECT_THROW(Reports(folder.file()), RollupError) << "not before an appliance had it";
  Rollups rollups(in_full);
  Counters counters;
  counters.add(Count::unread_encrypted, 2);
  rollups.add_unread(counters, links, first_s * second_ns);
  for (int i = 0; i < 2; ++i) RollupStore(settings_of(folder)).add(rollups.take());
  for (const char* const step : {"minute", "hour", "day"}) {
    ReportWords words = words_of("uninspected", "time,route");
    words.step = step;
    const Report unread = report_of(folder, words);
    std::map<std::string, std::int64_t> by_route;
    for (const Report::Row& row : unread.rows)
      by_route[std::get<std::string>(row[1])] += figure(unread, row, "packets");
    EXPECT_EQ(by_route, (std::map<std::string, std::int64_t>{{"", 5}, {"international", 2}})) << step;
  }
  EXPECT_EQ(figures(report_of(folder, words_of("traffic", "route")), "parts").at("hub"), 2);
}

TEST(RollupStore, refuses_other_files_and_another_zone) {
  const Folder folder;
  { const RollupStore kept(settings_of(folder, "Europe/Berlin")); }
  EXPECT_THROW(RollupStore(settings_of(folder, "UTC")), RollupError);
  SqliteFile(folder.file(), SqliteFile::Access::write).execute("PRAGMA application_id = 7");
  EXPECT_THROW(RollupStore(settings_of(folder, "Europe/Berlin")), RollupError);
  EXPECT_THROW(Reports(folder.file()), RollupError);
  EXPECT_THROW(Reports("/nowhere/reports.db"), RollupError);
}

TEST(Rollups, counts_senders_beyond_its_room_together) {
  Rollups rollups(in_full, 2 * Rollups::most_cells);
  for (std::size_t i = 0; i < Rollups::most_cells + 1000; ++i)
    add(rollups, {.sender = std::to_string(1'000'000 + i)});
  const RollupBatch batch = rollups.take();
  EXPECT_LE(batch.cells.size(), Rollups::most_cells + 4);
  std::int64_t parts = 0;
  for (const RollupBatch::Cell& cell : batch.cells) {
    if (cell.cube == Cube::senders) parts += cell.measures.parts;
  }
  EXPECT_EQ(parts, static_cast<std::int64_t>(Rollups::most_cells + 1000));
  EXPECT_TRUE(rollups.take().empty());
}

std::map<std::string, std::int64_t> parts_by(Rollups& rollups, Cube cube, Dimension dimension) {
  std::map<std::string, std::int64_t> parts;
  for (const RollupBatch::Cell& cell : rollups.take().cells) {
    if (cell.cube == cube) parts[value_of(cell.key, dimension)] += cell.measures.parts;
  }
  return parts;
}

TEST(Rollups, invented_names_do_not_take_the_room_of_those_that_were_frequent) {
  Rollups rollups(in_full, 20);
  for (int i = 0; i < 50; ++i) add(rollups, {.sender = i % 2 == 0 ? "BANK" : "SHOP"});
  const std::int64_t next_hour_s = first_s + 3600;
  for (int i = 0; i < 1000; ++i) {
    const std::string name = "x" + std::to_string(i);
    add(rollups, {.time_s = next_hour_s, .account = name, .sender = name, .centre = name, .leaked = 1});
  }
  add(rollups, {.time_s = next_hour_s + 60, .sender = "BANK"});
  add(rollups, {.time_s = first_s + 3599, .sender = "SHOP"});  // a little late
  for (const auto& [cube, dimension] :
       {std::pair(Cube::senders, Dimension::sender), std::pair(Cube::traffic, Dimension::account),
        std::pair(Cube::leaks, Dimension::origin)}) {
    Rollups again(in_full, 20);
    for (int i = 0; i < 1000; ++i) {
      const std::string name = "x" + std::to_string(i);
      add(again, {.account = name, .sender = name, .leaked = 1});
    }
    const auto parts = parts_by(again, cube, dimension);
    EXPECT_EQ(parts.size(), 21U);
    EXPECT_EQ(parts.at("(others)"), 980);
  }
  const auto senders = parts_by(rollups, Cube::senders, Dimension::sender);
  EXPECT_EQ(senders.at("BANK"), 26);
  EXPECT_EQ(senders.at("SHOP"), 26);
  EXPECT_EQ(senders.at("(others)"), 1000 - 18);
}

TEST(FrequentNames, keep_the_most_frequent_tenth_for_the_next_hour) {
  FrequentNames names(30);
  for (int i = 0; i < 30; ++i) {
    for (int times = 0; times <= i; ++times) EXPECT_TRUE(names.admit(std::to_string(i), 100));
  }
  EXPECT_FALSE(names.admit("one more", 100));
  EXPECT_FALSE(names.admit("one more", 99)) << "late, of the hour before";
  for (int i = 0; i < 27; ++i) EXPECT_TRUE(names.admit("new " + std::to_string(i), 101));
  EXPECT_FALSE(names.admit("new 27", 101));
  for (int i = 27; i < 30; ++i) EXPECT_TRUE(names.admit(std::to_string(i), 101));
  EXPECT_FALSE(names.admit("26", 101));
  EXPECT_TRUE(names.admit("26", 7)) << "the clock was set back";
}

TEST(SealedCells, are_what_was_sealed) {
  std::mt19937_64 random(1);
  std::vector<KeyedMeasures> cells;
  std::int64_t key = 0;
  for (int i = 0; i < 5'000; ++i) {
    key += 1 + static_cast<std::int64_t>(random() % (i % 7 == 0 ? 1'000'000'000'000 : 3));
    KeyedMeasures cell{.key = key, .measures = {}};
    for (const MeasureMember& measure : measure_members) {
      if (random() % 2 == 0)
        cell.measures.*measure.member = static_cast<std::int64_t>(random() >> random() % 64);
    }
    cells.push_back(cell);
  }
  const std::string octets = sealed(cells);
  SealedCells reading(as_octets(octets));
  std::vector<KeyedMeasures> read;
  for (KeyedMeasures cell; reading.next(cell);) read.push_back(cell);
  EXPECT_EQ(read, cells);
  KeyedMeasures none;
  EXPECT_FALSE(SealedCells({}).next(none));
}

TEST(SealedCells, have_few_octets) {
  EXPECT_EQ(sealed({{.key = 5, .measures = {.messages = 1, .parts = 130}}}),
            std::string("\x05\x03\x01\x82\x01", 5));
}

TEST(SealedCells, of_which_any_octets_are_missing_or_wrong_are_refused_or_others) {
  const std::vector<KeyedMeasures> cells{{.key = 300, .measures = {.parts = 1, .leaked = 70'000}},
                                         {.key = 301, .measures = {.parts = 2}}};
  const std::string whole = sealed(cells);
  const auto count = [](const std::string& octets) {
    SealedCells reading(as_octets(octets));
    KeyedMeasures cell;
    int read = 0;
    while (reading.next(cell)) ++read;
    return read;
  };
  ASSERT_EQ(count(whole), 2);
  int refused = 0;
  for (std::size_t size = 1; size < whole.size(); ++size) {
    try {
      EXPECT_LT(count(whole.substr(0, size)), 2);
    } catch (const UnusableRollups&) {
      ++refused;
    }
  }
  EXPECT_EQ(refused, static_cast<int>(whole.size()) - 2) << "but where the first cell ends";
  EXPECT_THROW(count(std::string("\x00\x01\x01", 3)), UnusableRollups) << "a key of 0";
  EXPECT_THROW(count(std::string("\x01\x80\x01", 3)), UnusableRollups) << "an eighth measure";
  EXPECT_THROW(count(std::string(11, '\xFF')), UnusableRollups) << "a number that does not end";
  EXPECT_THROW(count("\x01\x01\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x01\x01"), UnusableRollups)
      << "keys beyond all";
}

TEST(RollupStore, adds_what_comes_late_to_times_that_are_sealed) {
  const Folder folder;
  RollupStore kept(settings_of(folder));
  Rollups rollups(in_full);
  const auto send = [&](std::int64_t time_s, const char* sender) {
    add(rollups, {.time_s = time_s, .sender = sender});
    kept.add(rollups.take());
  };
  const auto tidy = [&] {
    while (!kept.tidy(first_s + 10 * 86'400)) continue;
  };
  const auto senders = [&] { return figures(report_of(folder, words_of("senders")), "parts"); };
  send(first_s, "A");
  send(first_s + 2 * 86'400, "A");
  tidy();
  const std::map<std::string, std::int64_t> before{{"A", 2}};
  EXPECT_EQ(senders(), before);
  send(first_s, "A");
  send(first_s, "B");
  const std::map<std::string, std::int64_t> after{{"A", 3}, {"B", 1}};
  EXPECT_EQ(senders(), after) << "in both tables";
  tidy();
  EXPECT_EQ(senders(), after);
  const SqliteFile file(folder.file(), SqliteFile::Access::read);
  SqliteStatement sealed_days = file.prepare("SELECT cells FROM senders_day_sealed ORDER BY start");
  ASSERT_TRUE(sealed_days.next());
  EXPECT_EQ(sealed_days.integer(0), 2);
  EXPECT_FALSE(sealed_days.next()) << "the day that goes on is not sealed";
  SqliteStatement open = file.prepare("SELECT count(*) FROM senders_day");
  ASSERT_TRUE(open.next());
  EXPECT_EQ(open.integer(0), 1);
}

TEST(RollupStore, its_log_does_not_grow_while_it_is_open) {
  const Folder folder;
  RollupStore kept(settings_of(folder));
  Rollups rollups(in_full);
  for (int i = 0; i < 600; ++i) {  // some twenty pages each
    for (int sender = 0; sender < 20; ++sender)
      add(rollups, {.time_s = first_s + i * 60, .sender = "S" + std::to_string(i * 20 + sender)});
    kept.add(rollups.take());
  }
  constexpr std::uintmax_t pages_of_the_log = 1000;  // SQLite's usual bound, and what one transaction adds
  EXPECT_LT(std::filesystem::file_size(folder.file() + "-wal"), 2 * pages_of_the_log * 4096);
  EXPECT_GT(std::filesystem::file_size(folder.file()), 1'000'000U);
}

TEST(Report, of_the_first_rules_does_not_say_that_the_others_never_hit) {
  const Folder folder;
  Rollups rollups(in_full);
  for (const std::uint32_t rule : {7U, 7U, 7U, 8U, 8U, 9U}) add(rollups, {.rules = {rule}});
  {
    RollupStore kept(settings_of(folder));
    kept.add(rollups.take());
    kept.name_rules({{.id = 7, .name = "A"},
                     {.id = 8, .name = "B"},
                     {.id = 9, .name = "C"},
                     {.id = 10, .name = "D"},
                     {.id = 11, .state = RuleState::draft, .name = "E"}});
  }
  ReportWords words = words_of("rules");
  words.top = "1";
  EXPECT_EQ(figures(report_of(folder, words), "hits"),
            (std::map<std::string, std::int64_t>{{"7", 3}, {"(others)", 3}}));
  EXPECT_EQ(figures(report_of(folder, words_of("rules")), "hits"),
            (std::map<std::string, std::int64_t>{{"7", 3}, {"8", 2}, {"9", 1}, {"10", 0}}))
      << "a draft is not run";
}

TEST(Report, is_exact_to_the_minute_after_a_time_in_which_nothing_came) {
  const Folder folder;
  RollupSettings settings = settings_of(folder);
  settings.minutes_days = 1;
  RollupStore kept(settings);
  Rollups rollups(in_full);
  const std::int64_t now_s = first_s + 20 * 86'400 + 14 * 3600 + 55 * 60;
  add(rollups, {.currency = "EUR", .leaked = 5});
  for (int minute = 52; minute < 55; ++minute)
    add(rollups, {.time_s = now_s - 55 * 60 + minute * 60, .currency = "EUR", .leaked = 1});
  kept.add(rollups.take());
  while (!kept.tidy(now_s)) continue;
  const Reports reports(folder.file());
  ReportQuery query = read_query(words_of("leakage"), reports.time(), now_s);
  query.since_s = now_s - 55 * 60;
  query.until_s = now_s - 2 * 60;
  const Report report = reports.make(query);
  EXPECT_EQ(figure(report, report.totals, "leaked"), 1);
  EXPECT_EQ(report.query.until_s, query.until_s);
  EXPECT_TRUE(report.notes.empty());
}

TEST(RollupStore, forgets_the_keys_that_no_cell_has_and_no_others) {
  const Folder folder;
  RollupSettings settings = settings_of(folder);
  settings.minutes_days = settings.hours_days = settings.days_days = 2;
  RollupStore kept(settings);
  Rollups rollups(in_full);
  for (int day = 0; day < 10; ++day) {
    add(rollups, {.time_s = first_s + day * 86'400, .sender = "always"});
    add(rollups, {.time_s = first_s + day * 86'400, .sender = "day " + std::to_string(day)});
  }
  kept.add(rollups.take());
  while (!kept.tidy(first_s + 9 * 86'400)) continue;
  const SqliteFile file(folder.file(), SqliteFile::Access::read);
  SqliteStatement names = file.prepare("SELECT sender FROM key WHERE cube = 'senders' ORDER BY 1");
  std::vector<std::string> left;
  while (names.next()) left.emplace_back(names.text(0));
  EXPECT_EQ(left, (std::vector<std::string>{"always", "day 7", "day 8", "day 9"}));
  add(rollups, {.time_s = first_s + 9 * 86'400, .sender = "day 1"});
  kept.add(rollups.take());
  EXPECT_EQ(figures(report_of(folder, words_of("senders")), "parts").at("day 1"), 1);
}

TEST(RollupStore, puts_origins_together_that_are_not_among_the_first) {
  const Folder folder;
  RollupSettings settings = settings_of(folder);
  settings.senders = 10;
  RollupStore kept(settings);
  Rollups rollups(in_full);
  for (int i = 0; i < 40; ++i) {
    for (int times = 0; times <= i; ++times)
      add(rollups, {.account = "origin " + std::to_string(i),
                    .verdict = Verdict::pass,
                    .currency = "EUR",
                    .leaked = 7});
  }
  add(rollups, {.time_s = first_s + 3 * 86'400});
  kept.add(rollups.take());
  while (!kept.tidy(first_s + 3 * 86'400)) continue;
  const auto leaked = figures(report_of(folder, words_of("leakage")), "leaked");
  EXPECT_EQ(leaked.size(), 11U);
  EXPECT_EQ(leaked.at("origin 39"), 40 * 7);
  EXPECT_EQ(leaked.at("origin 30"), 31 * 7);
  EXPECT_EQ(leaked.at("(others)"), 30 * 31 / 2 * 7);
}

TEST(Report, hides_the_numbers_of_senders_and_not_their_names) {
  const Folder folder;
  store(settings_of(folder), {{.sender = "ACME"}, {.sender = "447700900123"}});
  Report report = report_of(folder, words_of("senders"));
  mask_senders(report);
  std::set<std::string> senders;
  for (const Report::Row& row : report.rows) senders.insert(std::get<std::string>(row[0]));
  EXPECT_EQ(senders, (std::set<std::string>{"ACME", "**********23"}));
  const RollupTime utc("UTC");
  const auto asks = [&](const char* where) {
    return asks_for_a_number(read_query(words_of("senders", "", where), utc, first_s));
  };
  EXPECT_TRUE(asks("sender=447700900123"));
  EXPECT_TRUE(asks("sender=4477*"));
  EXPECT_TRUE(asks("sender=4477*0*"));
  EXPECT_TRUE(asks("sender=**"));
  EXPECT_FALSE(asks("sender=ACME"));
  EXPECT_FALSE(asks("route=hub"));
}

TEST(Rollups, counts_numbers_by_country_where_they_are_not_to_be_seen) {
  Rollups rollups(PrivacySettings{});
  Message m;
  m.kind = Kind::message;
  for (const std::string_view number : {"447700900123", "447700900777", "491711234567"}) {
    m.sender = {.address = number, .number = number, .type = NumberType::international, .present = true};
    rollups.add(m);
  }
  m.sender = {.address = "ACME", .type = NumberType::alphanumeric, .present = true};
  rollups.add(m);
  m.sender = {.address = "80808", .type = NumberType::abbreviated, .present = true};
  rollups.add(m);
  std::map<std::string, std::int64_t> senders;
  for (const RollupBatch::Cell& cell : rollups.take().cells) {
    if (cell.cube == Cube::senders) senders[value_of(cell.key, Dimension::sender)] += cell.measures.parts;
  }
  EXPECT_EQ(senders, (std::map<std::string, std::int64_t>{
                         {"(numbers of GB)", 2}, {"(numbers of DE)", 1}, {"ACME", 1}, {"(numbers)", 1}}));
}

TEST(Report, says_whose_days_it_has) {
  const Folder folder;
  store(settings_of(folder, "Europe/Berlin"), {{}});
  const nlohmann::ordered_json json = to_json(report_of(folder, words_of("traffic")));
  EXPECT_EQ(json.at("time_zone"), "Europe/Berlin");
  EXPECT_EQ(record::report_of(json).time_zone, "Europe/Berlin");
}

TEST(Report, is_written_as_a_table_and_as_csv) {
  const Folder folder;
  store(
      settings_of(folder),
      {{.account = "acme", .sender = "=1+1", .verdict = Verdict::charge, .currency = "EUR", .amount = 65'000},
       {.account = "acme", .sender = "a,b"}});
  EXPECT_EQ(to_csv(report_of(folder, words_of("revenue"))),
            "account,messages,parts,paid,charged,fees,refused,currency\nacme,2,2,1,0.065,0.00,0,EUR\n");
  const std::string senders = to_csv(report_of(folder, words_of("senders")));
  EXPECT_NE(senders.find("\n'=1+1,"), senders.npos) << "no formula for a spreadsheet";
  EXPECT_NE(senders.find("\n\"a,b\","), senders.npos);
  const std::string text = to_text(report_of(folder, words_of("revenue")));
  EXPECT_NE(text.find("acme"), text.npos);
  EXPECT_NE(text.find("total"), text.npos);
}

TEST(ReportQuery, says_what_it_does_not_take) {
  const RollupTime utc("UTC");
  const auto refuses = [&](const ReportWords& words) {
    EXPECT_THROW(read_query(words, utc, first_s), ReportError);
  };
  refuses({.name = "trafic"});
  refuses({.name = "traffic", .since = "yesterday"});
  refuses({.name = "traffic", .since = "2026-02-30"});
  refuses({.name = "traffic", .since = "1h", .until = "2h"});
  refuses({.name = "traffic", .step = "week"});
  refuses({.name = "traffic", .by = "sender"});
  refuses({.name = "traffic", .by = "route,route"});
  refuses({.name = "traffic", .by = ","});
  refuses({.name = "traffic", .where = "route"});
  refuses({.name = "traffic", .where = "colour=red"});
  refuses({.name = "uninspected", .by = "label"});
  refuses({.name = "uninspected", .where = "verdict=block"});
  refuses({.name = "traffic", .top = "0"});
  refuses({.name = "traffic", .top = "10x"});
}

TEST(ReportQuery, reads_times_and_values) {
  const RollupTime berlin("Europe/Berlin");
  const auto query = [&](const ReportWords& words) { return read_query(words, berlin, first_s); };
  EXPECT_EQ(query({.name = "traffic"}).since_s, first_s - 86'400);
  EXPECT_EQ(query({.name = "traffic", .since = "-90d"}).since_s, first_s - 90 * 86'400);
  EXPECT_EQ(query({.name = "traffic", .since = "30m"}).since_s, first_s - 1800);
  EXPECT_EQ(query({.name = "traffic", .since = "2026-10-01"}).since_s, 1'790'805'600) << "22:00 of UTC";
  EXPECT_EQ(query({.name = "traffic", .since = "2026-10-24T00:00:00Z", .until = "2026-10-25"}).since_s,
            first_s);
  EXPECT_EQ(query({.name = "traffic", .since = "3h"}).step, Level::minute);
  EXPECT_EQ(query({.name = "traffic", .since = "7d"}).step, Level::hour);
  EXPECT_EQ(query({.name = "traffic", .since = "30d"}).step, Level::day);
  const auto filters = query({.name = "traffic", .where = R"(policy=From\, to|a\|b,route!=hub)"}).where;
  ASSERT_EQ(filters.size(), 2U);
  ASSERT_EQ(filters[0].values.size(), 2U);
  EXPECT_EQ(filters[0].values[0].text, "From, to");
  EXPECT_EQ(filters[0].values[1].text, "a|b");
  EXPECT_TRUE(filters[1].is_not);
}

AlertRule alert_of(const std::string& report, const std::string& figure, const std::string& by = "") {
  AlertRule rule;
  rule.report = read_query({.name = report, .by = by}, RollupTime("UTC"), 2 * 86'400);
  if (by.empty()) rule.report->by.clear();
  rule.within_s = 3600;
  set_figure(rule, figure);
  return rule;
}

/// By all that tells a row apart.
std::map<std::string, double> values_by_row(const Folder& folder, const AlertRule& rule, std::int64_t now_s) {
  std::map<std::string, double> all;
  for (const AlertValue& one : values_of(rule, Reports(folder.file()), now_s)) {
    std::string row;
    for (const auto& [column, value] : one.row) row += column + "=" + value + ";";
    all[row] = one.value;
  }
  return all;
}

TEST(AlertValues, are_what_the_report_of_the_time_before_now_says) {
  const Folder folder;
  const auto leak = [](std::int64_t time_s, const std::string& account, const std::string& currency,
                       std::int64_t leaked) {
    Sent sent;
    sent.time_s = time_s;
    sent.account = account;
    sent.labels = {"a2p"};
    sent.currency = currency;
    sent.leaked = leaked;
    return sent;
  };
  const std::int64_t now_s = first_s + 7200;
  store(settings_of(folder),
        {leak(first_s, "acme", "EUR", 900'000'000), leak(now_s - 600, "acme", "EUR", 1'500'000),
         leak(now_s - 60, "zeta", "EUR", 250'000), leak(now_s - 60, "zeta", "GBP", 750'000),
         Sent{.time_s = now_s - 30}});
  using Values = std::map<std::string, double>;
  EXPECT_EQ(values_by_row(folder, alert_of("leakage", "leaked"), now_s),
            (Values{{"currency=EUR;", 1.75}, {"currency=GBP;", 0.75}}))
      << "money in units; what is older than an hour does not count";
  EXPECT_EQ(values_by_row(folder, alert_of("leakage", "leaked", "account"), now_s),
            (Values{{"account=acme;currency=EUR;", 1.5},
                    {"account=zeta;currency=EUR;", 0.25},
                    {"account=zeta;currency=GBP;", 0.75}}));
  EXPECT_EQ(values_by_row(folder, alert_of("leakage", "leaks"), now_s), (Values{{"", 3}}));
  EXPECT_EQ(values_by_row(folder, alert_of("traffic", "parts"), now_s), (Values{{"", 4}}));
  EXPECT_EQ(values_by_row(folder, alert_of("traffic", "parts"), now_s + 86'400), (Values{{"", 0}}));
}

TEST(AlertValues, of_what_was_not_read_have_a_share) {
  const Folder folder;
  Rollups rollups(in_full);
  for (int i = 0; i < 3; ++i) add(rollups, {.time_s = first_s + 60});
  Counters counters;
  counters.add(Count::uninspected_sctp_authenticated, 1);
  rollups.add_unread(counters, links, static_cast<std::uint64_t>(first_s + 60) * second_ns);
  RollupStore(settings_of(folder)).add(rollups.take());
  const auto values = values_by_row(folder, alert_of("uninspected", "share"), first_s + 120);
  EXPECT_EQ(values, (std::map<std::string, double>{{"", 25}})) << "one packet beside three messages";
}

TEST(AlertValues, leave_out_those_that_stand_together) {
  const Folder folder;
  store(settings_of(folder), {{.sender = "A"}, {.sender = std::string(others)}});
  EXPECT_EQ(values_by_row(folder, alert_of("senders", "parts", "sender"), first_s + 60),
            (std::map<std::string, double>{{"sender=A;", 1}}));
}

TEST(AlertValues, that_are_no_money_are_not_parted_by_currency) {
  const Folder folder;
  const auto charged = [](const std::string& currency) {
    return Sent{.verdict = Verdict::charge, .currency = currency, .amount = 1'000'000};
  };
  store(settings_of(folder), {charged("EUR"), charged("GBP"), {}});
  EXPECT_EQ(values_by_row(folder, alert_of("senders", "parts", "sender"), first_s + 60),
            (std::map<std::string, double>{{"sender=ACME;", 3}}));
  EXPECT_EQ(values_by_row(folder, alert_of("senders", "charged", "sender"), first_s + 60),
            (std::map<std::string, double>{{"sender=ACME;currency=;", 0},
                                           {"sender=ACME;currency=EUR;", 1},
                                           {"sender=ACME;currency=GBP;", 1}}));
}

TEST(AlertRule, takes_the_figures_of_its_report_alone) {
  EXPECT_THROW(alert_of("traffic", "hits"), ReportError);
  EXPECT_THROW(alert_of("leakage", "share"), ReportError) << "of all together it is always 100";
  EXPECT_NO_THROW(alert_of("leakage", "share", "origin"));
  EXPECT_NO_THROW(alert_of("uninspected", "share"));
  EXPECT_NO_THROW(alert_of("rules", "hits", "rule"));
}

}  // namespace
}  // namespace tollgate::record
