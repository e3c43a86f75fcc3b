#include "charge/ledger_settle.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include <fmt/format.h>

namespace tollgate::charge {
namespace {

/// Events that one movement pays.
struct Range {
  Amount amount = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  Hash first_hash{};
  Hash last_hash{};

  void add(Amount more, std::int64_t sequence, const Hash& hash) {
    if (first == 0) {
      first = sequence;
      first_hash = hash;
    }
    last = sequence;
    last_hash = hash;
    amount += more;
  }
};

IdOctets id_of_range(std::string_view kind, std::uint32_t account, std::string_view what,
                     const Range& range) {
  CanonicalLine line;
  line.text(kind).integer(account).text(what).hex(range.first_hash).hex(range.last_hash);
  return digest(line.line());
}

/// Inserts so many events, but those that are there already.
std::string insert_events(std::size_t rows) {
  constexpr int columns = 12;
  std::string text =
      "INSERT OR FAIL INTO event (account, sequence, id, retry, time_ns, price, amount, fees, part, parts, "
      "heading, hash) VALUES ";
  int parameter = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    text += row == 0 ? "(" : ", (";
    for (int column = 0; column < columns; ++column)
      text += fmt::format("{}${}", column == 0 ? "" : ", ", ++parameter);
    text += ')';
  }
  return text + " ON CONFLICT DO NOTHING";
}

}  // namespace

struct Settlement::Part {
  Limits::Standing& standing;
  std::int64_t sequence = 0;  ///< of its last event
  Hash hash{};
  std::map<std::string, Range, std::less<>> tariffs;
  Range with_fees;
  std::map<std::string, Amount, std::less<>> fees;
  std::map<std::string, Range> months;
  Month month;              ///< of the last charge
  Range* tariff = nullptr;  ///< of the last charge
  std::string tariff_name;
  Range* in_month = nullptr;
};

Settlement::Settlement(sql::Database& database, Movements& movements, Limits& limits, std::string appliance,
                       std::uint64_t unpaid_known_for_ns)
    : database_(database),
      movements_(movements),
      limits_(limits),
      appliance_(std::move(appliance)),
      epoch_(database, appliance_),
      counted_(database, unpaid_known_for_ns),
      leaks_(database, counted_),
      refusals_(database, counted_),
      made_by_("appliance " + appliance_),
      restored_(database.prepare("SELECT restored FROM meta")),
      chain_(database.prepare("SELECT sequence, hash FROM chain WHERE account = $1")),
      set_chain_(database.prepare(
          "INSERT INTO chain (account, sequence, hash) VALUES ($1, $2, $3) ON CONFLICT (account) "
          "DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash")),
      add_event_(database.prepare(insert_events(1))),
      add_events_(database.prepare(insert_events(rows_together))),
      take_back_(database.prepare("DELETE FROM event WHERE account = $1 AND sequence > $2")),
      find_event_(database.prepare("SELECT 1 FROM event WHERE time_ns = $1 AND id = $2")),
      find_heading_(database.prepare("SELECT number FROM heading "
                                     "WHERE tariff = $1 AND country = $2 AND operator = $3 AND route = $4")),
      next_heading_(database.prepare("SELECT CAST(coalesce(max(number), 0) + 1 AS BIGINT) FROM heading")),
      add_heading_(database.prepare(
          "INSERT INTO heading (number, tariff, country, operator, route) VALUES ($1, $2, $3, $4, $5)")),
      fees_(database.prepare("SELECT name, amount FROM price_fee WHERE price = $1 ORDER BY name")),
      add_month_(database.prepare(
          "INSERT INTO month (account, month, used, first, last) VALUES ($1, $2, $3, $4, $5) "
          "ON CONFLICT (account, month) "
          "DO UPDATE SET used = month.used + excluded.used, last = excluded.last")),
      reserved_of_appliance_(database.prepare("SELECT account, balance FROM book WHERE role = 'reserved' AND "
                                              "detail = $1 AND balance > 0 ORDER BY number")) {}

void Settlement::begin() {
  epoch_.begin();
  auto rows = restored_->on();
  const std::int64_t restores = rows.next() ? rows.integer(0) : 0;
  if (restores == restores_) return;
  // Numbers were given anew.
  restores_ = restores;
  headings_.clear();
  price_fees_.clear();
}

void Settlement::forget() {
  headings_.clear();
  epoch_.forget();
}

