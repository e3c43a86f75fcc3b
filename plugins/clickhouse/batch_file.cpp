#include "batch_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace clickhouse {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".tsv";
constexpr mode_t own = 0600;

/// Writes and brings to the disk; false with errno where that fails.
bool write_whole(const fs::path& path, std::string_view content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, own);
  if (file < 0) return false;
  while (!content.empty()) {
    const ssize_t count = ::write(file, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  const bool whole = content.empty() && ::fsync(file) == 0;
  const int reason = errno;
  const bool closed = ::close(file) == 0;
  if (!whole) errno = reason;
  return whole && closed;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Events' own name is left out where it is written.
std::optional<Table> table_named(std::string_view name) {
  for (const Table table : all_tables) {
    if (table != Table::events && to_string(table) == name) return table;
  }
  return std::nullopt;
}

std::optional<BatchFile> read_name(std::string_view name) {
  if (!name.ends_with(ending)) return std::nullopt;
  const std::string_view stem = name.substr(0, name.size() - ending.size());
  const std::size_t dash = stem.find('-');
  if (dash == stem.npos) return std::nullopt;
  const auto serial = number(stem.substr(0, dash));
  const std::string_view rest = stem.substr(dash + 1);
  const std::size_t second_dash = rest.find('-');
  const auto events = number(rest.substr(0, second_dash));
  const auto table = second_dash == rest.npos ? Table::events : table_named(rest.substr(second_dash + 1));
  if (!serial || !events || !table) return std::nullopt;
  return BatchFile{.serial = *serial, .events = *events, .octets = 0, .table = *table};
}

}  // namespace

std::string BatchFile::name() const {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%020llu-%llu", static_cast<unsigned long long>(serial),
                static_cast<unsigned long long>(events));
  std::string name = text.data();
  if (table != Table::events) name.append("-").append(to_string(table));
  return name.append(ending);
}

std::vector<BatchFile> batch_files(const fs::path& folder) {
  std::vector<BatchFile> all;
  std::error_code error;
  for (auto at = fs::directory_iterator(folder, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    std::optional<BatchFile> file = read_name(at->path().filename().string());
    if (!file) continue;
    std::error_code gone;
    file->octets = at->file_size(gone);
    if (!gone) all.push_back(*file);
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.serial < b.serial; });
  return all;
}

bool write_batch(const fs::path& path, std::string_view content) {
  fs::path begun = path;
  begun += ".tmp";
  if (write_whole(begun, content) && ::rename(begun.c_str(), path.c_str()) == 0) {
    sync_folder(path.parent_path());
    return true;
  }
  const int reason = errno;
  ::unlink(begun.c_str());
  errno = reason;
  return false;
}

std::optional<std::string> read_batch(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::string content;
  std::array<char, 65'536> room{};
  ssize_t count = 0;
  while ((count = ::read(file, room.data(), room.size())) != 0) {
    if (count > 0) content.append(room.data(), static_cast<std::size_t>(count));
    else if (errno != EINTR) break;
  }
  const int reason = errno;
  ::close(file);
  errno = reason;
  if (count != 0) return std::nullopt;
  return content;
}

void sync_folder(const fs::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return;
  ::fsync(file);
  ::close(file);
}

}  // namespace clickhouse
