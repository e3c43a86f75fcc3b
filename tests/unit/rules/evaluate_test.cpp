#include "rules/evaluate.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "rules/load.hpp"
#include "rules/sample.hpp"

namespace tollgate::rules {
namespace {

Home test_home() {
  Home home;
  home.country = "GB";
  home.country_code = "44";
  home.gt = {"4477"};
  home.imsi = {"00101"};
  return home;
}

std::shared_ptr<const Ruleset> loaded(const RuleFiles& files, LoadOptions options = {}) {
  options.home = test_home();
  Findings findings;
  auto set = load(files, options, findings);
  for (const Finding& finding : findings.all()) {
    if (finding.severity == Severity::error) ADD_FAILURE() << to_string(finding);
  }
  return set;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

class Judging {
 public:
  explicit Judging(std::shared_ptr<const Ruleset> set) : evaluator_(std::move(set)) {}

  const Judgement& judge(const Fields& fields, std::span<const double> signals = {}) {
    sample_.emplace(home_);
    for (const auto& [name, value] : fields) EXPECT_EQ(sample_->set(name, value), "") << name;
    Message& message = sample_->message();
    evaluator_.judge(message, signals);
    return message.judgement;
  }
  std::vector<std::uint32_t> rules(const Fields& fields, std::span<const double> signals = {}) {
    std::vector<std::uint32_t> ids;
    for (const RuleHit& hit : judge(fields, signals).rules) ids.push_back(hit.id);
    return ids;
  }

 private:
  Home home_ = test_home();
  Evaluator evaluator_;
  std::optional<Sample> sample_;
};

/// Whether the rule `when` holds for the message.
bool holds(const std::string& when, const Fields& fields, const LoadOptions& options = {}) {
  RuleFiles files;
  files.rules = {{"r.yaml", fmt::format("- {{id: 1, name: Test, labels: [spam], when: {{{}}}}}", when)}};
  files.lists = {{"staff.txt", "# type: number\n447700900123\n"},
                 {"brands.txt", "# type: sender\nGoodBank\nB\u00E4renBank\n"},
                 {"lures.txt", "# type: phrase\nfree money\n"},
                 {"url-shorteners.txt", "# type: host\nshort.example\n"}};
  files.operators = {
      {"operators.csv", "gt_prefix,operator,country,account\n4477,Home,GB,\n4915,Far,DE,far-account\n"}};
  return !Judging(loaded(files, options)).rules(fields).empty();
}

bool sender_holds(const std::string& when, const std::string& sender) {
  return holds(when, {{"text", ""}, {"sender", sender}});
}

TEST(Evaluate, sees_through_a_disguised_sender) {
  for (const std::string sender : {"Amazon", "AMAZON", "\u0410mazon", "AMAZ0N", "A.M.A.Z.O.N", "\uFF21mazon",
                                   "Ama\u200Bzon", "Am\u0430z\u043En", "A m a z o n", "amazo\u0301n"}) {
    EXPECT_TRUE(sender_holds("sender: Amazon", sender)) << sender;
    EXPECT_TRUE(sender_holds("sender: AMAZON", sender)) << sender;
    EXPECT_TRUE(sender_holds("sender: 'Amaz*'", sender)) << sender;
    EXPECT_TRUE(sender_holds("sender: '/^amazon$/i'", sender)) << sender;
  }
  EXPECT_TRUE(sender_holds("sender: '@brands'", "G00DBANK"));
  EXPECT_TRUE(sender_holds("sender: '@brands'", "G\u043E\u043EdBank"));
  EXPECT_TRUE(sender_holds("sender: '@brands'", "B\u00C4RENBANK")) << "an entry that is not ASCII";
  EXPECT_TRUE(sender_holds("sender: '@brands'", "B\u00E4renB4nk"));
  EXPECT_TRUE(sender_holds("sender: B\u00C4RENBANK", "b\u00E4renb4nk"));
  EXPECT_FALSE(sender_holds("sender: Amazon", "Amazonia"));
  EXPECT_FALSE(sender_holds("sender: 'ACME *'", "ACMEX"));
}

TEST(Evaluate, leaves_numbers_and_names_with_numbers_alone) {
  EXPECT_TRUE(sender_holds("sender: '447700900123'", "+447700900123"));
  EXPECT_FALSE(sender_holds("sender: '447700900123'", "+44770O900123")) << "a name";
  EXPECT_FALSE(sender_holds("sender: BANKEA", "BANK34")) << "a name with its number";
  EXPECT_TRUE(sender_holds("sender: '#21#'", "#21#"));
  EXPECT_TRUE(sender_holds("sender: '40404'", "40404"));
  EXPECT_FALSE(sender_holds("sender: '/o/'", "40404"));
}

TEST(Evaluate, spares_nobody_who_looks_like_a_name_that_is_spared) {
  EXPECT_FALSE(sender_holds("size: 0, not: {sender: Amazon}", "AMAZON"));
  EXPECT_TRUE(sender_holds("size: 0, not: {sender: Amazon}", "AMAZ0N"));
  EXPECT_TRUE(sender_holds("size: 0, not: {sender: '@brands'}", "G00DBANK"));
  EXPECT_FALSE(sender_holds("size: 0, not: {sender: '@brands'}", "GOODBANK"));
  EXPECT_TRUE(sender_holds("size: 0, not: {not: {sender: Amazon}}", "AMAZ0N"));
  EXPECT_TRUE(sender_holds("raw.sender: Amazon", "AMAZON"));
  EXPECT_FALSE(sender_holds("raw.sender: Amazon", "AMAZ0N"));
}

TEST(Evaluate, asks_every_kind_of_field) {
  EXPECT_TRUE(holds("text: verify now", {{"text", "Please VERIFY  now!"}}));
  EXPECT_FALSE(holds("text: verify now", {{"text", "verify nowadays"}})) << "whole words";
  EXPECT_TRUE(holds("text: '/pr[io]ze/'", {{"text", "A PRIZE"}}));
  EXPECT_FALSE(holds("raw.text: '/prize/'", {{"text", "A PRIZE"}})) << "as it was sent";
  EXPECT_TRUE(holds("text: '@lures'", {{"text", "get FREE money"}}));
  EXPECT_TRUE(holds("sender: acme", {{"text", ""}, {"sender", "ACME"}}));
  EXPECT_TRUE(holds("sender: '4477*'", {{"text", ""}, {"sender", "+447700900123"}}));
  EXPECT_TRUE(holds("sender: '/^[A-Z]+$/'", {{"text", ""}, {"sender", "ACME"}}));
  EXPECT_TRUE(holds("sender: '@brands'", {{"text", ""}, {"sender", "GOODBANK"}}));
  EXPECT_TRUE(holds("sender.number: '@staff'", {{"text", ""}, {"sender", "+447700900123"}}));
  EXPECT_TRUE(holds("recipient.number: '@home'", {{"text", ""}, {"recipient", "+447700900123"}}));
  EXPECT_FALSE(holds("recipient.number: '@home'", {{"text", ""}, {"recipient", "+491550000000"}}));
  EXPECT_TRUE(holds("imsi: '@home'", {{"text", ""}, {"imsi", "001010000000001"}}));
  EXPECT_TRUE(holds("sender.type: alphanumeric", {{"text", ""}, {"sender", "ACME"}}));
  EXPECT_TRUE(holds("sender.country: GB", {{"text", ""}, {"sender", "+447700900123"}}));
  EXPECT_TRUE(holds("pid: 64", {{"text", ""}, {"pid", "64"}}));
  EXPECT_TRUE(holds("parts: '> 3'", {{"text", ""}, {"parts", "4"}}));
  EXPECT_FALSE(holds("parts: '> 3'", {{"text", ""}, {"parts", "3"}}));
  EXPECT_FALSE(holds("parts: '< 3'", {{"text", ""}})) << "a missing field";
  EXPECT_TRUE(holds("udh.element: 5, ports.destination: 2948", {{"udh", "0605040b8423f0"}, {"data", "00"}}));
  EXPECT_TRUE(holds("udh: '0605*'", {{"udh", "0605040b8423f0"}, {"data", "00"}}));
  EXPECT_TRUE(holds("tpdu.type: SMS-STATUS-REPORT, tpdu.status: '>= 64'",
                    {{"tpdu.type", "SMS-STATUS-REPORT"}, {"tpdu.status", "70"}}));
  EXPECT_FALSE(holds("tpdu.type: SMS-STATUS-REPORT", {{"text", ""}, {"tpdu.type", "SMS-DELIVER"}}));
  EXPECT_TRUE(
      holds("tpdu.type: SMS-COMMAND, tpdu.command_type: 2, tpdu.message_reference: 7",
            {{"tpdu.type", "SMS-COMMAND"}, {"tpdu.command_type", "2"}, {"tpdu.message_reference", "7"}}));
  EXPECT_TRUE(holds("size: 5", {{"text", "h\xc3\xa9llo"}})) << "characters";
  EXPECT_TRUE(holds("origin.ip: 192.0.2.0/24", {{"text", ""}, {"origin.ip", "192.0.2.9"}}));
  EXPECT_FALSE(holds("origin.ip: 192.0.2.0/25", {{"text", ""}, {"origin.ip", "192.0.2.129"}}));
  // Both ways in which an internationalised name is written: bücher is xn--bcher-kva by RFC 3492.
  for (const char* host : {"bücher.example", "xn--bcher-kva.example", "BÜCHER.example"}) {
    EXPECT_TRUE(holds(fmt::format("url.host: {}", host), {{"text", "see bücher.example/x"}})) << host;
    EXPECT_TRUE(holds(fmt::format("url.domain: {}", host), {{"text", "http://a.xn--bcher-kva.example"}}))
        << host;
    EXPECT_FALSE(holds(fmt::format("url.host: {}", host), {{"text", "see bucher.example/x"}})) << host;
  }
  EXPECT_TRUE(holds("url.host: www.example.co.uk, url.domain: example.co.uk, url.path: '/login/'",
                    {{"text", "see http://WWW.example.co.uk/login now"}}));
  EXPECT_TRUE(holds("url.shortener: true", {{"text", "see short.example/a"}}));
  EXPECT_FALSE(holds("url.shortener: false", {{"text", "nothing"}})) << "no URL at all";
  EXPECT_TRUE(holds("text.number: 07700900123", {{"text", "call 07700 900123"}}));
  EXPECT_TRUE(
      holds("origin.operator: Far, origin.account: far-account", {{"text", ""}, {"origin.gt", "4915501"}}));
  EXPECT_TRUE(holds("origin.operator: '!= service_centre.operator'",
                    {{"text", ""}, {"origin.gt", "4915501"}, {"service_centre", "447700900000"}}));
  EXPECT_FALSE(
      holds("origin.operator: '!= service_centre.operator'", {{"text", ""}, {"origin.gt", "4915501"}}))
      << "one of them is missing";
}

TEST(Evaluate, joins_keys_by_and_and_nests) {
  const Fields fields{{"text", "hello"}, {"sender", "ACME"}, {"pid", "1"}};
  EXPECT_TRUE(holds("text: hello, pid: 1", fields));
  EXPECT_FALSE(holds("text: hello, pid: 2", fields));
  EXPECT_TRUE(holds("pid: [2, 1]", fields));
  EXPECT_TRUE(holds("any: [{pid: 2}, {text: hello}]", fields));
  EXPECT_FALSE(holds("all: [{pid: 2}, {text: hello}]", fields));
  EXPECT_FALSE(holds("text: hello, not: {sender: acme}", fields));
  EXPECT_TRUE(holds("not: {dcs: 4}", fields)) << "not of what is missing";
}

// 2026-11-21 is a Saturday (`date -d 2026-11-21 +%a`); London has UTC in winter, Berlin an hour more.
TEST(Evaluate, knows_the_time_of_day_and_the_day_by_the_clocks_of_a_zone) {
  const Fields night{{"text", ""}, {"time", "2026-11-21T20:30:00Z"}, {"recipient", "+491550000000"}};
  EXPECT_FALSE(holds("time: {between: '21:00-08:00', zone: Europe/London}", night));
  EXPECT_TRUE(holds("time: {between: '21:00-08:00', zone: Europe/Berlin}", night));
  EXPECT_TRUE(holds("time: {between: '21:00-08:00', zone: recipient}", night)) << "a number of Germany";
  EXPECT_TRUE(holds("time: {days: [sat, sun]}", night));
  EXPECT_FALSE(holds("time: {days: fri}", night));
  const Fields after_midnight{{"text", ""}, {"time", "2026-11-22T03:00:00Z"}};
  EXPECT_TRUE(holds("time: {between: '21:00-08:00', days: sat}", after_midnight)) << "still Saturday's night";
  EXPECT_FALSE(holds("time: {between: '21:00-08:00', days: sun}", after_midnight));
  const Fields summer{{"text", ""}, {"time", "2026-07-01T20:30:00Z"}};
  EXPECT_TRUE(holds("time: {between: '21:00-08:00', zone: Europe/London}", summer)) << "summer time";
}

TEST(Evaluate, compares_signals_and_those_that_are_missing_hold_in_no_comparison) {
  RuleFiles files;
  files.rules = {{"r.yaml",
                  "- {id: 1, name: A, labels: [flood], when: {rate.x: '> 100'}}\n"
                  "- {id: 2, name: B, labels: [flood], when: {rate.y: '<= 0.5'}}\n"}};
  LoadOptions options;
  options.signals = {"rate.x", "rate.y"};
  Judging judging(loaded(files, options));
  const std::vector<double> high{100.5, 1};
  const std::vector<double> low{100, 0.5};
  EXPECT_EQ(judging.rules({{"text", ""}}, high), std::vector<std::uint32_t>{1});
  EXPECT_EQ(judging.rules({{"text", ""}}, low), std::vector<std::uint32_t>{2});
  EXPECT_TRUE(judging.rules({{"text", ""}}).empty());
}

TEST(Evaluate, the_first_line_of_the_policy_decides_by_labels_of_rules_in_force) {
  RuleFiles files;
  files.rules = {{"r.yaml",
                  "- {id: 1, name: A, labels: [spam], when: {text: prize}}\n"
                  "- {id: 2, name: B, labels: [scam], state: shadow, when: {text: prize}}\n"
                  "- {id: 3, name: C, labels: [otp, a2p], when: {text: code}}\n"
                  "- {id: 4, name: D, labels: [x], state: draft, when: {text: prize}}\n"}};
  files.policy = {{"policy.yaml",
                   "- {name: Scam, when: {labels: scam}, then: {block: {}, alert: true}}\n"
                   "- {name: Spam, when: {labels: spam, not: {labels: otp}}, then: block}\n"
                   "- {name: Paid, when: {labels: a2p}, then: {charge: domestic, or: {block: {}}}}\n"
                   "- {name: Rest, then: pass}\n"}};
  Judging judging(loaded(files));
  const Judgement& spam = judging.judge({{"text", "a prize"}});
  EXPECT_EQ(spam.verdict, Verdict::block);
  EXPECT_EQ(spam.policy, "Spam");
  ASSERT_EQ(spam.rules.size(), 2U) << "the draft is not run";
  EXPECT_EQ(spam.rules[1].state, RuleState::shadow);
  ASSERT_EQ(spam.labels.size(), 1U) << "a shadow gives none";
  EXPECT_EQ(spam.labels[0], "spam");
  const Judgement& paid = judging.judge({{"text", "prize code"}});
  EXPECT_EQ(paid.verdict, Verdict::charge);
  EXPECT_EQ(paid.tariff, "domestic");
  EXPECT_EQ(judging.judge({{"text", "hello"}}).policy, "Rest");
}

// An obvious evaluator beside the indexed one: it walks the tree of every rule for every message, and
// searches with std::string::find. Texts and phrases are of words that folding leaves alone.
class Obvious {
 public:
  Obvious(const Ruleset& set, const Fields& fields) : set_(set) {
    for (const auto& [name, value] : fields) fields_[name] = value;
    if (const auto sender = fields_.find("sender"); sender != fields_.end())
      fields_["raw.sender"] = sender->second;
  }

  bool holds(const Condition& condition) const {
    const auto child = [&](const Condition& c) { return holds(c); };
    switch (condition.kind) {
      case Condition::Kind::all:
        return std::all_of(condition.children.begin(), condition.children.end(), child);
      case Condition::Kind::any:
        return std::any_of(condition.children.begin(), condition.children.end(), child);
      case Condition::Kind::negation: return !child(condition.children[0]);
      case Condition::Kind::test: return test(set_.tests[condition.test]);
    }
    return false;
  }

 private:
  bool test(const Test& test) const {
    const auto found = fields_.find(std::string(field(test.field).name));
    if (found == fields_.end()) return false;
    const std::string& value = found->second;
    const std::string& written = test.written;
    if (test.op == Op::compare) {
      const std::size_t blank = written.find(' ');
      const long mine = std::stol(value);
      const long other = std::stol(written.substr(blank + 1));
      const std::string sign = written.substr(0, blank);
      if (sign == ">") return mine > other;
      if (sign == "<=") return mine <= other;
      return mine == other;
    }
    if (test.field == FieldId::text)
      return (" " + value + " ").find(" " + written + " ") != std::string::npos;
    if (written.front() == '@') return value == "acme" || value == "bravo";
    if (written.back() == '*') return value.starts_with(written.substr(0, written.size() - 1));
    return value == written;
  }

  const Ruleset& set_;
  std::map<std::string, std::string> fields_;
};

class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  std::string word() { return words[below(std::size(words))]; }
  std::string sender() { return senders[below(std::size(senders))]; }

  std::string text() {
    std::string text = word();
    for (std::size_t i = below(8); i > 0; --i) text += " " + word();
    return text;
  }
  std::string test() {
    switch (below(6)) {
      case 0: return fmt::format("{{text: {}}}", word());
      case 1: return fmt::format("{{text: [{} {}, {}]}}", word(), word(), word());
      case 2: return fmt::format("{{sender: {}}}", sender());
      case 3: return fmt::format("{{sender: '{}*'}}", sender().substr(0, 2));
      case 4: return "{sender: '@brands'}";
      default: return fmt::format("{{pid: '{} {}'}}", below(2) == 0 ? ">" : "<=", 1 + below(4));
    }
  }
  std::string condition(std::size_t depth) {
    if (depth == 0) return test();
    switch (below(4)) {
      case 0: return fmt::format("{{all: [{}, {}]}}", condition(depth - 1), condition(depth - 1));
      case 1: return fmt::format("{{any: [{}, {}]}}", condition(depth - 1), condition(depth - 1));
      case 2: return fmt::format("{{not: {}}}", condition(depth - 1));
      default: return test();
    }
  }
  Fields message() {
    Fields fields;
    if (below(10) != 0) fields.emplace_back("text", text());
    if (below(4) != 0) fields.emplace_back("sender", sender());
    if (below(4) != 0) fields.emplace_back("pid", std::to_string(below(6)));
    return fields;
  }

 private:
  static constexpr const char* words[] = {"red", "blue", "green", "win",  "cash",
                                          "now", "code", "bank",  "home", "tea"};
  static constexpr const char* senders[] = {"acme", "bravo", "charlie", "447700900001", "447700900002"};
  std::mt19937 random_;
};

TEST(Evaluate, finds_by_its_index_what_an_obvious_evaluator_finds_by_asking_everything) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    Random random(seed);
    RuleFiles files;
    files.lists = {{"brands.txt", "# type: sender\nacme\nbravo\n"}};
    files.rules = {{"r.yaml", ""}};
    for (int id = 1; id <= 25; ++id)
      files.rules[0].content +=
          fmt::format("- {{id: {}, name: Test, labels: [spam], when: {}}}\n", id, random.condition(3));
    const auto set = loaded(files);
    Judging judging(set);
    std::size_t found = 0;
    for (int i = 0; i < 100; ++i) {
      const Fields fields = random.message();
      std::vector<std::uint32_t> expected;
      for (const Rule& rule : set->rules) {
        if (Obvious(*set, fields).holds(rule.when)) expected.push_back(rule.id);
      }
      EXPECT_EQ(judging.rules(fields), expected) << "seed " << seed << " message " << i;
      found += expected.size();
    }
    EXPECT_GT(found, 100U) << "the rules hold often enough to say something";
  }
}

}  // namespace
}  // namespace tollgate::rules
