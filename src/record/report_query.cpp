#include "record/report_query.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "record/event_time.hpp"

namespace tollgate::record {
namespace {

constexpr std::int64_t minute_s = 60;
constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t day_s = 86'400;
constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::size_t most_top = 100'000;

constexpr std::array kinds{
    ReportKind{ReportName::traffic, "messages, what came of them, and the money"},
    ReportKind{ReportName::blocked, "what the policy stops, by its line"},
    ReportKind{ReportName::revenue, "what was charged, by account"},
    ReportKind{ReportName::leakage, "what passed unpaid, at the list price, by origin"},
    ReportKind{ReportName::senders, "who sends the most"},
    ReportKind{ReportName::rules, "which rules hit, when last, and which never; marks of wrong verdicts"},
    ReportKind{ReportName::accounts, "messages, refusals and money, by account"},
    ReportKind{ReportName::uninspected, "packets that may have carried messages and were not read"},
};

/// The parts of a text between such characters; a backslash before one makes it an ordinary one, and is kept.
std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '\\') {
      ++i;
      continue;
    }
    if (i < text.size() && text[i] != at) continue;
    parts.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  return parts;
}

ReportName name_of(const std::string& name) {
  for (const ReportKind& kind : kinds) {
    if (to_string(kind.name) == name) return kind.name;
  }
  std::string names;
  for (const ReportKind& kind : kinds)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", to_string(kind.name));
  throw ReportError(fmt::format("found no report `{}`", name), names);
}

/// `90d`, with or without a minus before it.
std::optional<std::int64_t> ago(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.size() < 2) return std::nullopt;
  const std::int64_t unit = text.back() == 'd'   ? day_s
                            : text.back() == 'h' ? hour_s
                            : text.back() == 'm' ? minute_s
                                                 : 0;
  std::int64_t number = 0;
  const char* const end = text.data() + text.size() - 1;
  constexpr std::int64_t most = 100'000;
  if (unit == 0 || std::from_chars(text.data(), end, number).ptr != end || number < 0 || number > most)
    return std::nullopt;
  return number * unit;
}

/// The begin of `2026-11-01` by the clocks of the zone.
std::optional<std::int64_t> day_named(std::string_view text, const RollupTime& time) {
  constexpr std::size_t date_size = 10;
  if (text.size() != date_size) return std::nullopt;
  const auto midnight_ns = read_time(fmt::format("{}T00:00:00Z", text));
  if (!midnight_ns) return std::nullopt;
  const auto utc = static_cast<std::int64_t>(*midnight_ns / second_ns);
  // The day that has that date: it begins within a day of midnight by UTC.
  for (std::int64_t near = utc - day_s; near <= utc + day_s; near += hour_s) {
    const std::int64_t begin = time.begin(Level::day, near);
    if (begin >= 0 && time.local_date(begin) == text) return begin;
  }
  return std::nullopt;
}

/// Whether what the report reads is told apart by it.
bool has(ReportName name, Dimension dimension) {
  if (name == ReportName::uninspected) return dimension == Dimension::route;
  switch (dimension) {
    case Dimension::sender: return cube_of(name) == Cube::senders;
    case Dimension::rule:
    case Dimension::state: return cube_of(name) == Cube::rules;
    case Dimension::origin: return cube_of(name) == Cube::leaks;
    default: return true;
  }
}

std::string dimensions_of(ReportName name) {
  std::string names;
  for (std::size_t i = 0; i < dimension_count; ++i) {
    const auto dimension = static_cast<Dimension>(i);
    if (has(name, dimension)) names += fmt::format("{}{}", names.empty() ? "" : ", ", to_string(dimension));
  }
  return name == ReportName::uninspected ? names + " or reason" : names;
}

Dimension dimension_of(std::string_view text, ReportName name) {
  const auto dimension = dimension_named(text);
  if (dimension && has(name, *dimension)) return *dimension;
  throw ReportError(
      fmt::format("found `{}`, by which the report {} tells nothing apart", text, to_string(name)),
      dimensions_of(name));
}

ReportBy by_of(std::string_view text, ReportName name) {
  if (text == "time") return {.what = ReportBy::What::time};
  if (text == "reason" && name == ReportName::uninspected) return {.what = ReportBy::What::reason};
  if (name == ReportName::uninspected && text != "route")
    throw ReportError(fmt::format("found `{}` in `by`", text), "time, reason or route");
  return {.dimension = dimension_of(text, name)};
}

std::vector<ReportBy> usual_by(ReportName name) {
  switch (name) {
    case ReportName::traffic: return {{.what = ReportBy::What::time}};
    case ReportName::blocked: return {{.dimension = Dimension::policy}};
    case ReportName::revenue:
    case ReportName::accounts: return {{.dimension = Dimension::account}};
    case ReportName::leakage: return {{.dimension = Dimension::origin}};
    case ReportName::senders: return {{.dimension = Dimension::sender}};
    case ReportName::rules: return {{.dimension = Dimension::rule}};
    case ReportName::uninspected: break;
  }
  return {{.what = ReportBy::What::reason}};
}

