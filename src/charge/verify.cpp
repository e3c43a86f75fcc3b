#include "charge/verify.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "charge/account.hpp"
#include "charge/ledger_hash.hpp"
#include "charge/ledger_month.hpp"
#include "charge/ledger_movements.hpp"

namespace tollgate::charge {
namespace {

/// Ends the walk.
struct Wrong {
  std::string what;
};

/// What a movement says that it pays.
struct Paid {
  std::int64_t movement = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  Amount amount = 0;
};

/// The movements that pay an account's events of one kind, in their order, and the events seen of the next.
struct Payments {
  std::vector<Paid> movements;
  std::size_t next = 0;
  Amount sum = 0;
};

IdOctets id_octets(Octets octets) {
  IdOctets id{};
  std::copy_n(octets.begin(), std::min(octets.size(), id.size()), id.begin());
  return id;
}

bool same(Octets stored, const Hash& hash) {
  return std::equal(stored.begin(), stored.end(), hash.begin(), hash.end());
}

class Walk {
 public:
  explicit Walk(sql::Database& database) : database_(database) {}

  void run(Verified& verified) {
    read_books(verified);
    walk_movements(verified);
    compare_balances();
    compare_currencies();
    read_prices();
    walk_events(verified);
    compare_months();
    compare_undone();
    find_what_is_gone(verified);
  }

 private:
  struct Book {
    LedgerBook book;
    Amount moved = 0;
    bool used = false;
  };
  /// An account's events of a month.
  struct Used {
    Amount amount = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
    friend bool operator==(const Used&, const Used&) = default;
  };
  /// Of one account.
  struct Events {
    std::string id;
    std::string currency;
    std::shared_ptr<const rules::TimeZone> zone;
    Month month;  ///< of the last event
    std::map<std::string, Used> months;
    std::int64_t sequence = 0;
    Hash hash{};
    std::map<std::string, Payments> spent;  ///< by tariff
    Payments fees;
  };

  void read_books(Verified& verified);
  void walk_movements(Verified& verified);
  void note_payment(const Movement& movement);
  void compare_balances() const;
  void walk_events(Verified& verified);
  void pay(Payments& payments, std::int64_t sequence, Amount amount, const std::string& name, bool is_one);
  void compare_chains();
  void compare_months();
  void compare_undone();
  void compare_currencies() const;
  void find_what_is_gone(const Verified& verified);
  void read_prices();
  void compare_price(const EventRecord& event, const Events& events, Verified& verified) const;
  static void count_month(const EventRecord& event, Events& events);

