#include "record/alert_notice.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "record/mask.hpp"

namespace tollgate::record {
namespace {

using Json = nlohmann::ordered_json;

Json shown(const AlertRow& row) {
  Json all = Json::object();
  for (auto [column, value] : row) {
    if (column == "sender" && !is_name(value)) mask(value);
    all[column] = value;
  }
  return all;
}

}  // namespace

std::string unit_of(const AlertRule& rule, const AlertRow& row) {
  if (!rule.report) return rule.measure == AlertMeasure::lost_events ? "events" : "seconds";
  if (rule.figure.kind == Report::Kind::percent) return "percent";
  if (rule.figure.kind != Report::Kind::money) return rule.figure.name;
  for (const auto& [column, value] : row) {
    if (column == "currency") return value;
  }
  return {};
}

Json to_json(const AlertRule& rule, const AlertNotice& notice) {
  return {{"alert", rule.name},
          {"state", notice.raised ? "raised" : "cleared"},
          {"value", notice.value},
          {"bound", notice.raised ? rule.over : rule.back_below},
          {"unit", unit_of(rule, notice.row)},
          {"since", report_time(notice.since_s)},
          {"row", shown(notice.row)}};
}

Json state_of(const Alert& alert) {
  const AlertRule& rule = alert.rule();
  const std::vector<AlertNotice> standing = alert.standing();
  Json state{{"alert", rule.name}, {"state", standing.empty() ? "quiet" : "firing"}};
  if (rule.report) state.update({{"report", to_string(rule.report->name)}, {"figure", rule.figure.name}});
  else state["measure"] = to_string(rule.measure);
  state.update({{"over", rule.over}, {"back_below", rule.back_below}});
  if (alert.last())
    state.update({{"value", alert.last()->value}, {"looked_at", report_time(alert.last()->at_s)}});
  if (!standing.empty()) {
    const auto first = std::min_element(standing.begin(), standing.end(),
                                        [](const auto& a, const auto& b) { return a.since_s < b.since_s; });
    state["since"] = report_time(first->since_s);
  }
  Json rows = Json::array();
  for (const AlertNotice& one : standing)
    rows.push_back({{"value", one.value},
                    {"unit", unit_of(rule, one.row)},
                    {"since", report_time(one.since_s)},
                    {"row", shown(one.row)}});
  state.update({{"rows", std::move(rows)}, {"left_out", alert.left_out()}});
  return state;
}

std::string to_text(const AlertRule& rule, const AlertNotice& notice) {
  const Json row = shown(notice.row);
  return fmt::format("alert `{}` is {}: {:.10g} {}, {} {:.10g}{}, since {}", rule.name,
                     notice.raised ? "raised" : "cleared", notice.value, unit_of(rule, notice.row),
                     notice.raised ? "over" : "and was over", rule.over,
                     row.empty() ? "" : " " + row.dump(-1, ' ', true, Json::error_handler_t::replace),
                     report_time(notice.since_s));
}

}  // namespace tollgate::record
