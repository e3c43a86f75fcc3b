#include "control/account_desk.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

#include "charge/standing.hpp"
#include "control/account_notes.hpp"
#include "control/utc.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;
using charge::LedgerStore;

constexpr std::int64_t most_movements = 20;

charge::Account account_of(LedgerStore& ledger, const std::string& id) {
  const std::uint32_t number = ledger.number_of(id);
  for (charge::Account& account : ledger.in_force().accounts) {
    if (account.number == number) return std::move(account);
  }
  throw charge::LedgerError("account `" + id + "` has gone");
}

Json details_of(LedgerStore& ledger, const std::string& id, std::uint64_t now_ns,
                std::int64_t movements = most_movements) {
  const charge::Account account = account_of(ledger, id);
  return details_json(account, standing_of(ledger, account, now_ns, movements));
}

/// What an audit line says of an account: what changes here.
Json noted(const Json& details) {
  Json short_form{
      {"account", details.at("id")}, {"status", details.at("status")}, {"balance", details.at("balance")}};
  if (details.contains("reason")) short_form["reason"] = details.at("reason");
  return short_form;
}

/// What a file declares was not taken; why is in the findings.
struct NotDeclared : std::runtime_error {
  NotDeclared() : std::runtime_error("the file does not agree with the ledger") {}
};

std::optional<charge::Declared> read(const std::string& file, const std::string& content,
                                     rules::Findings& findings) {
  return file.ends_with(".csv") ? charge::read_accounts_csv(content, file, findings)
                                : charge::read_accounts(content, file, findings);
}

std::size_t senders_in(const charge::Declared& declared) {
  std::size_t senders = 0;
  for (const auto& one : declared.senders) senders += one.senders.size();
  return senders;
}

}  // namespace

Json AccountDesk::accounts(std::uint64_t now_ns) const {
  const auto ledger = LedgerStore::open_to_read(settings_);
  Json all = Json::array();
  for (const charge::Account& account : ledger->in_force().accounts)
    all.push_back(summary_json(account, standing_of(*ledger, account, now_ns)));
  return all;
}

Json AccountDesk::account(const std::string& id, std::int64_t movements, std::uint64_t now_ns) const {
  return details_of(*LedgerStore::open_to_read(settings_), id, now_ns, movements);
}

charge::AccountStatement AccountDesk::statement(const std::string& id, const std::string& month,
                                                std::uint64_t now_ns) const {
  const auto ledger = LedgerStore::open_to_read(settings_);
  const charge::Account account = account_of(*ledger, id);
  return charge::read_statement(ledger->database(), account.number,
                                month.empty() ? charge::month_of(account, now_ns) : month);
}

charge::Invoice AccountDesk::invoice(const std::string& id, const std::string& month,
                                     std::uint64_t now_ns) const {
  const auto ledger = LedgerStore::open_to_read(settings_);
  return charge::read_invoice(ledger->database(), ledger->number_of(id), month, terms_, now_ns);
}

void AccountDesk::note(const Caller& by, const std::string& what, const Json& before,
                       const Json& after) const {
  if (audit_ != nullptr)
    audit_->append({by.who, std::string(to_string(by.role)), by.from, what, before, after}, utc_now_ns());
}

void AccountDesk::change(const Caller& by, const std::string& what, const Json& before, const Json& after,
                         const std::function<void()>& make) const {
  note(by, what, before, after);
  try {
    make();
  } catch (const std::exception& error) {
    try {
      note(by, what + ".failed", before, {{"error", error.what()}});
    } catch (const AuditError&) {  // what failed first is what the caller has to know
    }
    throw;
  }
}

/// `make` says whether the ledger did it now, or had it already.
Json AccountDesk::change_account(const Caller& by, const std::string& what, const std::string& id, Json after,
                                 std::uint64_t now_ns, const std::function<bool(LedgerStore&)>& make) const {
  const auto ledger = LedgerStore::open(settings_);
  const Json before = noted(details_of(*ledger, id, now_ns));
  after.emplace("account", id);
  bool done = false;
  change(by, what, before, after, [&] { done = make(*ledger); });
  after["booked"] = false;
  if (!done) note(by, what + ".repeated", before, after);
  return details_of(*ledger, id, now_ns);
}

Json AccountDesk::bring_in(const Caller& by, const std::string& id, const Money& money,
                           std::uint64_t now_ns) const {
  bool booked = false;
  const auto book = [&](LedgerStore& ledger) {
    const LedgerStore::By who{by.who, now_ns};
    booked = money.is_credit ? ledger.credit(id, money.amount, money.reference, who)
                             : ledger.pay(id, money.amount, money.reference, who);
    return booked;
  };
  Json account = change_account(by, money.is_credit ? "account.credit" : "account.pay", id,
                                {{"amount", money.amount}, {"reference", money.reference}}, now_ns, book);
  return {{"booked", booked}, {"account", std::move(account)}};
}

