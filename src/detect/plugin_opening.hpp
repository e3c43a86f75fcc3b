#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detect/plugins.hpp"
#include "detect/settings.hpp"
#include "plugin.h"
#include "rules/finding.hpp"

namespace tollgate::detect {

/// Small letters, digits and _, from a letter on.
bool is_name(std::string_view text);

/// A text of the plugin's, or `else_` where it has none.
std::string text_of(const char* text, const char* else_ = "");

inline tollgate_text text_view(std::string_view text) { return {text.data(), text.size()}; }

/// What a plugin's open() is told, and what it reports to.
class PluginOpening {
 public:
  struct How {
    std::string name;  ///< of the instance
    std::uint32_t workers = 1;
    std::string folder;  ///< where relative paths start
    bool only_check = false;
  };

  /// `settings` and `findings` outlive it.
  PluginOpening(std::string plugin, std::string file, const PluginSettings& settings,
                rules::Findings& findings);

  /// The instance; null where the plugin refuses, which is in the findings then.
  void* open(const tollgate_plugin& functions, const How& how);

  std::vector<Signal> signals;

 private:
  static std::uint32_t add_signal(void* host, const tollgate_signal* signal);
  static void refuse(void* host, const tollgate_setting* about, const char* why);

  std::uint32_t add(const tollgate_signal& signal);
  std::uint32_t no_signal(const std::string& why);
  void refuse(const tollgate_setting* about, const std::string& why);
  void fault(const std::string& what);

  std::string plugin_;
  std::string file_;
  const PluginSettings& settings_;
  rules::Findings& findings_;
  std::vector<tollgate_setting> views_;
  bool refused_ = false;
};

}  // namespace tollgate::detect
