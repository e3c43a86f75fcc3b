#include "charge/ledger.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "charge/ledger_declare.hpp"
#include "charge/ledger_store.hpp"
#include "charge/ledger_undone.hpp"
#include "charge/postgresql.hpp"
#include "charge/schema.hpp"
#include "charge/sqlite.hpp"

namespace tollgate::charge {
namespace {

using Access = sql::Database::Access;
using Reason = LedgerError::Reason;

/// What root makes belongs to whom the folder belongs to: an appliance that runs as another user goes on with
/// it. Where that cannot be, it stays root's.
void give_to_owner_of_folder(const std::string& path) {
  struct stat folder {};
  const std::string parent = std::filesystem::path(path).parent_path().string();
  if (::geteuid() != 0 || ::stat(parent.empty() ? "." : parent.c_str(), &folder) != 0) return;
  for (const char* end : {"", "-wal", "-shm"}) {
    const std::string file = path + end;
    [[maybe_unused]] const int kept = ::lchown(file.c_str(), folder.st_uid, folder.st_gid);
  }
}

std::unique_ptr<sql::Database> connect(const LedgerSettings& settings) {
  if (sodium_init() < 0) throw LedgerError("libsodium does not start");
  const bool is_new = settings.names_no_ledger_yet();
  std::unique_ptr<sql::Database> database =
      settings.postgresql.empty() ? open_sqlite(settings.sqlite) : open_postgresql(settings.postgresql);
  if (is_new) give_to_owner_of_folder(settings.sqlite);
  bring_up_to_date(*database);
  return database;
}

struct Undone {
  std::string kind;
  std::int64_t from = 0;
  std::int64_t to = 0;
  Amount amount = 0;
  std::uint32_t account = 0;
};

}  // namespace

std::unique_ptr<Ledger> Ledger::open(const LedgerSettings& settings) { return LedgerStore::open(settings); }

bool LedgerSettings::names_no_ledger_yet() const {
  return postgresql.empty() && !sqlite.empty() && !std::filesystem::exists(sqlite);
}

std::unique_ptr<LedgerStore> LedgerStore::open_to_read(const LedgerSettings& settings) {
  if (!settings.postgresql.empty()) return open(settings);
  auto database = open_sqlite_to_read(settings.sqlite);
  if (!is_up_to_date(*database)) return open(settings);
  return std::make_unique<LedgerStore>(std::move(database), settings);
}

std::unique_ptr<LedgerStore> LedgerStore::open(const LedgerSettings& settings) {
  auto store = std::make_unique<LedgerStore>(connect(settings), settings);
  if (!settings.audit.empty() && settings.postgresql.empty() && store->audit() != settings.audit)
    store->database().prepare("UPDATE meta SET audit = $1")->run(settings.audit);
  return store;
}

LedgerStore::LedgerStore(std::unique_ptr<sql::Database> database, const LedgerSettings& settings)
    : database_(std::move(database)),
      appliance_(settings.appliance),
      movements_(*database_),
      limits_(*database_, movements_),
      settlement_(*database_, movements_, limits_, appliance_, settings.unpaid_known_for_ns),
      version_(database_->prepare("SELECT version FROM meta")),
      bump_(database_->prepare("UPDATE meta SET version = version + 1")),
      has_(database_->prepare("SELECT 1 FROM event WHERE time_ns = $1 AND id = $2")),
      since_(
          database_->prepare("SELECT id, retry, time_ns FROM event WHERE time_ns >= $1 ORDER BY time_ns")) {}

template <class Change>
auto LedgerStore::transact(Change&& change) {
  sql::Transaction transaction(*database_, Access::write);
  movements_.begin();
  limits_.begin();
  settlement_.begin();
  try {
    auto result = change();
    if (limits_.changed()) bump_version();
    transaction.commit();
    return result;
  } catch (...) {
    settlement_.forget();
    limits_.forget();
    throw;
  }
}

void LedgerStore::bump_version() { bump_->run(); }

std::uint64_t LedgerStore::version() {
  auto rows = version_->on();
  return rows.next() ? rows.as<std::uint64_t>(0) : 0;
}

std::string LedgerStore::audit() {
  const auto select = database_->prepare("SELECT audit FROM meta");
  auto rows = select->on();
  return rows.next() ? rows.text(0) : "";
}

Ledger::InForce LedgerStore::in_force() {
  sql::Transaction transaction(*database_, Access::read);
  InForce in_force = read_in_force(*database_);
  transaction.commit();
  return in_force;
}

Ledger::Settled LedgerStore::settle(std::span<const Charge> charges, std::span<const Wish> wishes,
                                    std::uint64_t time_ns) {
  return transact([&] { return settlement_.settle(charges, wishes, time_ns); });
}

void LedgerStore::hold_name() {
  if (database_->hold(appliance_)) return;
  throw LedgerError(Reason::busy,
                    fmt::format("ledger {}: another process charges into it as `{}`: end that one, or give "
                                "this one another name (`ledger: {{appliance: NAME}}`)",
                                database_->name(), appliance_));
}

bool LedgerStore::has(const MessageId& id, std::uint64_t time_ns) {
  return has_->on(time_ns, octets_of(id)).next();
}

void LedgerStore::release_all(std::uint64_t time_ns) {
  transact([&] {
    settlement_.release_all(time_ns);
    return true;
  });
}

void LedgerStore::for_each_charge_since(
    std::uint64_t time_ns,
    const std::function<void(const MessageId& id, const MessageId& retry, std::uint64_t charged_ns)>& take) {
  for (auto rows = since_->on(time_ns); rows.next();)
    take(id_of(rows.octets(0)), id_of(rows.octets(1)), rows.as<std::uint64_t>(2));
}

bool LedgerStore::declare(const Declared& declared, std::uint64_t time_ns, rules::Findings& findings) {
  sql::Transaction transaction(*database_, Access::write);
  const std::size_t errors = findings.errors();
  write_declared(*database_, declared, time_ns, findings);
  if (findings.errors() != errors) return false;
  bump_version();
  transaction.commit();
  return true;
}

std::uint32_t LedgerStore::number_of(std::string_view account) {
  const auto statement = database_->prepare("SELECT number FROM account WHERE id = $1");
  auto rows = statement->on(account);
  if (!rows.next())
    throw LedgerError(Reason::refused,
                      fmt::format("there is no account `{}` in the ledger {}; `tollgate account list` "
                                  "shows those there are",
                                  account, database_->name()));
  return rows.as<std::uint32_t>(0);
}

bool LedgerStore::credit(std::string_view account, Amount amount, std::string_view reference, const By& by) {
  return bring_in("credit", account, amount, reference, by);
}

bool LedgerStore::pay(std::string_view account, Amount amount, std::string_view reference, const By& by) {
  return bring_in("payment", account, amount, reference, by);
}

bool LedgerStore::bring_in(std::string_view kind, std::string_view account, Amount amount,
                           std::string_view reference, const By& by) {
  return transact([&] {
    Limits::Standing& standing = limits_.standing(number_of(account));
    if (amount <= 0) throw LedgerError(Reason::refused, "the amount must be above 0");
    if (standing.prepaid != (kind == "credit"))
      throw LedgerError(Reason::refused,
                        standing.prepaid
                            ? fmt::format("account `{}` is prepaid: it buys credit, it does not pay "
                                          "invoices; use `tollgate account credit`",
                                          account)
                            : fmt::format("account `{}` is postpaid: it pays, it does not buy credit; use "
                                          "`tollgate account pay`",
                                          account));
    CanonicalLine what;
    what.text(kind).integer(standing.account).text(reference);
    const IdOctets id = digest(what.line());
    if (const auto before = movements_.find(id)) {
      const auto statement = database_->prepare("SELECT amount FROM movement WHERE number = $1");
      auto rows = statement->on(*before);
      if (rows.next() && rows.integer(0) == amount) return false;
      throw LedgerError(Reason::refused,
                        fmt::format("reference `{}` was booked for account `{}` already, as movement "
                                    "{}, with another amount",
                                    reference, account, *before));
    }
    LedgerBook& credit = movements_.book(standing.account, "credit", "", standing.currency);
    const std::int64_t number = movements_.post({.id = id,
                                                 .time_ns = static_cast<std::int64_t>(by.time_ns),
                                                 .kind = kind,
                                                 .amount = amount,
                                                 .account = standing.account,
                                                 .reference = reference,
                                                 .made_by = by.who},
                                                movements_.book(0, "world", "", standing.currency), credit);
    database_
        ->prepare(
            "INSERT INTO purchase (account, movement, had) VALUES ($1, $2, $3) ON CONFLICT (account) "
            "DO UPDATE SET movement = excluded.movement, had = excluded.had")
        ->run(standing.account, number, credit.balance + movements_.reserved(standing.account));
    limits_.lift(standing, by.time_ns);
    return true;
  });
}

std::int64_t LedgerStore::correct(std::int64_t movement, std::string_view reference, const By& by) {
  return transact([&] {
    Undone undone;
    {
      const auto statement = database_->prepare(
          "SELECT kind, from_book, to_book, amount, account FROM movement WHERE number = $1");
      auto rows = statement->on(movement);
      if (!rows.next()) throw LedgerError(Reason::refused, fmt::format("there is no movement {}", movement));
      undone = {rows.text(0), rows.integer(1), rows.integer(2), rows.integer(3), rows.as<std::uint32_t>(4)};
    }
    if (undone.kind == "reserve" || undone.kind == "release" || undone.kind == "correction")
      throw LedgerError(Reason::refused,
                        fmt::format("movement {} is a {}; what can be undone are credit, payment, "
                                    "spend, fee and interest",
                                    movement, undone.kind));
    CanonicalLine what;
    what.text("correction").integer(movement);
    const IdOctets id = digest(what.line());
    if (const auto before = movements_.find(id)) return *before;
    Limits::Standing& standing = limits_.standing(undone.account);
    LedgerBook& credit = movements_.book(standing.account, "credit", "", standing.currency);
    // One of its sides is the account's: its credit, or what an appliance had put aside of it.
    const bool came_in = undone.to == credit.number;
    if (came_in && standing.prepaid && credit.balance < undone.amount)
      throw LedgerError(Reason::refused,
                        fmt::format("account `{}` has spent or put aside some of that credit", standing.id));
    const std::int64_t other = came_in ? undone.from : undone.to;
    const auto statement = database_->prepare("SELECT account, role, detail FROM book WHERE number = $1");
    auto rows = statement->on(other);
    if (!rows.next()) throw LedgerError(Reason::damaged, fmt::format("movement {} has no book", movement));
    LedgerBook& away =
        movements_.book(rows.as<std::uint32_t>(0), rows.text(1), rows.text(2), standing.currency);
    const std::int64_t number = movements_.post({.id = id,
                                                 .time_ns = static_cast<std::int64_t>(by.time_ns),
                                                 .kind = "correction",
                                                 .amount = undone.amount,
                                                 .account = standing.account,
                                                 .reference = reference,
                                                 .made_by = by.who,
                                                 .undoes = movement},
                                                came_in ? credit : away, came_in ? away : credit);
    if (undone.kind == "spend" || undone.kind == "fee")
      give_back_in_months(*database_, movement, *standing.zone);
    limits_.lift(standing, by.time_ns);
    return number;
  });
}

Invoice LedgerStore::book_interest(std::string_view account, const std::string& month,
                                   const Invoice::Terms& terms, const By& by) {
  return transact([&] {
    const Limits::Standing& standing = limits_.standing(number_of(account));
    Invoice invoice = invoice_of(*database_, standing.account, month, terms, by.time_ns);
    const Amount more = invoice.interest - invoice.interest_booked;
    if (more <= 0) return invoice;
    // All the interest up to that day: what is booked only grows, so that no two are the same.
    CanonicalLine what;
    what.text("interest").integer(standing.account).text(invoice.number).text(invoice.interest_until);
    what.integer(invoice.interest);
    movements_.post({.id = digest(what.line()),
                     .time_ns = static_cast<std::int64_t>(by.time_ns),
                     .kind = "interest",
                     .amount = more,
                     .account = standing.account,
                     .reference = invoice.number,
                     .made_by = by.who},
                    movements_.book(standing.account, "credit", "", standing.currency),
                    movements_.book(0, "interest", "", standing.currency));
    invoice.interest_booked += more;
    return invoice;
  });
}

std::vector<LedgerStore::Released> LedgerStore::release(const std::string& appliance, bool even_if_seen,
                                                        const By& by) {
  return transact([&] {
    const std::vector<Appliance> all = read_appliances(*database_);
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Appliance& one) { return one.name == appliance; });
    if (found == all.end())
      throw LedgerError(Reason::refused,
                        fmt::format("no appliance `{}` ever put anything aside in the ledger {}; `tollgate "
                                    "account appliances` shows those that did",
                                    appliance, database_->name()));
    if (!even_if_seen && found->seen_ns + gone_after_ns > by.time_ns)
      throw SeenLately(
          fmt::format("appliance `{}` was seen within the last {} minutes: it gives back what it "
                      "has put aside when it is stopped",
                      appliance, gone_after_ns / 60'000'000'000));
    std::vector<Released> released;
    for (const auto& [account, amount] : settlement_.release(appliance, by.who, by.time_ns)) {
      const Limits::Standing& standing = limits_.standing(account);
      released.push_back({standing.id, standing.currency, amount});
    }
    return released;
  });
}

void LedgerStore::suspend(std::string_view account, const std::string& reason) {
  transact([&] {
    if (reason == limit_reason)
      throw LedgerError(Reason::refused, "`limit` is the reason of the limits themselves; write another");
    limits_.suspend(limits_.standing(number_of(account)), reason);
    return true;
  });
}

void LedgerStore::resume(std::string_view account) {
  transact([&] {
    limits_.resume(limits_.standing(number_of(account)));
    return true;
  });
}

}  // namespace tollgate::charge
