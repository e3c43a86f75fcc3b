#include "cli/alert_keeper.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <fstream>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

#include "cli/log.hpp"
#include "cli/now.hpp"
#include "record/alert_notice.hpp"

namespace tollgate::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int priority = 10;
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t first_look_s = 5;  // what came before a restart stands in reports by then

record::AlertTime time_now() {
  return {static_cast<std::int64_t>(steady_ns()) / second_ns,
          static_cast<std::int64_t>(now_ns()) / second_ns};
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

control::Log log_of_webhooks() {
  return {.say = [](const std::string& what) { log("{}", what); },
          .warn = [](const std::string& what) { log_warning("{}", what); }};
}

}  // namespace

AlertKeeper::AlertKeeper(const std::vector<record::AlertRule>& rules, AlertSources sources)
    : sources_(std::move(sources)), host_(host_name()), webhooks_(log_of_webhooks()) {
  const std::int64_t now_s = time_now().steady_s;
  for (const record::AlertRule& rule : rules)
    watched_.push_back({record::Alert(rule), record::Growth(rule.within_s, now_s),
                        now_s + std::min(rule.every_s, first_look_s)});
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

void AlertKeeper::work(const std::stop_token& stop) {
  ::setpriority(PRIO_PROCESS, 0, priority);  // of this thread
  std::mutex mutex;
  std::condition_variable_any asked;
  while (!stop.stop_requested()) {
    const std::int64_t next_s = look();
    const std::int64_t wait_s = std::max<std::int64_t>(next_s - time_now().steady_s, 1);
    std::unique_lock lock(mutex);
    asked.wait_for(lock, stop, std::chrono::seconds(wait_s), [] { return false; });
  }
}

/// At those whose time has come. Gives when the next one's does.
std::int64_t AlertKeeper::look() {
  std::int64_t next_s = INT64_MAX;
  for (Watched& watched : watched_) {
    const record::AlertTime now = time_now();
    if (watched.next_s <= now.steady_s) {
      look_at(watched, now);
      watched.next_s = now.steady_s + watched.alert.rule().every_s;
    }
    next_s = std::min(next_s, watched.next_s);
  }
  return next_s;
}

void AlertKeeper::look_at(Watched& watched, record::AlertTime now) {
  try {
    std::vector<record::AlertValue> values = values_of(watched, now);
    watched.failing = false;
    std::vector<record::AlertNotice> notices;
    std::size_t left_out = 0;
    {
      const std::lock_guard lock(mutex_);
      const std::size_t before = watched.alert.left_out();
      notices = watched.alert.look(std::move(values), now);
      left_out = before == 0 ? watched.alert.left_out() : 0;
    }
    for (const record::AlertNotice& notice : notices) tell(watched.alert.rule(), notice, now.utc_s);
    if (left_out != 0)
      log_warning("alert `{}`: {} more rows are over the bound, and are not told of one by one",
                  watched.alert.rule().name, left_out);
  } catch (const std::exception& error) {
    if (!std::exchange(watched.failing, true))
      log_error("alert `{}` cannot be looked at: {}", watched.alert.rule().name, error.what());
  }
}

std::vector<record::AlertValue> AlertKeeper::values_of(Watched& watched, record::AlertTime now) const {
  const record::AlertRule& rule = watched.alert.rule();
  if (rule.report && sources_.reports_fail())
    throw std::runtime_error("reports do not have what was counted lately");
  if (rule.report) return record::values_of(rule, record::Reports(sources_.reports), now.utc_s);
  std::vector<record::AlertValue> values = sources_.measure(rule.measure);
  if (rule.measure != record::AlertMeasure::lost_events) return values;
  for (record::AlertValue& one : values)
    one.value = static_cast<double>(watched.growth.now(static_cast<std::uint64_t>(one.value), now.steady_s));
  return values;
}

/// Read for each notice, so that it can be changed. Without it a notice goes unsigned: it is told, and
/// whoever wants it signed refuses it.
std::string AlertKeeper::secret_of(const record::AlertRule& rule) {
  std::string secret;
  if (rule.secret.empty()) return secret;
  std::ifstream file(rule.secret);
  if (!std::getline(file, secret) || secret.empty())
    log_error("alert `{}`: {} has no secret that can be read; the notice is not signed", rule.name,
              rule.secret);
  return secret;
}

void AlertKeeper::tell(const record::AlertRule& rule, const record::AlertNotice& notice, std::int64_t now_s) {
  if (notice.raised) log_warning("{}", record::to_text(rule, notice));
  else log("{}", record::to_text(rule, notice));
  if (rule.webhook.empty()) return;
  Json body = record::to_json(rule, notice);
  if (!sources_.appliance.empty()) body["appliance"] = sources_.appliance;
  body["host"] = host_;
  body["time"] = record::report_time(now_s);
  webhooks_.send(rule.webhook, rule.name, body.dump(-1, ' ', false, Json::error_handler_t::replace),
                 secret_of(rule));
}

Json AlertKeeper::status() const {
  Json standing = Json::array();
  std::size_t left_out = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const Watched& watched : watched_) {
      for (const record::AlertNotice& notice : watched.alert.standing()) {
        standing.push_back(record::to_json(watched.alert.rule(), notice));
        standing.back().erase("state");
      }
      left_out += watched.alert.left_out();
    }
  }
  control::Webhooks::Counts all;
  for (const auto& [alert, counts] : webhooks_.counts()) {
    all.sent += counts.sent;
    all.failed += counts.failed;
    all.lost += counts.lost;
  }
  return {
      {"standing", std::move(standing)},
      {"left_out", left_out},
      {"webhooks",
       {{"sent", all.sent}, {"failed", all.failed}, {"lost", all.lost}, {"waiting", webhooks_.waiting()}}}};
}

Json AlertKeeper::states() const {
  Json all = Json::array();
  const std::lock_guard lock(mutex_);
  for (const Watched& watched : watched_) all.push_back(record::state_of(watched.alert));
  return all;
}

std::vector<control::MetricsView::Alert> AlertKeeper::metrics() const {
  const auto counts = webhooks_.counts();
  std::vector<control::MetricsView::Alert> all;
  const std::lock_guard lock(mutex_);
  for (const Watched& watched : watched_) {
    control::MetricsView::Alert one{.name = watched.alert.rule().name,
                                    .raised = !watched.alert.standing().empty()};
    if (const auto found = counts.find(one.name); found != counts.end()) {
      one.webhook_failures = found->second.failed;
      one.webhook_lost = found->second.lost;
    }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace tollgate::cli
