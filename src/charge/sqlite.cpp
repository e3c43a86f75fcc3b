#include "charge/sqlite.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

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

constexpr mode_t for_owner = S_IRUSR | S_IWUSR;

[[noreturn]] void fail_to_make(const std::string& name, int error) {
  const Reason reason = error == ENOSPC || error == EDQUOT ? Reason::full
                        : error == EROFS                   ? Reason::read_only
                                                           : Reason::unreachable;
  throw LedgerError(
      reason,
      fmt::format(
          "ledger {}: it cannot be made: {}; its folder must be there, and writable for who runs this", name,
          std::strerror(error)));
}

/// SQLite makes the files beside it as readable as it.
void make_for_owner(const std::string& path, const std::string& name) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, for_owner);
  if (file < 0) fail_to_make(name, errno);
  ::close(file);
}

/// What SQLite takes for a new database, and what a ledger is after its file was lost.
void refuse_empty(const std::string& path, const std::string& name) {
  std::error_code error;
  if (std::filesystem::file_size(path, error) != 0 || error) return;
  throw LedgerError(
      Reason::damaged,
      fmt::format("ledger {}: the file is empty, which no ledger is; `tollgate account restore` takes a "
                  "backup, and where the file is removed a new ledger is made",
                  name));
}

/// A file's name as SQLite's `file:` has it.
std::string uri_of(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') uri += fmt::format("%{:02X}", static_cast<unsigned>(c));
    else uri += c;
  }
  return uri;
}

/// Whether nobody can write to the medium.
bool is_fixed(const std::string& path) {
  struct statvfs medium {};
  return ::statvfs(path.c_str(), &medium) == 0 && (medium.f_flag & ST_RDONLY) != 0;
}

/// The same file, for SQLite to read only.
std::string uri_to_read(const std::string& path) {
  return uri_of(path) + (is_fixed(path) ? "?mode=ro&immutable=1" : "?mode=ro");
}

class Descriptor {
 public:
  Descriptor() = default;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(-1); }
  void reset(int descriptor) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = descriptor;
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

class Sqlite final : public sql::Database {
 public:
  Sqlite(const std::string& path, std::string name) : path_(path), name_(std::move(name)) {
    const int more =
        path.empty() ? SQLITE_OPEN_CREATE | SQLITE_OPEN_URI : 0;  // may attach what it is a copy of
    connection_ =
        connect(name_, path.empty() ? ":memory:" : path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | more);
    // Rows of events are long for pages of 4096 octets; it counts for a new file only.
    execute("PRAGMA page_size = 8192");
    if (!is_ours()) execute(fmt::format("PRAGMA application_id = {}", application_id));
    execute(
        "PRAGMA journal_mode = WAL;"
        "PRAGMA synchronous = FULL;"  // a commit is on the disk when it returns
        "PRAGMA foreign_keys = ON;"
        "PRAGMA wal_autocheckpoint = 8192;"
        "PRAGMA cache_size = -65536;"  // KiB
        "PRAGMA temp_store = MEMORY");
  }

