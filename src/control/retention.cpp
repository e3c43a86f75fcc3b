#include "control/retention.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/descriptor.hpp"
#include "control/record_file.hpp"
#include "control/removed_files.hpp"
#include "control/utc.hpp"

namespace tollgate::control {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t day_ns = 86'400 * second_ns;

[[noreturn]] void fail_with_errno() { throw std::system_error(errno, std::generic_category()); }

struct stat status_of(int file) {
  struct stat found {};
  if (::fstat(file, &found) != 0) fail_with_errno();
  return found;
}

bool is_unchanged(int folder, const std::string& name, const struct stat& before) {
  struct stat now {};
  return ::fstatat(folder, name.c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0 && now.st_ino == before.st_ino &&
         now.st_dev == before.st_dev && now.st_size == before.st_size &&
         now.st_mtim.tv_sec == before.st_mtim.tv_sec && now.st_mtim.tv_nsec == before.st_mtim.tv_nsec;
}

/// The oldest first.
std::vector<std::string> names_of(const RecordFiles& kind, const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::string name = entry.path().filename().string();
    if (kind.is_ours(name)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

RemovedFile describe(const RecordFiles& kind, const std::string& name, const RecordFileContent& content) {
  RemovedFile file{.kind = kind.kind,
                   .file = name,
                   .octets = content.octets,
                   .records = content.records,
                   .first = {},
                   .last = {},
                   .hash = content.hash,
                   .audit_end = {}};
  if (content.records != 0) {
    file.first = to_utc_ms(content.first_ns);
    file.last = to_utc_ms(content.last_ns);
  }
  if (kind.kind == "audit") file.audit_end = audit_end_at(content.last_line);
  return file;
}

}  // namespace

void Retention::purge(std::uint64_t time_ns, const std::stop_token& stop) {
  for (const RecordFiles& kind : kinds_) {
    try {
      if (kind.days != 0) purge(kind, time_ns, stop);
    } catch (const std::exception& error) {
      say_(fmt::format("retention of {}: {}", kind.kind, error.what()));
    }
  }
}

void Retention::purge(const RecordFiles& kind, std::uint64_t time_ns, const std::stop_token& stop) {
  const std::string path = kind.folder.empty() ? "." : kind.folder;
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open() && errno == ENOENT) return;  // nothing was written yet
  if (!folder.is_open()) throw std::system_error(errno, std::generic_category(), path);
  for (const std::string& name : names_of(kind, path)) {
    if (stop.stop_requested()) return;
    try {
      const Outcome outcome = look_at(folder.get(), kind, name, time_ns, stop);
      // The chain of an audit log has no gaps.
      if (outcome == Outcome::kept && kind.kind == "audit") return;
    } catch (const std::system_error& error) {
      say_(fmt::format("retention of {}: {}: {}", kind.kind, name, error.what()));
      if (kind.kind == "audit") return;
    }
  }
}

Retention::Outcome Retention::look_at(int folder, const RecordFiles& kind, const std::string& name,
                                      std::uint64_t time_ns, const std::stop_token& stop) {
  const std::uint64_t kept_ns = kind.days * day_ns;
  const std::uint64_t limit_ns = time_ns - std::min(time_ns, kept_ns);
  const auto is_young = [limit_ns](std::uint64_t last_ns) { return last_ns >= limit_ns; };
  const Descriptor file(::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open() && errno == ELOOP) return Outcome::kept;  // a link
  if (!file.is_open()) fail_with_errno();
  const struct stat before = status_of(file.get());
  if (!S_ISREG(before.st_mode)) return Outcome::kept;
  if (const auto last = time_of_last_record(file.get(), kind.time_of); last && is_young(*last))
    return Outcome::kept;
  const auto content = read_record_file(file.get(), kind.time_of, stop);
  if (!content) return Outcome::kept;
  const auto changed_ns = static_cast<std::uint64_t>(std::max<time_t>(before.st_mtim.tv_sec, 0)) * second_ns;
  if (is_young(content->records != 0 ? content->last_ns : changed_ns)) return Outcome::kept;
  if (!is_unchanged(folder, name, before)) return Outcome::kept;
  AuditEntry entry = entry_of(describe(kind, name, *content));
  audit_.append(entry, time_ns);
  if (::unlinkat(folder, name.c_str(), 0) != 0) {
    const int reason = errno;
    entry.what += ".failed";
    entry.after = {{"error", std::generic_category().message(reason)}};
    audit_.append(entry, time_ns);
    throw std::system_error(reason, std::generic_category());
  }
  say_(fmt::format("retention of {}: {} is removed, with {} records; the audit log has its hash", kind.kind,
                   name, content->records));
  return Outcome::removed;
}

}  // namespace tollgate::control
