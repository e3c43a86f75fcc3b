#include "rules/blame.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::rules {
namespace {

using Ids = std::vector<std::uint32_t>;

Condition label(Ruleset& rules, std::string_view name) {
  Condition condition{.kind = Condition::Kind::test};
  condition.test = rules.tests.add({.field = FieldId::labels,
                                    .op = Op::label,
                                    .other = rules.tests.add_label(name),
                                    .text = std::string(name)});
  return condition;
}

/// Rules 1 (spam), 2 (spam, a2p), 3 (phishing), 4 (none).
Ruleset rules() {
  Ruleset made;
  const auto rule = [&](std::uint32_t id, std::vector<std::string> labels) {
    Rule one{.id = id};
    for (const std::string& name : labels) one.labels.push_back(made.tests.add_label(name));
    made.rules.push_back(std::move(one));
  };
  rule(1, {"spam"});
  rule(2, {"spam", "a2p"});
  rule(3, {"phishing"});
  rule(4, {});
  const auto line = [&](std::string name, Condition when) {
    made.policy.push_back({.name = std::move(name), .when = std::move(when)});
  };
  line("Phishing", label(made, "phishing"));
  line("A2P but phishing",
       {.kind = Condition::Kind::all,
        .children = {label(made, "a2p"),
                     {.kind = Condition::Kind::negation, .children = {label(made, "phishing")}}}});
  line("Either", {.kind = Condition::Kind::any, .children = {label(made, "a2p"), label(made, "phishing")}});
  line("The rest", {});
  return made;
}

TEST(Blame, is_with_the_rules_whose_labels_the_line_asks_for) {
  const Ruleset all = rules();
  EXPECT_EQ(to_blame(all, "Phishing", {1, 2, 3, 4}), Ids{3});
  EXPECT_EQ(to_blame(all, "Either", {1, 2, 3, 4}), (Ids{2, 3}));
}

TEST(Blame, is_not_with_a_label_that_must_be_missing) {
  EXPECT_EQ(to_blame(rules(), "A2P but phishing", {1, 2, 3}), Ids{2});
}

TEST(Blame, is_with_all_where_the_line_asks_for_no_label) {
  EXPECT_EQ(to_blame(rules(), "The rest", {1, 3}), (Ids{1, 3}));
  EXPECT_EQ(to_blame(rules(), "A line that was there once", {1, 3}), (Ids{1, 3}));
  EXPECT_EQ(to_blame(rules(), "Phishing", {1, 99}), (Ids{1, 99})) << "none of them gives it, so who knows";
}

}  // namespace
}  // namespace tollgate::rules
