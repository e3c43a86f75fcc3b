#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "detect/settings.hpp"
#include "plugin.h"
#include "rules/finding.hpp"

namespace tollgate::detect {

/// A value that a plugin gives of each message, as rules name it.
struct Signal {
  enum class Type : std::uint8_t { count = TOLLGATE_COUNT, number = TOLLGATE_NUMBER };
  std::string name;  ///< `rate.sender_per_minute`
  Type type;
  std::string unit;
  std::string help;
};
std::string_view to_string(Signal::Type type);

/// An opened plugin.
struct Plugin {
  std::string name;
  std::string file;
  const tollgate_plugin* functions;
  void* instance;
  std::size_t first_signal;  ///< its own follow each other in Plugins::signals
  std::size_t signal_count;
};

/// A loaded plugin that takes events: instances are opened one by one, see open_sink().
struct SinkModule {
  std::string name;
  std::string file;
  const tollgate_plugin* functions;
};

/// Where plugins are looked for: `plugins/` beside the program, as in a folder that was built, or where they
/// are installed.
std::string default_folder();

/// All plugins of a folder, loaded, and of these the detectors opened: what an engine shares between its
/// workers.
class Plugins {
 public:
  /// Loads NAME.so and NAME/NAME.so of the folder, in their order. A module that cannot be used is an error
  /// in `findings`, and the others run.
  Plugins(const Settings& settings, rules::Findings& findings);
  ~Plugins();
  Plugins(const Plugins&) = delete;
  Plugins& operator=(const Plugins&) = delete;

  const std::vector<Plugin>& all() const { return plugins_; }
  const std::vector<SinkModule>& sinks() const { return sinks_; }
  /// Of all plugins; rules number them in this order.
  const std::vector<Signal>& signals() const { return signals_; }
  std::vector<std::string> signal_names() const;
  std::uint32_t workers() const { return workers_; }

 private:
  void load(const std::string& file, const Settings& settings, rules::Findings& findings);
  void open(const std::string& file, const tollgate_plugin& functions, const PluginSettings& settings,
            rules::Findings& findings);

  /// Of a plugin of that name; null: there is none.
  const std::string* file_of(const std::string& name) const;

  std::vector<Plugin> plugins_;  ///< the detectors
  std::vector<SinkModule> sinks_;
  std::vector<Signal> signals_;
  std::vector<std::string> seen_;  ///< what modules call themselves, those that are refused too
  std::uint32_t workers_;
};

}  // namespace tollgate::detect
