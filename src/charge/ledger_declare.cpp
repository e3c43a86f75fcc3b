#include "charge/ledger_declare.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "charge/ledger_hash.hpp"
#include "charge/ledger_limits.hpp"
#include "charge/quotas.hpp"

namespace tollgate::charge {
namespace {

constexpr std::string_view price_columns =
    "list, account, tariff, country, prefix, sender_type, label, route, from_ns, until_ns, per, amount, "
    "currency";

std::string_view to_string(Recogniser::Kind kind) {
  switch (kind) {
    case Recogniser::Kind::system_id: return "system_id";
    case Recogniser::Kind::peer: return "peer";
    case Recogniser::Kind::gt: return "gt";
    case Recogniser::Kind::service_centre: return "service_centre";
    case Recogniser::Kind::link: return "link";
  }
  return {};
}

Recogniser::Kind kind_of(std::string_view name) {
  using Kind = Recogniser::Kind;
  for (const Kind kind : {Kind::system_id, Kind::peer, Kind::gt, Kind::service_centre}) {
    if (to_string(kind) == name) return kind;
  }
  return Kind::link;
}

/// What two price lines have in common of which only one can be in force.
std::string key_of(const PriceLine& line) {
  CanonicalLine key;
  key.text(line.list).text(line.account).text(line.tariff).text(line.country).text(line.prefix);
  key.text(line.sender_type).text(line.label).text(line.route);
  return std::string(key.line());
}

/// All of a line but its number and from when it counts.
std::string content_of(const PriceLine& line) {
  CanonicalLine content;
  content.text(key_of(line)).integer(static_cast<std::int64_t>(line.until_ns));
  content.integer(static_cast<int>(line.per)).integer(line.amount).text(line.currency);
  auto fees = line.fees;
  std::sort(fees.begin(), fees.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (const PriceLine::Fee& fee : fees) content.text(fee.name).integer(fee.amount);
  return std::string(content.line());
}

std::vector<PriceLine> read_prices(sql::Database& database) {
  std::map<std::uint32_t, std::vector<PriceLine::Fee>> fees;
  const auto select_fees = database.prepare("SELECT price, name, amount FROM price_fee ORDER BY price, name");
  for (auto rows = select_fees->on(); rows.next();)
    fees[rows.as<std::uint32_t>(0)].push_back({rows.text(1), rows.integer(2)});
  std::vector<PriceLine> prices;
  const auto select =
      database.prepare(fmt::format("SELECT number, {} FROM price ORDER BY number", price_columns));
  for (auto rows = select->on(); rows.next();) {
    PriceLine& line = prices.emplace_back();
    line.number = rows.as<std::uint32_t>(0);
    line.list = rows.text(1);
    line.account = rows.text(2);
    line.tariff = rows.text(3);
    line.country = rows.text(4);
    line.prefix = rows.text(5);
    line.sender_type = rows.text(6);
    line.label = rows.text(7);
    line.route = rows.text(8);
    line.from_ns = rows.as<std::uint64_t>(9);
    line.until_ns = rows.as<std::uint64_t>(10);
    line.per = rows.view(11) == "part" ? PriceLine::Per::part : PriceLine::Per::message;
    line.amount = rows.integer(12);
    line.currency = rows.text(13);
    if (const auto found = fees.find(line.number); found != fees.end()) line.fees = found->second;
  }
  return prices;
}

/// Writes what files say.
class DeclaredWriter {
 public:
  DeclaredWriter(sql::Database& database, std::uint64_t time_ns, rules::Findings& findings)
      : database_(database), time_ns_(time_ns), findings_(findings) {
    const auto select = database.prepare("SELECT id, number FROM account");
    for (auto rows = select->on(); rows.next();) {
      numbers_[rows.text(0)] = rows.as<std::uint32_t>(1);
      last_account_ = std::max(last_account_, rows.as<std::uint32_t>(1));
    }
    const auto last = database.prepare("SELECT last_account, last_price FROM meta");
    if (auto rows = last->on(); rows.next()) {
      last_account_ = std::max(last_account_, rows.as<std::uint32_t>(0));
      last_price_ = rows.as<std::uint32_t>(1);
    }
  }

  void write(const Declared& declared) {
    const std::size_t errors = findings_.errors();
    for (const auto& one : declared.accounts) write_account(one);
    if (findings_.errors() != errors) return;
    write_marks(declared);
    for (const auto& one : declared.senders) write_senders(one);
    write_prices(declared);
    warn_of_lists(declared);
    run("UPDATE meta SET last_account = $1, last_price = $2", last_account_, last_price_);
  }

 private:
  void write_account(const Declared::OneAccount& one);
  bool add_account(const Declared::OneAccount& one, std::uint32_t& number);
  void write_marks(const Declared& declared);
  void write_senders(const Declared::Senders& one);
  void write_prices(const Declared& declared);
  void warn_of_lists(const Declared& declared);
  void end(const PriceLine& line);
  void add(const PriceLine& line);
  std::optional<std::uint32_t> find(const std::string& account, const rules::Place& place);
  bool was_charged(std::uint32_t account);
  template <class... Parameters>
  std::int64_t run(std::string_view text, Parameters&&... parameters) {
    auto& statement = statements_[std::string(text)];
    if (statement == nullptr) statement = database_.prepare(text);
    return statement->run(parameters...);
  }

  sql::Database& database_;
  std::uint64_t time_ns_;
  rules::Findings& findings_;
  bool full_ = false;
  std::map<std::string, std::uint32_t> numbers_;
  std::uint32_t last_account_ = 0;  ///< that ever was
  std::uint32_t last_price_ = 0;
  std::map<std::string, std::unique_ptr<sql::Statement>> statements_;
};

std::optional<std::uint32_t> DeclaredWriter::find(const std::string& account, const rules::Place& place) {
  if (const auto found = numbers_.find(account); found != numbers_.end()) return found->second;
  findings_.error(place,
                  fmt::format("found account `{}`; expected one of this file or of the ledger", account));
  return {};
}

bool DeclaredWriter::was_charged(std::uint32_t account) {
  const auto statement = database_.prepare("SELECT 1 FROM movement WHERE account = $1 LIMIT 1");
  return statement->on(account).next();
}

/// False where it cannot be.
bool DeclaredWriter::add_account(const Declared::OneAccount& one, std::uint32_t& number) {
  const Account& account = one.account;
  if (account.id.starts_with(unknown_account)) {
    findings_.error(one.place,
                    fmt::format("found account `{}`; expected another id: those that begin with `{}` are for "
                                "charges to accounts that a ledger does not have",
                                account.id, unknown_account));
    return false;
  }
  if (last_account_ + 1 >= Quotas::most_accounts) {
    if (!full_)
      findings_.error(
          one.place, fmt::format("found account `{}`, the {}th that the ledger ever had; expected at most {}",
                                 account.id, last_account_ + 1, Quotas::most_accounts - 1));
    full_ = true;
    return false;
  }
  number = ++last_account_;
  run("INSERT INTO account (number, id, name, price_list, currency, payment, suspended, reason, warn_at, "
      "messages_per_second, time_zone, marketing_hours, marketing_days, marketing_zone) "
      "VALUES ($1, $2, '', '', $3, 'prepaid', 0, '', '', 0, $4, '', '', '')",
      number, account.id, account.currency, account.time_zone);
  return true;
}

void DeclaredWriter::write_account(const Declared::OneAccount& one) {
  const Account& account = one.account;
  const auto [place, is_new] = numbers_.try_emplace(account.id, 0);
  std::uint32_t& number = place->second;
  if (is_new) {
    if (!add_account(one, number)) return;
  } else {
    const auto before = database_.prepare("SELECT currency, time_zone FROM account WHERE number = $1");
    auto rows = before->on(number);
    const bool same = rows.next() && rows.view(0) == account.currency && rows.view(1) == account.time_zone;
    if (!same && was_charged(number))
      findings_.error(one.place,
                      fmt::format("account `{}` has movements in {} and months of {}: neither can change; "
                                  "make another account",
                                  account.id, rows.view(0), rows.view(1)));
  }
  const std::string warn_at = write_percents(account.warn_at_percent);
  const std::string_view payment = account.payment == Payment::prepaid ? "prepaid" : "postpaid";
  run("UPDATE account SET name = $1, price_list = $2, currency = $3, payment = $4, warn_at = $5, "
      "messages_per_second = $6, time_zone = $7, marketing_hours = $8, marketing_days = $9, marketing_zone = "
      "$10, monthly_limit = NULL, total_limit = NULL WHERE number = $11",
      account.name, account.price_list, account.currency, payment, warn_at, account.messages_per_second,
      account.time_zone, account.marketing_hours, account.marketing_days, account.marketing_zone, number);
  if (account.monthly_limit)
    run("UPDATE account SET monthly_limit = $1 WHERE number = $2", *account.monthly_limit, number);
  if (account.total_limit)
    run("UPDATE account SET total_limit = $1 WHERE number = $2", *account.total_limit, number);
  run("DELETE FROM account_excluded WHERE account = $1", number);
  for (const std::string& list : account.excluded)
    run("INSERT INTO account_excluded (account, list) VALUES ($1, $2) ON CONFLICT DO NOTHING", number, list);
  run("DELETE FROM account_label WHERE account = $1", number);
  for (const std::string& label : account.labels)
    run("INSERT INTO account_label (account, label) VALUES ($1, $2) ON CONFLICT DO NOTHING", number, label);
}

void DeclaredWriter::write_marks(const Declared& declared) {
  for (const auto& one : declared.accounts)
    run("DELETE FROM account_mark WHERE account = $1", numbers_[one.account.id]);
  const auto holder = database_.prepare(
      "SELECT a.id FROM account_mark AS m JOIN account AS a ON a.number = m.account WHERE m.kind = $1 AND "
      "m.value = $2");
  for (const auto& one : declared.accounts) {
    for (const Recogniser& mark : one.account.recognised_by) {
      const std::string_view kind = to_string(mark.kind);
      if (run("INSERT INTO account_mark (kind, value, account) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
              kind, mark.value, numbers_[one.account.id]) != 0)
        continue;
      auto rows = holder->on(kind, mark.value);
      if (rows.next() && rows.view(0) != one.account.id)
        findings_.error(one.place,
                        fmt::format("{} `{}` is that of account `{}` in the ledger; an account must be told "
                                    "from all others",
                                    kind, mark.value, rows.view(0)));
    }
  }
}

void DeclaredWriter::write_senders(const Declared::Senders& one) {
  const auto number = find(one.account, one.place);
  if (!number) return;
  run("DELETE FROM account_sender WHERE account = $1", *number);
  for (const RegisteredSender& sender : one.senders)
    run("INSERT INTO account_sender (account, address, prefix, since_ns) VALUES ($1, $2, $3, $4)", *number,
        sender.address, sender.prefix, sender.since_ns);
}

void DeclaredWriter::end(const PriceLine& line) {
  run("UPDATE price SET until_ns = $1 WHERE number = $2",
      std::max({line.from_ns, time_ns_, std::uint64_t{1}}), line.number);
}

void DeclaredWriter::add(const PriceLine& line) {
  ++last_price_;
  const std::string_view per = line.per == PriceLine::Per::part ? "part" : "message";
  run("INSERT INTO price (number, list, account, tariff, country, prefix, sender_type, label, route, "
      "from_ns, until_ns, "
      "per, amount, currency) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
      last_price_, line.list, line.account, line.tariff, line.country, line.prefix, line.sender_type,
      line.label, line.route, line.from_ns, line.until_ns, per, line.amount, line.currency);
  for (const PriceLine::Fee& fee : line.fees)
    run("INSERT INTO price_fee (price, name, amount) VALUES ($1, $2, $3)", last_price_, fee.name, fee.amount);
}

void DeclaredWriter::write_prices(const Declared& declared) {
  std::set<std::pair<std::string, std::string>> scope;
  for (const auto& one : declared.prices) {
    if (!one.line.account.empty()) find(one.line.account, one.place);
    scope.emplace(one.line.list, one.line.account);
  }
  std::multimap<std::string, PriceLine> in_force;  // and to come
  std::set<std::string> keys;                      // of all that ever were
  for (PriceLine& line : read_prices(database_)) {
    last_price_ = std::max(last_price_, line.number);
    if (!scope.contains({line.list, line.account})) continue;
    keys.insert(key_of(line));
    if (line.until_ns == 0 || line.until_ns > std::max(time_ns_, line.from_ns)) {
      std::string content = content_of(line);
      in_force.emplace(std::move(content), std::move(line));
    }
  }
  std::vector<PriceLine> added;
  for (const auto& one : declared.prices) {
    const auto [begin, end] = in_force.equal_range(content_of(one.line));
    const auto same = std::find_if(begin, end, [&](const auto& entry) {
      return one.line.from_ns == entry.second.from_ns ||
             (one.line.from_ns == 0 && entry.second.from_ns <= time_ns_);
    });
    if (same == end) added.push_back(one.line);
    else in_force.erase(same);
  }
  std::set<std::string> ended;
  for (const auto& [content, line] : in_force) {
    end(line);
    ended.insert(key_of(line));
  }
  for (PriceLine& line : added) {
    const std::string key = key_of(line);
    if (line.from_ns == 0 && keys.contains(key)) line.from_ns = time_ns_;
    // What has cost something else until now is not made to have cost this.
    if (ended.contains(key)) line.from_ns = std::max(line.from_ns, time_ns_);
    add(line);
  }
}

/// Accounts that can pay for nothing.
void DeclaredWriter::warn_of_lists(const Declared& declared) {
  const auto any = database_.prepare("SELECT 1 FROM price WHERE list = $1 OR account = $2 LIMIT 1");
  for (const auto& one : declared.accounts) {
    if (any->on(one.account.price_list, one.account.id).next()) continue;
    findings_.warning(one.place,
                      fmt::format("account `{}` has the price list `{}`, of which there is no price yet",
                                  one.account.id, one.account.price_list));
  }
}

}  // namespace

void write_declared(sql::Database& database, const Declared& declared, std::uint64_t time_ns,
                    rules::Findings& findings) {
  DeclaredWriter(database, time_ns, findings).write(declared);
}

Ledger::InForce read_in_force(sql::Database& database) {
  Ledger::InForce in_force;
  {
    const auto meta = database.prepare("SELECT id, secret, version FROM meta");
    auto rows = meta->on();
    if (!rows.next())
      throw LedgerError(LedgerError::Reason::damaged,
                        fmt::format("ledger {}: it has no identity", database.name()));
    in_force.id = rows.text(0);
    const Octets secret = rows.octets(1);
    for (std::size_t i = 0; i < secret.size() && i < 32; ++i)
      in_force.secret[i / 8] = in_force.secret[i / 8] << 8U | std::to_integer<std::uint64_t>(secret[i]);
    in_force.version = rows.as<std::uint64_t>(2);
  }
  std::map<std::uint32_t, Account> accounts;
  const auto select = database.prepare(
      "SELECT number, id, name, price_list, currency, payment, suspended, reason, monthly_limit, "
      "total_limit, warn_at, "
      "messages_per_second, time_zone, marketing_hours, marketing_days, marketing_zone FROM account");
  for (auto rows = select->on(); rows.next();) {
    Account& account = accounts[rows.as<std::uint32_t>(0)];
    account.number = rows.as<std::uint32_t>(0);
    account.id = rows.text(1);
    account.name = rows.text(2);
    account.price_list = rows.text(3);
    account.currency = rows.text(4);
    account.payment = rows.view(5) == "prepaid" ? Payment::prepaid : Payment::postpaid;
    account.status = rows.integer(6) != 0 ? Status::suspended : Status::active;
    account.reason = rows.text(7);
    if (!rows.is_null(8)) account.monthly_limit = rows.integer(8);
    if (!rows.is_null(9)) account.total_limit = rows.integer(9);
    account.warn_at_percent = read_percents(rows.view(10));
    account.messages_per_second = rows.as<std::uint32_t>(11);
    account.time_zone = rows.text(12);
    account.marketing_hours = rows.text(13);
    account.marketing_days = rows.text(14);
    account.marketing_zone = rows.text(15);
  }
  const auto marks =
      database.prepare("SELECT account, kind, value FROM account_mark ORDER BY account, kind, value");
  for (auto rows = marks->on(); rows.next();)
    accounts[rows.as<std::uint32_t>(0)].recognised_by.push_back({kind_of(rows.view(1)), rows.text(2)});
  const auto senders = database.prepare(
      "SELECT account, address, prefix, since_ns FROM account_sender ORDER BY account, address, prefix");
  for (auto rows = senders->on(); rows.next();)
    accounts[rows.as<std::uint32_t>(0)].senders.push_back(
        {rows.text(1), rows.integer(2) != 0, rows.as<std::uint64_t>(3)});
  const auto excluded = database.prepare("SELECT account, list FROM account_excluded ORDER BY account, list");
  for (auto rows = excluded->on(); rows.next();)
    accounts[rows.as<std::uint32_t>(0)].excluded.push_back(rows.text(1));
  const auto labels = database.prepare("SELECT account, label FROM account_label ORDER BY account, label");
  for (auto rows = labels->on(); rows.next();)
    accounts[rows.as<std::uint32_t>(0)].labels.push_back(rows.text(1));
  for (auto& [number, account] : accounts) in_force.accounts.push_back(std::move(account));
  in_force.prices = read_prices(database);
  return in_force;
}

}  // namespace tollgate::charge
