#include "control/metrics.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "decode/result.hpp"

namespace tollgate::control {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

double in_seconds(std::uint64_t ns) { return static_cast<double>(ns) / 1e9; }

/// Builds families, each once, in their order.
class Families {
 public:
  void begin(std::string_view name, std::string_view help, MetricType type) {
    families_.push_back({fmt::format("tollgate_{}", name), std::string(help), type, {}});
  }
  void add(double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    if (families_.back().type == MetricType::Gauge) metric.gauge.value = value;
    else metric.counter.value = value;
    families_.back().metric.push_back(std::move(metric));
  }
  void add(const TimeHistogram& times, Labels labels) {
    ClientMetric metric;
    metric.label = std::move(labels);
    std::uint64_t count = 0;
    for (std::size_t bucket = 0; bucket < TimeHistogram::bounds_ns.size(); ++bucket) {
      count += times.counts()[bucket];
      metric.histogram.bucket.push_back(
          {.cumulative_count = count, .upper_bound = in_seconds(TimeHistogram::bounds_ns[bucket])});
    }
    metric.histogram.sample_count = times.count();
    metric.histogram.sample_sum = in_seconds(times.sum_ns());
    families_.back().metric.push_back(std::move(metric));
  }
  void add(std::uint64_t value, Labels labels = {}) { add(static_cast<double>(value), std::move(labels)); }
  void one(std::string_view name, std::string_view help, MetricType type, double value) {
    begin(name, help, type);
    add(value);
  }

