#include "control/account_desk.hpp"

#include <exception>
#include <utility>

#include "charge/standing.hpp"
#include "control/utc.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;
using charge::LedgerStore;

constexpr std::int64_t most_movements = 20;

Json details_of(LedgerStore& ledger, const std::string& id, std::uint64_t now_ns) {
  const std::uint32_t number = ledger.number_of(id);
  for (const charge::Account& account : ledger.in_force().accounts) {
    if (account.number == number)
      return details_json(account, standing_of(ledger, account, now_ns, most_movements));
  }
  return nullptr;
}

/// What an audit line says of an account: what changes here.
Json noted(const Json& details) {
  Json short_form{
      {"account", details.at("id")}, {"status", details.at("status")}, {"balance", details.at("balance")}};
  if (details.contains("reason")) short_form["reason"] = details.at("reason");
  return short_form;
}

}  // namespace

Json AccountDesk::accounts(std::uint64_t now_ns) const {
  const auto ledger = LedgerStore::open_to_read(settings_);
  Json all = Json::array();
  for (const charge::Account& account : ledger->in_force().accounts)
    all.push_back(summary_json(account, standing_of(*ledger, account, now_ns)));
  return all;
}

Json AccountDesk::account(const std::string& id, std::uint64_t now_ns) const {
  return details_of(*LedgerStore::open_to_read(settings_), id, now_ns);
}

void AccountDesk::change(const Caller& by, const std::string& what, const Json& before, const Json& after,
                         const std::function<void()>& make) const {
  const auto note = [&](const std::string& name, const Json& then) {
    if (audit_ != nullptr)
      audit_->append({by.who, std::string(to_string(by.role)), by.from, name, before, then}, utc_now_ns());
  };
  note(what, after);
  try {
    make();
  } catch (const std::exception& error) {
    note(what + ".failed", {{"error", error.what()}});
    throw;
  }
}

Json AccountDesk::change_account(const Caller& by, const std::string& what, const std::string& id, Json after,
                                 std::uint64_t now_ns, const std::function<void(LedgerStore&)>& make) const {
  const auto ledger = LedgerStore::open(settings_);
  const Json before = noted(details_of(*ledger, id, now_ns));
  after.emplace("account", id);
  change(by, what, before, after, [&] { make(*ledger); });
  return details_of(*ledger, id, now_ns);
}

Json AccountDesk::bring_in(const Caller& by, const std::string& id, const Money& money,
                           std::uint64_t now_ns) const {
  bool booked = false;
  const auto book = [&](LedgerStore& ledger) {
    const LedgerStore::By who{by.who, now_ns};
    booked = money.is_credit ? ledger.credit(id, money.amount, money.reference, who)
                             : ledger.pay(id, money.amount, money.reference, who);
  };
  Json account = change_account(by, money.is_credit ? "account.credit" : "account.pay", id,
                                {{"amount", money.amount}, {"reference", money.reference}}, now_ns, book);
  return {{"booked", booked}, {"account", std::move(account)}};
}

Json AccountDesk::suspend(const Caller& by, const std::string& id, const std::string& reason,
                          std::uint64_t now_ns) const {
  return change_account(by, "account.suspend", id, {{"reason", reason}}, now_ns,
                        [&](LedgerStore& ledger) { ledger.suspend(id, reason); });
}

Json AccountDesk::resume(const Caller& by, const std::string& id, std::uint64_t now_ns) const {
  return change_account(by, "account.resume", id, Json::object(), now_ns,
                        [&](LedgerStore& ledger) { ledger.resume(id); });
}

}  // namespace tollgate::control
