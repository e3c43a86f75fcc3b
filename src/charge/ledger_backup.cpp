#include "charge/ledger_backup.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "charge/ledger_store.hpp"
#include "charge/schema.hpp"
#include "charge/sqlite.hpp"

namespace tollgate::charge {
namespace {

namespace fs = std::filesystem;
using Reason = LedgerError::Reason;

/// What only grows, also where another ledger takes the place: its version, how many times it was restored,
/// and the largest numbers that it gave. And the file that tells who changes it.
struct Counts {
  std::int64_t version = 0;
  std::int64_t restored = 0;
  std::int64_t last_account = 0;
  std::int64_t last_price = 0;
  std::string audit;  ///< empty: none, or not known
};

Counts counts_of(sql::Database& database) {
  Counts counts;
  const auto number = [&](std::string_view what) {
    const auto select = database.prepare(what);
    auto rows = select->on();
    return rows.next() ? rows.integer(0) : 0;
  };
  counts.version = number("SELECT version FROM meta");
  counts.restored = number("SELECT restored FROM meta");
  const bool tells = number("SELECT schema FROM meta") >= 3;  // where meta has the numbers
  counts.last_account = number(tells ? "SELECT last_account FROM meta" : "SELECT max(number) FROM account");
  counts.last_price = number(tells ? "SELECT last_price FROM meta" : "SELECT max(number) FROM price");
  if (number("SELECT schema FROM meta") >= 6) {
    const auto select = database.prepare("SELECT audit FROM meta");
    if (auto rows = select->on(); rows.next()) counts.audit = rows.text(0);
  }
  return counts;
}

const std::string& file_of(const LedgerSettings& settings) {
  if (!settings.postgresql.empty())
    throw LedgerError(Reason::refused,
                      "a ledger on PostgreSQL is backed up and restored with pg_dump and pg_restore");
  return settings.sqlite;
}

/// Removes a database that is not wanted, and what stands beside it.
void remove(const std::string& path) {
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(path + end);
}

void move(const std::string& from, const std::string& to) {
  for (const char* end : {"", "-wal", "-shm"}) {
    if (fs::exists(from + end)) fs::rename(from + end, to + end);
  }
}

/// Who could read and write the ledger that was there can do so with the one that takes its place.
void belong_as(const std::string& before, const std::string& path) {
  struct stat was {};
  if (::stat(before.c_str(), &was) != 0) return;
  // Who may not give it to another keeps it.
  if (::chown(path.c_str(), was.st_uid, was.st_gid) == 0) ::chmod(path.c_str(), was.st_mode & 0777U);
}

/// A name beside `path` that is free.
std::string name_of_kept(const std::string& path) {
  std::string name = path + ".before-restore";
  for (int i = 2; fs::exists(name); ++i) name = fmt::format("{}.before-restore-{}", path, i);
  return name;
}

/// Of the ledger in the place that a backup takes; nothing where it cannot be read.
Counts counts_in(const std::string& path) {
  try {
    return counts_of(*open_sqlite(path));
  } catch (const LedgerError&) {
    return {};
  }
}

}  // namespace

std::string recorded_audit(const std::string& file) { return fs::exists(file) ? counts_in(file).audit : ""; }

namespace {

bool in_use(const std::string& path) {
  try {
    return sqlite_in_use(path, path);
  } catch (const LedgerError& error) {
    if (error.reason == Reason::damaged) return false;  // nobody can work with it
    throw;
  }
}

}  // namespace

void back_up(const LedgerSettings& settings, const std::string& file) {
  const std::string& path = file_of(settings);
  if (fs::exists(file))
    throw LedgerError(Reason::refused, fmt::format("{} is there already; name a new file", file));
  const std::string part = file + ".part";
  remove(part);
  try {
    copy_sqlite(path, part, file);
    sqlite_in_use(part, file);  // one file, without a log beside it
  } catch (...) {
    remove(part);
    throw;
  }
  fs::rename(part, file);
}

Restored restore(const LedgerSettings& settings, const std::string& file, bool while_in_use) {
  const std::string& path = file_of(settings);
  if (!fs::exists(file)) throw LedgerError(Reason::refused, fmt::format("there is no file {}", file));
  const std::string part = path + ".part";
  Restored restored;
  remove(part);
  try {
    copy_sqlite(file, part, path);
    {
      const auto backup = open_sqlite(part, file);
      bring_up_to_date(*backup);
      restored.backup = verify(*backup);
      const Counts now = fs::exists(path) ? counts_in(path) : Counts{};
      const Counts then = counts_of(*backup);
      const std::string& audit = !settings.audit.empty() ? settings.audit
                                 : !now.audit.empty()    ? now.audit
                                                         : then.audit;
      backup
          ->prepare(
              "UPDATE meta SET version = $1, restored = $2, last_account = $3, last_price = $4, audit = $5")
          ->run(std::max(now.version, then.version) + 1, std::max(now.restored, then.restored) + 1,
                std::max(now.last_account, then.last_account), std::max(now.last_price, then.last_price),
                audit);
    }
    if (!restored.backup.fault) {
      const bool used = fs::exists(path) && in_use(path);
      if (used && !while_in_use)
        throw LedgerError(Reason::busy, fmt::format("ledger {}: another process works with it", path));
      if (fs::exists(path)) restored.before = name_of_kept(path);
      if (used) {
        copy_sqlite(path, restored.before, restored.before);
        copy_sqlite(part, path, path);
      } else {
        sqlite_in_use(part, path);  // one file, without a log beside it
        belong_as(path, part);
        if (!restored.before.empty()) move(path, restored.before);
        fs::rename(part, path);
      }
    }
  } catch (...) {
    remove(part);
    throw;
  }
  remove(part);
  return restored;
}

}  // namespace tollgate::charge
