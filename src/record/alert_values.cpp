#include "record/alert_values.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace tollgate::record {
namespace {

constexpr double unit = 1'000'000;  // of money

double number_of(const Report::Value& value, Report::Kind kind) {
  if (const auto* const whole = std::get_if<std::int64_t>(&value))
    return kind == Report::Kind::money ? static_cast<double>(*whole) / unit : static_cast<double>(*whole);
  const auto* const real = std::get_if<double>(&value);
  return real == nullptr ? 0 : *real;
}

/// Of a row of a report: what tells it apart. What is no money stands apart by currencies in reports, not
/// here.
AlertRow row_of(const Report& report, const Report::Row& values, Report::Kind kind) {
  AlertRow row;
  for (std::size_t i = 0; i < report.columns.size(); ++i) {
    const std::string& name = report.columns[i].name;
    const bool tells_apart = (name == "currency" && kind == Report::Kind::money) ||
                             std::any_of(report.query.by.begin(), report.query.by.end(),
                                         [&](const ReportBy& by) { return by.name() == name; });
    if (tells_apart) row.emplace_back(name, std::get<std::string>(values[i]));
  }
  return row;
}

bool is_of_others(const AlertRow& row) {
  return std::any_of(row.begin(), row.end(), [](const auto& entry) { return entry.second == others; });
}

/// Whether there is one of all rows together: the share of all that others have, too, is 100.
bool is_of_all(ReportName report, std::string_view figure) {
  return figure == "share" ? report == ReportName::uninspected : has_sum(report, figure);
}

}  // namespace

std::vector<AlertValue> values_of(const AlertRule& rule, const Reports& reports, std::int64_t now_s) {
  ReportQuery query = *rule.report;
  query.until_s = now_s;
  query.since_s = now_s - rule.within_s;
  const Report report = reports.make(query);
  const auto figure = static_cast<std::size_t>(
      std::find_if(report.columns.begin(), report.columns.end(),
                   [&](const Report::Column& column) { return column.name == rule.figure.name; }) -
      report.columns.begin());
  if (query.by.empty()) return {{{}, number_of(report.totals.at(figure), rule.figure.kind)}};
  std::map<AlertRow, double> sums;
  for (const Report::Row& row : report.rows) {
    AlertRow key = row_of(report, row, rule.figure.kind);
    if (!is_of_others(key)) sums[std::move(key)] += number_of(row.at(figure), rule.figure.kind);
  }
  std::vector<AlertValue> values;
  for (const auto& [row, value] : sums) values.push_back({row, value});
  return values;
}

void set_figure(AlertRule& rule, const std::string& name) {
  ReportQuery& query = *rule.report;
  std::string names;
  for (const Report::Column& figure : figures_in(query.name)) {
    if (query.by.empty() && !is_of_all(query.name, figure.name)) continue;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", figure.name);
    if (figure.name == name) rule.figure = figure;
  }
  if (rule.figure.name.empty())
    throw ReportError(fmt::format("found no figure `{}` of the report {}", name, to_string(query.name)),
                      names);
  if (query.by.empty() && rule.figure.kind == Report::Kind::money)
    query.by.push_back({.dimension = Dimension::currency});
}

std::uint64_t Growth::now(std::uint64_t count, std::int64_t now_s) {
  counts_.emplace_back(now_s, count);
  while (counts_.size() > 1 && counts_[1].first <= now_s - within_s_) counts_.pop_front();
  return count - counts_.front().second;
}

}  // namespace tollgate::record
