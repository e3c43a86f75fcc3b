#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "decode/octets.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tollgate::record {

/// What went wrong with a file of rollups: which one, what, and what to do.
struct RollupError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The file is one of rollups, and can be used no more: it is damaged, or of another time zone. A new one can
/// take its place.
struct UnusableRollups : RollupError {
  using RollupError::RollupError;
};

/// A statement of a SqliteFile, which outlives it. All throw RollupError.
class SqliteStatement {
 public:
  SqliteStatement(const std::string& name, sqlite3* database, std::string_view text);

  /// Values for `?1` and on; texts must live until the statement has run.
  template <class... Values>
  SqliteStatement& with(const Values&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
    return *this;
  }
  /// The next row, at first the first; false after the last.
  bool next();
  void run() {
    while (next()) continue;
  }

  std::int64_t integer(int column) const;
  bool is_null(int column) const;
  std::string_view text(int column) const;  ///< until next()
  Octets octets(int column) const;          ///< until next()

 private:
  void reset();
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view value);
  void bind(int index, const std::string& value) { bind(index, std::string_view(value)); }
  void bind(int index, Octets value);
  void check(int code) const;

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  const std::string& name_;
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// An SQLite database in a file, of one thread. What is committed survives a killed process; a power cut may
/// take the last seconds, and leaves it whole.
class SqliteFile {
 public:
  enum class Access : std::uint8_t {
    read,  ///< of a file that is there
    write  ///< it is made where there is none, for its owner only
  };
  /// Throws RollupError, also where the file is another program's.
  SqliteFile(const std::string& path, Access access);

  SqliteStatement prepare(std::string_view text) const { return {path_, database_.get(), text}; }
  void execute(const std::string& script) const;
  std::int64_t pragma(const std::string& name) const;
  const std::string& path() const { return path_; }

  /// While it lives, all that is read is as of one moment.
  class Snapshot {
   public:
    explicit Snapshot(const SqliteFile& file) : file_(file) { file_.execute("BEGIN"); }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;
    ~Snapshot();

   private:
    const SqliteFile& file_;
  };

  /// Rolled back unless committed.
  class Transaction {
   public:
    explicit Transaction(SqliteFile& file);
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();
    void commit();

   private:
    SqliteFile& file_;
    bool committed_ = false;
  };

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace tollgate::record
