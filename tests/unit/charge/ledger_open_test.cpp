#include <fstream>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "charge/schema.hpp"
#include "charge/sqlite.hpp"
#include "unit/charge/ledger_support.hpp"

namespace tollgate::charge {
namespace {

using Reason = LedgerError::Reason;

Reason reason_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const LedgerError& error) {
    return error.reason;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Reason::other;
}

TEST(LedgerOpen, a_ledger_is_made_at_first_use_and_keeps_its_identity) {
  const Folder folder;
  const std::string path = folder.file("ledger.db");
  const Ledger::InForce made = open_ledger(path)->in_force();
  EXPECT_EQ(made.id.size(), 36U);
  EXPECT_NE(made.secret, (std::array<std::uint64_t, 4>{}));
  const Ledger::InForce again = open_ledger(path)->in_force();
  EXPECT_EQ(again.id, made.id);
  EXPECT_EQ(again.secret, made.secret);
  EXPECT_NE(open_ledger(folder.file("other.db"))->in_force().id, made.id);
}

TEST(LedgerOpen, a_ledger_in_memory_is_gone_with_it) {
  const auto ledger = open_ledger("");
  declare(*ledger, two_accounts);
  EXPECT_EQ(ledger->in_force().accounts.size(), 2U);
  EXPECT_TRUE(open_ledger("")->in_force().accounts.empty());
}

TEST(LedgerOpen, the_ledger_of_a_later_version_is_refused) {
  const Folder folder;
  const std::string path = folder.file("ledger.db");
  open_ledger(path)->database().prepare("UPDATE meta SET schema = $1")->run(newest_schema() + 1);
  EXPECT_EQ(reason_of([&] { open_ledger(path); }), Reason::newer);
}

TEST(LedgerOpen, it_remembers_the_audit_log_of_who_opened_it_last_to_change_it) {
  const Folder folder;
  LedgerSettings settings{.sqlite = folder.file("ledger.db"), .postgresql = {}, .appliance = "north"};
  EXPECT_EQ(LedgerStore::open(settings)->audit(), "");
  settings.audit = "/one/audit.jsonl";
  EXPECT_EQ(LedgerStore::open_to_read(settings)->audit(), "") << "reading changes nothing";
  EXPECT_EQ(LedgerStore::open(settings)->audit(), "/one/audit.jsonl");
  settings.audit = "/two/audit.jsonl";
  LedgerStore::open(settings);
  settings.audit.clear();
  EXPECT_EQ(LedgerStore::open(settings)->audit(), "/two/audit.jsonl");
}

TEST(LedgerOpen, what_is_no_ledger_is_refused) {
  const Folder folder;
  const std::string path = folder.file("ledger.db");
  std::ofstream(path) << std::string(10'000, 'x');
  EXPECT_EQ(reason_of([&] { open_ledger(path); }), Reason::damaged);
  EXPECT_EQ(reason_of([&] { open_ledger(folder.file("no/such/folder.db")); }), Reason::unreachable);
}

TEST(LedgerOpen, an_empty_file_is_no_ledger) {
  const Folder folder;
  const std::string path = folder.file("ledger.db");
  std::ofstream(path).flush();
  EXPECT_EQ(reason_of([&] { open_sqlite(path); }), Reason::damaged);
  EXPECT_EQ(reason_of([&] { open_sqlite_to_read(path); }), Reason::damaged);
  EXPECT_EQ(reason_of([&] { copy_sqlite(path, folder.file("copy.db"), "copy"); }), Reason::damaged);
}

TEST(LedgerOpen, the_database_of_another_program_is_refused) {
  const Folder folder;
  const std::string path = folder.file("other.db");
  open_sqlite(path)->execute("PRAGMA application_id = 0; CREATE TABLE theirs (a INTEGER)");
  EXPECT_EQ(reason_of([&] { open_ledger(path); }), Reason::damaged);
}

TEST(LedgerOpen, a_copy_is_as_of_one_moment) {
  const Folder folder;
  const std::string path = folder.file("ledger.db");
  const auto ledger = open_ledger(path);
  declare(*ledger, two_accounts);
  copy_sqlite(path, folder.file("copy.db"), "copy");
  ledger->credit("acme", unit, "bill 1", {"clerk", noon_ns});
  const auto copy = open_ledger(folder.file("copy.db"));
  EXPECT_EQ(copy->in_force().accounts.size(), 2U);
  EXPECT_EQ(number(*copy, "SELECT count(*) FROM movement"), 0);
}

/// Runs `action` in a process of its own with a small disk at `folder`; its status.
int with_small_disk(const std::string& folder, const char* size, const std::function<int()>& action) {
  constexpr int cannot = 77;
  const pid_t child = fork();
  if (child == 0) {
    const bool mounted = unshare(CLONE_NEWNS) == 0 &&
                         mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                         mount("none", folder.c_str(), "tmpfs", 0, size) == 0;
    _exit(mounted ? action() : cannot);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(LedgerOpen, a_full_disk_is_told_and_loses_nothing) {
  const Folder folder;
  const std::string disk = folder.file("disk");
  std::filesystem::create_directory(disk);
  const int status = with_small_disk(disk, "size=2m", [&] {
    const std::string path = disk + "/ledger.db";
    auto ledger = open_ledger(path);
    declare(*ledger, two_accounts);
    std::uint64_t next = 0;
    std::uint64_t settled = 0;
    Reason reason = Reason::other;
    const auto group = [&](std::uint64_t first) {
      std::vector<Charge> charges;
      for (std::uint64_t i = 0; i < 1000; ++i)
        charges.push_back(charge_of(bank, first + i, 1, noon_ns + first + i));
      return charges;
    };
    try {
      for (; next < 100'000; next += 1000) {
        ledger->settle(group(next), {}, noon_ns);
        settled += 1000;
      }
      return 1;
    } catch (const LedgerError& error) {
      reason = error.reason;
    }
    if (reason != Reason::full) return 2;
    if (number(*ledger, "SELECT count(*) FROM event") != static_cast<std::int64_t>(settled)) return 3;
    mount("none", disk.c_str(), "tmpfs", MS_REMOUNT, "size=64m");
    ledger->settle(group(next), {}, noon_ns);  // goes on where it is
    ledger = open_ledger(path);
    return number(*ledger, "SELECT count(*) FROM event") == static_cast<std::int64_t>(settled + 1000) ? 0 : 4;
  });
  if (status == 77) GTEST_SKIP() << "needs root, to mount a small disk";
  EXPECT_EQ(status, 0);
}

TEST(LedgerOpen, a_read_only_disk_is_told) {
  const Folder folder;
  const std::string disk = folder.file("disk");
  std::filesystem::create_directory(disk);
  const int status = with_small_disk(disk, "size=16m", [&] {
    const std::string path = disk + "/ledger.db";
    {
      const auto ledger = open_ledger(path);
      declare(*ledger, two_accounts);
    }
    if (mount("none", disk.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) != 0) return 3;
    try {
      const auto ledger = open_ledger(path);
      ledger->credit("acme", unit, "bill 1", {"clerk", noon_ns});
      return 1;
    } catch (const LedgerError& error) {
      return error.reason == Reason::read_only || error.reason == Reason::unreachable ? 0 : 2;
    }
  });
  if (status == 77) GTEST_SKIP() << "needs root, to mount a small disk";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace tollgate::charge
