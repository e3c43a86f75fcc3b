#include "cli/config_alerts.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "record/alert_values.hpp"

namespace tollgate::cli {
namespace {

using rules::found;

constexpr std::int64_t minute_s = 60;
constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t day_s = 86'400;
constexpr std::size_t most_alerts = 100;
constexpr double usual_back_below = 0.9;  // of the bound

std::optional<std::int64_t> seconds_in(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto number = rules::whole_number(text.substr(0, text.size() - 1));
  constexpr std::uint64_t most = 100'000;
  if (!number || *number > most) return std::nullopt;
  const auto count = static_cast<std::int64_t>(*number);
  switch (text.back()) {
    case 's': return count;
    case 'm': return count * minute_s;
    case 'h': return count * hour_s;
    case 'd': return count * day_s;
    default: return std::nullopt;
  }
}

/// `http://HOST[:PORT][/PATH]`, or https, without a name and password.
bool is_webhook(std::string_view url) {
  if (!std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; })) return false;
  if (url.starts_with("http://")) url.remove_prefix(std::string_view("http://").size());
  else if (url.starts_with("https://")) url.remove_prefix(std::string_view("https://").size());
  else return false;
  const std::string_view host = url.substr(0, url.find_first_of("/?#"));
  return !host.empty() && host.find('@') == host.npos && url.find('#') == url.npos;
}

/// Reads one alert.
class AlertReader {
 public:
  explicit AlertReader(rules::YamlReader& reader) : reader_(reader) {}

  /// Nothing where a part of it cannot be used, which is noted then.
  std::optional<record::AlertRule> read(const YAML::Node& node);

 private:
  std::int64_t duration(const YAML::Node& node, std::int64_t least, std::int64_t most,
                        std::string_view expected) const;
  double bound(const YAML::Node& node) const;
  void read_measure(const YAML::Node& node);
  void read_webhook(const YAML::Node& node);
  void complete(const YAML::Node& node);
  void complete_report();
  /// What a part of the query says; a fault of it stands there.
  template <class Read>
  void query_part(const YAML::Node& node, Read&& read) const {
    try {
      read();
    } catch (const record::ReportError& error) {
      reader_.fail(node.Mark(), error.what());
    }
  }

  rules::YamlReader& reader_;
  record::AlertRule rule_;
  record::ReportWords words_;
  std::optional<YAML::Node> report_;
  std::optional<YAML::Node> measure_;
  std::optional<YAML::Node> figure_;
  std::optional<YAML::Node> by_;
  std::optional<YAML::Node> where_;
  std::optional<YAML::Node> within_;
  std::optional<YAML::Node> over_;
  std::optional<YAML::Node> back_below_;
};

std::int64_t AlertReader::duration(const YAML::Node& node, std::int64_t least, std::int64_t most,
                                   std::string_view expected) const {
  const auto seconds = seconds_in(reader_.text(node, expected));
  if (!seconds || *seconds < least || *seconds > most) reader_.unexpected(node, expected);
  return *seconds;
}

double AlertReader::bound(const YAML::Node& node) const {
  constexpr std::string_view expected = "a number that is not below 0";
  const auto number = rules::real_number(reader_.text(node, expected));
  if (!number || *number < 0) reader_.unexpected(node, expected);
  return *number;
}

void AlertReader::read_measure(const YAML::Node& node) {
  constexpr std::string_view expected = "`ledger_lag`, `lost_events` or `silent_seconds`";
  const auto measure = record::measure_named(reader_.text(node, expected));
  if (!measure) reader_.unexpected(node, expected);
  rule_.measure = *measure;
  measure_ = node;
}

void AlertReader::read_webhook(const YAML::Node& node) {
  constexpr std::string_view expected = "an address such as 'https://hooks.example/alerts'";
  rule_.webhook = reader_.text(node, expected);
  // What stands there may be a secret, and is not repeated.
  if (!is_webhook(rule_.webhook))
    reader_.fail(node.Mark(), fmt::format("this is no address of a webhook; expected {}", expected));
}

