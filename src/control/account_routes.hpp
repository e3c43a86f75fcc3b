#pragma once

#include <nlohmann/json.hpp>

namespace tollgate::control {

struct Call;

// What is answered to requests about accounts. Ledgers wait for disks: the appliance's own thread has no part
// in it. All of them throw Fault.

nlohmann::ordered_json list_accounts(Call& call);
nlohmann::ordered_json show_account(Call& call);
nlohmann::ordered_json show_statement(Call& call);
nlohmann::ordered_json show_invoice(Call& call);
nlohmann::ordered_json credit_account(Call& call);
nlohmann::ordered_json pay_account(Call& call);
nlohmann::ordered_json suspend_account(Call& call);
nlohmann::ordered_json resume_account(Call& call);
nlohmann::ordered_json correct_movement(Call& call);
nlohmann::ordered_json book_interest(Call& call);
nlohmann::ordered_json release_appliance(Call& call);
nlohmann::ordered_json import_accounts(Call& call);

}  // namespace tollgate::control
