#include "charge/ledger_limits.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "charge/quotas.hpp"
#include "rules/yaml_reader.hpp"

namespace tollgate::charge {
namespace {

constexpr std::uint64_t quarter_ns = 900'000'000'000;

/// Whether `part` is that share of `whole` or more; without overflow.
bool reached(Amount part, Amount whole, std::uint8_t percent) {
  return part >= whole / 100 * percent + whole % 100 * percent / 100;
}

std::optional<Amount> amount_or_null(const sql::Statement::Rows& rows, int column) {
  if (rows.is_null(column)) return {};
  return rows.integer(column);
}

}  // namespace

std::vector<std::uint8_t> read_percents(std::string_view text) {
  std::vector<std::uint8_t> percents;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (const auto percent = rules::whole_number(text.substr(0, comma)))
      percents.push_back(static_cast<std::uint8_t>(*percent));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return percents;
}

std::string write_percents(const std::vector<std::uint8_t>& percents) {
  return fmt::format("{}", fmt::join(percents, ","));
}

Limits::Limits(sql::Database& database, Movements& movements)
    : database_(database),
      movements_(movements),
      account_(database.prepare(
          "SELECT id, currency, payment, suspended, reason, monthly_limit, total_limit, warn_at, "
          "time_zone FROM account WHERE number = $1")),
      used_(database.prepare("SELECT used - undone FROM month WHERE account = $1 AND month = $2")),
      set_status_(database.prepare("UPDATE account SET suspended = $1, reason = $2 WHERE number = $3")),
      at_limit_(
          database.prepare("SELECT number FROM account WHERE suspended = 1 AND reason = $1 ORDER BY number")),
      purchase_(database.prepare("SELECT movement, had FROM purchase WHERE account = $1")),
      add_warning_(database.prepare("INSERT INTO warning (account, kind, period, percent, time_ns) "
                                    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING")) {}

void Limits::begin() {
  standings_.clear();
  changed_ = false;
}

Limits::Standing& Limits::standing(std::uint32_t account) {
  const auto [place, is_new] = standings_.try_emplace(account);
  Standing& standing = place->second;
  if (!is_new) return standing;
  auto rows = account_->on(account);
  if (!rows.next())
    throw LedgerError(fmt::format(
        "ledger {}: it has no account of number {}; what was charged was charged to another ledger",
        database_.name(), account));
  standing.account = account;
  standing.id = rows.text(0);
  standing.currency = rows.text(1);
  standing.prepaid = rows.view(2) == "prepaid";
  standing.suspended = rows.integer(3) != 0;
  standing.reason = rows.text(4);
  standing.monthly_limit = amount_or_null(rows, 5);
  standing.total_limit = amount_or_null(rows, 6);
  standing.warn_at_percent = read_percents(rows.view(7));
  auto& zone = zones_[rows.text(8)];
  if (zone == nullptr) zone = rules::TimeZone::named(rows.text(8));
  if (zone == nullptr)
    throw LedgerError(LedgerError::Reason::damaged,
                      fmt::format("ledger {}: account {}: `{}` is no time zone that is known here",
                                  database_.name(), standing.id, rows.view(8)));
  standing.zone = zone;
  return standing;
}

bool Limits::knows(std::uint32_t account) {
  return standings_.contains(account) || account_->on(account).next();
}

void Limits::make_where_unknown(std::uint32_t account, std::uint32_t price) {
  if (account == 0 || account >= Quotas::most_accounts || knows(account)) return;
  std::string currency(no_currency);
  {
    const auto select = database_.prepare("SELECT currency FROM price WHERE number = $1");
    if (auto rows = select->on(price); rows.next()) currency = rows.text(0);
  }
  const std::string id = fmt::format("{}{}", unknown_account, account);
  database_
      .prepare(
          "INSERT INTO account (number, id, name, price_list, currency, payment, suspended, reason, warn_at, "
          "messages_per_second, time_zone, marketing_hours, marketing_days, marketing_zone) "
          "VALUES ($1, $2, 'charged before this ledger knew it', '', $3, 'postpaid', 1, 'unknown', '', 0, "
          "'UTC', '', '', '')")
      ->run(account, id, currency);
  database_.prepare("UPDATE meta SET last_account = $1 WHERE last_account < $1")->run(account);
  changed_ = true;
}

Amount Limits::used(const Standing& standing, const std::string& month) {
  auto rows = used_->on(standing.account, month);
  return rows.next() ? rows.integer(0) : 0;
}

Amount Limits::available(const Standing& standing, std::uint64_t time_ns) {
  const Amount credit = movements_.book(standing.account, "credit", "", standing.currency).balance;
  if (standing.prepaid) return std::max<Amount>(credit, 0);
  Amount available = std::numeric_limits<Amount>::max();
  if (standing.total_limit && credit < available - *standing.total_limit)
    available = credit + *standing.total_limit;
  if (standing.monthly_limit) {
    // What is put aside now may be spent in this month.
    const Amount used_now = used(standing, month_at(*standing.zone, time_ns).name);
    available =
        std::min(available, *standing.monthly_limit - used_now - movements_.reserved(standing.account));
  }
  return std::max<Amount>(available, 0);
}

void Limits::suspend(Standing& standing, const std::string& reason) {
  standing.suspended = true;
  standing.reason = reason;
  set_status_->run(1, reason, standing.account);
  changed_ = true;
}

void Limits::resume(Standing& standing) {
  standing.suspended = false;
  standing.reason.clear();
  set_status_->run(0, standing.reason, standing.account);
  changed_ = true;
}

void Limits::lift(Standing& standing, std::uint64_t time_ns) {
  if (standing.suspended && standing.reason == limit_reason && available(standing, time_ns) > 0)
    resume(standing);
}

void Limits::lift_all(std::uint64_t time_ns) {
  if (lifted_at_ == time_ns / quarter_ns) return;
  lifted_at_ = time_ns / quarter_ns;
  std::vector<std::uint32_t> accounts;
  for (auto rows = at_limit_->on(limit_reason); rows.next();) accounts.push_back(rows.as<std::uint32_t>(0));
  for (const std::uint32_t account : accounts) lift(standing(account), time_ns);
}

void Limits::warn(const Standing& standing, std::uint64_t time_ns, std::vector<Ledger::Warning>& warnings) {
  using Kind = Ledger::Warning::Kind;
  if (standing.warn_at_percent.empty()) return;
  const auto tell = [&](Kind kind, std::string_view name, const std::string& period, Amount part,
                        Amount whole) {
    for (const std::uint8_t percent : standing.warn_at_percent) {
      if (!reached(part, whole, percent)) continue;
      if (add_warning_->run(standing.account, name, period, percent, time_ns) != 0)
        warnings.push_back({standing.account, kind, percent});
    }
  };
  std::int64_t movement = 0;
  Amount had = 0;
  if (auto rows = purchase_->on(standing.account); rows.next()) {
    movement = rows.integer(0);
    had = rows.integer(1);
  }
  const Amount has = movements_.book(standing.account, "credit", "", standing.currency).balance +
                     movements_.reserved(standing.account);
  const std::string since = std::to_string(movement);
  if (standing.prepaid && had > 0) tell(Kind::credit, "credit", since, had - has, had);
  if (!standing.prepaid && standing.total_limit)
    tell(Kind::total, "total", since, -has, *standing.total_limit);
  if (!standing.prepaid && standing.monthly_limit) {
    const Month month = month_at(*standing.zone, time_ns);
    tell(Kind::month, "month", month.name, used(standing, month.name), *standing.monthly_limit);
  }
}

}  // namespace tollgate::charge
