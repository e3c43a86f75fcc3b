#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "charge/ledger_error.hpp"
#include "decode/octets.hpp"

namespace tollgate::charge {

/// What a ledger asks of a database. The SQL is what SQLite and PostgreSQL both take: parameters `$1`,
/// integers of 64 bits, text, octets; sums are cast to BIGINT. `INSERT OR FAIL` is SQLite's: of several rows,
/// none of which it need take back, since a statement that fails ends the transaction. PostgreSQL reads
/// `INSERT`.
namespace sql {

/// Views of a text must live until the statement has run; a text made for the call does not.
template <class T>
concept Bindable = std::integral<std::remove_cvref_t<T>> || std::convertible_to<T, Octets> ||
                   (std::convertible_to<T, std::string_view> &&
                    (!std::same_as<std::remove_cvref_t<T>, std::string> || std::is_lvalue_reference_v<T>)) ||
                   std::same_as<std::remove_cvref_t<T>, std::nullptr_t>;

class Statement {
 public:
  virtual ~Statement() = default;

  /// The rows of a statement that was run; columns count from 0. The next run of the statement ends it.
  class Rows {
   public:
    explicit Rows(Statement& statement) : statement_(&statement) {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    ~Rows() { statement_->reset(); }

    /// The next row, at first the first; false after the last.
    bool next() { return statement_->step(); }
    std::int64_t integer(int column) const { return statement_->integer(column); }
    template <std::integral T>
    T as(int column) const {
      return static_cast<T>(statement_->integer(column));
    }
    bool is_null(int column) const { return statement_->is_null(column); }
    std::string text(int column) const { return std::string(statement_->text(column)); }
    /// Until `next`.
    std::string_view view(int column) const { return statement_->text(column); }
    Octets octets(int column) const { return statement_->octets(column); }

   private:
    Statement* statement_;
  };

  /// Its rows, for these parameters, which must live as long.
  template <Bindable... Parameters>
  Rows on(Parameters&&... parameters) {
    begin();
    add(parameters...);
    return Rows(*this);
  }

  /// Runs a statement that gives no rows; gives how many it changed.
  template <Bindable... Parameters>
  std::int64_t run(Parameters&&... parameters) {
    begin();
    add(parameters...);
    return run_added();
  }

  // The same for a statement that has so many parameters that they are given in several steps:

  void begin() {
    reset();
    added_ = 0;
  }
  /// The next ones; they must live until it has run.
  template <Bindable... Parameters>
  void add(Parameters&&... parameters) {
    (put(++added_, parameters), ...);
  }
  std::int64_t run_added() { return finish(); }

 protected:
  virtual void bind(int index, std::int64_t value) = 0;
  virtual void bind(int index, std::string_view value) = 0;
  virtual void bind(int index, Octets value) = 0;
  virtual void bind_null(int index) = 0;
  virtual bool step() = 0;
  virtual std::int64_t finish() = 0;
  virtual void reset() = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual Octets octets(int column) const = 0;
  virtual bool is_null(int column) const = 0;

 private:
  template <class T>
  void put(int index, const T& value) {
    if constexpr (std::same_as<T, std::nullptr_t>) bind_null(index);
    else if constexpr (std::integral<T>) bind(index, static_cast<std::int64_t>(value));
    else if constexpr (std::convertible_to<const T&, Octets>) bind(index, Octets(value));
    else bind(index, std::string_view(value));
  }

  int added_ = 0;
};

/// One connection, of one thread. Its statements do not outlive it. All throw LedgerError.
class Database {
 public:
  enum class Access : std::uint8_t {
    read,   ///< sees what was committed before
    write,  ///< the only one that writes; waits for another
  };

  virtual ~Database() = default;
  virtual std::unique_ptr<Statement> prepare(std::string_view text) = 0;
  /// One or more statements, in SQLite's words: INTEGER, BLOB, STRICT, WITHOUT ROWID.
  virtual void execute(const std::string& script) = 0;
  virtual bool has_table(const std::string& name) = 0;
  virtual void begin(Access access) = 0;
  virtual void commit() = 0;
  /// Never throws: what cannot be rolled back is not committed either.
  virtual void rollback() noexcept = 0;
  /// From now on, while this lives, nobody else holds the name. False where somebody does.
  virtual bool hold(const std::string& name) = 0;
  /// What is wrong with how it is stored; empty where nothing is known to be.
  virtual std::string damage() = 0;
  /// What errors call it, without a password.
  virtual const std::string& name() const = 0;
};

/// Rolled back unless committed.
class Transaction {
 public:
  Transaction(Database& database, Database::Access access) : database_(database) { database_.begin(access); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (!committed_) database_.rollback();
  }
  void commit() {
    database_.commit();
    committed_ = true;
  }

 private:
  Database& database_;
  bool committed_ = false;
};

}  // namespace sql
}  // namespace tollgate::charge
