// What sinks of this folder share: how they read their settings.
#pragma once

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin.h"

namespace sinks {

inline std::string_view view(const tollgate_text& text) { return {text.data, text.size}; }

/// The settings of a sink that is opened. What is wrong is refused with its place; `good` tells at the end.
class Settings {
 public:
  explicit Settings(const tollgate_opening& opening) : opening_(opening) {}

  std::string name() const { return std::string(view(opening_.name)); }
  bool only_check() const { return opening_.only_check != 0; }

  std::string text(std::string_view key, std::string_view usual = {}) {
    const tollgate_setting* setting = find(key);
    return std::string(setting != nullptr ? view(setting->value) : usual);
  }
  bool has(std::string_view key) { return find(key) != nullptr; }

  /// `what` says what is expected, for a person.
  std::uint64_t number(std::string_view key, std::uint64_t usual, std::uint64_t least, std::uint64_t most,
                       const std::string& what) {
    const tollgate_setting* setting = find(key);
    if (setting == nullptr) return usual;
    const std::string_view value = view(setting->value);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error == std::errc{} && end == value.data() + value.size() && number >= least && number <= most)
      return number;
    unexpected(key, std::to_string(least) + " to " + std::to_string(most) + " " + what);
    return usual;
  }

  bool flag(std::string_view key) {
    const std::string value = text(key, "false");
    if (value != "true" && value != "false") unexpected(key, "true or false");
    return value == "true";
  }

  /// Relative ones start where the opening says.
  std::filesystem::path path(std::string_view key, const std::string& usual = {}) {
    const std::string value = text(key, usual);
    if (value.empty()) return {};
    return std::filesystem::path(view(opening_.folder)) / value;
  }

  /// Refuses the value of a key that is there.
  void unexpected(std::string_view key, const std::string& expected) {
    const tollgate_setting* setting = find(key);
    const std::string found = setting != nullptr ? std::string(view(setting->value)) : std::string{};
    refuse(setting, "found `" + found + "` for `" + std::string(key) + "`; expected " + expected);
  }
  void refuse(const std::string& why) { refuse(nullptr, why); }

  /// Whether all could be used, once all keys were asked for.
  bool good() {
    if (std::exchange(all_asked_, true)) return good_;
    for (std::size_t i = 0; i < opening_.setting_count; ++i) {
      const std::string_view key = view(opening_.settings[i].key);
      bool known = false;
      for (const std::string& one : known_) known = known || one == key;
      if (!known)
        refuse(&opening_.settings[i], "unknown key `" + std::string(key) + "`; expected one of " + keys());
    }
    return good_;
  }

 private:
  const tollgate_setting* find(std::string_view key) {
    bool known = false;
    for (const std::string& one : known_) known = known || one == key;
    if (!known) known_.emplace_back(key);
    for (std::size_t i = 0; i < opening_.setting_count; ++i) {
      if (view(opening_.settings[i].key) == key) return &opening_.settings[i];
    }
    return nullptr;
  }
  std::string keys() const {
    std::string all;
    for (const std::string& one : known_) all += (all.empty() ? "" : ", ") + one;
    return all;
  }
  void refuse(const tollgate_setting* about, const std::string& why) {
    good_ = false;
    opening_.refuse(opening_.host, about, why.c_str());
  }

  const tollgate_opening& opening_;
  std::vector<std::string> known_;
  bool good_ = true;
  bool all_asked_ = false;  ///< and those that are none were told of
};

/// What a sink says of itself: plugin.h explains it.
struct Health {
  std::uint64_t sent = 0;
  std::uint64_t lost = 0;
  std::uint64_t waiting = 0;
  std::uint64_t spooled = 0;
  std::uint64_t refused = 0;
  std::uint64_t refused_octets = 0;
  std::string error{};
  std::string refusal{};
};

template <std::size_t size>
void copy(std::string_view text, char (&to)[size]) {
  to[text.copy(to, size - 1)] = '\0';
}

/// Fills in what the host's struct has room for.
inline void tell(tollgate_sink_health& to, const Health& health) {
  if (!TOLLGATE_HAS(&to, tollgate_sink_health, error)) return;
  to.sent = health.sent;
  to.lost = health.lost;
  to.waiting = health.waiting;
  to.spooled = health.spooled;
  copy(health.error, to.error);
  if (!TOLLGATE_HAS(&to, tollgate_sink_health, refusal)) {
    to.lost += health.refused;  // what such a host cannot tell apart
    return;
  }
  to.refused = health.refused;
  to.refused_octets = health.refused_octets;
  copy(health.refusal, to.refusal);
}

}  // namespace sinks