std::vector<ReportBy> read_by(const std::string& text, ReportName name) {
  if (text.empty()) return usual_by(name);
  std::vector<ReportBy> by;
  for (const std::string_view word : split(text, ',')) {
    const ReportBy one = by_of(word, name);
    if (std::find(by.begin(), by.end(), one) != by.end())
      throw ReportError(fmt::format("found `{}` twice in `by`", word), "it once");
    by.push_back(one);
  }
  return by;
}

ReportFilter filter_of(std::string_view text, ReportName name) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || equals == 0)
    throw ReportError(fmt::format("found `{}` in `where`", text), "such as verdict=block or route!=domestic");
  ReportFilter filter;
  filter.is_not = text[equals - 1] == '!';
  const std::string_view what = text.substr(0, equals - (filter.is_not ? 1 : 0));
  if (what == "reason" && name == ReportName::uninspected) filter.by.what = ReportBy::What::reason;
  else filter.by.dimension = dimension_of(what, name);
  for (const std::string_view value : split(text.substr(equals + 1), '|'))
    filter.values.push_back(read_value(value));
  return filter;
}

Level usual_step(std::int64_t span_s) {
  constexpr std::int64_t most_minutes_s = 6 * hour_s;
  constexpr std::int64_t most_hours_s = 8 * day_s;
  if (span_s <= most_minutes_s) return Level::minute;
  return span_s <= most_hours_s ? Level::hour : Level::day;
}

std::size_t read_top(const std::string& text) {
  std::size_t top = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, top);
  if (read.ec != std::errc() || read.ptr != end || top == 0 || top > most_top)
    throw ReportError(fmt::format("found `{}` for `top`", text),
                      fmt::format("a number of 1 to {}", most_top));
  return top;
}

}  // namespace

std::string written(const ReportFilter::Value& value) {
  std::string text;
  for (std::size_t i = 0; i < value.text.size(); ++i) {
    const bool is_last_star = value.text[i] == '*' && i + 1 == value.text.size() && !value.begins;
    if (value.text[i] == '\\' || is_last_star) text.push_back('\\');
    text.push_back(value.text[i]);
  }
  if (value.begins) text.push_back('*');
  return text;
}

ReportFilter::Value read_value(std::string_view text) {
  ReportFilter::Value value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    value.begins = text[i] == '*' && i + 1 == text.size();
    if (value.begins) break;
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    value.text.push_back(text[i]);
  }
  return value;
}

std::string_view to_string(ReportName name) {
  constexpr std::array<std::string_view, kinds.size()> names{"traffic", "blocked", "revenue",  "leakage",
                                                             "senders", "rules",   "accounts", "uninspected"};
  return names[static_cast<std::size_t>(name)];
}

Cube cube_of(ReportName name) {
  switch (name) {
    case ReportName::senders: return Cube::senders;
    case ReportName::rules: return Cube::rules;
    case ReportName::leakage: return Cube::leaks;
    default: return Cube::traffic;
  }
}

std::span<const ReportKind> report_kinds() { return kinds; }

std::string_view ReportBy::name() const {
  switch (what) {
    case What::time: return "time";
    case What::reason: return "reason";
    case What::dimension: break;
  }
  return to_string(dimension);
}

bool ReportQuery::has_time() const {
  return std::any_of(by.begin(), by.end(),
                     [](const ReportBy& one) { return one.what == ReportBy::What::time; });
}

std::int64_t read_moment(const std::string& text, const RollupTime& time, std::int64_t now_s) {
  if (const auto seconds = ago(text)) return std::max<std::int64_t>(now_s - *seconds, 0);
  if (const auto day = day_named(text, time)) return *day;
  if (const auto time_ns = read_time(text)) return static_cast<std::int64_t>(*time_ns / second_ns);
  throw ReportError(fmt::format("found the time `{}`", text),
                    "such as 2026-11-01T00:00:00Z, 2026-11-01, or 90d, 24h or 30m before now");
}

ReportQuery read_query(const ReportWords& words, const RollupTime& time, std::int64_t now_s) {
  ReportQuery query;
  query.name = name_of(words.name);
  // There is nothing beyond now, but for clocks that differ.
  query.until_s =
      words.until.empty() ? now_s : std::min(read_moment(words.until, time, now_s), now_s + day_s);
  query.since_s = words.since.empty() ? query.until_s - day_s : read_moment(words.since, time, now_s);
  if (query.since_s >= query.until_s)
    throw ReportError("found `since` that is not before `until`", "an earlier one");
  query.step = usual_step(query.until_s - query.since_s);
  if (!words.step.empty()) {
    const auto step = level_named(words.step);
    if (!step) throw ReportError(fmt::format("found the step `{}`", words.step), "minute, hour or day");
    query.step = *step;
  }
  query.by = read_by(words.by, query.name);
  if (!words.where.empty()) {
    for (const std::string_view text : split(words.where, ','))
      query.where.push_back(filter_of(text, query.name));
  }
  if (!words.top.empty()) query.top = read_top(words.top);
  return query;
}

}  // namespace tollgate::record
