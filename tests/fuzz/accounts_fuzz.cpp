#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "charge/accounts_file.hpp"
#include "charge/ledger.hpp"

// What a file of accounts is read as, a ledger takes, and gives back.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tollgate;
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  for (const bool csv : {false, true}) {
    rules::Findings findings;
    const auto declared = csv ? charge::read_accounts_csv(content, "fuzz", findings)
                              : charge::read_accounts(content, "fuzz", findings);
    if (declared.has_value() == findings.any_error()) __builtin_trap();
    if (!declared || declared->accounts.size() + declared->prices.size() + declared->senders.size() == 0)
      continue;
    const auto ledger = charge::Ledger::open({.sqlite = "", .postgresql = "", .appliance = ""});
    if (!ledger->declare(*declared, 1, findings)) continue;
    const auto in_force = ledger->in_force();
    if (in_force.accounts.size() != declared->accounts.size() ||
        in_force.prices.size() != declared->prices.size())
      __builtin_trap();
  }
  if (const auto amount = charge::read_amount(content, charge::most_money);
      amount && charge::read_amount(charge::write_amount(*amount), charge::most_money) != amount)
    __builtin_trap();
  return 0;
}
