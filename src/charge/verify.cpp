#include "charge/verify.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "charge/ledger_hash.hpp"
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
    walk_events(verified);
    compare_months();
  }

 private:
  struct Book {
    LedgerBook book;
    Amount moved = 0;
  };
  /// Of one account.
  struct Events {
    std::string id;
    std::int64_t sequence = 0;
    Hash hash{};
    Amount used = 0;
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

  sql::Database& database_;
  std::map<std::int64_t, Book> books_;
  std::map<std::int64_t, Events> accounts_;
};

void Walk::read_books(Verified& verified) {
  const auto accounts = database_.prepare("SELECT number, id FROM account ORDER BY number");
  for (auto rows = accounts->on(); rows.next(); ++verified.accounts)
    accounts_[rows.integer(0)].id = rows.text(1);
  const auto books = database_.prepare("SELECT number, account, role, detail, currency, balance FROM book");
  for (auto rows = books->on(); rows.next(); ++verified.books)
    books_[rows.integer(0)] = {{rows.integer(0), rows.as<std::uint32_t>(1), rows.text(2), rows.text(3),
                                rows.text(4), rows.integer(5)},
                               0};
}

void Walk::walk_movements(Verified& verified) {
  const auto select = database_.prepare(
      "SELECT number, id, time_ns, kind, from_book, to_book, amount, account, reference, made_by, first, "
      "last, undoes, "
      "hash FROM movement ORDER BY number");
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
      "h.tariff, "
      "h.country, h.operator, h.route, e.hash, h.number FROM event AS e LEFT JOIN heading AS h ON h.number = "
      "e.heading "
      "ORDER BY e.account, e.sequence");
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
    events.used += event.amount + event.fees;
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

void Walk::compare_months() {
  const auto select = database_.prepare(
      "SELECT account, CAST(sum(used) AS BIGINT) FROM month GROUP BY account ORDER BY account");
  std::map<std::int64_t, Amount> used;
  for (auto rows = select->on(); rows.next();) used[rows.integer(0)] = rows.integer(1);
  for (const auto& [account, events] : accounts_) {
    if (used[account] != events.used)
      throw Wrong{fmt::format("the months of account {}: they make {} millionths, its events {}", events.id,
                              used[account], events.used)};
  }
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
