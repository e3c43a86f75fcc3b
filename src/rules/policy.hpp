#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "message/judgement.hpp"
#include "rules/condition.hpp"
#include "rules/finding.hpp"

namespace tollgate::rules {

/// What happens to a message.
struct Action {
  Verdict verdict = Verdict::pass;
  bool alert = false;

  // Of a block.
  bool accepted = false;          ///< the sender is told that it was delivered
  std::uint32_t smpp_status = 0;  ///< 0: the default
  std::string map_error;          ///< the standard's name; empty: the default
  std::uint8_t map_error_code = 0;

  // Of a throttle: at most `limit` messages of one `by` in `per`; above, a temporary error.
  std::uint32_t limit = 0;
  std::uint32_t per_seconds = 0;
  FieldId by = FieldId::sender;
  std::uint32_t signal = 0;  ///< that says how many there are: of the plugin `rate`

  std::string tariff;                 ///< of a charge
  std::string divert_to;              ///< of a divert: digits
  std::unique_ptr<Action> otherwise;  ///< where a charge is refused or a divert cannot be; null: block
};

/// One line of policy.yaml. The first whose condition holds decides.
struct PolicyLine {
  std::string name;
  Condition when;  ///< of the last line: always holds
  Action action;
  Place place;
  std::uint32_t node = 0;  ///< of the condition, in the ruleset's nodes
};

}  // namespace tollgate::rules
