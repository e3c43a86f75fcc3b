#include "record/alert.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "record/alert_notice.hpp"
#include "record/alert_values.hpp"

namespace tollgate::record {
namespace {

constexpr std::int64_t utc_s = 1'792'800'000;  // 2026-10-24T00:00:00Z

AlertTime at(std::int64_t seconds) { return {1000 + seconds, utc_s + seconds}; }

AlertRule rule_of(double over, double back_below, std::int64_t for_s = 0) {
  AlertRule rule;
  rule.name = "Lost";
  rule.measure = AlertMeasure::lost_events;
  rule.over = over;
  rule.back_below = back_below;
  rule.for_s = for_s;
  return rule;
}

/// What is told of one value: `raised 51`, of several with a comma between them.
std::string told(const std::vector<AlertNotice>& notices) {
  std::string all;
  for (const AlertNotice& notice : notices)
    all += (all.empty() ? "" : ", ") + std::string(notice.raised ? "raised " : "cleared ") +
           std::to_string(static_cast<int>(notice.value));
  return all;
}
std::string look(Alert& alert, double value, std::int64_t seconds) {
  return told(alert.look({{{}, value}}, at(seconds)));
}

AlertRow origin(const std::string& name) { return {{"origin", name}}; }

TEST(Alert, is_raised_over_its_bound_and_cleared_only_below_the_lower_one) {
  Alert alert(rule_of(50, 40));
  EXPECT_EQ(look(alert, 50, 0), "") << "that is not over it";
  EXPECT_EQ(look(alert, 51, 60), "raised 51");
  EXPECT_EQ(look(alert, 60, 120), "") << "once";
  EXPECT_EQ(look(alert, 45, 180), "") << "between the two it stands";
  EXPECT_EQ(look(alert, 40, 240), "");
  EXPECT_EQ(alert.standing().size(), 1U);
  EXPECT_EQ(look(alert, 39, 300), "cleared 39");
  EXPECT_TRUE(alert.standing().empty());
  EXPECT_EQ(look(alert, 45, 360), "") << "between the two it is not raised";
  EXPECT_EQ(look(alert, 51, 420), "raised 51");
}

TEST(Alert, of_a_value_that_must_stay_over_it_waits_and_begins_anew) {
  Alert alert(rule_of(50, 40, 300));
  EXPECT_EQ(look(alert, 51, 0), "");
  EXPECT_EQ(look(alert, 51, 299), "");
  EXPECT_EQ(look(alert, 50, 299), "") << "it was not over it for so long";
  EXPECT_EQ(look(alert, 51, 310), "");
  EXPECT_EQ(look(alert, 51, 600), "");
  const auto notices = alert.look({{{}, 70}}, at(610));
  ASSERT_EQ(told(notices), "raised 70");
  EXPECT_EQ(notices[0].since_s, utc_s + 310);
}

TEST(Alert, waits_by_the_clock_that_nobody_sets) {
  Alert alert(rule_of(50, 40, 300));
  EXPECT_EQ(look(alert, 51, 0), "");
  EXPECT_EQ(told(alert.look({{{}, 51}}, {at(10).steady_s, at(90'000).utc_s})), "");
}

TEST(Alert, with_the_bound_0_is_cleared_at_0) {
  Alert alert(rule_of(0, 0));
  EXPECT_EQ(look(alert, 0, 0), "");
  EXPECT_EQ(look(alert, 1, 60), "raised 1");
  EXPECT_EQ(look(alert, 1, 120), "");
  EXPECT_EQ(look(alert, 0, 180), "cleared 0");
}

TEST(Alert, is_told_of_anew_each_day_while_it_stands) {
  Alert alert(rule_of(50, 40));
  EXPECT_EQ(look(alert, 51, 0), "raised 51");
  EXPECT_EQ(look(alert, 52, 86'399), "");
  EXPECT_EQ(look(alert, 53, 86'400), "raised 53");
  EXPECT_EQ(look(alert, 54, 86'460), "");
}

TEST(Alert, each_row_is_one_of_its_own_and_one_that_is_missing_is_0) {
  Alert alert(rule_of(50, 40));
  auto notices = alert.look({{origin("a"), 60}, {origin("b"), 10}}, at(0));
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].row, origin("a"));
  notices = alert.look({{origin("b"), 70}}, at(60));
  ASSERT_EQ(told(notices), "cleared 0, raised 70");
  EXPECT_EQ(notices[0].row, origin("a"));
  EXPECT_EQ(notices[1].row, origin("b"));
}

TEST(Alert, has_room_for_the_highest_rows_and_counts_the_others) {
  Alert alert(rule_of(50, 40));
  std::vector<AlertValue> values;
  for (int i = 0; i < 130; ++i) values.push_back({origin(std::to_string(i)), 51.0 + i});
  const auto notices = alert.look(values, at(0));
  EXPECT_EQ(notices.size(), Alert::most_rows);
  for (const AlertNotice& notice : notices) EXPECT_GE(notice.value, 51 + 30);
  EXPECT_EQ(alert.left_out(), 30U);
  EXPECT_EQ(alert.look(values, at(60)).size(), 0U);
  values.resize(40);
  EXPECT_EQ(alert.look(values, at(120)).size(), 90U + 30U) << "90 of 100 are over; 30 have room";
  EXPECT_EQ(alert.left_out(), 0U);
}

TEST(AlertNotice, masks_numbers_of_senders_and_nothing_else) {
  AlertRule rule = rule_of(50, 40);
  rule.report = ReportQuery{.name = ReportName::senders};
  rule.figure = {"parts", Report::Kind::count};
  const AlertNotice number{true, {{"sender", "447700900777"}, {"account", "447700900123"}}, 51, utc_s};
  EXPECT_EQ(to_json(rule, number)["row"].dump(), R"({"sender":"**********77","account":"447700900123"})");
  EXPECT_EQ(to_text(rule, number).find("447700900777"), std::string::npos);
  const AlertNotice name{true, {{"sender", "ACME\n\u202e"}}, 51, utc_s};
  EXPECT_EQ(to_json(rule, name)["row"]["sender"], "ACME\n\u202e");
  EXPECT_NE(to_text(rule, name).find(R"(ACME\n\u202e)"), std::string::npos) << to_text(rule, name);
}

TEST(AlertNotice, names_the_bound_that_was_passed_and_the_unit) {
  AlertRule rule = rule_of(50, 40);
  EXPECT_EQ(to_json(rule, {true, {}, 51, utc_s})["bound"], 50.0);
  EXPECT_EQ(to_json(rule, {false, {}, 39, utc_s})["bound"], 40.0);
  EXPECT_EQ(to_json(rule, {false, {}, 39, utc_s})["since"], "2026-10-24T00:00:00Z");
  EXPECT_EQ(unit_of(rule, {}), "events");
  rule.report = ReportQuery{.name = ReportName::leakage};
  rule.figure = {"leaked", Report::Kind::money};
  EXPECT_EQ(unit_of(rule, {{"origin", "x"}, {"currency", "EUR"}}), "EUR");
  rule.figure = {"share", Report::Kind::percent};
  EXPECT_EQ(unit_of(rule, {}), "percent");
  rule.figure = {"leaks", Report::Kind::count};
  EXPECT_EQ(unit_of(rule, {}), "leaks");
}

TEST(Growth, is_that_of_the_last_time_alone) {
  Growth growth(600, 0);
  EXPECT_EQ(growth.now(5, 60), 5U) << "all since the start";
  EXPECT_EQ(growth.now(7, 600), 7U);
  EXPECT_EQ(growth.now(7, 660), 2U);
  EXPECT_EQ(growth.now(7, 1199), 2U);
  EXPECT_EQ(growth.now(7, 1200), 0U);
}

}  // namespace
}  // namespace tollgate::record
