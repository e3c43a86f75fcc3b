#include "control/account_routes.hpp"

#include <string>

#include "charge/accounts_file_values.hpp"
#include "charge/ledger_error.hpp"
#include "control/account_desk.hpp"
#include "control/fault.hpp"
#include "control/request_body.hpp"
#include "control/routes.hpp"
#include "control/utc.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;

/// What `ask` answers, of the ledger that there is.
template <class Ask>
Json at_the_desk(const Call& call, Ask&& ask) {
  const AccountDesk* desk = call.means.accounts;
  if (desk == nullptr)
    throw Fault(http::conflict, "this appliance has no ledger", "`ledger` in its configuration");
  try {
    return ask(*desk);
  } catch (const charge::LedgerError& error) {
    if (error.reason == charge::LedgerError::Reason::refused)
      throw Fault(http::conflict, error.what(), "what the ledger can do");
    throw Fault(http::unavailable, error.what(), "that the ledger can be used");
  }
}

Json bring_in(Call& call, bool is_credit) {
  const auto texts = read_texts_body(call.body, {"account", "amount", "reference"});
  const auto amount = charge::read_amount(texts.at("amount"), charge::most_money);
  if (!amount || *amount == 0)
    throw Fault(http::bad_request, "found another amount",
                "one above 0, such as \"250\" or \"12.50\", of at most six places and at most 1000000000000");
  return at_the_desk(call, [&](const AccountDesk& desk) {
    return desk.bring_in(call.caller, texts.at("account"), {is_credit, *amount, texts.at("reference")},
                         utc_now_ns());
  });
}

}  // namespace

Json list_accounts(Call& call) {
  return at_the_desk(call, [](const AccountDesk& desk) -> Json {
    return {{"accounts", desk.accounts(utc_now_ns())}};
  });
}

Json credit_account(Call& call) { return bring_in(call, true); }
Json pay_account(Call& call) { return bring_in(call, false); }

Json suspend_account(Call& call) {
  const auto texts = read_texts_body(call.body, {"account", "reason"});
  return at_the_desk(call, [&](const AccountDesk& desk) -> Json {
    return {{"account", desk.suspend(call.caller, texts.at("account"), texts.at("reason"), utc_now_ns())}};
  });
}

Json resume_account(Call& call) {
  const auto texts = read_texts_body(call.body, {"account"});
  return at_the_desk(call, [&](const AccountDesk& desk) -> Json {
    return {{"account", desk.resume(call.caller, texts.at("account"), utc_now_ns())}};
  });
}

}  // namespace tollgate::control
