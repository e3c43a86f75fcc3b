#include "charge/ledger_backup.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "charge/ledger_store.hpp"
#include "charge/schema.hpp"
#include "charge/sqlite.hpp"

namespace tollgate::charge {
namespace {

namespace fs = std::filesystem;
using Reason = LedgerError::Reason;

/// How many times the ledger was restored, and its version.
struct Counts {
  std::int64_t version = 0;
  std::int64_t restored = 0;
};

Counts counts_of(sql::Database& database) {
  const auto select = database.prepare("SELECT version, restored FROM meta");
  auto rows = select->on();
  return rows.next() ? Counts{rows.integer(0), rows.integer(1)} : Counts{};
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

bool in_use(const std::string& path) {
  try {
    return sqlite_in_use(path);
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
    copy_sqlite(path, part);
    sqlite_in_use(part);  // one file, without a log beside it
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
    copy_sqlite(file, part);
    {
      const auto backup = open_sqlite(part);
      bring_up_to_date(*backup);
      restored.backup = verify(*backup);
      const Counts now = fs::exists(path) ? counts_in(path) : Counts{};
      const Counts then = counts_of(*backup);
      backup->prepare("UPDATE meta SET version = $1, restored = $2")
          ->run(std::max(now.version, then.version) + 1, std::max(now.restored, then.restored) + 1);
    }
    if (!restored.backup.fault) {
      const bool used = fs::exists(path) && in_use(path);
      if (used && !while_in_use)
        throw LedgerError(Reason::busy, fmt::format("ledger {}: another process works with it", path));
      if (fs::exists(path)) restored.before = name_of_kept(path);
      if (used) {
        copy_sqlite(path, restored.before);
        copy_sqlite(part, path);
      } else {
        sqlite_in_use(part);  // one file, without a log beside it
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
