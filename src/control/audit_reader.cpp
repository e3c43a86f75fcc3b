#include "control/audit_reader.hpp"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>

namespace tollgate::control {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// A file's lines, one after the other.
class Lines {
 public:
  explicit Lines(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "re")) {
    if (!file_ && errno != ENOENT) fail();
  }

  bool is_there() const { return file_ != nullptr; }

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

  const std::string& path_;
  std::unique_ptr<std::FILE, Close> file_;
  bool whole_ = false;
};

/// Every line begins with its number.
std::uint64_t number_of(std::string_view line) {
  constexpr std::string_view begin = R"({"number":)";
  std::uint64_t number = 0;
  if (line.starts_with(begin)) std::from_chars(line.data() + begin.size(), line.data() + line.size(), number);
  return number;
}

}  // namespace

AuditState verify_audit(const std::string& path) {
  Lines lines(path);
  if (!lines.is_there()) throw AuditError(fmt::format("there is no audit log {}", path));
  AuditState state;
  std::string line;
  for (std::uint64_t at = 1; lines.next(line); ++at) {
    try {
      if (!lines.is_whole()) throw AuditError("it is cut off");
      follow_audit(line, state.end);
    } catch (const AuditError& error) {
      state.wrong_line = at;
      state.why = error.what();
      return state;
    }
  }
  return state;
}

std::vector<std::string> audit_lines_after(const std::string& path, std::uint64_t number, std::size_t most) {
  std::vector<std::string> found;
  Lines lines(path);
  std::string line;
  while (lines.is_there() && found.size() < most && lines.next(line)) {
    if (lines.is_whole() && number_of(line) > number) found.push_back(line);
  }
  return found;
}

}  // namespace tollgate::control
