#include "control/live_file.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "control/file_owner.hpp"
#include "control/folders.hpp"
#include "control/open_file.hpp"
#include "control/utc.hpp"
#include "control/whole_file.hpp"

namespace tollgate::control {
namespace {

constexpr std::size_t most_octets = 1U << 28U;
constexpr mode_t for_owner_only = 0600;  // it has people's numbers

/// Gives the file a name that no other has, and says which.
std::string keep_aside(const std::string& path) {
  std::string time = to_utc(utc_now_ns());
  time.erase(std::remove_if(time.begin(), time.end(), [](char c) { return c == '-' || c == ':'; }),
             time.end());
  std::string aside = fmt::format("{}.damaged-{}", path, time);
  for (unsigned next = 2; std::filesystem::exists(aside); ++next)
    aside = fmt::format("{}.damaged-{}-{}", path, time, next);
  if (::rename(path.c_str(), aside.c_str()) != 0) fail_with_errno(path);
  return aside;
}

void write_part(const std::string& part, const std::string& folder, const std::string& text) {
  ::unlink(part.c_str());  // of a process that was killed
  const OpenFile file(
      ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, for_owner_only), part);
  if (!give_to_owner_of(folder, file.number())) fail_with_errno(part);
  file.write_all(text);
  file.sync();
}

}  // namespace

void LiveFile::claim() {
  constexpr std::chrono::milliseconds patience{1000};  // for one that is ending
  const std::string beside = path_ + ".lock";
  Descriptor file(::open(beside.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, for_owner_only));
  if (!file.is_open()) {
    // Where there is no folder, and on a disk that nobody can write, nobody else works with it either.
    if (errno == ENOENT || errno == EROFS) return;
    throw LiveFileError(fmt::format("{} cannot be locked: {}: {}", path_, beside, std::strerror(errno)));
  }
  give_to_owner_of(folder_of(path_), file.get());  // or that user's appliance has no lock
  lock_file_ = std::move(file);
  if (!lock_.emplace(lock_file_.get(), patience).is_held())
    throw LiveFileError(fmt::format(
        "another appliance keeps its lists in {}; `control: {{lists: FILE}}` names another file", path_));
}

LiveBook LiveFile::read(const Log& log) {
  if (::access(path_.c_str(), F_OK) != 0 && errno == ENOENT) return {};
  std::string damage;
  try {
    const std::string text = read_whole_file(path_, most_octets);
    if (text.size() > most_octets) throw LiveBookError("it is too large");
    return parse_live_book(text);
  } catch (const LiveBookError& error) {
    damage = error.what();
  } catch (const std::system_error& error) {
    refusal_ = error.code().message();
    log(fmt::format("what was changed of lists is NOT in force: {} cannot be read: {}", path_, refusal_));
    return {};
  }
  try {
    log(fmt::format("what was changed of lists is NOT in force: {} is damaged: {}; it is kept as {}", path_,
                    damage, keep_aside(path_)));
  } catch (const std::exception& error) {
    refusal_ = "it is damaged, and cannot be kept aside: " + std::string(error.what());
    log(fmt::format("what was changed of lists is NOT in force: {}: {}", path_, refusal_));
  }
  return {};
}

void LiveFile::write(const LiveBook& book) const {
  if (!refusal_.empty())
    throw LiveFileError(
        fmt::format("{}: {}; nothing is changed until a restart finds it well", path_, refusal_));
  const std::string folder = folder_of(path_);
  const std::string part = path_ + ".part";
  try {
    write_part(part, folder, live_book_text(book));
    put_in_place(part, path_);
  } catch (const std::system_error& error) {
    ::unlink(part.c_str());
    throw LiveFileError(
        fmt::format("what is changed of lists cannot be kept: {}; nothing is changed", error.what()));
  }
}

}  // namespace tollgate::control