std::int64_t Settlement::heading(const EventRecord& event) {
  key_.clear();
  for (const std::string_view text : {event.tariff, event.country, event.recipient_operator, event.route}) {
    key_ += text;
    key_ += '\0';
  }
  const auto [place, is_new] = headings_.try_emplace(key_, 0);
  std::int64_t& number = place->second;
  if (!is_new) return number;
  const auto texts = [&](auto& statement, auto&... before) {
    return statement.run(before..., event.tariff, event.country, event.recipient_operator, event.route);
  };
  auto rows = find_heading_->on(event.tariff, event.country, event.recipient_operator, event.route);
  if (rows.next()) {
    number = rows.integer(0);
  } else {
    if (auto next = next_heading_->on(); next.next()) number = next.integer(0);
    texts(*add_heading_, number);
  }
  return number;
}

const std::vector<PriceLine::Fee>& Settlement::fees_of(std::uint32_t price) {
  const auto [place, is_new] = price_fees_.try_emplace(price);
  if (is_new) {
    for (auto rows = fees_->on(price); rows.next();) place->second.push_back({rows.text(0), rows.integer(1)});
  }
  return place->second;
}

Settlement::Row Settlement::row_of(const Charge& charge, const Part& part, std::int64_t sequence,
                                   const Hash& before) {
  if (charge.amount < 0 || charge.fees < 0)
    throw LedgerError(LedgerError::Reason::damaged,
                      fmt::format("ledger {}: a charge of less than nothing to account {}", database_.name(),
                                  part.standing.id));
  Row row{.event = {.account = charge.account,
                    .sequence = sequence,
                    .id = octets_of(charge.id),
                    .retry = octets_of(charge.retry),
                    .time_ns = static_cast<std::int64_t>(charge.time_ns),
                    .price = charge.price,
                    .amount = charge.amount,
                    .fees = charge.fees,
                    .part = charge.part,
                    .parts = charge.parts,
                    .tariff = charge.tariff.view(),
                    .country = {charge.country.data(), charge.country[0] == '\0' ? 0U : 2U},
                    .recipient_operator = charge.recipient_operator.view(),
                    .route = charge.route.view()}};
  write_line(line_, row.event);
  row.hash = line_.hash(before);
  row.heading = heading(row.event);
  return row;
}

void Settlement::add_row(sql::Statement& statement, const Row& row) {
  const EventRecord& event = row.event;
  statement.add(event.account, event.sequence, event.id, event.retry, event.time_ns, event.price,
                event.amount, event.fees, event.part, event.parts, row.heading, row.hash);
}

bool Settlement::write(const Charge& charge, Part& part) {
  const Row row = row_of(charge, part, part.sequence + 1, part.hash);
  add_event_->begin();
  add_row(*add_event_, row);
  if (add_event_->run_added() == 0) {
    auto rows = find_event_->on(row.event.time_ns, row.event.id);
    if (rows.next()) return false;
    fail_beyond_chain(part);
  }
  count(charge, row, part);
  return true;
}

bool Settlement::write_together(std::span<const Charge> charges, std::span<const std::uint32_t> indexes,
                                Part& part) {
  rows_.clear();
  std::int64_t sequence = part.sequence;
  const Hash* before = &part.hash;
  for (const std::uint32_t index : indexes) {
    rows_.push_back(row_of(charges[index], part, ++sequence, *before));
    before = &rows_.back().hash;
  }
  add_events_->begin();
  for (const Row& row : rows_) add_row(*add_events_, row);
  const std::int64_t added = add_events_->run_added();
  if (static_cast<std::size_t>(added) == rows_.size()) {
    for (std::size_t i = 0; i < rows_.size(); ++i) count(charges[indexes[i]], rows_[i], part);
    return true;
  }
  // Behind one that was known, numbers and hashes are those of other places.
  if (take_back_->run(part.standing.account, part.sequence) != added) fail_beyond_chain(part);
  return false;
}

/// What follows from an event that was written.
void Settlement::count(const Charge& charge, const Row& row, Part& part) {
  part.sequence = row.event.sequence;
  part.hash = row.hash;
  if (part.tariff == nullptr || part.tariff_name != row.event.tariff) {
    part.tariff_name = row.event.tariff;
    part.tariff = &part.tariffs[part.tariff_name];
  }
  part.tariff->add(charge.amount, part.sequence, part.hash);
  count_fees(charge, part);
  count_month(charge, part);
}

void Settlement::fail_beyond_chain(const Part& part) const {
  throw LedgerError(
      LedgerError::Reason::damaged,
      fmt::format("ledger {}: account {} has an event after number {}, its last one; run `tollgate account "
                  "verify`",
                  database_.name(), part.standing.id, part.sequence));
}

