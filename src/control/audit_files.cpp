#include "control/audit_files.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>

#include "control/descriptor.hpp"
#include "control/record_file.hpp"
#include "record/event_time.hpp"

namespace tollgate::control {

namespace fs = std::filesystem;

std::string audit_file_path(const std::string& path, std::uint64_t first) {
  const fs::path file(path);
  const std::string name = fmt::format("{}-{:012}{}", file.stem().string(), first, file.extension().string());
  return (file.parent_path() / name).string();
}

std::optional<std::uint64_t> audit_file_first(const std::string& path, std::string_view name) {
  const fs::path file(path);
  const std::string begin = file.stem().string() + "-";
  const std::string ending = file.extension().string();
  if (!name.starts_with(begin) || !name.ends_with(ending) || name.size() <= begin.size() + ending.size())
    return std::nullopt;
  const std::string_view digits = name.substr(begin.size(), name.size() - begin.size() - ending.size());
  std::uint64_t first = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), first);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (fs::path(audit_file_path(path, first)).filename().string() != name) return std::nullopt;
  return first;
}

std::uint64_t last_audit_ns(const std::string& path) {
  std::vector<std::string> paths{path};
  if (const auto put_aside = audit_files(path); !put_aside.empty()) paths.push_back(put_aside.back().path);
  for (const std::string& one : paths) {
    const Descriptor file(::open(one.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file.is_open()) continue;
    try {
      if (const auto last_ns = time_of_last_record(file.get(), record::time_of_line)) return *last_ns;
    } catch (const std::system_error&) {  // who adds lines to it says what is wrong with it
    }
  }
  return 0;
}

std::vector<AuditFile> audit_files(const std::string& path) {
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  std::vector<AuditFile> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (const auto first = audit_file_first(path, name))
      files.push_back({*first, audit_file_path(path, *first)});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return files;
}

}  // namespace tollgate::control
