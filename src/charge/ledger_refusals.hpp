#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "charge/charge.hpp"
#include "charge/ledger_counted.hpp"
#include "charge/sql.hpp"
#include "rules/time_window.hpp"

namespace tollgate::charge {

/// Counts for its statement what an account might not send, within transactions of who calls. Each message is
/// counted once as long as its identity is known.
class Refusals {
 public:
  Refusals(sql::Database& database, Counted& counted);

  /// Those of `charges` at `indexes`, which are of one account, with the clocks of `zone`.
  void count(std::span<const Charge> charges, std::span<const std::uint32_t> indexes,
             const rules::TimeZone& zone);

 private:
  Counted& counted_;
  std::unique_ptr<sql::Statement> add_;
};

}  // namespace tollgate::charge
