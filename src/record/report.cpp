#include "record/report.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "record/mask.hpp"
#include "record/report_sums.hpp"
#include "record/rollup_tables.hpp"

namespace tollgate::record {
namespace {

using Kind = Report::Kind;
using Group = ReportSums::Group;

/// A figure of a row.
struct Figure {
  std::string_view name;
  Kind kind;
  std::int64_t (*of)(const ReportSum&);
};

constexpr Figure messages{"messages", Kind::count, [](const ReportSum& s) { return s.measures.messages; }};
constexpr Figure parts{"parts", Kind::count, [](const ReportSum& s) { return s.measures.parts; }};
constexpr Figure hits{"hits", Kind::count, parts.of};
constexpr Figure packets{"packets", Kind::count, parts.of};
constexpr Figure blocked{"blocked", Kind::count, [](const ReportSum& s) { return s.blocked; }};
constexpr Figure refused{"refused", Kind::count, [](const ReportSum& s) { return s.refused; }};
constexpr Figure paid{"paid", Kind::count, [](const ReportSum& s) { return s.measures.paid; }};
constexpr Figure charged{"charged", Kind::money, [](const ReportSum& s) { return s.measures.charged; }};
constexpr Figure fees{"fees", Kind::money, [](const ReportSum& s) { return s.measures.fees; }};
constexpr Figure leaks{"leaks", Kind::count, [](const ReportSum& s) { return s.measures.leaks; }};
constexpr Figure leaked{"leaked", Kind::money, [](const ReportSum& s) { return s.measures.leaked; }};

/// Those of a report. What the first one that is a `rank` counts puts rows in order.
struct Figures {
  std::vector<Figure> all;
  Figure rank;
  bool share = false;  ///< of all that the rank counts
};

Figures figures_of(ReportName name) {
  switch (name) {
    case ReportName::traffic:
    case ReportName::senders: return {{messages, parts, blocked, paid, charged, fees, leaks, leaked}, parts};
    case ReportName::blocked: return {{messages, parts}, parts, true};
    case ReportName::revenue: return {{messages, parts, paid, charged, fees, refused}, charged};
    case ReportName::leakage: return {{messages, leaks, leaked}, leaked, true};
    case ReportName::rules: return {{hits, messages, blocked}, hits};
    case ReportName::accounts:
      return {{messages, parts, blocked, refused, paid, charged, fees, leaks, leaked}, parts};
    case ReportName::uninspected: break;
  }
  return {{packets}, packets};
}

bool has_money(const Figures& figures) {
  return std::any_of(figures.all.begin(), figures.all.end(),
                     [](const Figure& figure) { return figure.kind == Kind::money; });
}

bool asks_for(const ReportQuery& query, Dimension dimension) {
  return std::find(query.by.begin(), query.by.end(), ReportBy{.dimension = dimension}) != query.by.end();
}

/// Rows that are still apart: by time and by the values of the columns, the currency last.
using Rows = std::map<std::pair<std::int64_t, Group>, ReportSum>;

std::set<std::string> currencies_of(const ReportSums& sums) {
  std::set<std::string> currencies;
  for (const auto& [currency, sum] : sums.totals) {
    if (!currency.empty() && sum.measures.parts != 0) currencies.insert(currency);
  }
  return currencies;
}

/// What has no money goes with the only currency that there is; with several of them it stands apart.
std::string row_currency(const std::string& currency, const std::set<std::string>& all, bool is_asked_for,
                         bool money) {
  if (!money) return {};
  if (!is_asked_for && currency.empty() && all.size() == 1) return *all.begin();
  return currency;
}

/// Of each of the groups, without their currency, whether it is shown by itself.
std::vector<bool> shown_groups(const ReportSums& sums, const ReportQuery& query, const Figures& figures,
                               std::size_t& left_out) {
  std::map<Group, std::int64_t> ranks;
  std::vector<decltype(ranks)::iterator> rank_of;
  for (const Group& group : sums.groups)
    rank_of.push_back(ranks.try_emplace(Group(group.begin(), group.end() - 1), 0).first);
  for (const auto& [key, sum] : sums.sums) rank_of[key.second]->second += figures.rank.of(sum);
  std::vector<decltype(ranks)::iterator> order;
  for (auto rank = ranks.begin(); rank != ranks.end(); ++rank) order.push_back(rank);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a->second > b->second; });
  left_out = query.top == 0 ? 0 : order.size() - std::min(order.size(), query.top);
  std::set<const Group*> first;
  for (std::size_t i = 0; i + left_out < order.size(); ++i) first.insert(&order[i]->first);
  std::vector<bool> shown;
  for (const auto& rank : rank_of) shown.push_back(first.contains(&rank->first));
  return shown;
}

