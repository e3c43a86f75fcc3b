#pragma once

#include <cstdint>
#include <string>

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
  HttpsSettings https;
};

inline constexpr const char* default_state_path = "/run/tollgate";

/// The audit log of an appliance with that state folder. What is in /run is gone with the power.
inline std::string audit_path(const Settings& settings, const std::string& state) {
  if (!settings.audit.empty()) return settings.audit;
  return state == default_state_path ? "/var/lib/tollgate/audit.jsonl" : state + "/audit.jsonl";
}

}  // namespace tollgate::control
