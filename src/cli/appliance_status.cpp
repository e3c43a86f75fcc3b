// What an appliance that runs says of itself.
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/appliance_run.hpp"
#include "cli/health.hpp"
#include "cli/log.hpp"
#include "cli/now.hpp"
#include "record/summary.hpp"

namespace tollgate::cli {

engine::TableUses Run::tables() {
  engine::TableUses all = appliance_.tables();
  if (charges_) all.of(engine::Table::remembered_charges) = charges_->remembered_use();
  return all;
}

RecentRates::Sample Run::sample() {
  const EventWriter::Health events = events_.health();
  RecentRates::Sample sample{.time_ns = steady_ns(),
                             .messages = events.messages,
                             .events = events.taken,
                             .busy_ns = appliance_.busy_ns()};
  appliance_.between_bursts([&](engine::Engine& engine, const Counters&) {
    sample.packets += engine.counters().of(Count::packets);
    sample.octets += engine.counters().of(Count::octets);
  });
  return sample;
}

/// On the thread of the alerts.
std::vector<record::AlertValue> Run::measure(record::AlertMeasure of) const {
  using record::AlertMeasure;
  std::vector<record::AlertValue> values;
  if (of == AlertMeasure::lost_events) values.push_back({{}, static_cast<double>(events_.lost())});
  if (of == AlertMeasure::ledger_lag && charges_)
    values.push_back({{}, charges_->health().settled_seconds_ago});
  if (of == AlertMeasure::silent_seconds) {
    for (const record::Sinks::Health& sink : events_.sinks())
      values.push_back({{{"sink", sink.name}}, sink.silent_seconds});
  }
  return values;
}

bool Run::is_alive() const {
  constexpr std::chrono::seconds most_between_looks{5};
  return Clock::now() - Clock::time_point(Clock::duration(looked_at_.load())) < most_between_looks;
}

control::MetricsView Run::metrics() {
  control::MetricsView view;
  view.version = TOLLGATE_VERSION;
  view.ruleset = ruleset();
  view.bundle = rules_.now().number;
  view.start_seconds = start_seconds_;
  view.enforcement = config_.engine.enforcement && !bypass_;
  for (const std::uint64_t busy_ns : appliance_.busy_ns())
    view.busy_seconds.push_back(static_cast<double>(busy_ns) * 1e-9);
  for (const auto& port : appliance_.losses()) view.ports.push_back({port.device, port.works});
  for (const auto& queue : appliance_.queues())
    view.queues.push_back({queue.worker, queue.to_worker, queue.packets, queue.capacity});
  const flow::TcpRelay::InCustody custody = in_custody();
  view.custody_connections = custody.connections;
  view.custody_octets = custody.octets;
  view.event_octets_waiting = events_.waiting_octets();
  view.sinks = events_.sinks();
  view.has_reports = keeper_.has_value();
  if (keeper_) {
    view.report_cells_waiting = keeper_->health().waiting;
    view.report_cells_lost = keeper_->health().lost;
  }
  view.has_ledger = charges_ != nullptr;
  if (charges_) {
    const ApplianceCharges::Health health = charges_->health();
    view.ledger = {health.usable, health.waiting, health.settled_seconds_ago};
  }
  view.lists = control::live_list_sizes(lists_.now());
  if (alerts_) view.alerts = alerts_->metrics();
  view.counters = counters();
  view.tables = tables();
  appliance_.between_bursts(
      [&](engine::Engine& engine, const Counters&) { view.stages.add(engine.stage_times()); });
  view.tally = events_.tally();
  return view;
}

flow::TcpRelay::InCustody Run::in_custody() {
  flow::TcpRelay::InCustody custody;
  appliance_.between_bursts([&](engine::Engine& engine, const Counters&) {
    custody.connections += engine.in_custody().connections;
    custody.octets += engine.in_custody().octets;
  });
  return custody;
}

Counters Run::counters() {
  Counters counters = appliance_.counters();
  counters.add(Count::lost_event, events_.lost());
  return counters;
}

nlohmann::ordered_json Run::status() {
  nlohmann::ordered_json out;
  out["version"] = TOLLGATE_VERSION;
  out["seconds"] = std::chrono::duration<double>(Clock::now() - start_).count();
  out["enforcement"] = config_.engine.enforcement && !bypass_;
  out["bypass"] = bypass_;
  if (!ruleset().empty()) out["ruleset"] = ruleset();
  if (rules_.now().is_bundle()) out["bundle"] = rules_.now().number;
  out["workers"] = config_.appliance.workers;
  auto& links = out["links"] = nlohmann::ordered_json::array();
  for (const Link& link : config_.links)
    links.push_back({{"name", link.name}, {"route", link.route}, {"mode", link.tap ? "tap" : "inline"}});
  out["ports"] = to_json(appliance_.port_health());
  out["rates"] = to_json(rates_.until(sample()));
  const flow::TcpRelay::InCustody custody = in_custody();
  out["custody"] = {{"connections", custody.connections}, {"octets", custody.octets}};
  out["tables"] = to_json(tables());
  out["events"] = to_json(events_.health());
  if (keeper_) out["reports"] = {{"waiting", keeper_->health().waiting}, {"lost", keeper_->health().lost}};
  if (!config_.sinks.empty()) out["sinks"] = to_json(events_.sinks());
  if (charges_) {
    out["ledger"] = to_json(charges_->health());
    out["ledger"]["name"] = ledger_name_;
  }
  if (alerts_) out["alerts"] = alerts_->status();
  if (config_.retention.any()) {
    const std::string doubt = purge_.doubt();
    out["retention"] = {{"held_up", !doubt.empty()}};
    if (!doubt.empty()) out["retention"]["why"] = doubt;
  }
  out["last_errors"] = to_json(last_troubles());
  out["control"] = {{"log_in_failures", control_.log_in_failures()}};
  record::Summary summary;
  summary.add(counters());
  const auto all = summary.json();
  out["counts"] = all["counts"];
  out["errors"] = all["errors"];
  return out;
}

void Run::print_summary(bool as_json) {
  record::Summary& summary = events_.summary();
  summary.add(appliance_.counters());
  if (!as_json) {
    fmt::print("{:<34}{:>13.3f} s\n{}", "in the wire", seconds_, summary.table());
    return;
  }
  nlohmann::ordered_json out;
  out["seconds"] = seconds_;
  out["ports"] = to_json(appliance_.port_health());
  out.update(summary.json());
  fmt::print("{}\n", out.dump(2));
}

}  // namespace tollgate::cli
