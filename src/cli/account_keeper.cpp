#include "cli/account_keeper.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

#include "charge/amount.hpp"
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

 private:
  Json ask(const char* method, const std::string& what, const Json& body = nullptr) const {
    try {
      return control::ask(state_, method, "/v1/accounts" + what,
                          body.is_null() ? "" : body.dump(-1, ' ', false, Json::error_handler_t::replace));
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

  Json accounts() const override {
    arguments_.open(AccountArguments::Use::read);  // or it says what is missing
    return control::AccountDesk(arguments_.settings(), nullptr).accounts(now_ns());
  }
  Json bring_in(const std::string& account, const control::AccountDesk::Money& money) const override {
    return desk().bring_in(local_caller(), account, money, now_ns());
  }
  void suspend(const std::string& account, const std::string& reason) const override {
    desk().suspend(local_caller(), account, reason, now_ns());
  }
  void resume(const std::string& account) const override { desk().resume(local_caller(), account, now_ns()); }

 private:
  control::AccountDesk desk() const {
    arguments_.open(AccountArguments::Use::change);  // or it says what is missing
    return arguments_.desk();
  }

  const AccountArguments& arguments_;
};

/// Whether an appliance that charges answers there. Throws where it answers that it cannot: it is not gone
/// round.
bool is_charging(const std::string& state) {
  try {
    return control::ask(state, "GET", "/v1/status").contains("ledger");
  } catch (const control::RefusedError&) {
    throw;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

std::unique_ptr<AccountKeeper> AccountArguments::keeper() const {
  settings();  // or it says that there is no ledger
  if (ledger_.empty()) {
    std::string state = load_config(config_).state;
    if (is_charging(state)) return std::make_unique<ByAppliance>(std::move(state));
  }
  return std::make_unique<ByLedger>(*this);
}

}  // namespace tollgate::cli