std::optional<record::AlertRule> AlertReader::read(const YAML::Node& node) {
  const auto keep = [](std::optional<YAML::Node>& into) {
    return [&into](const YAML::Node& n) { into = n; };
  };
  const bool good = reader_.map(
      node, "alerts",
      {{"name", [&](const YAML::Node& n) { rule_.name = reader_.text(n, "a name of the alert"); }},
       {"report", keep(report_)},
       {"figure", keep(figure_)},
       {"by", keep(by_)},
       {"where", keep(where_)},
       {"measure", [&](const YAML::Node& n) { read_measure(n); }},
       {"over",
        [&](const YAML::Node& n) {
          rule_.over = bound(n);
          over_ = n;
        }},
       {"within",
        [&](const YAML::Node& n) {
          rule_.within_s = duration(n, minute_s, 31 * day_s, "a time of 1m to 31d, such as 1h");
          within_ = n;
        }},
       {"back_below",
        [&](const YAML::Node& n) {
          rule_.back_below = bound(n);
          back_below_ = n;
        }},
       {"for",
        [&](const YAML::Node& n) {
          rule_.for_s = duration(n, 0, 7 * day_s, "a time of 0s to 7d, such as 5m");
        }},
       {"every",
        [&](const YAML::Node& n) {
          rule_.every_s = duration(n, 1, hour_s, "a time of 1s to 1h, such as 1m");
        }},
       {"webhook", [&](const YAML::Node& n) { read_webhook(n); }},
       {"secret", [&](const YAML::Node& n) { rule_.secret = reader_.text(n, "a file with the secret"); }}});
  if (!good) return std::nullopt;
  complete(node);
  return rule_;
}

void AlertReader::complete(const YAML::Node& node) {
  if (rule_.name.empty()) reader_.fail(node.Mark(), "the alert has no `name`");
  if (report_.has_value() == measure_.has_value())
    reader_.fail(node.Mark(), "expected one of `report` and `measure`");
  if (!rule_.secret.empty() && rule_.webhook.empty())
    reader_.fail(node.Mark(), "the alert has a `secret`, and no `webhook` to sign for");
  if (!over_) reader_.fail(node.Mark(), "the alert has no `over`, the bound");
  if (!back_below_) rule_.back_below = rule_.over * usual_back_below;
  else if (rule_.back_below > rule_.over)
    reader_.fail(back_below_->Mark(), "`back_below` is more than `over`; expected that or less");
  if (report_) return complete_report();
  for (const auto* const only_of_reports : {&figure_, &by_, &where_}) {
    if (only_of_reports->has_value())
      reader_.fail((*only_of_reports)->Mark(), "`figure`, `by` and `where` are for a `report` alone");
  }
  if (within_ && rule_.measure != record::AlertMeasure::lost_events)
    reader_.fail(within_->Mark(),
                 fmt::format("`{}` is what is so now, and has no `within`", to_string(rule_.measure)));
}

void AlertReader::complete_report() {
  static const record::RollupTime time("UTC");  // which nothing that is read here depends on
  constexpr std::int64_t some_s = day_s;
  const auto read_words = [&] { rule_.report = record::read_query(words_, time, 2 * some_s); };
  words_.name = reader_.text(*report_, "the name of a report, such as leakage");
  query_part(*report_, read_words);
  if (by_) {
    words_.by = reader_.text(*by_, "columns of the report, such as origin");
    query_part(*by_, read_words);
    if (rule_.report->has_time())
      reader_.fail(by_->Mark(), "an alert is of the time `within`; expected other columns than `time`");
  }
  if (where_) {
    words_.where = reader_.text(*where_, "what is counted alone, such as 'currency=EUR'");
    query_part(*where_, read_words);
  }
  if (!by_) rule_.report->by.clear();
  const YAML::Node& place = figure_ ? *figure_ : *report_;
  const std::string figure = figure_ ? reader_.text(*figure_, "a column of the report") : "";
  query_part(place, [&] { record::set_figure(rule_, figure); });
}

}  // namespace

std::vector<PlacedAlert> read_alerts(rules::YamlReader& reader, const YAML::Node& node) {
  constexpr std::string_view expected =
      "a list of alerts such as {name: Leakage, report: leakage, figure: leaked, over: 50}";
  if (!node.IsSequence()) reader.unexpected(node, expected);
  if (node.size() > most_alerts)
    reader.fail(node.Mark(), fmt::format("found {} alerts; expected {} at most", node.size(), most_alerts));
  std::vector<PlacedAlert> alerts;
  std::map<std::string, int> lines;
  reader.each(node, expected, [&](const YAML::Node& one) {
    std::optional<record::AlertRule> rule = AlertReader(reader).read(one);
    if (!rule) return;
    const auto [first, is_new] = lines.emplace(rule->name, one.Mark().line + 1);
    if (!is_new)
      reader.fail(one.Mark(),
                  fmt::format("an alert is called `{}` in line {} already", rule->name, first->second));
    alerts.push_back({std::move(*rule), one.Mark()});
  });
  return alerts;
}

}  // namespace tollgate::cli