/// The places in a group of what stands together as `(others)`: not the currency, as money of two is none.
std::vector<std::size_t> foldable_places(const ReportQuery& query) {
  std::vector<std::size_t> places;
  std::size_t place = 0;
  for (const ReportBy& by : query.by) {
    if (by.what == ReportBy::What::time) continue;
    if (by != ReportBy{.dimension = Dimension::currency}) places.push_back(place);
    ++place;
  }
  return places;
}

/// Groups as they are shown: those that are not by themselves are one, and currencies stand as they should.
std::vector<Group> rows_of_groups(const ReportSums& sums, const ReportQuery& query, const Figures& figures,
                                  std::size_t& left_out) {
  const std::vector<bool> shown = shown_groups(sums, query, figures, left_out);
  const std::set<std::string> currencies = currencies_of(sums);
  const bool is_asked_for = asks_for(query, Dimension::currency);
  const std::vector<std::size_t> foldable = foldable_places(query);
  std::vector<Group> rows = sums.groups;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string currency = row_currency(rows[i].back(), currencies, is_asked_for, has_money(figures));
    for (const std::size_t place : foldable) {
      if (!shown[i]) rows[i][place] = others;
    }
    rows[i].back() = std::move(currency);
  }
  return rows;
}

Rows rows_of(const ReportSums& sums, const ReportQuery& query, const Figures& figures,
             std::size_t& left_out) {
  const std::vector<Group> groups = rows_of_groups(sums, query, figures, left_out);
  std::map<Group, std::uint32_t> numbers;
  std::vector<std::uint32_t> number_of;
  for (const Group& group : groups)
    number_of.push_back(numbers.try_emplace(group, static_cast<std::uint32_t>(numbers.size())).first->second);
  absl::flat_hash_map<std::pair<std::int64_t, std::uint32_t>, std::pair<const Group*, ReportSum>> together;
  for (const auto& [key, sum] : sums.sums) {
    auto& [group, whole] = together[{key.first, number_of[key.second]}];
    group = &groups[key.second];
    whole += sum;
  }
  Rows rows;
  for (auto& [key, row] : together) rows.emplace(std::pair(key.first, *row.first), row.second);
  return rows;
}

/// In order of time, then by what counts most, `(others)` last.
std::vector<Rows::const_iterator> ordered(const Rows& rows, const ReportQuery& query,
                                          const Figures& figures) {
  std::vector<Rows::const_iterator> order;
  for (auto row = rows.begin(); row != rows.end(); ++row) order.push_back(row);
  const std::vector<std::size_t> foldable = foldable_places(query);
  const auto is_rest = [&](const Group& group) {
    return !foldable.empty() && std::all_of(foldable.begin(), foldable.end(),
                                            [&](std::size_t place) { return group[place] == others; });
  };
  std::stable_sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    const auto rank = [&](const auto& row) {
      return std::tuple(row->first.first, is_rest(row->first.second), -figures.rank.of(row->second));
    };
    return rank(a) < rank(b);
  });
  return order;
}

/// What is known of rules beside what was counted.
struct RuleFacts {
  struct Rule {
    std::string name;
    std::string state;
    std::int64_t last_hit_s = 0;
  };
  std::map<std::string, Rule> rules;  ///< by id
  std::set<std::string> in_force;     ///< those that are run

