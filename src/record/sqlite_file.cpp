#include "record/sqlite_file.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tollgate::record {
namespace {

/// Of rollups, in a file's header: `TOLR`.
constexpr std::int64_t application_id = 0x544F4C52;
constexpr int patience_ms = 10'000;

std::string_view advice(int code) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "; another process holds it, try again";
    case SQLITE_FULL: return "; there is no room on its disk, make some";
    case SQLITE_READONLY:
    case SQLITE_PERM: return "; it and its folder must be writable for who runs this";
    case SQLITE_CANTOPEN: return "; its folder must be there, and writable for who runs this";
    case SQLITE_CORRUPT: return "; move it away, and a new one is made";
    case SQLITE_NOTADB:
      return "; name a file of counts, or, where an appliance keeps its own here, move this away: it makes "
             "one";
    default: return "";
  }
}

[[noreturn]] void fail(const std::string& name, sqlite3* database, int code) {
  const std::string what =
      fmt::format("rollups {}: {}{}", name,
                  database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code), advice(code));
  if ((code & 0xFF) == SQLITE_CORRUPT) throw UnusableRollups(what);
  throw RollupError(what);
}

/// SQLite makes the files beside it as readable as it.
void make_for_owner(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0)
    throw RollupError(fmt::format("rollups {}: {}; its folder must be there, and writable for who runs this",
                                  path, std::strerror(errno)));
  ::close(file);
}

/// SQLite says the same of whatever cannot be opened.
void expect_a_file(const std::string& path) {
  struct stat found = {};
  const std::string_view expected = "name a file of counts, such as reports.db of an appliance's state";
  if (::stat(path.c_str(), &found) != 0)
    throw RollupError(fmt::format("rollups {}: {}; {}", path, std::strerror(errno), expected));
  if (!S_ISREG(found.st_mode))
    throw RollupError(fmt::format("rollups {}: it is no file; {}", path, expected));
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SqliteStatement::SqliteStatement(const std::string& name, sqlite3* database, std::string_view text)
    : name_(name), database_(database) {
  sqlite3_stmt* statement = nullptr;
  check(sqlite3_prepare_v3(database, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT,
                           &statement, nullptr));
  statement_.reset(statement);
}

void SqliteStatement::check(int code) const {
  if (code != SQLITE_OK) fail(name_, database_, code);
}

void SqliteStatement::reset() { sqlite3_reset(statement_.get()); }

void SqliteStatement::bind(int index, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), index, value));
}

void SqliteStatement::bind(int index, std::string_view value) {
  // A null pointer would be NULL.
  check(sqlite3_bind_text(statement_.get(), index, value.empty() ? "" : value.data(),
                          static_cast<int>(value.size()), nullptr));
}

void SqliteStatement::bind(int index, Octets value) {
  check(sqlite3_bind_blob(statement_.get(), index,
                          value.empty() ? "" : static_cast<const void*>(value.data()),
                          static_cast<int>(value.size()), nullptr));
}

bool SqliteStatement::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  sqlite3_reset(statement_.get());
  check(code == SQLITE_DONE ? SQLITE_OK : code);
  return false;
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

bool SqliteStatement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::string_view SqliteStatement::text(int column) const {
  const unsigned char* const text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Octets SqliteStatement::octets(int column) const {
  const void* const octets = sqlite3_column_blob(statement_.get(), column);
  if (octets == nullptr) return {};
  return {static_cast<const std::byte*>(octets),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void SqliteFile::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

SqliteFile::SqliteFile(const std::string& path, Access access) : path_(path) {
  const bool writes = access == Access::write;
  if (writes) make_for_owner(path);
  else expect_a_file(path);
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &opened,
                      (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX, nullptr);
  database_.reset(opened);
  if (code != SQLITE_OK) fail(path_, opened, code);
  sqlite3_busy_timeout(opened, patience_ms);
  const std::int64_t id = pragma("application_id");
  const bool is_new = id == 0 && prepare("SELECT 1 FROM sqlite_schema").next() == false;
  if (id != application_id && !(writes && is_new))
    throw RollupError(fmt::format("rollups {}: the file is {}; name another", path_,
                                  is_new ? "empty" : "a database of another kind"));
  execute("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536");  // KiB
  if (!writes) return;
  execute(fmt::format("PRAGMA application_id = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL",
                      application_id));
}

void SqliteFile::execute(const std::string& script) const {
  const int code = sqlite3_exec(database_.get(), script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(path_, database_.get(), code);
}

std::int64_t SqliteFile::pragma(const std::string& name) const {
  SqliteStatement statement = prepare("PRAGMA " + name);
  return statement.next() ? statement.integer(0) : 0;
}

SqliteFile::Snapshot::~Snapshot() {
  sqlite3_exec(file_.database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);  // nothing was changed
}

SqliteFile::Transaction::Transaction(SqliteFile& file) : file_(file) { file_.execute("BEGIN IMMEDIATE"); }

SqliteFile::Transaction::~Transaction() {
  if (!committed_ && sqlite3_get_autocommit(file_.database_.get()) == 0)
    sqlite3_exec(file_.database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void SqliteFile::Transaction::commit() {
  file_.execute("COMMIT");
  committed_ = true;
}

}  // namespace tollgate::record
