#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "charge/accounts_file.hpp"
#include "charge/ledger_store.hpp"

namespace tollgate::control {

// What lines of the audit log say of the ledger before it is changed, and what is to be so after it. A line
// is bounded, however much a file declares or an appliance had put aside: of more it has the number.

struct BeforeAndAfter {
  nlohmann::ordered_json before;
  nlohmann::ordered_json after;
};

/// Of a file of accounts: what is another then of each account that is there, how many are new, and how many
/// prices its lists have now.
BeforeAndAfter note_import(const charge::Ledger::InForce& now, const charge::Declared& declared,
                           std::uint64_t now_ns);

/// Of a correction: the movement that it undoes; null where there is none.
nlohmann::ordered_json note_movement(charge::LedgerStore& ledger, std::int64_t movement);

/// Of what is given back for an appliance: what it has put aside.
nlohmann::ordered_json note_aside(charge::LedgerStore& ledger, const std::string& appliance);

/// Of a ledger that another takes the place of, or of a backup: how far it has come; null where it cannot be
/// read.
nlohmann::ordered_json note_extent(const std::string& file);

}  // namespace tollgate::control