  sql::Database& database_;
  std::map<std::int64_t, Book> books_;
  std::map<std::int64_t, Events> accounts_;
  std::map<std::int64_t, PriceLine> prices_;  ///< their amount, sum of fees, currency, and what they are for
};

void Walk::read_books(Verified& verified) {
  const auto accounts =
      database_.prepare("SELECT number, id, currency, time_zone FROM account ORDER BY number");
  for (auto rows = accounts->on(); rows.next(); ++verified.accounts) {
    Events& events = accounts_[rows.integer(0)];
    events.id = rows.text(1);
    events.currency = rows.text(2);
    events.zone = rules::TimeZone::named(rows.text(3));
    if (events.zone == nullptr)
      throw Wrong{
          fmt::format("account {}: `{}` is no time zone that is known here", events.id, rows.view(3))};
    if (rows.view(1).starts_with(unknown_account)) ++verified.unknown;
  }
  const auto books = database_.prepare("SELECT number, account, role, detail, currency, balance FROM book");
  for (auto rows = books->on(); rows.next(); ++verified.books)
    books_[rows.integer(0)] = {{rows.integer(0), rows.as<std::uint32_t>(1), rows.text(2), rows.text(3),
                                rows.text(4), rows.integer(5)}};
}

void Walk::walk_movements(Verified& verified) {
  const auto select = database_.prepare(
      "SELECT number, id, time_ns, kind, from_book, to_book, amount, account, reference, made_by, first, "
      "last, undoes, hash FROM movement ORDER BY number");
  Hash before{};
  CanonicalLine line;
  for (auto rows = select->on(); rows.next(); ++verified.movements) {
    const std::int64_t number = verified.movements + 1;
    if (rows.integer(0) != number) throw Wrong{fmt::format("movement {}: it is missing", number)};
    const auto from = books_.find(rows.integer(4));
    const auto to = books_.find(rows.integer(5));
    if (from == books_.end() || to == books_.end())
      throw Wrong{fmt::format("movement {}: a book that it names is missing", number)};
    const std::string kind = rows.text(3);
    const std::string reference = rows.text(8);
    const std::string made_by = rows.text(9);
    const Movement movement{.number = number,
                            .id = id_octets(rows.octets(1)),
                            .time_ns = rows.integer(2),
                            .kind = kind,
                            .amount = rows.integer(6),
                            .account = rows.as<std::uint32_t>(7),
                            .reference = reference,
                            .made_by = made_by,
                            .first = rows.integer(10),
                            .last = rows.integer(11),
                            .undoes = rows.integer(12)};
    write_line(line, movement, from->second.book, to->second.book);
    const Hash hash = line.hash(before);
    if (!same(rows.octets(13), hash))
      throw Wrong{fmt::format(
          "movement {}: its hash is not that of what it says, and of the movement before it", number)};
    if (from->second.book.currency != to->second.book.currency)
      throw Wrong{fmt::format("movement {}: it is between books of two currencies", number)};
    before = hash;
    from->second.moved -= movement.amount;
    to->second.moved += movement.amount;
    from->second.used = to->second.used = true;
    note_payment(movement);
  }
}

void Walk::note_payment(const Movement& movement) {
  const bool spend = movement.kind == "spend";
  if (!spend && movement.kind != "fee") return;
  Events& events = accounts_[movement.account];
  Payments& payments = spend ? events.spent[std::string(movement.reference)] : events.fees;
  auto& all = payments.movements;
  // All fees of a call are for the same events.
  if (!spend && !all.empty() && all.back().first == movement.first) all.back().amount += movement.amount;
  else all.push_back({movement.number, movement.first, movement.last, movement.amount});
}

void Walk::compare_balances() const {
  std::map<std::string, Amount> sums;
  for (const auto& [number, book] : books_) {
    if (book.moved != book.book.balance)
      throw Wrong{fmt::format(
          "book {} ({} {} of account {}): its balance is {} millionths, its movements make {}", number,
          book.book.role, book.book.detail, book.book.account, book.book.balance, book.moved)};
    sums[book.book.currency] += book.book.balance;
  }
  for (const auto& [currency, sum] : sums) {
    if (sum != 0)
      throw Wrong{fmt::format("the books of {}: their balances make {} millionths, not zero", currency, sum)};
  }
}

void Walk::pay(Payments& payments, std::int64_t sequence, Amount amount, const std::string& name,
               bool is_one) {
  const auto unpaid = [&] {
    return Wrong{fmt::format("event {} of account {}: no movement pays it", sequence, name)};
  };
  if (payments.next == payments.movements.size()) {
    if (amount != 0) throw unpaid();
    return;
  }
  const Paid& paid = payments.movements[payments.next];
  if (sequence < paid.first) {
    if (amount != 0) throw unpaid();
    return;
  }
  if (is_one) payments.sum += amount;
  if (sequence < paid.last) return;
  if (sequence > paid.last || payments.sum != paid.amount)
    throw Wrong{fmt::format(
        "movement {}: it is of {} millionths, the events {} to {} of account {} that it pays make {}",
        paid.movement, paid.amount, paid.first, paid.last, name, payments.sum)};
  payments.sum = 0;
  ++payments.next;
}

void Walk::walk_events(Verified& verified) {
  const auto select = database_.prepare(
      "SELECT e.account, e.sequence, e.id, e.retry, e.time_ns, e.price, e.amount, e.fees, e.part, e.parts, "
      "h.tariff, h.country, h.operator, h.route, e.hash, h.number FROM event AS e LEFT JOIN heading AS h ON "
      "h.number = e.heading ORDER BY e.account, e.sequence");
  CanonicalLine line;
  std::string tariff;
  for (auto rows = select->on(); rows.next(); ++verified.events) {
    const auto found = accounts_.find(rows.integer(0));
    if (found == accounts_.end())
      throw Wrong{fmt::format("event {} of account number {}: there is no such account", rows.integer(1),
                              rows.integer(0))};
    Events& events = found->second;
    const std::int64_t sequence = ++events.sequence;
    const auto name = [&] { return fmt::format("event {} of account {}", sequence, events.id); };
    if (rows.integer(1) != sequence) throw Wrong{name() + ": it is missing"};
    if (rows.is_null(15)) throw Wrong{name() + ": its heading is missing"};
    tariff = rows.view(10);
    const EventRecord event{.account = rows.as<std::uint32_t>(0),
                            .sequence = sequence,
                            .id = id_octets(rows.octets(2)),
                            .retry = id_octets(rows.octets(3)),
                            .time_ns = rows.integer(4),
                            .price = rows.integer(5),
                            .amount = rows.integer(6),
                            .fees = rows.integer(7),
                            .part = rows.integer(8),
                            .parts = rows.integer(9),
                            .tariff = tariff,
                            .country = rows.view(11),
                            .recipient_operator = rows.view(12),
                            .route = rows.view(13)};
    write_line(line, event);
    events.hash = line.hash(events.hash);
    if (!same(rows.octets(14), events.hash))
      throw Wrong{name() + ": its hash is not that of what it says, and of the event before it"};
    compare_price(event, events, verified);
    count_month(event, events);
    pay(events.spent[tariff], sequence, event.amount, events.id, true);
    pay(events.fees, sequence, event.fees, events.id, event.fees != 0);
  }
  compare_chains();
}

void Walk::compare_chains() {
  const auto select = database_.prepare("SELECT account, sequence, hash FROM chain ORDER BY account");
  std::map<std::int64_t, bool> has_chain;
  for (auto rows = select->on(); rows.next();) {
    has_chain[rows.integer(0)] = true;
    const Events& events = accounts_[rows.integer(0)];
    if (rows.integer(1) > events.sequence)
      throw Wrong{fmt::format("event {} of account {}: it is missing", events.sequence + 1, events.id)};
    if (rows.integer(1) != events.sequence || !same(rows.octets(2), events.hash))
      throw Wrong{
          fmt::format("the last event of account {}: it is not the one that was written last", events.id)};
  }
  for (const auto& [account, events] : accounts_) {
    if (events.sequence != 0 && !has_chain[account])
      throw Wrong{fmt::format("the last event of account {}: which it is, is missing", events.id)};
    for (const auto& [tariff, payments] : events.spent) {
      if (payments.next < payments.movements.size())
        throw Wrong{fmt::format("movement {}: events of account {} that it pays are missing",
                                payments.movements[payments.next].movement, events.id)};
    }
    if (events.fees.next < events.fees.movements.size())
      throw Wrong{fmt::format("movement {}: events of account {} whose fees it pays are missing",
                              events.fees.movements[events.fees.next].movement, events.id)};
  }
}

void Walk::count_month(const EventRecord& event, Events& events) {
  const auto time_ns = static_cast<std::uint64_t>(event.time_ns);
  if (time_ns < events.month.begin_ns || time_ns >= events.month.end_ns)
    events.month = month_at(*events.zone, time_ns);
  Used& used = events.months[events.month.name];
  if (used.first == 0) used.first = event.sequence;
  used.last = event.sequence;
  used.amount += event.amount + event.fees;
}

void Walk::compare_months() {
  const auto select =
      database_.prepare("SELECT account, month, used, first, last FROM month ORDER BY account, month");
  std::map<std::int64_t, std::size_t> counts;
  for (auto rows = select->on(); rows.next();) {
    ++counts[rows.integer(0)];
    Events& events = accounts_[rows.integer(0)];
    const Used stored{rows.integer(2), rows.integer(3), rows.integer(4)};
    const auto found = events.months.find(rows.text(1));
    const Used used = found == events.months.end() ? Used{} : found->second;
    if (found == events.months.end() || used != stored)
      throw Wrong{
          fmt::format("the months of account {}: {} has {} millionths of the events {} to {}, those that are "
                      "there make {}, from {} to {}",
                      events.id, rows.view(1), stored.amount, stored.first, stored.last, used.amount,
                      used.first, used.last)};
  }
  for (const auto& [account, events] : accounts_) {
    if (counts[account] != events.months.size())
      throw Wrong{fmt::format("the months of account {}: {} are there, its events are of {}", events.id,
                              counts[account], events.months.size())};
  }
}

/// What corrections gave back of spends and fees stands in months.
void Walk::compare_undone() {
  std::map<std::int64_t, Amount> undone;
  const auto corrected = database_.prepare(
      "SELECT c.account, CAST(sum(c.amount) AS BIGINT) FROM movement AS c JOIN movement AS u ON u.number = "
      "c.undoes WHERE c.kind = 'correction' AND u.kind IN ('spend', 'fee') GROUP BY c.account");
  for (auto rows = corrected->on(); rows.next();) undone[rows.integer(0)] = rows.integer(1);
  const auto months =
      database_.prepare("SELECT account, CAST(sum(undone) AS BIGINT) FROM month GROUP BY account");
  for (auto rows = months->on(); rows.next();) undone[rows.integer(0)] -= rows.integer(1);
  for (const auto& [account, amount] : undone) {
    if (amount != 0)
      throw Wrong{fmt::format("the months of account {}: of corrections, {} millionths are missing",
                              accounts_[account].id, amount)};
  }
}

void Walk::compare_currencies() const {
  for (const auto& [number, book] : books_) {
    if (book.book.account == 0 || !book.used) continue;
    const auto account = accounts_.find(book.book.account);
    if (account == accounts_.end())
      throw Wrong{fmt::format("book {}: there is no account of number {}", number, book.book.account)};
    if (account->second.currency != book.book.currency)
      throw Wrong{fmt::format("account {}: its currency is {}, its book {} is of {}", account->second.id,
                              account->second.currency, number, book.book.currency)};
  }
}

void Walk::read_prices() {
  const auto select = database_.prepare(
      "SELECT p.number, p.amount, p.currency, p.per, CAST(coalesce((SELECT sum(f.amount) FROM price_fee AS f "
      "WHERE "
      "f.price = p.number), 0) AS BIGINT) FROM price AS p");
  for (auto rows = select->on(); rows.next();) {
    PriceLine& line = prices_[rows.integer(0)];
    line.amount = rows.integer(1);
    line.currency = rows.text(2);
    line.per = rows.view(3) == "message" ? PriceLine::Per::message : PriceLine::Per::part;
    line.fees.push_back({"", rows.integer(4)});
  }
}

void Walk::compare_price(const EventRecord& event, const Events& events, Verified& verified) const {
  const auto found = prices_.find(event.price);
  if (found == prices_.end()) {
    ++verified.without_price;
    return;
  }
  const PriceLine& line = found->second;
  // Another part has paid for the whole message.
  const bool is_paid =
      line.per == PriceLine::Per::message && event.parts != 0 && event.amount == 0 && event.fees == 0;
  if (!is_paid && (event.amount != line.amount || event.fees != line.fees[0].amount))
    throw Wrong{fmt::format(
        "event {} of account {}: it costs {} millionths and fees of {}, by price line {} it is {} "
        "and {}",
        event.sequence, events.id, event.amount, event.fees, event.price, line.amount, line.fees[0].amount)};
  if (line.currency != events.currency)
    throw Wrong{fmt::format("event {} of account {}: the account has {}, price line {} is in {}",
                            event.sequence, events.id, events.currency, event.price, line.currency)};
}

/// What is told by what is left of it.
void Walk::find_what_is_gone(const Verified& verified) {
  const auto headings = database_.prepare("SELECT 1 FROM heading LIMIT 1");
  if (verified.events == 0 && headings->on().next())
    throw Wrong{"all events: they are missing, what they had in common is there"};
  const auto purchases = database_.prepare("SELECT account, movement FROM purchase WHERE movement > $1");
  auto rows = purchases->on(verified.movements);
  if (rows.next())
    throw Wrong{fmt::format("movement {}: it is missing, by which account {} was given money last",
                            rows.integer(1), accounts_[rows.integer(0)].id)};
}

}  // namespace

Verified verify(sql::Database& database) {
  Verified verified;
  sql::Transaction transaction(database, sql::Database::Access::read);
  try {
    if (const std::string damage = database.damage(); !damage.empty()) throw Wrong{"the file: " + damage};
    Walk(database).run(verified);
  } catch (const Wrong& wrong) {
    verified.fault = wrong.what;
  }
  return verified;
}

}  // namespace tollgate::charge
