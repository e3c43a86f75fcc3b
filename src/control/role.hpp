#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace tollgate::control {

/// What somebody may do with a running appliance. No order: who changes rules keeps no accounts.
enum class Role : std::uint8_t {
  viewer,      ///< sees counters and reports, numbers masked
  analyst,     ///< sees numbers in full
  security,    ///< changes rules and lists
  commercial,  ///< keeps accounts and prices
  admin,       ///< may do everything
};

inline constexpr std::array all_roles{Role::viewer, Role::analyst, Role::security, Role::commercial,
                                      Role::admin};

constexpr std::string_view to_string(Role role) {
  constexpr std::array<std::string_view, all_roles.size()> names{"viewer", "analyst", "security",
                                                                 "commercial", "admin"};
  return names[static_cast<std::size_t>(role)];
}

constexpr std::optional<Role> role_of(std::string_view name) {
  for (const Role role : all_roles) {
    if (to_string(role) == name) return role;
  }
  return std::nullopt;
}

/// Whether the numbers of subscribers are shown to it in full.
constexpr bool sees_numbers(Role role) {
  return role == Role::analyst || role == Role::security || role == Role::admin;
}

/// Those who may do something: admin always, and the others that are named.
class Roles {
 public:
  constexpr Roles(std::initializer_list<Role> roles) {
    for (const Role role : roles) bits_ |= bit(role);
  }
  static constexpr Roles any() {
    return {Role::viewer, Role::analyst, Role::security, Role::commercial, Role::admin};
  }
  constexpr bool has(Role role) const { return ((bits_ | bit(Role::admin)) & bit(role)) != 0; }

 private:
  static constexpr unsigned bit(Role role) { return 1U << static_cast<unsigned>(role); }
  unsigned bits_ = 0;
};

}  // namespace tollgate::control
