#include "rules/operators.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace tollgate::rules;
using Texts = std::vector<std::string>;

const std::string heading = "gt_prefix,operator,country,account\n";

Texts findings_of(std::string_view content) {
  Findings findings;
  const auto operators = read_operators(content, "operators.csv", findings);
  EXPECT_EQ(operators == nullptr, findings.any_error());
  Texts texts;
  for (const Finding& finding : findings.all()) texts.push_back(to_string(finding));
  return texts;
}

TEST(Operators, finds_the_longest_prefix) {
  Findings findings;
  const auto operators = read_operators(heading +
                                            "# remark\n4477009,Example Mobile,GB,\n447700900,\"Example "
                                            "Messaging, Ltd\",GB,example\n1,Other,,\n",
                                        "operators.csv", findings);
  ASSERT_TRUE(operators);
  EXPECT_EQ(operators->size(), 3U);
  ASSERT_TRUE(operators->find("447700900123"));
  EXPECT_EQ(operators->find("447700900123")->name, "Example Messaging, Ltd");
  EXPECT_EQ(operators->find("447700900123")->account, "example");
  EXPECT_EQ(operators->find("447700999999")->name, "Example Mobile");
  EXPECT_EQ(operators->find("447700999999")->country, "GB");
  EXPECT_EQ(operators->find("15550100")->country, "");
  EXPECT_EQ(operators->find("447700"), nullptr);
  EXPECT_EQ(operators->find(""), nullptr);
  EXPECT_EQ(operators->find("ACME"), nullptr);
}

TEST(Operators, says_what_is_wrong_with_the_file) {
  const std::string expected = "the first line must be `gt_prefix,operator,country,account`";
  EXPECT_EQ(findings_of(""), Texts{"operators.csv:1:1: error: " + expected});
  EXPECT_EQ(findings_of("44,Example,GB,\n"), Texts{"operators.csv:1:1: error: " + expected});
  EXPECT_EQ(findings_of(heading + "44,Example,GB\n"),
            Texts{"operators.csv:2:12: error: 3 fields where `gt_prefix,operator,country,account` are "
                  "expected; leave a "
                  "field empty between its commas, and put one that contains commas in double quotes"});
  EXPECT_EQ(findings_of(heading + "+44,Example,GB,\n"),
            Texts{"operators.csv:2:1: error: `+44` is not a global-title prefix; write 1 to 17 digits, "
                  "beginning with "
                  "the country code, without `+` or blanks"});
  EXPECT_EQ(findings_of(heading + "44,,GB,\n"),
            Texts{"operators.csv:2:4: error: a prefix without an operator; write its name"});
  EXPECT_EQ(findings_of(heading + "44,Example,UK,\n"),
            Texts{"operators.csv:2:12: error: `UK` is not a country; write its ISO 3166 code in capitals, "
                  "like `GB`, or "
                  "leave it empty"});
  EXPECT_EQ(findings_of(heading + "44,Example,GB,\n44,Other,GB,\n"),
            Texts{"operators.csv:3:1: error: the prefix `44` stands above already; remove one of them"});
}

TEST(Operators, takes_a_file_without_operators) { EXPECT_EQ(findings_of("\xEF\xBB\xBF" + heading), Texts{}); }

}  // namespace