void Settlement::count_fees(const Charge& charge, Part& part) {
  if (charge.fees == 0) return;
  part.with_fees.add(charge.fees, part.sequence, part.hash);
  const auto& fees = fees_of(charge.price);
  const Amount all = std::accumulate(fees.begin(), fees.end(), Amount{0},
                                     [](Amount sum, const PriceLine::Fee& fee) { return sum + fee.amount; });
  if (all != charge.fees) {
    part.fees["other"] += charge.fees;
    return;
  }
  for (const PriceLine::Fee& fee : fees) part.fees[fee.name] += fee.amount;
}

void Settlement::count_month(const Charge& charge, Part& part) {
  if (charge.time_ns < part.month.begin_ns || charge.time_ns >= part.month.end_ns) {
    part.month = month_at(*part.standing.zone, charge.time_ns);
    part.in_month = &part.months[part.month.name];
  }
  part.in_month->add(charge.amount + charge.fees, part.sequence, part.hash);
}

Amount Settlement::put_aside(const Limits::Standing& standing, Amount amount, std::uint64_t time_ns) {
  if (amount <= 0) return 0;
  movements_.post({.time_ns = static_cast<std::int64_t>(time_ns),
                   .kind = "reserve",
                   .amount = amount,
                   .account = standing.account,
                   .made_by = made_by_},
                  movements_.book(standing.account, "credit", "", standing.currency),
                  movements_.book(standing.account, "reserved", appliance_, standing.currency));
  return amount;
}

Amount Settlement::give_back(const Limits::Standing& standing, Amount amount, const From& from) {
  LedgerBook& reserved = movements_.book(standing.account, "reserved", from.appliance, standing.currency);
  amount = std::min(amount, reserved.balance);
  if (amount <= 0) return 0;
  movements_.post({.time_ns = static_cast<std::int64_t>(from.time_ns),
                   .kind = "release",
                   .amount = amount,
                   .account = standing.account,
                   .made_by = from.made_by},
                  reserved, movements_.book(standing.account, "credit", "", standing.currency));
  return amount;
}

void Settlement::post(Part& part, std::uint64_t time_ns, Ledger::Settled& settled) {
  const Limits::Standing& standing = part.standing;
  const std::uint32_t account = standing.account;
  set_chain_->run(account, part.sequence, part.hash);
  for (const auto& [name, month] : part.months)
    add_month_->run(account, name, month.amount, month.first, month.last);
  LedgerBook& reserved = movements_.book(account, "reserved", appliance_, standing.currency);
  Amount all = part.with_fees.amount;
  for (const auto& [tariff, range] : part.tariffs) all += range.amount;
  if (const Amount more = put_aside(standing, all - reserved.balance, time_ns); more != 0)
    settled.uncovered.push_back({account, more});
  Movement movement{.time_ns = static_cast<std::int64_t>(time_ns), .account = account, .made_by = made_by_};
  movement.kind = "spend";
  for (const auto& [tariff, range] : part.tariffs) {
    if (range.amount == 0) continue;
    movement.id = id_of_range("spend", account, tariff, range);
    movement.amount = range.amount;
    movement.reference = tariff;
    movement.first = range.first;
    movement.last = range.last;
    movements_.post(movement, reserved, movements_.book(0, "revenue", tariff, standing.currency));
  }
  movement.kind = "fee";
  for (const auto& [name, amount] : part.fees) {
    movement.id = id_of_range("fee", account, name, part.with_fees);
    movement.amount = amount;
    movement.reference = name;
    movement.first = part.with_fees.first;
    movement.last = part.with_fees.last;
    movements_.post(movement, reserved, movements_.book(0, "fees", name, standing.currency));
  }
}

void Settlement::charge(std::span<const Charge> charges, std::span<const std::uint32_t> indexes,
                        std::uint64_t time_ns, Ledger::Settled& settled) {
  const Charge& first = charges[indexes.front()];
  limits_.make_where_unknown(first.account, first.price);
  Part part{.standing = limits_.standing(first.account)};
  if (auto rows = chain_->on(part.standing.account); rows.next()) {
    part.sequence = rows.integer(0);
    const Octets hash = rows.octets(1);
    std::copy_n(hash.begin(), std::min(hash.size(), part.hash.size()), part.hash.begin());
  }
  const std::int64_t before = part.sequence;
  for (std::span<const std::uint32_t> rest = indexes; !rest.empty();) {
    const auto together = rest.first(std::min(rest.size(), rows_together));
    rest = rest.subspan(together.size());
    if (together.size() == rows_together && write_together(charges, together, part)) continue;
    for (const std::uint32_t index : together) {
      if (!write(charges[index], part)) settled.known.push_back(index);
    }
  }
  if (part.sequence != before) post(part, time_ns, settled);
}