  std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  std::vector<MetricFamily> families_;
};

/// Counters whose names begin alike are one family: what follows is the reason.
struct Group {
  std::string_view prefix;
  std::string_view help;
};
constexpr std::array groups{
    Group{"unread_", "What passed that is not read, or could not be, by reason"},
    Group{"uninspected_", "What passed unread that may have held messages, by reason"},
    Group{"stopped_", "What was stopped unread, by reason"},
    Group{"dropped_", "What was dropped, by reason"},
    Group{"lost_", "What was lost, by reason"},
    Group{"evicted_", "What was forgotten for newer ones, by table"},
    Group{"refused_", "What was not taken, by reason"},
    Group{"repeated_", "What was seen again, by what it was"},
    Group{"expired_", "What was forgotten for its age, by table"},
    Group{"unfinished_", "What was incomplete at the end, by what it was"},
};

void add_counters(Families& families, const Counters& counters) {
  for (const Group& group : groups) {
    families.begin(fmt::format("{}total", group.prefix), group.help, MetricType::Counter);
    for (const Count count : all_counts) {
      const std::string_view name = to_string(count);
      if (name.starts_with(group.prefix))
        families.add(counters.of(count), {{"reason", std::string(name.substr(group.prefix.size()))}});
    }
  }
  for (const Count count : all_counts) {
    const std::string_view name = to_string(count);
    const bool grouped = std::any_of(groups.begin(), groups.end(),
                                     [&](const Group& group) { return name.starts_with(group.prefix); });
    if (grouped) continue;
    families.begin(fmt::format("{}_total", name), help(count), MetricType::Counter);
    families.add(counters.of(count));
  }
}

/// Only those that occurred: most pairs of a layer and a reason cannot.
void add_errors(Families& families, const Counters& counters) {
  families.begin("decode_errors_total", "What could not be decoded, by layer and reason",
                 MetricType::Counter);
  for (std::size_t layer = 0; layer < decode::layer_count; ++layer) {
    for (std::size_t reason = 0; reason < decode::reason_count; ++reason) {
      const auto l = static_cast<decode::Layer>(layer);
      const auto r = static_cast<decode::Reason>(reason);
      if (const std::uint64_t errors = counters.of(l, r); errors != 0)
        families.add(errors, {{"layer", std::string(decode::to_string(l))},
                              {"reason", std::string(decode::to_string(r))}});
    }
  }
}

void add_messages(Families& families, const record::Tally& tally) {
  families.begin("messages_total", "Short messages, by what they are and what came of them",
                 MetricType::Counter);
  for (const auto& [kinds, messages] : tally.messages())
    families.add(messages, {{"protocol", std::string(to_string(kinds.protocol))},
                            {"direction", std::string(to_string(kinds.direction))},
                            {"route", kinds.route},
                            {"verdict", std::string(to_string(kinds.verdict))}});
  families.begin("messages_edited_total", "Short messages that were changed on their way",
                 MetricType::Counter);
  families.add(tally.enforced());
  families.begin("replies_rewritten_total", "Answers that were changed, to say what was decided",
                 MetricType::Counter);
  families.add(tally.rewritten());
  families.begin("messages_leaked_total", "Short messages with the label a2p that passed unpaid",
                 MetricType::Counter);
  families.add(tally.leaked());
}

void add_rules(Families& families, const record::Tally& tally) {
  families.begin("rule_hits_total", "Short messages for which a rule holds, by its id and state",
                 MetricType::Counter);
  for (const auto& [id, hits] : tally.rules()) {
    for (const RuleState state : {RuleState::shadow, RuleState::enforce}) {
      const std::uint64_t count = hits[static_cast<std::size_t>(state)];
      if (count == 0) continue;
      families.add(count, {{"rule", id == 0 ? std::string(record::Tally::other) : std::to_string(id)},
                           {"state", std::string(to_string(state))}});
    }
  }
}

void add_accounts(Families& families, const record::Tally& tally) {
  const auto each = [&](std::string_view name, std::string_view help, auto&& value) {
    families.begin(name, help, MetricType::Counter);
    for (const auto& [account, paid] : tally.accounts()) {
      Labels labels{{"account", account.id}};
      if (!account.currency.empty()) labels.push_back({"currency", account.currency});
      families.add(value(paid), std::move(labels));
    }
  };
  using Paid = record::Tally::Paid;
  each("account_messages_total", "Short messages of an account",
       [](const Paid& paid) { return paid.messages; });
  each("account_charged_total", "Of these, those that it paid for",
       [](const Paid& paid) { return paid.charged; });
  each("account_refused_total", "Of these, those that it might not send",
       [](const Paid& paid) { return paid.refused; });
  each("account_amount_total", "What it was charged, with fees, in the currency's unit",
       [](const Paid& paid) { return static_cast<double>(paid.amount) * 1e-6; });
}

void add_tables(Families& families, const engine::TableUses& tables) {
  families.begin("table_entries", "Entries of a bounded table that are in use, of all workers",
                 MetricType::Gauge);
  for (const engine::Table table : engine::all_tables)
    families.add(tables.of(table).entries, {{"table", std::string(to_string(table))}});
  families.begin("table_capacity", "Entries that there is room for", MetricType::Gauge);
  for (const engine::Table table : engine::all_tables)
    families.add(tables.of(table).capacity, {{"table", std::string(to_string(table))}});
}

void add_queues(Families& families, const std::vector<MetricsView::Queue>& queues) {
  const auto each = [&](std::string_view name, std::string_view help, auto&& value) {
    families.begin(name, help, MetricType::Gauge);
    for (const MetricsView::Queue& queue : queues)
      families.add(value(queue), {{"worker", std::to_string(queue.worker)},
                                  {"direction", queue.to_worker ? "to_worker" : "from_worker"}});
  };
  each("queue_packets", "Packets that wait in a ring to or from a worker, where there are several",
       [](const MetricsView::Queue& queue) { return queue.packets; });
  each("queue_capacity", "Packets that there is room for",
       [](const MetricsView::Queue& queue) { return queue.capacity; });
}

void add_stages(Families& families, const engine::StageTimes& stages) {
  families.begin(
      "stage_seconds",
      fmt::format("For how long a packet was in a stage, of one packet in {}", engine::StageClock::one_in),
      MetricType::Histogram);
  for (const engine::Stage stage : engine::all_stages)
    families.add(stages.of(stage), {{"stage", std::string(to_string(stage))}});
}

void add_sinks(Families& families, const std::vector<record::Sinks::Health>& sinks) {
  const auto each = [&](std::string_view name, std::string_view help, MetricType type, auto&& value) {
    families.begin(name, help, type);
    for (const record::Sinks::Health& sink : sinks) families.add(value(sink), {{"sink", sink.name}});
  };
  using Health = record::Sinks::Health;
  each("sink_up", "1 while a sink brings events away, 0 while it fails", MetricType::Gauge,
       [](const Health& sink) { return sink.sink.error.empty() ? 1.0 : 0.0; });
  each("sink_sent_total", "Events that a sink has brought away", MetricType::Counter,
       [](const Health& sink) { return sink.sink.sent; });
  each("sink_lost_total", "Events that a sink has lost, those that found its queue full too",
       MetricType::Counter, [](const Health& sink) { return sink.sink.lost; });
  each("sink_waiting", "Events that wait for a sink, in its queue, in it and on the disk", MetricType::Gauge,
       [](const Health& sink) { return sink.sink.waiting; });
  each("sink_queued_octets", "Octets of events in a sink's queue", MetricType::Gauge,
       [](const Health& sink) { return sink.queued; });
  each("sink_spooled_octets", "Octets of events that wait for a sink on the disk", MetricType::Gauge,
       [](const Health& sink) { return sink.sink.spooled; });
  each("sink_refused", "Events that a sink's receiver never takes, which lie aside on the disk",
       MetricType::Gauge, [](const Health& sink) { return sink.sink.refused; });
  each("sink_refused_octets", "Their octets", MetricType::Gauge,
       [](const Health& sink) { return sink.sink.refused_octets; });
  each("sink_silent_seconds", "For how long a call to a sink has not come back", MetricType::Gauge,
       [](const Health& sink) { return sink.silent_seconds; });
}

void add_ledger(Families& families, const MetricsView::Ledger& ledger) {
  families.one("ledger_usable", "1 while the ledger can be used", MetricType::Gauge, ledger.usable ? 1 : 0);
  families.one("ledger_events_waiting", "Chargeable events that are journalled, and not in the ledger yet",
               MetricType::Gauge, static_cast<double>(ledger.waiting));
  families.one("ledger_lag_seconds", "Since the ledger took events last, or had none to take",
               MetricType::Gauge, ledger.settled_seconds_ago);
}

void add_lists(Families& families, const std::vector<MetricsView::LiveList>& lists) {
  families.begin("live_list_entries",
                 "Entries of a list that were changed since its rules were made, by what was",
                 MetricType::Gauge);
  for (const MetricsView::LiveList& list : lists) {
    families.add(list.added, {{"list", list.name}, {"change", "added"}});
    families.add(list.removed, {{"list", list.name}, {"change", "removed"}});
  }
}

void add_alerts(Families& families, const std::vector<MetricsView::Alert>& alerts) {
  using Alert = MetricsView::Alert;
  const auto each = [&](std::string_view name, std::string_view help, MetricType type, auto&& value) {
    families.begin(name, help, type);
    for (const Alert& alert : alerts) families.add(value(alert), {{"alert", alert.name}});
  };
  each("alert_raised", "1 while an alert of the configuration stands", MetricType::Gauge,
       [](const Alert& alert) { return alert.raised ? 1.0 : 0.0; });
  each("webhook_failures_total", "Tries to send a notice of an alert that its webhook did not take",
       MetricType::Counter, [](const Alert& alert) { return alert.webhook_failures; });
  each("webhook_lost_total", "Notices of an alert that its webhook never took", MetricType::Counter,
       [](const Alert& alert) { return alert.webhook_lost; });
}

}  // namespace

