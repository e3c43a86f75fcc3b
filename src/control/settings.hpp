#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tollgate::control {

/// Where an appliance answers over the network.
struct HttpsSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8443;
  std::string certificate;  ///< PEM, with those above it; empty: nowhere
  std::string key;          ///< PEM
};

/// What a configuration says of who may change a running appliance.
struct Settings {
  std::string audit;   ///< empty: the usual place, see audit_path
  std::string tokens;  ///< empty: there are none
  std::string lists;   ///< empty: the usual place, see lists_path
  std::string marks;   ///< empty: the usual place, see marks_path
  HttpsSettings https;
  std::vector<std::string>
      trust;            ///< files of public keys, whose bundles of rules are taken; empty: nobody's
  std::string bundles;  ///< the folder where they are kept; empty: the usual place, see bundles_path
  /// That are kept in memory, to try new rules on and to be explained, where that is said.
  std::optional<std::size_t> trial_messages;

  /// Without a word, where bundles are taken.
  std::size_t kept_messages() const { return trial_messages.value_or(trust.empty() ? 0 : 100'000); }
};

/// For how many days records are kept; 0: for ever.
struct RetentionSettings {
  std::uint32_t events_days = 0;
  std::uint32_t cdr_days = 0;
  std::uint32_t audit_days = 0;
  std::uint32_t marks_days = 0;

  bool any() const { return events_days != 0 || cdr_days != 0 || audit_days != 0 || marks_days != 0; }
};

inline constexpr const char* default_state_path = "/run/tollgate";

/// Where something stands that an appliance with that state folder keeps beyond a power cut, unless `given`
/// by the configuration: what is in /run is gone with the power.
inline std::string kept_path(const std::string& given, const std::string& state, const char* name) {
  if (!given.empty()) return given;
  return (state == default_state_path ? "/var/lib/tollgate/" : state + "/") + name;
}

inline std::string audit_path(const Settings& settings, const std::string& state) {
  return kept_path(settings.audit, state, "audit.jsonl");
}
inline std::string bundles_path(const Settings& settings, const std::string& state) {
  return kept_path(settings.bundles, state, "bundles");
}
/// Where it keeps what was changed of lists.
inline std::string lists_path(const Settings& settings, const std::string& state) {
  return kept_path(settings.lists, state, "lists.json");
}

/// Where it keeps until when its clock was believed.
inline std::string clock_path(const std::string& state) { return kept_path("", state, "clock.json"); }

/// Where it keeps what reports are made of.
inline std::string reports_path(const std::string& given, const std::string& state) {
  return kept_path(given, state, "reports.db");
}

/// Where it keeps which verdicts somebody says are wrong.
inline std::string marks_path(const Settings& settings, const std::string& state) {
  return kept_path(settings.marks, state, "marks.db");
}

}  // namespace tollgate::control
