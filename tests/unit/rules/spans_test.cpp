#include "rules/spans.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rules/evaluate.hpp"
#include "rules/load.hpp"
#include "rules/sample.hpp"

namespace tollgate::rules {
namespace {

using Spans = std::vector<TextSpan>;

std::shared_ptr<const Ruleset> loaded(const std::string& rules) {
  RuleFiles files;
  files.rules = {{"r.yaml", rules}};
  files.lists = {{"lures.csv", "# type: phrase\nfree money\nold offer,2020-01-01\n"}};
  Findings findings;
  auto set = load(files, {}, findings);
  for (const Finding& finding : findings.all()) {
    if (finding.severity == Severity::error) ADD_FAILURE() << to_string(finding);
  }
  return set;
}

/// Judges messages, and finds where the rules' patterns stand in them.
class Found {
 public:
  explicit Found(const std::string& rules) : set_(loaded(rules)), evaluator_(set_), spans_(set_) {}

  /// By rule that holds.
  std::vector<Spans> in(const std::vector<std::pair<std::string, std::string>>& fields) {
    sample_.emplace(home_);
    for (const auto& [name, value] : fields) EXPECT_EQ(sample_->set(name, value), "") << name;
    Message& message = sample_->message();
    evaluator_.judge(message);
    spans_.add_spans(message);
    std::vector<Spans> all;
    auto next = message.judgement.spans.begin();
    for (const RuleHit& hit : message.judgement.rules) {
      all.emplace_back(next, next + hit.spans);
      next += hit.spans;
    }
    EXPECT_EQ(next, message.judgement.spans.end());
    return all;
  }
  std::vector<Spans> in(const std::string& text) {
    return in({{"text", text}, {"time", "2026-11-21T22:00:00Z"}});
  }

 private:
  Home home_;
  std::shared_ptr<const Ruleset> set_;
  Evaluator evaluator_;
  SpanFinder spans_;
  std::optional<Sample> sample_;
};

TEST(Spans, count_characters_of_the_text_as_it_was_sent) {
  Found found("- {id: 1, name: A, labels: [spam], when: {text: [your account, '/lock(ed)?/']}}\n");
  EXPECT_EQ(found.in("\xc3\xa9 Your acc0unt is L0CKED"), (std::vector<Spans>{{{2, 14}, {18, 24}}}))
      << "half-open; the patterns were found in different readings";
}

TEST(Spans, of_every_place_and_joined_where_they_touch) {
  Found found("- {id: 1, name: A, labels: [spam], when: {text: ['/b+/', '/bc/']}}\n");
  EXPECT_EQ(found.in("abbca b"), (std::vector<Spans>{{{1, 4}, {6, 7}}}));
}

TEST(Spans, are_each_rules_own) {
  Found found(
      "- {id: 3, name: C, labels: [spam], when: {text: win}}\n"
      "- {id: 1, name: A, labels: [spam], when: {text: prize, sender: ACME}}\n"
      "- {id: 2, name: B, labels: [spam], when: {size: '> 3'}}\n");
  EXPECT_EQ(found.in({{"text", "win a prize"}, {"sender", "ACME"}}),
            (std::vector<Spans>{{{6, 11}}, {}, {{0, 3}}}))
      << "by id, as the rules are";
  EXPECT_EQ(found.in("no"), std::vector<Spans>{});
}

TEST(Spans, of_the_text_as_it_was_sent_and_of_listed_phrases) {
  Found found(
      "- {id: 1, name: A, labels: [spam], when: {raw.text: '/W.N/'}}\n"
      "- {id: 2, name: B, labels: [spam], when: {text: '@lures'}}\n");
  EXPECT_EQ(found.in("Free MONEY, old offer: W1N"), (std::vector<Spans>{{{23, 26}}, {{0, 10}}}))
      << "an entry that has expired is not shown";
}

TEST(Spans, of_the_whole_text_on_the_part_that_completes_it) {
  Found found("- {id: 1, name: A, labels: [spam], when: {text: free money}}\n");
  EXPECT_EQ(found.in({{"text", "money"}, {"message_text", "take free money"}}),
            (std::vector<Spans>{{{5, 15}}}));
}

TEST(Spans, of_one_test) {
  const auto set = loaded("- {id: 1, name: A, labels: [spam], when: {text: [win, prize], sender: ACME}}\n");
  SpanFinder spans(set);
  Message message;
  message.has_text = true;
  message.text = "a prize";
  spans.look_at(message);
  std::vector<Spans> by_test;
  for (TestId test = 0; test < set->tests.all().size(); ++test) by_test.push_back(spans.of(test));
  EXPECT_EQ(by_test, (std::vector<Spans>{{}, {{2, 7}}, {}}));
}

}  // namespace
}  // namespace tollgate::rules
