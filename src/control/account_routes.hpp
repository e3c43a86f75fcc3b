#pragma once

#include <nlohmann/json.hpp>

namespace tollgate::control {

struct Call;

// What is answered to requests about accounts. Ledgers wait for disks: the appliance's own thread has no part
// in it. All of them throw Fault.

nlohmann::ordered_json list_accounts(Call& call);
nlohmann::ordered_json credit_account(Call& call);
nlohmann::ordered_json pay_account(Call& call);
nlohmann::ordered_json suspend_account(Call& call);
nlohmann::ordered_json resume_account(Call& call);

}  // namespace tollgate::control
