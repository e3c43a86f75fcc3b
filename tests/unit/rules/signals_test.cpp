#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rules/check.hpp"
#include "rules/evaluate.hpp"
#include "rules/load.hpp"
#include "rules/sample.hpp"

// Signals of plugins, as rules and the policy see them. What plugins there are, tests/unit/detect shows.
namespace tollgate::rules {
namespace {

const std::vector<std::string> published{"rate.sender_per_minute", "rate.origin_gt_per_hour",
                                         "campaign.size"};

struct Loaded {
  std::shared_ptr<const Ruleset> set;
  std::string findings;
};
Loaded load_text(const std::string& rules, const std::string& policy = "- {name: Rest, then: pass}") {
  RuleFiles files;
  files.rules = {{"r.yaml", rules}};
  files.policy = {{"policy.yaml", policy}};
  LoadOptions options;
  options.signals = published;
  Findings findings;
  Loaded loaded{load(files, options, findings), {}};
  for (const Finding& finding : findings.all()) loaded.findings += to_string(finding) + "\n";
  return loaded;
}

Judgement judge(Evaluator& evaluator, const std::vector<double>& signals) {
  Home home;
  Sample sample(home);
  sample.set("text", "hello");
  evaluator.judge(sample.message(), signals);
  return sample.message().judgement;
}

constexpr double none = std::numeric_limits<double>::quiet_NaN();

TEST(Signals, one_that_a_message_does_not_have_holds_in_no_comparison) {
  for (const char* relation : {"> 3", "< 3", "= 3", "!= 3", "<= 3", ">= 3"}) {
    const auto loaded = load_text(std::string("- {id: 1, name: A, labels: [flood], when: {campaign.size: '") +
                                  relation + "'}}");
    ASSERT_NE(loaded.set, nullptr) << loaded.findings;
    Evaluator evaluator(loaded.set);
    EXPECT_TRUE(judge(evaluator, {none, none, none}).rules.empty()) << relation;
    EXPECT_TRUE(judge(evaluator, {}).rules.empty()) << relation;
  }
}

TEST(Signals, only_those_that_rules_in_force_and_the_policy_ask_for_are_wanted_and_shown) {
  const auto loaded = load_text(
      "- {id: 1, name: A, labels: [flood], state: shadow, when: {campaign.size: '> 3'}}\n"
      "- {id: 2, name: B, labels: [flood], state: draft, when: {rate.sender_per_minute: '> 3'}}",
      "- {name: Limit, when: {labels: flood}, then: {charge: domestic, or: {throttle: {per: hour, limit: 5, "
      "by: "
      "origin.gt}}}}\n"
      "- {name: Rest, then: pass}");
  ASSERT_NE(loaded.set, nullptr) << loaded.findings;
  EXPECT_EQ(loaded.set->compared, (std::vector<std::uint8_t>{0, 1, 1}));
  Evaluator evaluator(loaded.set);
  const Judgement judged = judge(evaluator, {7, none, 2.5});
  ASSERT_EQ(judged.signals.size(), 1U);
  EXPECT_EQ(judged.signals[0].name, "campaign.size");
  EXPECT_EQ(judged.signals[0].value, 2.5);
}

TEST(Signals, a_throttle_passes_what_is_within_its_limit_and_what_has_not_what_it_counts) {
  const auto loaded =
      load_text("- {id: 1, name: A, labels: [flood], when: {text: hello}}",
                "- {name: Limit, when: {labels: flood}, then: {throttle: {per: hour, limit: 5, "
                "by: origin.gt}}}\n"
                "- {name: Rest, then: block}");
  ASSERT_NE(loaded.set, nullptr) << loaded.findings;
  Evaluator evaluator(loaded.set);
  for (const auto& [rate, verdict] : std::map<double, Verdict>{
           {0, Verdict::pass}, {5, Verdict::pass}, {5.5, Verdict::throttle}, {6, Verdict::throttle}}) {
    const Judgement judged = judge(evaluator, {none, rate, none});
    EXPECT_EQ(judged.verdict, verdict) << rate;
    EXPECT_EQ(judged.policy, "Limit") << rate;
  }
  EXPECT_EQ(judge(evaluator, {100, none, 100}).verdict, Verdict::pass);
}

TEST(Signals, a_throttle_that_nothing_counts_for_is_refused) {
  const auto loaded =
      load_text("- {id: 1, name: A, labels: [flood], when: {text: hello}}",
                "- {name: Limit, when: {labels: flood}, then: {throttle: {per: second, limit: 5, by: "
                "url.host}}}\n- {name: Rest, then: pass}");
  EXPECT_EQ(loaded.findings,
            "policy.yaml:1:57: error: nothing counts for this throttle: it needs the signal "
            "rate.url_host_per_second, and the plugin `rate`, which has it, is not loaded\n");
}

TEST(Signals, a_misspelt_one_is_told_with_what_was_meant) {
  EXPECT_EQ(load_text("- {id: 1, name: A, labels: [x], when: {rate.sendr_per_minute: '> 3'}}").findings,
            "r.yaml:1:40: error: unknown field `rate.sendr_per_minute`; did you mean "
            "`rate.sender_per_minute`?\n");
  EXPECT_EQ(load_text("- {id: 1, name: A, labels: [x], when: {flood.level: '> 3'}}").findings,
            "r.yaml:1:40: error: unknown signal `flood.level`; expected one of rate.sender_per_minute, "
            "rate.origin_gt_per_hour, campaign.size\n");
  EXPECT_EQ(load_text("- {id: 1, name: A, labels: [x], when: {campaign.size: many}}").findings,
            "r.yaml:1:55: error: found `many`; expected a comparison such as '> 100'\n");
}

TEST(Signals, a_rules_own_test_gives_the_values_that_it_needs) {
  const auto loaded = load_text(
      "- id: 1\n"
      "  name: A\n"
      "  labels: [x]\n"
      "  when: {campaign.size: '> 3', text: hello}\n"
      "  tests:\n"
      "    - {text: hello, signals: {campaign.size: 3.5}, expect: match}\n"
      "    - {text: hello, signals: {campaign.size: 3}, expect: no match}\n"
      "    - {text: hello, expect: match}\n");
  ASSERT_NE(loaded.set, nullptr) << loaded.findings;
  Evaluator evaluator(loaded.set);
  const TestRun run = run_tests(evaluator);
  EXPECT_EQ(run.tests, 3U);
  ASSERT_EQ(run.failed.size(), 1U);
  EXPECT_EQ(run.failed[0].test->place.line, 8U);
  ASSERT_EQ(run.failed[0].reasons.size(), 1U);
  EXPECT_EQ(run.failed[0].reasons[0].text, "campaign.size: > 3 does not hold");
}

TEST(Signals, a_test_that_names_an_unknown_one_or_no_number_is_refused) {
  const auto found = [](const std::string& signals) {
    return load_text("- {id: 1, name: A, labels: [x], when: {text: hi}, tests: [{expect: match, signals: " +
                     signals + "}]}")
        .findings;
  };
  EXPECT_EQ(found("{campaign.sise: 3}"),
            "r.yaml:1:85: error: unknown signal `campaign.sise`; did you mean `campaign.size`?\n");
  EXPECT_EQ(found("{campaign.size: inf}"), "r.yaml:1:100: error: found `inf`; expected a number\n");
}

}  // namespace
}  // namespace tollgate::rules