std::string metrics_text(const MetricsView& view) {
  Families families;
  families.begin("build_info", "The version of Tollgate", MetricType::Gauge);
  families.add(1.0, {{"version", view.version}});
  families.begin("ruleset_info", "The rules in force", MetricType::Gauge);
  if (!view.ruleset.empty())
    families.add(1.0, {{"ruleset", view.ruleset}, {"bundle", std::to_string(view.bundle)}});
  families.one("start_time_seconds", "When the process began, since 1970", MetricType::Gauge,
               view.start_seconds);
  families.one("enforcement", "1 where verdicts are enforced, 0 where they are only recorded, as in bypass",
               MetricType::Gauge, view.enforcement ? 1 : 0);
  families.begin("worker_busy_seconds_total", "Time in which a worker had packets to work on",
                 MetricType::Counter);
  for (std::size_t worker = 0; worker < view.busy_seconds.size(); ++worker)
    families.add(view.busy_seconds[worker], {{"worker", std::to_string(worker)}});
  families.begin("port_up", "1 where a port works", MetricType::Gauge);
  for (const MetricsView::Port& port : view.ports)
    families.add(port.up ? 1.0 : 0.0, {{"device", port.device}});
  families.one("custody_connections", "TCP connections of which octets were acknowledged for their receivers",
               MetricType::Gauge, static_cast<double>(view.custody_connections));
  families.one("custody_octets", "These octets", MetricType::Gauge, static_cast<double>(view.custody_octets));
  families.one("event_octets_waiting", "Octets of events in the rings to the sinks", MetricType::Gauge,
               static_cast<double>(view.event_octets_waiting));
  add_sinks(families, view.sinks);
  if (view.has_reports) {
    families.one("report_cells_waiting", "Counts that are not in the file of reports yet", MetricType::Gauge,
                 static_cast<double>(view.report_cells_waiting));
    families.one("report_cells_lost_total", "Counts that reports have lost, their file not being writable",
                 MetricType::Counter, static_cast<double>(view.report_cells_lost));
  }
  if (view.has_ledger) add_ledger(families, view.ledger);
  add_lists(families, view.lists);
  if (!view.alerts.empty()) add_alerts(families, view.alerts);
  add_queues(families, view.queues);
  add_tables(families, view.tables);
  add_stages(families, view.stages);
  add_messages(families, view.tally);
  add_rules(families, view.tally);
  add_accounts(families, view.tally);
  add_errors(families, view.counters);
  add_counters(families, view.counters);
  return families.text();
}

}  // namespace tollgate::control