  /// To read.
  explicit Sqlite(const std::string& path) : name_(path) {
    std::error_code error;
    if (is_fixed(path) && std::filesystem::file_size(path + "-wal", error) != 0 && !error)
      throw LedgerError(Reason::read_only,
                        fmt::format("ledger {}: what stands in {}-wal cannot be read on a disk that "
                                    "cannot be written; copy both files to another",
                                    path, path));
    connection_ =
        connect(name_, uri_to_read(path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX);
    if (!is_ours())
      throw LedgerError(Reason::damaged, fmt::format("ledger {}: the file is no ledger", name_));
    execute("PRAGMA temp_store = MEMORY");
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
  bool hold(const std::string& name) override {
    if (path_.empty()) return true;
    const std::string path = path_ + "-appliances";
    held_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    // One octet for each name, of a file that stays empty: whoever ends, in whatever way, holds it no more.
    struct flock octet {};
    octet.l_type = F_WRLCK;
    octet.l_whence = SEEK_SET;
    octet.l_start = static_cast<off_t>(XXH3_64bits(name.data(), name.size()) >> 16U);
    octet.l_len = 1;
    if (held_.get() >= 0 && ::fcntl(held_.get(), F_OFD_SETLK, &octet) == 0) return true;
    if (held_.get() >= 0 && (errno == EAGAIN || errno == EACCES)) return false;
    throw LedgerError(errno == ENOSPC ? Reason::full : Reason::read_only,
                      fmt::format("ledger {}: {}: {}; its folder must be writable for who runs this", name_,
                                  path, std::strerror(errno)));
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

  /// False of a new one. Refuses the database of another program.
  bool is_ours() {
    const std::int64_t id = pragma("PRAGMA application_id");
    if (id == application_id) return true;
    if (id != 0 || pragma("SELECT count(*) FROM sqlite_schema") != 0)
      throw LedgerError(Reason::damaged,
                        fmt::format("ledger {}: the file is a database of another program", name_));
    return false;
  }

  std::string path_;  ///< empty: in memory
  std::string name_;
  Connection connection_;
  Descriptor held_;
};

}  // namespace

namespace {

/// A new database beside the path, which takes the place only once it is one: nobody meets an empty file
/// there.
void make_sqlite(const std::string& path, const std::string& name) {
  std::string fresh = path + ".XXXXXX";
  const int file = ::mkstemp(fresh.data());  // for its owner
  if (file < 0) fail_to_make(name, errno);
  ::close(file);
  try {
    Sqlite(fresh, name);
    // Where another process was faster, its ledger is the one.
    if (::link(fresh.c_str(), path.c_str()) != 0 && errno != EEXIST &&
        ::rename(fresh.c_str(), path.c_str()) != 0)
      fail_to_make(name, errno);
  } catch (...) {
    for (const char* end : {"", "-wal", "-shm", "-journal"}) ::unlink((fresh + end).c_str());
    throw;
  }
  ::unlink(fresh.c_str());
}

}  // namespace

std::unique_ptr<sql::Database> open_sqlite(const std::string& path, const std::string& name) {
  if (path.empty()) return std::make_unique<Sqlite>(path, "(in memory)");
  const std::string& called = name.empty() ? path : name;
  if (!std::filesystem::exists(path)) make_sqlite(path, called);
  refuse_empty(path, called);
  return std::make_unique<Sqlite>(path, called);
}

std::unique_ptr<sql::Database> open_sqlite_to_read(const std::string& path) {
  refuse_empty(path, path);
  return std::make_unique<Sqlite>(path);
}

void copy_sqlite(const std::string& from, const std::string& to, const std::string& name) {
  refuse_empty(from, from);
  make_for_owner(to, name);
  const Connection source = connect(from, from, SQLITE_OPEN_READWRITE);
  const Connection target = connect(name, to, SQLITE_OPEN_READWRITE);
  sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (backup == nullptr) fail(name, target.get(), SQLITE_ERROR);
  // All at once: as of one moment of the write-ahead log, which holds up nobody who writes to it.
  const int code = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  // Where its code is not of the target, the fault is in what was read.
  const bool of_source = (code & 0xFF) == SQLITE_NOTADB || (code & 0xFF) == SQLITE_CORRUPT;
  if (code != SQLITE_DONE) fail(of_source ? from : name, of_source ? nullptr : target.get(), code);
  if (finished != SQLITE_OK) fail(name, target.get(), finished);
}

std::unique_ptr<sql::Database> copy_sqlite_to_memory(const std::string& path,
                                                     std::span<const Excerpt> excerpts) {
  open_sqlite_to_read(path);  // says what is wrong with it
  auto copy = std::make_unique<Sqlite>("", path);
  const std::string uri = uri_to_read(path);
  copy->prepare("ATTACH $1 AS source")->run(uri);
  sql::Transaction transaction(*copy, sql::Database::Access::read);
  copy->execute("PRAGMA defer_foreign_keys = ON");
  std::vector<std::string> tables;
  std::string script;
  {
    const auto made = copy->prepare(
        "SELECT sql, type, name FROM source.sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' "
        "ORDER BY rowid");
    for (auto rows = made->on(); rows.next();) {
      script += rows.text(0) + ";";
      if (rows.view(1) == "table") tables.push_back(rows.text(2));
    }
  }
  for (const std::string& table : tables) {
    const auto of_it = [&](const Excerpt& excerpt) { return excerpt.table == table; };
    const auto excerpt = std::find_if(excerpts.begin(), excerpts.end(), of_it);
    script += fmt::format("INSERT INTO main.{0} SELECT * FROM source.{0} {1};", table,
                          excerpt == excerpts.end() ? "" : excerpt->rows);
  }
  copy->execute(script);
  transaction.commit();
  copy->execute("DETACH source");
  return copy;
}

bool sqlite_in_use(const std::string& path, const std::string& name) {
  const Connection connection = connect(name, path, SQLITE_OPEN_READWRITE);
  sqlite3_busy_timeout(connection.get(), 0);
  // Only who has it alone can leave the write-ahead log.
  const int code = sqlite3_exec(connection.get(), "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return false;
  if ((code & 0xFF) == SQLITE_BUSY) return true;
  fail(name, connection.get(), code);
}

}  // namespace tollgate::charge
