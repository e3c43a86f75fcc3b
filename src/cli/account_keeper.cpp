#include "cli/account_keeper.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "charge/amount.hpp"
#include "charge/ledger_error.hpp"
#include "charge/ledger_name.hpp"
#include "cli/account.hpp"
#include "cli/config.hpp"
#include "cli/now.hpp"
#include "control/client.hpp"
#include "control/fault.hpp"

namespace tollgate::cli {
namespace {

using Json = nlohmann::ordered_json;

/// The running appliance, over its control socket: it writes its audit log, with who asked.
class ByAppliance : public AccountKeeper {
 public:
  explicit ByAppliance(std::string state) : state_(std::move(state)) {}

  Json accounts() const override { return ask("GET", "").at("accounts"); }
  Json account(const std::string& account, std::uint32_t movements) const override {
    return ask("GET", fmt::format("/show?account={}&movements={}", control::query_text(account), movements))
        .at("account");
  }
  std::string statement(const std::string& account, const std::string& month, Form form) const override {
    return shown("statement", account, month, form);
  }
  std::string invoice(const std::string& account, const std::string& month, Form form) const override {
    return shown("invoice", account, month, form);
  }
  void book_interest(const std::string& account, const std::string& month) const override {
    ask("POST", "/interest", {{"account", account}, {"month", month}});
  }
  Json bring_in(const std::string& account, const control::AccountDesk::Money& money) const override {
    return ask("POST", money.is_credit ? "/credit" : "/pay",
               {{"account", account},
                {"amount", charge::write_amount(money.amount)},
                {"reference", money.reference}});
  }
  void suspend(const std::string& account, const std::string& reason) const override {
    ask("POST", "/suspend", {{"account", account}, {"reason", reason}});
  }
  void resume(const std::string& account) const override { ask("POST", "/resume", {{"account", account}}); }
  std::int64_t correct(std::int64_t movement, const std::string& reference) const override {
    return ask("POST", "/correct", {{"movement", movement}, {"reference", reference}})
        .at("undone_by")
        .get<std::int64_t>();
  }
  std::vector<charge::LedgerStore::Released> release(const std::string& appliance,
                                                     bool force) const override {
    std::vector<charge::LedgerStore::Released> all;
    const Json answer = ask("POST", "/release", {{"appliance", appliance}, {"force", force}});
    for (const Json& one : answer.at("released"))
      all.push_back({one.at("account").get<std::string>(), one.at("currency").get<std::string>(),
                     one.at("amount").get<charge::Amount>()});
    return all;
  }
  control::AccountDesk::Imported import(const std::string& file, const std::string& content) const override {
    try {
      constexpr std::chrono::minutes patience{20};  // of many prices
      const Json answer = ask("POST", "/import", {{"file", file}, {"content", content}}, patience);
      const auto count = [&](const char* name) { return answer.at(name).get<std::size_t>(); };
      return {true, count("accounts"), count("prices"), count("senders"),
              answer.at("findings").get<std::vector<std::string>>()};
    } catch (const control::RefusedError& error) {  // the file
      return {.findings = {error.found}};
    }
  }

 private:
  /// What the command prints.
  std::string shown(const std::string& what, const std::string& account, const std::string& month,
                    Form form) const {
    constexpr const char* forms[] = {"text", "csv", "json"};
    std::string path = fmt::format("/{}?account={}&form={}", what, control::query_text(account),
                                   forms[static_cast<std::size_t>(form)]);
    if (!month.empty()) path += "&month=" + control::query_text(month);
    const Json answer = ask("GET", path);
    if (form != Form::json) return answer.at("text").get<std::string>();
    return answer.at(what).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  }

  Json ask(const char* method, const std::string& what, const Json& body = nullptr,
           std::chrono::seconds patience = control::usual_patience) const {
    try {
      return control::ask(state_, method, "/v1/accounts" + what,
                          body.is_null() ? "" : body.dump(-1, ' ', false, Json::error_handler_t::replace),
                          patience);
    } catch (const control::RefusedError& error) {
      if (error.status == control::http::bad_request) throw;
      throw std::runtime_error(error.found);  // what the ledger, or the audit log, says here as well
    }
  }

  std::string state_;
};

/// This process, with the ledger.
class ByLedger : public AccountKeeper {
 public:
  explicit ByLedger(const AccountArguments& arguments) : arguments_(arguments) {}