  explicit RuleFacts(const SqliteFile& file) {
    SqliteStatement named = file.prepare("SELECT id, name, state FROM rule");
    while (named.next()) {
      const std::string id = std::to_string(named.integer(0));
      rules[id] = {std::string(named.text(1)), std::string(named.text(2)), 0};
      if (rules[id].state != "draft") in_force.insert(id);
    }
    SqliteStatement last = file.prepare("SELECT rule, seconds FROM last_hit");
    while (last.next()) rules[std::to_string(last.integer(0))].last_hit_s = last.integer(1);
  }
};

/// What was read and what was not, in all, by time and route, where the query has these.
using Inspected = std::map<std::pair<std::int64_t, std::string>, std::int64_t>;

/// Of a group of the query; empty where that has none.
std::string route_in(const ReportQuery& query, const Group& group) {
  std::size_t next = 0;
  for (const ReportBy& by : query.by) {
    if (by == ReportBy{.dimension = Dimension::route}) return group[next];
    if (by.what != ReportBy::What::time) ++next;
  }
  return {};
}

/// Makes the table of what was added up.
class Table {
 public:
  Table(Report& report, const SqliteFile& file, const std::optional<Reports::Marks>& marks)
      : report_(report), query_(report.query), figures_(figures_of(query_.name)), marks_(marks) {
    if (query_.name == ReportName::rules && asks_for(query_, Dimension::rule)) facts_.emplace(file);
  }

  void fill(const ReportSums& sums, const Inspected& inspected) {
    inspected_ = &inspected;
    totals_ = &sums.totals;
    for (const auto& [currency, sum] : sums.totals) total_ += sum;
    has_currency_ = has_money(figures_) && !asks_for(query_, Dimension::currency);
    add_columns();
    const Rows rows = rows_of(sums, query_, figures_, report_.left_out);
    if (rows.size() > query_.most_rows) refuse_rows(query_.most_rows);
    if (query_.name == ReportName::uninspected) {
      for (const auto& [key, sum] : rows) shown_routes_.insert(route_in(query_, key.second));
      shown_routes_.erase(std::string(others));
    }
    for (const auto& row : ordered(rows, query_, figures_))
      add_row(row->first.first, row->first.second, row->second);
    const bool has_all = query_.by.size() == 1 && query_.where.empty() && report_.left_out == 0;
    if (facts_ && has_all) add_rules_without_hits();
    add_totals(sums);
  }

 private:
  void add_columns() {
    const auto column = [&](std::string_view name, Kind kind) {
      report_.columns.push_back({std::string(name), kind});
    };
    for (const ReportBy& by : query_.by) {
      column(by.name(), by.what == ReportBy::What::time ? Kind::time : Kind::text);
      if (facts_ && by.dimension == Dimension::rule && by.what == ReportBy::What::dimension)
        column("name", Kind::text);
    }
    for (const Figure& figure : figures_.all) column(figure.name, figure.kind);
    if (has_currency_) column("currency", Kind::text);
    if (figures_.share || query_.name == ReportName::uninspected) column("share", Kind::percent);
    if (!facts_) return;
    column("last_hit", Kind::time);
    column("false_positives", Kind::count);
    column("false_negatives", Kind::count);
  }

  const RuleFacts::Rule& facts_of(const std::string& rule) const {
    static const RuleFacts::Rule unknown;
    const auto found = facts_->rules.find(rule);
    return found == facts_->rules.end() ? unknown : found->second;
  }

  void add_row(std::int64_t time, const Group& group, const ReportSum& sum) {
    Report::Row row;
    std::string rule;
    std::string route;
    std::size_t next = 0;
    for (const ReportBy& by : query_.by) {
      if (by.what == ReportBy::What::time) {
        row.emplace_back(time);
        continue;
      }
      row.emplace_back(group[next]);
      if (by == ReportBy{.dimension = Dimension::route}) route = group[next];
      if (facts_ && by.dimension == Dimension::rule) {
        rule = group[next];
        row.emplace_back(facts_of(rule).name);
      }
      ++next;
    }
    for (const Figure& figure : figures_.all) row.emplace_back(figure.of(sum));
    if (has_currency_) row.emplace_back(group.back());
    if (query_.name == ReportName::uninspected) row.push_back(blind_share({time, route}, sum.measures.parts));
    else if (figures_.share) row.emplace_back(share_of(figures_.rank.of(sum), all_of(group.back())));
    if (facts_) add_rule(row, rule);
    report_.rows.push_back(std::move(row));
  }

