#include "charge/ledger_movements.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tollgate::charge {
namespace {

/// Refuses what no longer has room in 64 bits.
Amount checked_sum(const LedgerBook& book, Amount more) {
  Amount sum = 0;
  if (!__builtin_add_overflow(book.balance, more, &sum)) return sum;
  throw LedgerError(LedgerError::Reason::refused,
                    fmt::format("the book `{} {}` of account number {} has {} millionths of {}; {} more are "
                                "beyond what a ledger can count",
                                book.role, book.detail, book.account, book.balance, book.currency, more));
}

}  // namespace

void write_line(CanonicalLine& line, const Movement& movement, const LedgerBook& from, const LedgerBook& to) {
  const auto book = [](const LedgerBook& one) {
    return fmt::format("{}/{}/{}", one.role, one.account, one.detail);
  };
  line.clear();
  line.integer(movement.number).hex(movement.id).integer(movement.time_ns).text(movement.kind);
  line.text(book(from)).text(book(to)).text(from.currency).integer(movement.amount).integer(movement.account);
  line.text(movement.reference).text(movement.made_by);
  line.integer(movement.first).integer(movement.last).integer(movement.undoes);
}

Movements::Movements(sql::Database& database)
    : book_find_(database.prepare("SELECT number, balance FROM book "
                                  "WHERE account = $1 AND role = $2 AND detail = $3 AND currency = $4")),
      book_next_(database.prepare("SELECT CAST(coalesce(max(number), 0) + 1 AS BIGINT) FROM book")),
      book_add_(database.prepare("INSERT INTO book (number, account, role, detail, currency, balance) "
                                 "VALUES ($1, $2, $3, $4, $5, 0)")),
      book_change_(database.prepare("UPDATE book SET balance = balance + $1 WHERE number = $2")),
      reserved_(database.prepare("SELECT CAST(coalesce(sum(balance), 0) AS BIGINT) FROM book "
                                 "WHERE account = $1 AND role = 'reserved'")),
      head_(database.prepare("SELECT number, hash FROM movement ORDER BY number DESC LIMIT 1")),
      add_(database.prepare("INSERT INTO movement (number, id, time_ns, kind, from_book, to_book, amount, "
                            "account, reference, made_by, first, last, undoes, hash) VALUES ($1, $2, $3, $4, "
                            "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14)")),
      find_(database.prepare("SELECT number FROM movement WHERE id = $1")) {}

void Movements::begin() {
  books_.clear();
  head_known_ = false;
}

LedgerBook& Movements::book(std::uint32_t account, std::string_view role, std::string_view detail,
                            const std::string& currency) {
  const auto [place, is_new] = books_.try_emplace(Key(account, role, detail, currency));
  LedgerBook& book = place->second;
  if (!is_new) return book;
  book = {0, account, std::string(role), std::string(detail), currency, 0};
  if (auto rows = book_find_->on(account, role, detail, currency); rows.next()) {
    book.number = rows.integer(0);
    book.balance = rows.integer(1);
    return book;
  }
  if (auto rows = book_next_->on(); rows.next()) book.number = rows.integer(0);
  book_add_->run(book.number, account, role, detail, currency);
  return book;
}

Amount Movements::reserved(std::uint32_t account) {
  auto rows = reserved_->on(account);
  return rows.next() ? rows.integer(0) : 0;
}

void Movements::read_head() {
  if (head_known_) return;
  last_number_ = 0;
  last_hash_ = {};
  if (auto rows = head_->on(); rows.next()) {
    last_number_ = rows.integer(0);
    const Octets hash = rows.octets(1);
    std::copy_n(hash.begin(), std::min(hash.size(), last_hash_.size()), last_hash_.begin());
  }
  head_known_ = true;
}

std::int64_t Movements::post(Movement movement, LedgerBook& from, LedgerBook& to) {
  const Amount from_balance = checked_sum(from, -movement.amount);
  const Amount to_balance = checked_sum(to, movement.amount);
  read_head();
  movement.number = last_number_ + 1;
  if (movement.id == IdOctets{}) movement.id = digest(fmt::format("{}|{}", movement.kind, movement.number));
  write_line(line_, movement, from, to);
  const Hash hash = line_.hash(last_hash_);
  add_->run(movement.number, movement.id, movement.time_ns, movement.kind, from.number, to.number,
            movement.amount, movement.account, movement.reference, movement.made_by, movement.first,
            movement.last, movement.undoes, hash);
  book_change_->run(-movement.amount, from.number);
  book_change_->run(movement.amount, to.number);
  from.balance = from_balance;
  to.balance = to_balance;
  last_number_ = movement.number;
  last_hash_ = hash;
  return movement.number;
}

std::optional<std::int64_t> Movements::find(const IdOctets& id) {
  auto rows = find_->on(id);
  if (!rows.next()) return {};
  return rows.integer(0);
}

}  // namespace tollgate::charge
