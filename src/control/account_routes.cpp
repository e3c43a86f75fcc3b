#include "control/account_routes.hpp"

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "charge/accounts_file_values.hpp"
#include "charge/ledger_error.hpp"
#include "control/account_desk.hpp"
#include "control/fault.hpp"
#include "control/http_threads.hpp"
#include "control/request_body.hpp"
#include "control/routes.hpp"
#include "control/utc.hpp"
#include "record/mask.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;

[[noreturn]] void refuse_for_now() {
  Fault fault(http::unavailable,
              fmt::format("{} others work with the ledger now; nothing was done", ledger_threads_a_way),
              "fewer at once: ask again");
  fault.retry_after_seconds = 1;
  throw fault;
}

/// What `ask` answers, of the ledger that there is.
template <class Ask>
Json at_the_desk(const Call& call, Ask&& ask) {
  const AccountDesk* desk = call.means.accounts;
  if (desk == nullptr)
    throw Fault(http::conflict, "this appliance has no ledger", "`ledger` in its configuration");
  const Turns::Turn turn(call.ledger_turns);
  if (!turn) refuse_for_now();
  try {
    return ask(*desk);
  } catch (const charge::LedgerError& error) {
    if (error.reason == charge::LedgerError::Reason::refused)
      throw Fault(http::conflict, error.what(), "what the ledger can do");
    throw Fault(http::unavailable, error.what(), "that the ledger can be used");
  }
}

/// An account as who asks may see it. A sender that is a number is somebody's; global titles, addresses and
/// names that an account is recognised by are those of networks and applications.
Json shown(Json account, const Call& call) {
  if (sees_numbers(call.caller.role)) return account;
  for (Json& sender : account.at("senders")) {
    auto& address = sender.at("address").get_ref<std::string&>();
    if (!record::is_name(address)) record::mask(address);
  }
  return account;
}

Json bring_in(Call& call, bool is_credit) {
  const auto texts = read_texts_body(call.body, {"account", "amount", "reference"});
  const auto amount = charge::read_amount(texts.at("amount"), charge::most_money);
  if (!amount || *amount == 0)
    throw Fault(http::bad_request, "found another amount",
                "one above 0, such as \"250\" or \"12.50\", of at most six places and at most 1000000000000");
  return at_the_desk(call, [&](const AccountDesk& desk) {
    Json done = desk.bring_in(call.caller, texts.at("account"), {is_credit, *amount, texts.at("reference")},
                              utc_now_ns());
    done.at("account") = shown(std::move(done.at("account")), call);
    return done;
  });
}

std::string text_of(const Call& call, std::string_view name) {
  const auto found = call.texts.find(name);
  return found == call.texts.end() ? "" : found->second;
}

/// In the form that was asked for: a value, or what a command prints.
template <class Shown>
Json in_form(const Call& call, const char* name, const Shown& shown) {
  const std::string form = text_of(call, "form");
  if (form == "text") return {{"text", text_of(shown)}};
  if constexpr (std::is_same_v<Shown, charge::AccountStatement>) {
    if (form == "csv") return {{"text", csv_of(shown)}};
  }
  if (form.empty() || form == "json") return {{name, Json::parse(json_of(shown))}};
  throw Fault(http::bad_request, "found another form", "`json` or `text`, of a statement also `csv`");
}

}  // namespace

Json list_accounts(Call& call) {
  return at_the_desk(call, [](const AccountDesk& desk) -> Json {
    return {{"accounts", desk.accounts(utc_now_ns())}};
  });
}

Json show_account(Call& call) {
  return at_the_desk(call, [&](const AccountDesk& desk) -> Json {
    const auto movements = static_cast<std::int64_t>(call.numbers.at("movements"));
    return {{"account", shown(desk.account(call.texts.at("account"), movements, utc_now_ns()), call)}};
  });
}

Json show_statement(Call& call) {
  return at_the_desk(call, [&](const AccountDesk& desk) {
    return in_form(call, "statement",
                   desk.statement(call.texts.at("account"), text_of(call, "month"), utc_now_ns()));
  });
}

Json show_invoice(Call& call) {
  return at_the_desk(call, [&](const AccountDesk& desk) {
    return in_form(call, "invoice",
                   desk.invoice(call.texts.at("account"), call.texts.at("month"), utc_now_ns()));
  });
}

Json credit_account(Call& call) { return bring_in(call, true); }
Json pay_account(Call& call) { return bring_in(call, false); }

Json suspend_account(Call& call) {
  const auto texts = read_texts_body(call.body, {"account", "reason"});
  return at_the_desk(call, [&](const AccountDesk& desk) -> Json {
    return {{"account",
             shown(desk.suspend(call.caller, texts.at("account"), texts.at("reason"), utc_now_ns()), call)}};
  });
}

Json resume_account(Call& call) {
  const auto texts = read_texts_body(call.body, {"account"});
  return at_the_desk(call, [&](const AccountDesk& desk) -> Json {
    return {{"account", shown(desk.resume(call.caller, texts.at("account"), utc_now_ns()), call)}};
  });
}

Json correct_movement(Call& call) {
  const CorrectionBody body = read_correction_body(call.body);
  return at_the_desk(call, [&](const AccountDesk& desk) -> Json {
    return {{"undone_by", desk.correct(call.caller, body.movement, body.reference, utc_now_ns())}};
  });
}

Json book_interest(Call& call) {
  const auto texts = read_texts_body(call.body, {"account", "month"});
  return at_the_desk(call, [&](const AccountDesk& desk) -> Json {
    const auto invoice =
        desk.book_interest(call.caller, texts.at("account"), texts.at("month"), utc_now_ns());
    return {{"invoice", Json::parse(json_of(invoice))}};
  });
}

Json release_appliance(Call& call) {
  const ReleaseBody body = read_release_body(call.body);
  return at_the_desk(call, [&](const AccountDesk& desk) -> Json {
    Json all = Json::array();
    for (const auto& one : desk.release(call.caller, body.appliance, body.force, utc_now_ns()))
      all.push_back({{"account", one.account}, {"currency", one.currency}, {"amount", one.amount}});
    return {{"released", std::move(all)}};
  });
}

Json import_accounts(Call& call) {
  const ImportBody body = read_import_body(call.body);
  return at_the_desk(call, [&](const AccountDesk& desk) -> Json {
    const AccountDesk::Imported imported = desk.import(call.caller, body.file, body.content, utc_now_ns());
    if (!imported.is_taken)
      throw Fault(http::bad_request, fmt::format("{}", fmt::join(imported.findings, "\n")),
                  "a file without errors, which agrees with the ledger");
    return {{"accounts", imported.accounts},
            {"prices", imported.prices},
            {"senders", imported.senders},
            {"findings", imported.findings}};
  });
}

}  // namespace tollgate::control
