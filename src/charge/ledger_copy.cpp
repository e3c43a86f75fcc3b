#include <array>

#include "charge/ledger_appliances.hpp"
#include "charge/ledger_store.hpp"
#include "charge/schema.hpp"
#include "charge/sqlite.hpp"

namespace tollgate::charge {
namespace {

/// There may be very many of them, and none says what an account can pay; by names of older schemas, too.
/// Each movement has the hash of the one before: the next one asks for the last.
constexpr std::array excerpts{
    Excerpt{"counted", "WHERE 0"},      Excerpt{"event", "WHERE 0"},
    Excerpt{"heading", "WHERE 0"},      Excerpt{"leak", "WHERE 0"},
    Excerpt{"leak_counted", "WHERE 0"}, Excerpt{"movement", "ORDER BY number DESC LIMIT 1"},
    Excerpt{"refused", "WHERE 0"},
};

}  // namespace

std::unique_ptr<Ledger> Ledger::open_copy(const std::string& path, const std::string& appliance) {
  auto database = copy_sqlite_to_memory(path, excerpts);
  bring_up_to_date(*database);
  auto ledger = std::make_unique<LedgerStore>(
      std::move(database), LedgerSettings{.sqlite = {}, .postgresql = {}, .appliance = appliance});
  for (const Appliance& one : read_appliances(ledger->database())) {
    if (!one.aside.empty()) ledger->release(one.name, true, {"a copy", 0});
  }
  return ledger;
}

}  // namespace tollgate::charge