  void add_rule(Report::Row& row, const std::string& rule) {
    const std::int64_t last = facts_of(rule).last_hit_s;
    if (last == 0) row.emplace_back();
    else row.emplace_back(last);
    if (!marks_) {  // nobody knows
      row.emplace_back();
      row.emplace_back();
      return;
    }
    MarkCounts marks;
    if (!rule.empty() && rule != others) {
      const auto found = marks_->find(static_cast<std::uint32_t>(std::stoul(rule)));
      if (found != marks_->end()) marks = found->second;
    }
    row.emplace_back(static_cast<std::int64_t>(marks.false_positives));
    row.emplace_back(static_cast<std::int64_t>(marks.false_negatives));
  }

  void add_rules_without_hits() {
    std::set<std::string> seen;
    for (const Report::Row& row : report_.rows) seen.insert(std::get<std::string>(row.front()));
    for (const std::string& rule : facts_->in_force) {
      if (!seen.contains(rule)) add_row(0, {rule, ""}, {});
    }
  }

  void add_totals(const ReportSums& sums) {
    const std::set<std::string> currencies = currencies_of(sums);
    for (const Report::Column& column : report_.columns) {
      Report::Value value;
      for (const Figure& figure : figures_.all) {
        if (figure.name == column.name && has_total(figure, currencies)) value = figure.of(total_);
      }
      if (column.name == "currency" && has_currency_ && currencies.size() == 1) value = *currencies.begin();
      if (column.name == "share" && query_.name == ReportName::uninspected)
        value = blind_share_of_all(total_.measures.parts);
      report_.totals.push_back(std::move(value));
    }
  }

  /// Money of several currencies cannot be added up.
  bool has_total(const Figure& figure, const std::set<std::string>& currencies) const {
    if (!has_sum(query_.name, figure.name)) return false;
    return figure.kind != Kind::money || currencies.size() <= 1;
  }

  static double share_of(std::int64_t part, std::int64_t all) {
    return all == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(all);
  }
  /// What a row's share is a share of: where that is money, what has the row's currency.
  std::int64_t all_of(const std::string& currency) const {
    if (figures_.rank.kind != Kind::money) return figures_.rank.of(total_);
    const auto found = totals_->find(currency);
    return found == totals_->end() ? 0 : figures_.rank.of(found->second);
  }
  Report::Value blind_share(const Inspected::key_type& where, std::int64_t unread) const {
    if (where.second == others) return blind_share_of_others(where.first, unread);
    const auto found = inspected_->find(where);
    return share_of(unread, found == inspected_->end() ? unread : found->second);
  }
  /// None where reasons are told apart: a route may be shown for one of them, and be among the others for
  /// another.
  Report::Value blind_share_of_others(std::int64_t time, std::int64_t unread) const {
    const auto is_reason = [](const ReportBy& by) { return by.what == ReportBy::What::reason; };
    if (std::any_of(query_.by.begin(), query_.by.end(), is_reason)) return {};
    std::int64_t all = 0;
    for (const auto& [where, count] : *inspected_) {
      if (where.first == time && !shown_routes_.contains(where.second)) all += count;
    }
    return share_of(unread, all);
  }
  double blind_share_of_all(std::int64_t unread) const {
    std::int64_t all = 0;
    for (const auto& [where, count] : *inspected_) all += count;
    return share_of(unread, all);
  }

  Report& report_;
  const ReportQuery& query_;
  const Figures figures_;
  const std::optional<Reports::Marks>& marks_;
  std::optional<RuleFacts> facts_;
  ReportSum total_;
  const std::map<std::string, ReportSum>* totals_ = nullptr;  ///< by currency
  std::set<std::string> shown_routes_;                        ///< of what was not inspected
  bool has_currency_ = false;
  const Inspected* inspected_ = nullptr;
};

