#include "rules/reach.hpp"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "rules/load.hpp"

namespace tollgate::rules {
namespace {

/// The ruleset whose one rule has this `when`.
std::shared_ptr<const Ruleset> with(const std::string& when) {
  RuleFiles files;
  files.rules = {{"r.yaml", fmt::format("- {{id: 1, name: A, labels: [x], when: {{{}}}}}", when)}};
  Findings findings;
  auto set = load(files, {}, findings);
  for (const Finding& finding : findings.all()) {
    if (finding.severity == Severity::error) ADD_FAILURE() << to_string(finding);
  }
  return set;
}

bool reaches(const std::string& when, const Facts& facts) {
  const auto set = with(when);
  return can_hold(set->tests, set->rules.front().when, facts);
}

/// The name of the field whose conditions contradict each other; empty where none is found.
std::string_view contradicting(const std::string& when) {
  const auto set = with(when);
  const auto id = contradiction(set->tests, set->rules.front().when);
  return id ? field(*id).name : std::string_view{};
}

constexpr Facts map{"map", {}, 0};
constexpr Facts smpp{"smpp", {}, 0};
constexpr Facts mt_forward_v2{"map", "mt-forwardSM", 2};

TEST(CanHold, knows_the_protocol) {
  EXPECT_TRUE(reaches("protocol: smpp", smpp));
  EXPECT_FALSE(reaches("protocol: smpp", map));
  EXPECT_TRUE(reaches("not: {protocol: smpp}", map));
  EXPECT_FALSE(reaches("not: {protocol: smpp}", smpp));
}

TEST(CanHold, knows_which_fields_a_protocol_does_not_have) {
  EXPECT_FALSE(reaches("origin.gt: '49*'", smpp));
  EXPECT_FALSE(reaches("smpp.system_id: acme", map));
  EXPECT_TRUE(reaches("not: {smpp.system_id: acme}", map)) << "a missing field holds in no test";
  EXPECT_TRUE(reaches("any: [{smpp.system_id: acme}, {text: prize}]", map));
  EXPECT_FALSE(reaches("smpp.system_id: acme, text: prize", map));
}

TEST(CanHold, knows_operation_and_version_where_they_are_given) {
  EXPECT_TRUE(reaches("operation: [mo-forwardSM, mt-forwardSM]", mt_forward_v2));
  EXPECT_FALSE(reaches("operation: mo-forwardSM", mt_forward_v2));
  EXPECT_TRUE(reaches("operation: mo-forwardSM", map)) << "of which nothing is known";
  EXPECT_TRUE(reaches("tcap.version: '< 3'", mt_forward_v2));
  EXPECT_FALSE(reaches("tcap.version: 3", mt_forward_v2));
}

TEST(CanHold, leaves_open_what_the_message_decides) {
  EXPECT_TRUE(reaches("text: prize, not: {sender: ACME}", map));
  EXPECT_TRUE(reaches("text: prize, not: {sender: ACME}", smpp));
}

TEST(Contradiction, of_numbers) {
  EXPECT_EQ(contradicting("pid: 64, all: [{pid: '< 64'}]"), "pid");
  EXPECT_EQ(contradicting("parts: '> 3', all: [{parts: '< 4'}]"), "parts");
  EXPECT_EQ(contradicting("parts: '> 3', all: [{parts: '<= 4'}]"), "");
  EXPECT_EQ(contradicting("parts: [2, 3], not: {parts: '> 1'}"), "parts");
}

TEST(Contradiction, of_values_and_prefixes) {
  EXPECT_EQ(contradicting("sender: ACME, all: [{sender: OTHER}]"), "sender");
  EXPECT_EQ(contradicting("sender: '4477*', all: [{sender: '49*'}]"), "sender");
  EXPECT_EQ(contradicting("sender: '44*', all: [{sender: '4477*'}]"), "");
  EXPECT_EQ(contradicting("raw.sender: '4477*', not: {sender: '44*'}"), "raw.sender");
  EXPECT_EQ(contradicting("raw.sender: '44*', not: {sender: '4477*'}"), "");
  EXPECT_EQ(contradicting("direction: mo, not: {direction: mo}"), "direction");
  EXPECT_EQ(contradicting("not: {direction: [mo, mt]}"), "") << "a message may have no direction";
}

TEST(Contradiction, not_of_fields_that_can_have_several_values) {
  EXPECT_EQ(contradicting("url.host: one.example, all: [{url.host: two.example}]"), "");
  EXPECT_EQ(contradicting("udh.element: 0, all: [{udh.element: 5}]"), "");
}

TEST(Contradiction, of_any_only_where_every_branch_has_one) {
  EXPECT_EQ(contradicting("any: [{pid: 1, not: {pid: 1}}, {dcs: 4, not: {dcs: 4}}]"), "pid");
  EXPECT_EQ(contradicting("any: [{pid: 1, not: {pid: 1}}, {dcs: 4}]"), "");
  EXPECT_EQ(contradicting("text: prize, any: [{pid: 1, not: {pid: 1}}]"), "pid");
}

}  // namespace
}  // namespace tollgate::rules
