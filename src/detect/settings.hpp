#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/finding.hpp"

namespace tollgate::detect {

/// What the configuration says to one plugin: the map under its name.
struct PluginSettings {
  struct Setting {
    std::string key;
    std::string value;
    rules::Place place;
  };
  std::string name;
  rules::Place place;
  std::vector<Setting> settings;
};

/// What the configuration says to one sink.
struct SinkSettings {
  std::string name;                                       ///< no two are called alike
  PluginSettings plugin;                                  ///< which it is, and what it is told
  std::uint64_t queue_octets = std::uint64_t{64} << 20U;  ///< of events that wait for it
};

/// What the configuration says of plugins.
struct Settings {
  std::string folder;  ///< of the modules; empty: default_folder()
  rules::Place folder_place;
  std::vector<PluginSettings> plugins;
  std::uint32_t workers = 1;
};

}  // namespace tollgate::detect
