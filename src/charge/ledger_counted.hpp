#pragma once

#include <cstdint>
#include <memory>

#include "charge/charge.hpp"
#include "charge/sql.hpp"

namespace tollgate::charge {

/// Knows which unpaid messages were counted, so that each is counted once, within transactions of who calls.
class Counted {
 public:
  /// Identities are kept for so long.
  Counted(sql::Database& database, std::uint64_t known_for_ns);

  /// Whether it is new: a message can leak, and be refused, once each.
  bool add(const Charge& unpaid);
  /// Forgets those that are older. As many go as came, more or less.
  void forget(std::uint64_t time_ns);

 private:
  const std::uint64_t known_for_ns_;
  std::unique_ptr<sql::Statement> add_;
  std::unique_ptr<sql::Statement> forget_;
};

}  // namespace tollgate::charge
