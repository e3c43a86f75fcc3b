#include "charge/sqlite.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <sqlite3.h>

namespace tollgate::charge {
namespace {

using Reason = LedgerError::Reason;

/// Of a ledger, in a file's header: `TOLL`.
constexpr std::int64_t application_id = 0x544F4C4C;

/// How long another process may hold the ledger.
constexpr int patience_ms = 10'000;

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Connection = std::unique_ptr<sqlite3, Close>;

struct Fault {
  Reason reason;
  std::string_view advice;
};

Fault fault_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {Reason::busy, "another process holds it; try again"};
    case SQLITE_FULL: return {Reason::full, "there is no room on its disk; make some"};
    case SQLITE_READONLY:
    case SQLITE_PERM: return {Reason::read_only, "it and its folder must be writable for who runs this"};
    case SQLITE_CANTOPEN:
      return {Reason::unreachable, "its folder must be there, and writable for who runs this"};
    case SQLITE_CORRUPT: return {Reason::damaged, "it is damaged; `tollgate account restore` takes a backup"};
    case SQLITE_NOTADB: return {Reason::damaged, "the file is no ledger"};
    case SQLITE_IOERR:
      return {code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_FSYNC ? Reason::full : Reason::unreachable,
              "its disk fails"};
    default: return {Reason::other, {}};
  }
}

[[noreturn]] void fail(const std::string& name, sqlite3* database, int code) {
  const int extended = database != nullptr ? sqlite3_extended_errcode(database) : code;
  const Fault fault = fault_of(extended);
  throw LedgerError(fault.reason,
                    fmt::format("ledger {}: {}{}{}", name,
                                database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code),
                                fault.advice.empty() ? "" : "; ", fault.advice));
}

class SqliteStatement final : public sql::Statement {
 public:
  SqliteStatement(const std::string& name, sqlite3* database, std::string_view text)
      : name_(name), database_(database) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v3(database, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT,
                             &statement, nullptr));
    statement_.reset(statement);
  }

 protected:
  void bind(int index, std::int64_t value) override {
    check(sqlite3_bind_int64(statement_.get(), index, value));
  }
  void bind(int index, std::string_view value) override {
    // A null pointer would be NULL.
    check(sqlite3_bind_text(statement_.get(), index, value.empty() ? "" : value.data(),
                            static_cast<int>(value.size()), nullptr));
  }
  void bind(int index, Octets value) override {
    check(value.empty() ? sqlite3_bind_zeroblob(statement_.get(), index, 0)
                        : sqlite3_bind_blob(statement_.get(), index, value.data(),
                                            static_cast<int>(value.size()), nullptr));
  }
  void bind_null(int index) override { check(sqlite3_bind_null(statement_.get(), index)); }
  bool step() override {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    sqlite3_reset(statement_.get());
    check(code == SQLITE_DONE ? SQLITE_OK : code);
    return false;
  }
  std::int64_t finish() override {
    while (step()) continue;
    return sqlite3_changes(database_);
  }
  void reset() override { sqlite3_reset(statement_.get()); }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_.get(), column); }
  std::string_view text(int column) const override {
    const void* octets = sqlite3_column_text(statement_.get(), column);
    if (octets == nullptr) return {};
    return {static_cast<const char*>(octets), size(column)};
  }
  Octets octets(int column) const override {
    const void* octets = sqlite3_column_blob(statement_.get(), column);
    if (octets == nullptr) return {};
    return {static_cast<const std::byte*>(octets), size(column)};
  }
  bool is_null(int column) const override {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
  }

 private:
  std::size_t size(int column) const {
    return static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  }
  void check(int code) const {
    if (code != SQLITE_OK) fail(name_, database_, code);
  }

  const std::string& name_;
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Close> statement_;
};

Connection connect(const std::string& name, const std::string& path, int flags) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  Connection connection(opened);
  if (code != SQLITE_OK) fail(name, connection.get(), code);
  sqlite3_extended_result_codes(connection.get(), 1);
  sqlite3_busy_timeout(connection.get(), patience_ms);
  return connection;
}

class Sqlite final : public sql::Database {
 public:
  explicit Sqlite(const std::string& path) : name_(path.empty() ? "(in memory)" : path) {
    connection_ = connect(name_, path.empty() ? ":memory:" : path,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX);
    // Rows of events are long for pages of 4096 octets; it counts for a new file only.
    execute("PRAGMA page_size = 8192");
    own();
    execute(
        "PRAGMA journal_mode = WAL;"
        "PRAGMA synchronous = FULL;"  // a commit is on the disk when it returns
        "PRAGMA foreign_keys = ON;"
        "PRAGMA wal_autocheckpoint = 8192;"
        "PRAGMA cache_size = -65536;"  // KiB
        "PRAGMA temp_store = MEMORY");
  }

  std::unique_ptr<sql::Statement> prepare(std::string_view text) override {
    return std::make_unique<SqliteStatement>(name_, connection_.get(), text);
  }
  void execute(const std::string& script) override {
    const int code = sqlite3_exec(connection_.get(), script.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(name_, connection_.get(), code);
  }
  bool has_table(const std::string& name) override {
    const auto statement = prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1");
    return statement->on(name).next();
  }
  void begin(Access access) override { execute(access == Access::write ? "BEGIN IMMEDIATE" : "BEGIN"); }
  void commit() override { execute("COMMIT"); }
  void rollback() noexcept override {
    if (sqlite3_get_autocommit(connection_.get()) == 0)
      sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
  std::string damage() override {
    const auto statement = prepare("PRAGMA integrity_check(1)");
    auto rows = statement->on();
    const std::string said = rows.next() ? rows.text(0) : "it cannot be checked";
    return said == "ok" ? "" : said;
  }
  const std::string& name() const override { return name_; }

 private:
  std::int64_t pragma(const char* text) {
    const auto statement = prepare(text);
    auto rows = statement->on();
    return rows.next() ? rows.integer(0) : 0;
  }

  /// Refuses the database of another program, marks a new one.
  void own() {
    const std::int64_t id = pragma("PRAGMA application_id");
    if (id == application_id) return;
    if (id != 0 || pragma("SELECT count(*) FROM sqlite_schema") != 0)
      throw LedgerError(Reason::damaged,
                        fmt::format("ledger {}: the file is a database of another program", name_));
    execute(fmt::format("PRAGMA application_id = {}", application_id));
  }

  std::string name_;
  Connection connection_;
};

}  // namespace

std::unique_ptr<sql::Database> open_sqlite(const std::string& path) { return std::make_unique<Sqlite>(path); }

void copy_sqlite(const std::string& from, const std::string& to) {
  const Connection source = connect(from, from, SQLITE_OPEN_READWRITE);
  const Connection target = connect(to, to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (backup == nullptr) fail(to, target.get(), SQLITE_ERROR);
  // All at once: as of one moment of the write-ahead log, which holds up nobody who writes to it.
  const int code = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) fail(to, target.get(), code);
  if (finished != SQLITE_OK) fail(to, target.get(), finished);
}

bool sqlite_in_use(const std::string& path) {
  const Connection connection = connect(path, path, SQLITE_OPEN_READWRITE);
  sqlite3_busy_timeout(connection.get(), 0);
  // Only who has it alone can leave the write-ahead log.
  const int code = sqlite3_exec(connection.get(), "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return false;
  if ((code & 0xFF) == SQLITE_BUSY) return true;
  fail(path, connection.get(), code);
}

}  // namespace tollgate::charge
