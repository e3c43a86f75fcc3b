#include <algorithm>
#include <chrono>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "charge/amount.hpp"
#include "charge/csv_field.hpp"
#include "record/event_time.hpp"
#include "record/report.hpp"

namespace tollgate::record {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Report::Kind;

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::text: return "text";
    case Kind::time: return "time";
    case Kind::count: return "count";
    case Kind::money: return "money";
    case Kind::percent: break;
  }
  return "percent";
}

std::string written(const Report::Value& value, Kind kind) {
  if (std::holds_alternative<std::monostate>(value)) return {};
  switch (kind) {
    case Kind::time: return report_time(std::get<std::int64_t>(value));
    case Kind::count: return std::to_string(std::get<std::int64_t>(value));
    case Kind::money: return charge::write_amount(std::get<std::int64_t>(value));
    case Kind::percent: return fmt::format("{:.2f}", std::get<double>(value));
    case Kind::text: break;
  }
  return std::get<std::string>(value);
}

/// Names of senders are whoever's who sent them.
std::string csv_of(const Report::Value& value, Kind kind) {
  const std::string text = written(value, kind);
  return kind == Kind::text ? charge::csv_text(text) : charge::csv_field(text);
}

Json json_of(const Report::Value& value, Kind kind) {
  if (std::holds_alternative<std::monostate>(value)) return nullptr;
  if (kind == Kind::time) return report_time(std::get<std::int64_t>(value));
  if (kind == Kind::percent) return std::get<double>(value);
  if (kind == Kind::text) return std::get<std::string>(value);
  return std::get<std::int64_t>(value);
}

bool is_number(Kind kind) { return kind != Kind::text && kind != Kind::time; }

/// How many columns of a terminal a text takes, each character one.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

void pad(std::string& line, std::string_view text, std::size_t width, bool right) {
  const std::string spaces(width - std::min(width, width_of(text)), ' ');
  if (!line.empty()) line += "  ";
  line += right ? spaces : "";
  line += text;
  line += right ? "" : spaces;
}

using Cells = std::vector<std::vector<std::string>>;

Cells cells_of(const Report& report) {
  Cells cells(1);
  for (const Report::Column& column : report.columns)
    cells[0].push_back(column.kind == Kind::percent ? column.name + " %" : column.name);
  const auto add = [&](const Report::Row& row) {
    auto& line = cells.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) line.push_back(written(row[i], report.columns[i].kind));
  };
  for (const Report::Row& row : report.rows) add(row);
  add(report.totals);
  for (std::size_t i = 0; i < report.columns.size(); ++i) {
    if (is_number(report.columns[i].kind)) continue;
    if (cells.back()[i].empty()) cells.back()[i] = i == 0 ? "total" : "";
  }
  return cells;
}

Json filters_of(const ReportQuery& query) {
  Json filters = Json::array();
  for (const ReportFilter& filter : query.where) {
    Json values = Json::array();
    for (const ReportFilter::Value& value : filter.values) values.push_back(written(value));
    filters.push_back(
        {{"by", filter.by.name()}, {"is", filter.is_not ? "not" : "any"}, {"values", std::move(values)}});
  }
  return filters;
}

Kind kind_of(std::string_view name) {
  for (const Kind kind : {Kind::text, Kind::time, Kind::count, Kind::money}) {
    if (to_string(kind) == name) return kind;
  }
  return Kind::percent;
}

std::int64_t seconds_of(const Json& time) {
  constexpr std::uint64_t second_ns = 1'000'000'000;
  return static_cast<std::int64_t>(read_time(time.get<std::string>()).value_or(0) / second_ns);
}

Report::Value value_of(const Json& value, Kind kind) {
  if (value.is_null()) return {};
  if (kind == Kind::text) return value.get<std::string>();
  if (kind == Kind::time) return seconds_of(value);
  if (kind == Kind::percent) return value.get<double>();
  return value.get<std::int64_t>();
}

ReportBy by_of(const std::string& name) {
  if (name == "time") return {.what = ReportBy::What::time};
  if (name == "reason") return {.what = ReportBy::What::reason};
  return {.dimension = dimension_named(name).value_or(Dimension::route)};
}

