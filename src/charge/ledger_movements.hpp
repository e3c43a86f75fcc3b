#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "charge/charge.hpp"
#include "charge/ledger_hash.hpp"
#include "charge/sql.hpp"

namespace tollgate::charge {

/// One side of a movement.
struct LedgerBook {
  std::int64_t number = 0;
  std::uint32_t account = 0;  ///< 0: nobody's own
  std::string role;           ///< world, credit, reserved, revenue, fees, interest
  std::string detail;         ///< of reserved the appliance, of revenue the tariff, of fees which
  std::string currency;
  Amount balance = 0;
};

/// From one book to another.
struct Movement {
  std::int64_t number = 0;
  IdOctets id{};  ///< of what it is: nothing is moved twice
  std::int64_t time_ns = 0;
  std::string_view kind;
  Amount amount = 0;          ///< above 0
  std::uint32_t account = 0;  ///< whose it is
  std::string_view reference;
  std::string_view made_by;
  std::int64_t first = 0;  ///< of spend and fee: the events that it pays
  std::int64_t last = 0;
  std::int64_t undoes = 0;  ///< of correction: number of the movement
};

/// A movement's line:
/// number|id|time_ns|kind|book from|book to|currency|amount|account|reference|made_by|first|last|undoes
/// A book is `role/account/detail`.
void write_line(CanonicalLine& line, const Movement& movement, const LedgerBook& from, const LedgerBook& to);

/// Books and movements, within transactions of who calls.
class Movements {
 public:
  explicit Movements(sql::Database& database);

  /// Forgets what it read: at the start of each transaction.
  void begin();

  /// The book, made where there is none. Until the next `begin`.
  LedgerBook& book(std::uint32_t account, std::string_view role, std::string_view detail,
                   const std::string& currency);
  /// Of all appliances on the account.
  Amount reserved(std::uint32_t account);

  /// Moves money, changes both balances; sets number, and id where it is zero, from the number. Gives the
  /// number.
  std::int64_t post(Movement movement, LedgerBook& from, LedgerBook& to);
  /// The number of the movement with that identity.
  std::optional<std::int64_t> find(const IdOctets& id);

 private:
  void read_head();

  std::unique_ptr<sql::Statement> book_find_;
  std::unique_ptr<sql::Statement> book_next_;
  std::unique_ptr<sql::Statement> book_add_;
  std::unique_ptr<sql::Statement> book_change_;
  std::unique_ptr<sql::Statement> reserved_;
  std::unique_ptr<sql::Statement> head_;
  std::unique_ptr<sql::Statement> add_;
  std::unique_ptr<sql::Statement> find_;

  using Key = std::tuple<std::uint32_t, std::string, std::string, std::string>;
  std::map<Key, LedgerBook> books_;
  bool head_known_ = false;
  std::int64_t last_number_ = 0;
  Hash last_hash_{};
  CanonicalLine line_;
};

}  // namespace tollgate::charge
