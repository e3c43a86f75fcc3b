#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "charge/charge.hpp"
#include "charge/sql.hpp"

namespace tollgate::charge {

// What somebody looks at before the ledger is changed.

/// A movement, and the one that undid it.
struct SeenMovement {
  std::string account;  ///< its id
  std::string kind;
  Amount amount = 0;
  std::string reference;
  std::int64_t undone_by = 0;  ///< number of the correction; 0: none
};
/// Nothing where there is none of that number.
std::optional<SeenMovement> look_at_movement(sql::Database& database, std::int64_t number);

/// What an appliance has put aside of an account.
struct SeenAside {
  std::string account;  ///< its id
  Amount amount = 0;
};
/// By account; those of which something is put aside.
std::vector<SeenAside> look_at_aside(sql::Database& database, const std::string& appliance);

/// How far a ledger has come.
struct SeenExtent {
  std::int64_t version = 0;
  std::int64_t last_movement = 0;  ///< its number; 0: there is none
};
SeenExtent look_at_extent(sql::Database& database);
/// That of a ledger's file, which may be any; nothing where it cannot be read.
std::optional<SeenExtent> look_at_extent_of(const std::string& file);

}  // namespace tollgate::charge
