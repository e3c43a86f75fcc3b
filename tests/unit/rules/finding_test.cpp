#include "rules/finding.hpp"

#include <gtest/gtest.h>

namespace tollgate::rules {
namespace {

TEST(Finding, names_file_line_and_column_as_far_as_they_are_known) {
  EXPECT_EQ(to_string(Finding{Severity::error, {"a.yaml", 3, 7}, "found x; expected y"}),
            "a.yaml:3:7: error: found x; expected y");
  EXPECT_EQ(to_string(Finding{Severity::warning, {"lists/a.csv", 3, 0}, "unused"}),
            "lists/a.csv:3: warning: unused");
  EXPECT_EQ(to_string(Finding{Severity::error, {"rules", 0, 0}, "no such folder"}),
            "rules: error: no such folder");
}

TEST(Findings, tell_errors_from_warnings_and_are_sorted_as_a_person_reads) {
  Findings findings;
  findings.warning({"b.yaml", 1, 1}, "first");
  EXPECT_FALSE(findings.any_error());
  findings.error({"a.yaml", 9, 1}, "second");
  findings.error({"a.yaml", 2, 5}, "third");
  EXPECT_TRUE(findings.any_error());
  EXPECT_EQ(findings.errors(), 2U);
  findings.sort();
  EXPECT_EQ(findings.all()[0].text, "third");
  EXPECT_EQ(findings.all()[1].text, "second");
  EXPECT_EQ(findings.all()[2].text, "first");
}

}  // namespace
}  // namespace tollgate::rules
