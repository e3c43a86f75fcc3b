#include "control/metrics.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::control {
namespace {

/// Whether the text has the line.
bool has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST(Metrics, messages_rules_and_accounts_have_their_labels) {
  Message m;
  m.kind = Kind::message;
  m.protocol = Protocol::map;
  m.direction = Direction::mt;
  m.route = "international";
  m.origin.account = "acme \"north\"\\\n";
  m.judgement.verdict = Verdict::charge;
  m.judgement.charged = true;
  m.judgement.amount = 65'000;
  m.judgement.currency = "EUR";
  const std::vector<RuleHit> hits{{.id = 2001, .rev = 3, .state = RuleState::enforce}};
  m.judgement.rules = hits;
  MetricsView view;
  view.tally.add(m);
  view.tally.add(m);
  const std::string text = metrics_text(view);
  EXPECT_TRUE(has(
      text,
      R"(tollgate_messages_total{protocol="map",direction="mt",route="international",verdict="charge"} 2)"))
      << text;
  EXPECT_TRUE(has(text, R"(tollgate_rule_hits_total{rule="2001",state="enforce"} 2)"));
  // As the text format escapes them (Prometheus exposition format 0.0.4).
  EXPECT_TRUE(
      has(text, R"(tollgate_account_amount_total{account="acme \"north\"\\\n",currency="EUR"} 0.13)"));
}

TEST(Metrics, counters_of_one_kind_are_one_family) {
  MetricsView view;
  view.counters.add(Count::uninspected_overload, 3);
  view.counters.add(Count::edited_sctp_packets, 4);
  view.counters.add(decode::Layer::sccp, decode::Reason::truncated);
  const std::string text = metrics_text(view);
  EXPECT_TRUE(has(text, "# TYPE tollgate_uninspected_total counter"));
  EXPECT_TRUE(has(text, R"(tollgate_uninspected_total{reason="overload"} 3)"));
  EXPECT_TRUE(has(text, "tollgate_edited_sctp_packets_total 4"));
  EXPECT_TRUE(has(text, R"(tollgate_decode_errors_total{layer="sccp",reason="truncated"} 1)"));
}

TEST(Metrics, what_was_changed_of_lists_shows) {
  MetricsView view;
  view.lists = {{.name = "blocked", .added = 3, .removed = 1}, {.name = "hosts"}};
  const std::string text = metrics_text(view);
  EXPECT_TRUE(has(text, R"(tollgate_live_list_entries{list="blocked",change="added"} 3)"));
  EXPECT_TRUE(has(text, R"(tollgate_live_list_entries{list="blocked",change="removed"} 1)"));
  EXPECT_TRUE(has(text, R"(tollgate_live_list_entries{list="hosts",change="added"} 0)"));
}

TEST(Metrics, rings_of_workers_have_what_waits_and_their_room) {
  MetricsView view;
  view.queues = {{.worker = 0, .to_worker = true, .packets = 7, .capacity = 8'191},
                 {.worker = 0, .to_worker = false, .packets = 0, .capacity = 4'095}};
  const std::string text = metrics_text(view);
  EXPECT_TRUE(has(text, R"(tollgate_queue_packets{worker="0",direction="to_worker"} 7)")) << text;
  EXPECT_TRUE(has(text, R"(tollgate_queue_capacity{worker="0",direction="to_worker"} 8191)"));
  EXPECT_TRUE(has(text, R"(tollgate_queue_packets{worker="0",direction="from_worker"} 0)"));
}

TEST(Metrics, tables_have_their_entries_and_their_room) {
  MetricsView view;
  view.tables.of(engine::Table::smpp_sessions) = {.entries = 3, .capacity = 65'536};
  const std::string text = metrics_text(view);
  EXPECT_TRUE(has(text, R"(tollgate_table_entries{table="smpp_sessions"} 3)"));
  EXPECT_TRUE(has(text, R"(tollgate_table_capacity{table="smpp_sessions"} 65536)"));
}

/// Buckets of the text format hold all durations up to their bound, in seconds.
TEST(Metrics, stages_are_histograms_in_seconds) {
  MetricsView view;
  for (const std::uint64_t ns : {40U, 50U, 51U, 1'500U, 30'000'000U})
    view.stages.of(engine::Stage::match).add(ns);
  const std::string text = metrics_text(view);
  EXPECT_TRUE(has(text, "# TYPE tollgate_stage_seconds histogram"));
  EXPECT_TRUE(has(text, R"(tollgate_stage_seconds_bucket{stage="match",le="5e-08"} 2)")) << text;
  EXPECT_TRUE(has(text, R"(tollgate_stage_seconds_bucket{stage="match",le="2e-06"} 4)"));
  EXPECT_TRUE(has(text, R"(tollgate_stage_seconds_bucket{stage="match",le="0.02"} 4)"));
  EXPECT_TRUE(has(text, R"(tollgate_stage_seconds_bucket{stage="match",le="+Inf"} 5)"));
  EXPECT_TRUE(has(text, R"(tollgate_stage_seconds_count{stage="match"} 5)"));
  EXPECT_TRUE(has(text, R"(tollgate_stage_seconds_sum{stage="match"} 0.030001641)"));
  EXPECT_TRUE(has(text, R"(tollgate_stage_seconds_count{stage="record"} 0)"));
}

TEST(Metrics, a_ledger_shows_where_there_is_one) {
  MetricsView view;
  EXPECT_EQ(metrics_text(view).find("tollgate_ledger_"), std::string::npos);
  view.has_ledger = true;
  view.ledger = {.usable = true, .waiting = 12, .settled_seconds_ago = 0.5};
  const std::string text = metrics_text(view);
  EXPECT_TRUE(has(text, "tollgate_ledger_usable 1"));
  EXPECT_TRUE(has(text, "tollgate_ledger_events_waiting 12"));
  EXPECT_TRUE(has(text, "tollgate_ledger_lag_seconds 0.5"));
}

}  // namespace
}  // namespace tollgate::control