/// For whatever reason something was not: a share of one reason is one of all that could be read.
Inspected inspected_of(const ReportQuery& query, const ReportSpan& span, const SqliteFile& file,
                       const RollupTime& time) {
  ReportQuery all = query;
  std::erase_if(all.by, [](const ReportBy& by) { return by.what == ReportBy::What::reason; });
  std::erase_if(all.where, [](const ReportFilter& of) { return of.by.what == ReportBy::What::reason; });
  Inspected inspected;
  const auto add = [&](const ReportSums& sums) {
    for (const auto& [key, sum] : sums.sums)
      inspected[{key.first, route_in(all, sums.groups[key.second])}] += sum.measures.parts;
  };
  add(sum_unread(all, span, file, time));
  all.name = ReportName::traffic;
  add(sum_cells(all, span_of(all, file, time), file, time));
  return inspected;
}

std::string zone_of(const SqliteFile& file) {
  SqliteStatement zone = file.prepare("SELECT value FROM setting WHERE name = 'time_zone'");
  return zone.next() ? std::string(zone.text(0)) : "UTC";
}

/// What did not pass.
ReportFilter stopped() {
  return {.by = {.dimension = Dimension::verdict}, .values = {{"block"}, {"throttle"}, {"divert"}}};
}

}  // namespace

Reports::Reports(const std::string& path) : file_(open_rollups_to_read(path)), time_(zone_of(file_)) {}

Report Reports::make(const ReportQuery& asked, const std::optional<Marks>& marks) const {
  const SqliteFile::Snapshot snapshot(file_);
  Report report{.query = asked, .time_zone = time_.zone()};
  ReportQuery query = asked;
  if (query.name == ReportName::blocked) query.where.push_back(stopped());
  const ReportSpan span = span_of(query, file_, time_);
  report.query.since_s = span.since_s;
  report.query.until_s = span.until_s;
  Inspected inspected;
  ReportSums sums;
  if (query.name == ReportName::uninspected) {
    sums = sum_unread(query, span, file_, time_);
    inspected = inspected_of(query, span, file_, time_);
  } else {
    sums = sum_cells(query, span, file_, time_);
  }
  Table(report, file_, marks).fill(sums, inspected);
  if (span.since_s < asked.since_s && asked.since_s - span.since_s >= 60)
    report.notes.push_back(
        fmt::format("begins at {}: of so long ago only hours or days are kept", report_time(span.since_s)));
  if (span.until_s - asked.until_s >= 60)
    report.notes.push_back(
        fmt::format("ends at {}: of so long ago only hours or days are kept", report_time(span.until_s)));
  return report;
}

std::vector<Report::Column> figures_in(ReportName name) {
  const Figures figures = figures_of(name);
  std::vector<Report::Column> columns;
  for (const Figure& figure : figures.all) columns.push_back({std::string(figure.name), figure.kind});
  if (figures.share || name == ReportName::uninspected) columns.push_back({"share", Kind::percent});
  return columns;
}

bool has_sum(ReportName name, std::string_view figure) {
  return name != ReportName::rules || figure == hits.name;
}

bool asks_for_a_number(const ReportQuery& query) {
  return std::any_of(query.where.begin(), query.where.end(), [](const ReportFilter& filter) {
    return filter.is_by(Dimension::sender) &&
           std::any_of(filter.values.begin(), filter.values.end(), [](const ReportFilter::Value& value) {
             return !is_name(value.text.substr(0, value.text.find('*')));
           });
  });
}

void mask_senders(Report& report) {
  for (std::size_t i = 0; i < report.columns.size(); ++i) {
    if (report.columns[i].name != "sender") continue;
    for (Report::Row& row : report.rows) {
      auto& sender = std::get<std::string>(row[i]);
      if (!is_name(sender)) mask(sender);
    }
  }
}

}  // namespace tollgate::record