void Settlement::count_unpaid(std::span<const Charge> charges, std::span<const std::uint32_t> indexes) {
  const Charge& first = charges[indexes.front()];
  if (first.leaked()) leaks_.count(charges, indexes);
  // Of an account that it does not have, as after a restore, there is no statement.
  else if (limits_.knows(first.account))
    refusals_.count(charges, indexes, *limits_.standing(first.account).zone);
}

Ledger::Grant Settlement::grant(const Ledger::Wish& wish, std::uint64_t time_ns) {
  Limits::Standing& standing = limits_.standing(wish.account);
  Ledger::Grant grant{.account = wish.account};
  if (wish.amount < 0) {
    grant.amount = -give_back(standing, -wish.amount, {appliance_, made_by_, time_ns});
    limits_.lift(standing, time_ns);
    return grant;
  }
  limits_.lift(standing, time_ns);
  if (wish.amount == 0 || (standing.suspended && standing.reason != limit_reason)) return grant;
  grant.amount = put_aside(standing, std::min(wish.amount, limits_.available(standing, time_ns)), time_ns);
  grant.at_limit = grant.amount < wish.amount;
  if (grant.amount == 0 && !standing.suspended) limits_.suspend(standing, std::string(limit_reason));
  return grant;
}

/// By account and whether they are paid; of the same, in their order.
void Settlement::sort(std::span<const Charge> charges) {
  groups_.clear();
  for (std::uint32_t i = 0; i < charges.size(); ++i) {
    const std::uint64_t group = std::uint64_t{charges[i].account} << 1U | (charges[i].refused() ? 1U : 0U);
    groups_.push_back(group << 31U | i);
  }
  std::sort(groups_.begin(), groups_.end());
  order_.clear();
  for (const std::uint64_t group : groups_) order_.push_back(group & 0x7FFF'FFFFU);
}

Ledger::Settled Settlement::settle(std::span<const Charge> charges, std::span<const Ledger::Wish> wishes,
                                   std::uint64_t time_ns) {
  Ledger::Settled settled;
  settled.released = epoch_.beat(time_ns);
  limits_.lift_all(time_ns);
  sort(charges);
  const auto group_of = [&](std::uint32_t index) {
    return std::pair(charges[index].account, charges[index].refused());
  };
  std::set<std::uint32_t> touched;
  for (std::span<const std::uint32_t> rest = order_; !rest.empty();) {
    const auto group = group_of(rest.front());
    const auto end =
        std::find_if(rest.begin(), rest.end(), [&](std::uint32_t i) { return group_of(i) != group; });
    const auto indexes = rest.first(static_cast<std::size_t>(end - rest.begin()));
    rest = rest.subspan(indexes.size());
    if (charges[indexes.front()].paid()) {
      charge(charges, indexes, time_ns, settled);
      touched.insert(group.first);
    } else {
      count_unpaid(charges, indexes);
    }
  }
  if (!charges.empty()) counted_.forget(time_ns);
  std::sort(settled.known.begin(), settled.known.end());
  // What is given back can be had by others.
  settled.grants.resize(wishes.size());
  for (const bool back : {true, false}) {
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      if ((wishes[i].amount < 0) == back) settled.grants[i] = grant(wishes[i], time_ns);
    }
  }
  for (const std::uint32_t account : touched)
    limits_.warn(limits_.standing(account), time_ns, settled.warnings);
  for (const Ledger::Wish& wish : wishes) touched.insert(wish.account);
  if (settled.released) {
    for (const std::uint32_t account : epoch_.accounts()) touched.insert(account);
  }
  for (const std::uint32_t account : touched) {
    const std::string& currency = limits_.standing(account).currency;
    settled.aside.push_back({account, movements_.book(account, "reserved", appliance_, currency).balance});
  }
  return settled;
}

void Settlement::release_all(std::uint64_t time_ns) {
  give_back_all({appliance_, made_by_, time_ns});
  epoch_.renew(time_ns);
}

std::vector<Ledger::AccountAmount> Settlement::release(const std::string& appliance, std::string_view made_by,
                                                       std::uint64_t time_ns) {
  database_.prepare("UPDATE appliance SET epoch = epoch + 1 WHERE name = $1")->run(appliance);
  return give_back_all({appliance, made_by, time_ns});
}

std::vector<Ledger::AccountAmount> Settlement::give_back_all(const From& from) {
  std::vector<Ledger::AccountAmount> all;
  for (auto rows = reserved_of_appliance_->on(from.appliance); rows.next();)
    all.push_back({rows.as<std::uint32_t>(0), rows.integer(1)});
  for (const auto& [account, amount] : all) {
    Limits::Standing& standing = limits_.standing(account);
    give_back(standing, amount, from);
    limits_.lift(standing, from.time_ns);
  }
  return all;
}

}  // namespace tollgate::charge
