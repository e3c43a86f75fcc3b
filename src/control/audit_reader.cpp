#include "control/audit_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "control/audit_files.hpp"
#include "control/removed_files.hpp"

namespace tollgate::control {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// A file's lines, one after the other.
class Lines {
 public:
  explicit Lines(std::string path) : path_(std::move(path)), file_(std::fopen(path_.c_str(), "re")) {
    if (!file_ && errno != ENOENT) fail();
  }

  const std::string& path() const { return path_; }
  bool is_there() const { return file_ != nullptr; }
  bool is_same_file(const Lines& other) const {
    const auto ours = status();
    const auto theirs = other.status();
    return ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
  }
  off_t size() const { return status().st_size; }

  /// Goes to the first line that begins at that place or behind it; gives where that is.
  off_t seek(off_t place) {
    if (::fseeko(file_.get(), std::max<off_t>(place - 1, 0), SEEK_SET) != 0) fail();
    int octet = 0;
    while (place != 0 && (octet = ::getc_unlocked(file_.get())) != '\n' && octet != EOF) {
    }
    if (std::ferror(file_.get()) != 0) fail();
    return ::ftello(file_.get());
  }

  /// The next line; false where there is none. It is cut off where `is_whole` is false then: at the end of
  /// the file, or because no line is so long.
  bool next(std::string& line) {
    line.clear();
    whole_ = false;
    while (line.size() <= longest_audit_line) {
      const int octet = ::getc_unlocked(file_.get());
      if (octet == EOF) {
        if (std::ferror(file_.get()) != 0) fail();
        return !line.empty();
      }
      if (octet == '\n') {
        whole_ = true;
        return true;
      }
      line.push_back(static_cast<char>(octet));
    }
    return true;
  }
  bool is_whole() const { return whole_; }

 private:
  [[noreturn]] void fail() const {
    throw AuditError(fmt::format("cannot read the audit log {}: {}", path_, std::strerror(errno)));
  }
  struct stat status() const {
    struct stat found {};
    if (::fstat(::fileno(file_.get()), &found) != 0) fail();
    return found;
  }

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  bool whole_ = false;
};

/// The files of a log, the oldest first. The one that lines are added to is opened before the others are
/// looked for: one that is put aside meanwhile is among them once.
std::vector<Lines> open_all(const std::string& path, std::uint64_t behind = 0) {
  Lines current(path);
  std::vector<Lines> all;
  const std::vector<AuditFile> aside = audit_files(path);
  for (std::size_t i = 0; i < aside.size(); ++i) {
    if (i + 1 < aside.size() && aside[i + 1].first <= behind + 1) continue;  // it ends before
    Lines lines(aside[i].path);
    if (!lines.is_there() || (current.is_there() && lines.is_same_file(current))) continue;
    all.push_back(std::move(lines));
  }
  if (current.is_there()) all.push_back(std::move(current));
  return all;
}

/// Follows the chain through the files of a log.
class Walk {
 public:
  AuditState state;

  /// False where there is a wrong line.
  bool go_through(Lines& lines) {
    state.file = lines.path();
    std::string line;
    for (std::uint64_t at = 1; lines.next(line); ++at) {
      try {
        if (!lines.is_whole()) throw AuditError("it is cut off");
        follow(line);
      } catch (const AuditError& error) {
        state.wrong_line = at;
        state.why = error.what();
        return false;
      }
    }
    return true;
  }

  /// Whether the lines before the first, if any are missing, were removed as they should be.
  bool is_begin_good() const { return !begin_ || vouched_; }

 private:
  void follow(const std::string& line) {
    const bool is_first = state.end.number == 0 && !begin_;
    if (is_first && audit_number_of(line) > 1) {
      begin_ = audit_end_before(line);
      state.end = *begin_;
      state.removed = begin_->number;
    }
    follow_audit(line, state.end);
    if (begin_ && removed_audit_end(line) == begin_) vouched_ = true;
  }

  std::optional<AuditEnd> begin_;  ///< of the chain that is there, where that is not its whole
  bool vouched_ = false;
};

/// Where the first line with a number above `number` may begin, or one before it: each halving reads one
/// line.
off_t place_behind(Lines& lines, std::uint64_t number) {
  constexpr off_t near = 4096;
  off_t low = 0;
  off_t high = lines.size();
  std::string line;
  while (high - low > near) {
    const off_t middle = low + (high - low) / 2;
    const off_t begin = lines.seek(middle);
    const bool is_before = begin < high && lines.next(line) && audit_number_of(line) <= number;
    if (is_before) low = begin;
    else high = middle;
  }
  return low;
}

}  // namespace

AuditState verify_audit(const std::string& path) {
  std::vector<Lines> files = open_all(path);
  if (files.empty()) throw AuditError(fmt::format("there is no audit log {}", path));
  Walk walk;
  const bool all_good =
      std::all_of(files.begin(), files.end(), [&](Lines& lines) { return walk.go_through(lines); });
  if (walk.is_begin_good()) return walk.state;
  if (!all_good && walk.state.wrong_line == 1 && walk.state.file == files.front().path()) return walk.state;
  AuditState state;
  state.file = files.front().path();
  state.wrong_line = 1;
  state.why = fmt::format("its number is {}, and no line tells that those before it were removed",
                          walk.state.removed + 1);
  return state;
}

std::vector<std::string> audit_lines_after(const std::string& path, std::uint64_t number, std::size_t most,
                                           std::size_t most_octets) {
  std::vector<std::string> found;
  std::size_t octets = 0;
  std::string line;
  for (Lines& lines : open_all(path, number)) {
    lines.seek(place_behind(lines, number));
    while (found.size() < most && lines.next(line)) {
      if (!lines.is_whole() || audit_number_of(line) <= number) continue;
      octets += line.size();
      if (octets > most_octets && !found.empty()) return found;
      found.push_back(line);
    }
  }
  return found;
}

}  // namespace tollgate::control