  Json accounts() const override { return to_read().accounts(now_ns()); }
  Json account(const std::string& account, std::uint32_t movements) const override {
    return to_read().account(account, movements, now_ns());
  }
  std::string statement(const std::string& account, const std::string& month, Form form) const override {
    const charge::AccountStatement statement = to_read().statement(account, month, now_ns());
    return form == Form::json  ? json_of(statement)
           : form == Form::csv ? csv_of(statement)
                               : text_of(statement);
  }
  std::string invoice(const std::string& account, const std::string& month, Form form) const override {
    const charge::Invoice invoice = to_read().invoice(account, month, now_ns());
    return form == Form::json ? json_of(invoice) : text_of(invoice);
  }
  void book_interest(const std::string& account, const std::string& month) const override {
    desk().book_interest(local_caller(), account, month, now_ns());
  }
  Json bring_in(const std::string& account, const control::AccountDesk::Money& money) const override {
    return desk().bring_in(local_caller(), account, money, now_ns());
  }
  void suspend(const std::string& account, const std::string& reason) const override {
    desk().suspend(local_caller(), account, reason, now_ns());
  }
  void resume(const std::string& account) const override { desk().resume(local_caller(), account, now_ns()); }
  std::int64_t correct(std::int64_t movement, const std::string& reference) const override {
    return desk().correct(local_caller(), movement, reference, now_ns());
  }
  std::vector<charge::LedgerStore::Released> release(const std::string& appliance,
                                                     bool force) const override {
    return desk().release(local_caller(), appliance, force, now_ns());
  }
  control::AccountDesk::Imported import(const std::string& file, const std::string& content) const override {
    const charge::LedgerSettings ledger = arguments_.settings();
    const bool was_there = !ledger.names_no_ledger_yet();
    auto imported = arguments_.desk().import(local_caller(), file, content, now_ns());
    if (!was_there && !ledger.names_no_ledger_yet())
      fmt::print(stderr, "{}: a new ledger was made\n", ledger.sqlite);
    return imported;
  }

 private:
  control::AccountDesk to_read() const {
    arguments_.open_to_read();  // or it says what is missing
    return {arguments_.settings(), nullptr, arguments_.invoice_terms()};
  }
  control::AccountDesk desk() const {
    arguments_.open_to_read();  // or it says what is missing
    return arguments_.desk();
  }

  const AccountArguments& arguments_;
};

/// What an appliance that charges says of its ledger, where there is one. Throws where it answers that it
/// cannot, does not answer, or may not be asked: it is not gone round.
std::optional<Json> ledger_of_appliance(const std::string& state) {
  try {
    const Json status = control::ask(state, "GET", "/v1/status");
    return status.contains("ledger") ? std::optional(status.at("ledger")) : std::nullopt;
  } catch (const control::NobodyError&) {
    return std::nullopt;
  }
}

/// The configuration may have been edited since the appliance was started.
void check_same(const Json& of_appliance, const charge::LedgerSettings& configured) {
  const std::string theirs = of_appliance.value("name", "");
  const std::string ours = charge::name_of(configured);
  if (theirs.empty() || theirs == ours) return;  // one of an earlier version does not tell
  throw charge::LedgerError(
      charge::LedgerError::Reason::refused,
      fmt::format("the appliance charges into the ledger {}, and the configuration names {}: start the "
                  "appliance anew{}; nothing is done",
                  theirs, ours,
                  configured.postgresql.empty() ? ", or name the ledger with --ledger FILE" : ""));
}

}  // namespace

std::optional<std::string> AccountArguments::appliance_in_charge() const {
  settings();  // or it says that there is no ledger
  if (!ledger_.empty()) return std::nullopt;
  const Configuration config = load_config(config_);
  const auto theirs = ledger_of_appliance(config.state);
  if (!theirs) return std::nullopt;
  check_same(*theirs, config.ledger);
  return config.state;
}

std::unique_ptr<AccountKeeper> AccountArguments::keeper_here() const {
  check_ledger();
  return std::make_unique<ByLedger>(*this);
}

std::unique_ptr<AccountKeeper> AccountArguments::keeper() const {
  if (auto state = appliance_in_charge()) return std::make_unique<ByAppliance>(std::move(*state));
  return std::make_unique<ByLedger>(*this);
}

}  // namespace tollgate::cli
