#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "control/metrics.hpp"
#include "control/webhooks.hpp"
#include "record/alert.hpp"
#include "record/alert_values.hpp"

namespace tollgate::cli {

/// Where alerts find what they look at.
struct AlertSources {
  std::string reports;                 ///< the file; empty: none are kept
  std::function<bool()> reports_fail;  ///< whether what is counted does not come to it. Any thread
  std::string appliance;               ///< its name, as notices have it; empty: it has none
  /// What a measure is now, of lost events since the start. Any thread.
  std::function<std::vector<record::AlertValue>(record::AlertMeasure)> measure;
};

/// Looks at what the configuration's alerts name, once a minute, on a thread of its own and of low priority;
/// tells the log and webhooks what is over its bound, and what is below it again.
class AlertKeeper {
 public:
  AlertKeeper(const std::vector<record::AlertRule>& rules, AlertSources sources);
  AlertKeeper(const AlertKeeper&) = delete;
  AlertKeeper& operator=(const AlertKeeper&) = delete;
  ~AlertKeeper() = default;

  /// What stands, and how the webhooks do. Any thread.
  nlohmann::ordered_json status() const;
  /// Each alert that there is, and whether it stands. Any thread.
  nlohmann::ordered_json states() const;
  std::vector<control::MetricsView::Alert> metrics() const;

 private:
  struct Watched {
    record::Alert alert;
    record::Growth growth;
    std::int64_t next_s = 0;  ///< when it is looked at, steady
    bool failing = false;
  };

  void work(const std::stop_token& stop);
  std::int64_t look();
  void look_at(Watched& watched, record::AlertTime now);
  std::vector<record::AlertValue> values_of(Watched& watched, record::AlertTime now) const;
  static std::string secret_of(const record::AlertRule& rule);
  void tell(const record::AlertRule& rule, const record::AlertNotice& notice, std::int64_t now_s);

  const AlertSources sources_;
  const std::string host_;
  control::Webhooks webhooks_;
  mutable std::mutex
      mutex_;  ///< of what each alert of `watched_` knows; the rest of them is the thread's own
  std::vector<Watched> watched_;
  std::jthread thread_;
};

}  // namespace tollgate::cli