std::vector<ReportFilter> filters_of(const Json& json) {
  std::vector<ReportFilter> filters;
  for (const Json& one : json) {
    ReportFilter filter{.by = by_of(one.at("by").get<std::string>()), .is_not = one.at("is") == "not"};
    for (const Json& value : one.at("values")) filter.values.push_back(read_value(value.get<std::string>()));
    filters.push_back(std::move(filter));
  }
  return filters;
}

}  // namespace

Report report_of(const Json& json) {
  Report report;
  for (const ReportKind& kind : report_kinds()) {
    if (record::to_string(kind.name) == json.at("report")) report.query.name = kind.name;
  }
  report.query.since_s = seconds_of(json.at("since"));
  report.query.until_s = seconds_of(json.at("until"));
  report.query.step = level_named(json.at("step").get<std::string>()).value_or(Level::day);
  report.time_zone = json.value("time_zone", std::string("UTC"));
  for (const Json& by : json.at("by")) report.query.by.push_back(by_of(by.get<std::string>()));
  report.query.where = filters_of(json.at("where"));
  for (const Json& column : json.at("columns"))
    report.columns.push_back(
        {column.at("name").get<std::string>(), kind_of(column.at("kind").get<std::string>())});
  const auto row_of = [&](const Json& values) {
    Report::Row row;
    for (std::size_t i = 0; i < report.columns.size(); ++i)
      row.push_back(value_of(values.at(i), report.columns[i].kind));
    return row;
  };
  for (const Json& row : json.at("rows")) report.rows.push_back(row_of(row));
  report.totals = row_of(json.at("totals"));
  report.left_out = json.at("left_out").get<std::size_t>();
  report.notes = json.at("notes").get<std::vector<std::string>>();
  return report;
}

std::string report_time(std::int64_t seconds) {
  using namespace std::chrono;
  const sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", int{date.year()}, unsigned{date.month()},
                     unsigned{date.day()}, clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

std::string to_text(const Report& report) {
  const Cells cells = cells_of(report);
  std::vector<std::size_t> widths(report.columns.size());
  for (const auto& line : cells) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  }
  std::string text = fmt::format("{} from {} to {}\n\n", record::to_string(report.query.name),
                                 report_time(report.query.since_s), report_time(report.query.until_s));
  for (std::size_t n = 0; n < cells.size(); ++n) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i)
      pad(line, cells[n][i].empty() && i == 0 ? "-" : cells[n][i], widths[i],
          is_number(report.columns[i].kind));
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  if (report.left_out != 0)
    text += fmt::format("\n(others): {} more; --top shows more of them\n", report.left_out);
  for (const std::string& note : report.notes) text += fmt::format("\n{}\n", note);
  return text;
}

std::string to_csv(const Report& report) {
  std::string text;
  for (std::size_t i = 0; i < report.columns.size(); ++i)
    text += (i == 0 ? "" : ",") + report.columns[i].name;
  text += "\n";
  for (const Report::Row& row : report.rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      text += (i == 0 ? "" : ",") + csv_of(row[i], report.columns[i].kind);
    text += "\n";
  }
  return text;
}

Json to_json(const Report& report) {
  Json out;
  out["report"] = record::to_string(report.query.name);
  out["since"] = report_time(report.query.since_s);
  out["until"] = report_time(report.query.until_s);
  out["step"] = record::to_string(report.query.step);
  out["time_zone"] = report.time_zone;
  out["by"] = Json::array();
  for (const ReportBy& by : report.query.by) out["by"].push_back(by.name());
  out["where"] = filters_of(report.query);
  out["columns"] = Json::array();
  for (const Report::Column& column : report.columns)
    out["columns"].push_back({{"name", column.name}, {"kind", to_string(column.kind)}});
  const auto row_of = [&](const Report::Row& row) {
    Json values = Json::array();
    for (std::size_t i = 0; i < row.size(); ++i) values.push_back(json_of(row[i], report.columns[i].kind));
    return values;
  };
  out["rows"] = Json::array();
  for (const Report::Row& row : report.rows) out["rows"].push_back(row_of(row));
  out["totals"] = row_of(report.totals);
  out["left_out"] = report.left_out;
  out["notes"] = report.notes;
  return out;
}

}  // namespace tollgate::record
