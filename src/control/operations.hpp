#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "control/caller.hpp"
#include "control/metrics.hpp"

namespace tollgate::control {

/// What can be asked of an appliance. But for `is_alive`, its own thread alone calls these.
class Operations {
 public:
  virtual nlohmann::ordered_json status() = 0;
  virtual MetricsView metrics() = 0;

  virtual bool bypass() const = 0;
  /// Says what is so then.
  virtual std::string set_bypass(bool on) = 0;

  /// The name of the rules in force; empty where there are none.
  virtual std::string ruleset() const = 0;
  /// Begins to read the rules anew. What comes of it is written to the audit log under that name.
  virtual void reload_rules(const Caller& by) = 0;

  /// Whether that thread goes on with its work.
  virtual bool is_alive() const = 0;

 protected:
  ~Operations() = default;
};

}  // namespace tollgate::control