Json AccountDesk::suspend(const Caller& by, const std::string& id, const std::string& reason,
                          std::uint64_t now_ns) const {
  return change_account(by, "account.suspend", id, {{"reason", reason}}, now_ns, [&](LedgerStore& ledger) {
    ledger.suspend(id, reason);
    return true;
  });
}

Json AccountDesk::resume(const Caller& by, const std::string& id, std::uint64_t now_ns) const {
  return change_account(by, "account.resume", id, Json::object(), now_ns, [&](LedgerStore& ledger) {
    ledger.resume(id);
    return true;
  });
}

std::int64_t AccountDesk::correct(const Caller& by, std::int64_t movement, const std::string& reference,
                                  std::uint64_t now_ns) const {
  const auto ledger = LedgerStore::open(settings_);
  std::int64_t correction = 0;
  change(by, "account.correct", note_movement(*ledger, movement),
         {{"movement", movement}, {"reference", reference}}, [&] {
           correction = ledger->correct(movement, reference, {by.who, now_ns});
         });
  return correction;
}

charge::Invoice AccountDesk::book_interest(const Caller& by, const std::string& id, const std::string& month,
                                           std::uint64_t now_ns) const {
  const auto ledger = LedgerStore::open(settings_);
  charge::Invoice invoice =
      charge::read_invoice(ledger->database(), ledger->number_of(id), month, terms_, now_ns);
  change(by, "account.interest", {{"interest_booked", invoice.interest_booked}},
         {{"interest_booked", invoice.interest}, {"account", id}, {"month", month}}, [&] {
           invoice = ledger->book_interest(id, month, terms_, {by.who, now_ns});
         });
  return invoice;
}

bool AccountDesk::declare(const Caller& by, const charge::Declared& declared, const Json& counts,
                          std::uint64_t now_ns, rules::Findings& findings) const {
  const auto ledger = LedgerStore::open(settings_);
  const BeforeAndAfter noted = note_import(ledger->in_force(), declared, now_ns);
  Json after = counts;
  after.update(noted.after);
  try {
    change(by, "account.import", noted.before, after, [&] {
      if (!ledger->declare(declared, now_ns, findings)) throw NotDeclared();
    });
    return true;
  } catch (const NotDeclared&) {
    return false;
  }
}

AccountDesk::Imported AccountDesk::import(const Caller& by, const std::string& file,
                                          const std::string& content, std::uint64_t now_ns) const {
  Imported imported;
  rules::Findings findings;
  if (const auto declared = read(file, content, findings)) {
    imported.accounts = declared->accounts.size();
    imported.prices = declared->prices.size();
    imported.senders = senders_in(*declared);
    const Json counts{{"file", file},
                      {"accounts", imported.accounts},
                      {"prices", imported.prices},
                      {"senders", imported.senders}};
    imported.is_taken = declare(by, *declared, counts, now_ns, findings);
  }
  findings.sort();
  for (const rules::Finding& finding : findings.all()) imported.findings.push_back(to_string(finding));
  return imported;
}

std::vector<LedgerStore::Released> AccountDesk::release(const Caller& by, const std::string& appliance,
                                                        bool even_if_seen, std::uint64_t now_ns) const {
  const auto ledger = LedgerStore::open(settings_);
  std::vector<LedgerStore::Released> all;
  const auto give_back = [&] { all = ledger->release(appliance, even_if_seen, {by.who, now_ns}); };
  try {
    change(by, "account.release", note_aside(*ledger, appliance),
           {{"appliance", appliance}, {"force", even_if_seen}}, give_back);
  } catch (const charge::SeenLately& error) {
    throw charge::SeenLately(std::string(error.what()) + "; where it never does, use --force");
  }
  return all;
}

charge::Restored AccountDesk::restore(const Caller& by, const std::string& file, bool while_in_use) const {
  /// To the line that tells so.
  struct Faulty : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  charge::Restored restored;
  Json after{{"file", file}};
  after["backup"] = note_extent(file);
  try {
    change(by, "account.restore", note_extent(settings_.sqlite), after, [&] {
      restored = charge::restore(settings_, file, while_in_use);
      if (restored.backup.fault) throw Faulty(*restored.backup.fault);
    });
  } catch (const Faulty&) {  // the answer tells so
  }
  return restored;
}

}  // namespace tollgate::control
